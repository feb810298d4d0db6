"""What a strategy would do to its unit's cases now: each case's rule, its place, and who should have it.

Cases that somebody promised to pay stay with whom they were promised, and so does everything that may not be worked.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.engine import RowMapping

from access.store.schema import account, case_file, import_batch
from console.desk.act import Act
from console.desk.api.strategy import DryRun, RuleCount
from console.desk.cases.queue import WORKED
from console.desk.cases.rows import holding, published
from console.desk.cases.states import CaseState
from console.desk.strategy.loads import Member, members
from console.desk.strategy.rules import KEEP, POOL, TEAM, Rule, Rules
from console.desk.strategy.sharing import Sharing

_COLUMNS: Final = tuple(column for column in case_file.columns if column.name not in {"display", "wrapped_key"})
_STAYING: Final = frozenset({CaseState.PROMISED.value, CaseState.HOLD.value})
Row = RowMapping | dict[str, Any]


@dataclass(slots=True)
class Outcome:
    """What was found.

    Attributes:
        sharing: who gets what. ranks: case id and place, where it changes. cases: by rule's name.
        waiting: cases of the pool that nobody has room for.
    """

    sharing: Sharing
    rules: Rules
    ranks: list[tuple[str, int]] = field(default_factory=list)
    cases: Counter[str] = field(default_factory=Counter)
    waiting: int = 0

    def shown(self, now: int) -> DryRun:
        """As a dry run is shown."""
        moved = Counter(step.rule for step in self.sharing.steps)
        return DryRun(
            count=len(self.sharing.steps),
            ranked=len(self.ranks),
            waiting=self.waiting,
            rules=tuple(
                RuleCount(rule=rule.name, cases=self.cases[rule.name], moves=moved[rule.name])
                for rule in self.rules.rules
            ),
            people=self.sharing.loads(),
            moves=self.sharing.moves(),
            refused=self.sharing.counted(),
            passed=self.sharing.passed(),
            at=now,
        )


def plan(act: Act, unit_id: str, rules: Rules) -> Outcome:
    """Put every case of the unit to the rules, in working order."""
    products = _products(act, unit_id) if rules.asks_products else {}
    return _plan(act, unit_id, rules, _cases(act, unit_id), products)


def plan_some(act: Act, unit_id: str, rules: Rules, rows: Sequence[RowMapping]) -> Outcome:
    """Put some of the unit's cases to the rules as the desk's own act; rows that hold, in working order."""
    products = _products(act, unit_id, [row["id"] for row in rows]) if rules.asks_products else {}
    return _plan(act, unit_id, rules, rows, products, by_desk=True)


def _plan(
    act: Act,
    unit_id: str,
    rules: Rules,
    rows: Iterable[Row],
    products: Mapping[str, set[str]],
    *,
    by_desk: bool = False,
) -> Outcome:
    team = members(act, unit_id)
    sharing = Sharing(act, team, by_desk=by_desk)
    outcome = Outcome(sharing, rules)
    takers = {rule.name: _takers(rule, team) for rule in rules.rules}
    for some in takers.values():
        sharing.pass_over(some)
    for staff_no in sorted(_gone(rules, team)):
        sharing.nobody(staff_no)
    for row in rows:
        rule = rules.rule_for(row["days_past_due"], row["due"], sorted(products.get(row["id"], ())))
        rank = rule.rank if rule is not None else 0
        if rank != (row["rank"] or 0):
            outcome.ranks.append((row["id"], rank))
        if rule is None:
            continue
        outcome.cases[rule.name] += 1
        if rule.to == (KEEP,) or row["state"] in _STAYING or row["hold"] is not None:
            continue
        if row["assignee_id"] is not None and not rule.take:
            continue
        given = sharing.give(row, takers[rule.name], rule.name) if _can(rule, takers) else False
        outcome.waiting += not given and row["assignee_id"] is None and rule.to != (POOL,)
    return outcome


def _gone(rules: Rules, team: Mapping[str, Member]) -> set[str]:
    """Numbers in the rules that are nobody's who works cases here any more."""
    named = {one for rule in rules.rules for one in rule.to} - {KEEP, POOL, TEAM}
    return named - {one.staff_no for one in team.values()}


def _can(rule: Rule, takers: dict[str, list[Member]]) -> bool:
    """A rule whose people are all gone gives nothing to nobody; it does not empty their hands."""
    return rule.to == (POOL,) or bool(takers[rule.name])


def _takers(rule: Rule, team: dict[str, Member]) -> list[Member]:
    if rule.to == (TEAM,):
        return [one for one in team.values() if one.agent]
    return [one for one in team.values() if one.staff_no in rule.to]


def _cases(act: Act, unit_id: str) -> Iterator[Row]:
    query = (
        select(*_COLUMNS)
        .where(WORKED, case_file.c.unit_id == unit_id, published())
        .order_by(case_file.c.priority.desc(), case_file.c.id)
    )
    yield from holding(act, act.db.execute(query).mappings().all())


def _products(act: Act, unit_id: str, case_ids: Sequence[str] | None = None) -> dict[str, set[str]]:
    query = (
        select(account.c.case_id, account.c.product)
        .join(case_file, case_file.c.id == account.c.case_id)
        .join(import_batch, import_batch.c.id == account.c.batch_id)
        .where(WORKED, case_file.c.unit_id == unit_id, account.c.state == "open", import_batch.c.state == "published")
        .distinct()
    )
    if case_ids is not None:
        query = query.where(account.c.case_id.in_(case_ids))
    found: dict[str, set[str]] = {}
    for case_id, product in act.db.execute(query):
        found.setdefault(case_id, set()).add(product)
    return found
