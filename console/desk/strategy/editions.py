"""The life of a strategy's editions: proposed whole, tried, checked by others, live, rolled back; every one is kept."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from sqlalchemy import func, select
from sqlalchemy.engine import RowMapping

from access.audit.events import DetailKey
from access.people.directory import held_rows
from access.policy import Action, Conditions, Resource
from access.store.schema import DESK_TENANT, bulk_move, org_unit, strategy_edition
from console.desk.act import Act
from console.desk.api.strategy import (
    DecideStrategy,
    DryRun,
    Edition,
    EditionList,
    EditionView,
    ListStrategies,
    Proposal,
    ProposeStrategy,
    ReadStrategy,
    RuleFault,
    TryStrategy,
)
from console.desk.cases.rows import staff_names
from console.desk.hub import Audience
from console.desk.kernel import handles
from console.desk.strategy.live import live_edition, newest_run, rules_of
from console.desk.strategy.loads import members
from console.desk.strategy.parsing import parse
from console.desk.strategy.planning import plan
from console.desk.strategy.rules import Rules
from console.desk.strategy.states import StrategyState, may_step

Row = RowMapping | dict[str, Any]


@handles(ListStrategies)
def list_strategies(act: Act, request: ListStrategies) -> EditionList:
    """Every edition in the viewer's reach, newest first."""
    del request
    rows = held_rows(act.uow, act.proofs, strategy_edition)
    seen = [row for row in reversed(rows) if act.allowed(Action.STRATEGY_EDITION_READ, resource_of(row)).allowed]
    if not seen:
        act.require(Action.STRATEGY_EDITION_READ, Resource(kind="queue", unit_id=act.unit_id))
    act.log(Action.STRATEGY_EDITION_READ, object_kind="strategy", object_id="list", rows=len(seen))
    return EditionList(editions=views(act, seen), run=newest_run(act, act.unit_id))


@handles(ReadStrategy)
def read_strategy(act: Act, request: ReadStrategy) -> EditionView:
    """One edition, and how it differs from what it would replace, or replaced."""
    row = require_edition(act, request.strategy_id, Action.STRATEGY_EDITION_READ)
    other = _before(act, row)
    old, new = (other["text"] if other is not None else ""), row["text"]
    act.log(Action.STRATEGY_EDITION_READ, object_kind="strategy", object_id=row["id"], rows=1)
    return EditionView(
        edition=views(act, [row])[0],
        lines=tuple(new.split("\n")),
        diff=tuple(_diff(old, new)),
        against=other["edition"] if other is not None else 0,
        dry_run=msgspec.json.decode(row["dry_run"], type=DryRun) if row["dry_run"] else None,
    )


@handles(ProposeStrategy)
def propose(act: Act, request: ProposeStrategy) -> Proposal:
    """A new draft, or every fault of the text and no draft."""
    unit_id = act.unit_id
    act.require(Action.STRATEGY_EDITION_PROPOSE, Resource(kind="strategy", unit_id=unit_id))
    if unit_id is None:
        act.refuse("strategy.no_unit")
    rules, faults = parse(request.lines)
    if rules is not None:
        faults = tuple(_strangers(act, unit_id, rules, request.lines))
    if rules is None or faults:
        act.log(Action.STRATEGY_EDITION_PROPOSE, object_kind="strategy", result="refused", rule="rules.faulty")
        return Proposal(edition=None, faults=faults)
    row_id = act.parts.ids.new()
    row = act.proofs.insert(
        act.uow,
        strategy_edition,
        {
            "id": row_id,
            "tenant_id": DESK_TENANT,
            "unit_id": unit_id,
            "edition": _newest(act, unit_id) + 1,
            "state": StrategyState.DRAFT.value,
            "text": "\n".join(request.lines),
            "limits": int(_changes_limits(act, unit_id, rules)),
            "made_by": act.actor.person_id,
            "made_at": act.now,
        },
        act.event(Action.STRATEGY_EDITION_PROPOSE, object_kind="strategy", object_id=row_id),
    )
    tell(act, row)
    return Proposal(edition=views(act, [row])[0], faults=())


@handles(TryStrategy)
def dry_run(act: Act, request: TryStrategy) -> DryRun:
    """What going live would do now. What it counted stays with the edition for those who check it."""
    row = require_edition(act, request.strategy_id, Action.STRATEGY_EDITION_DRY_RUN)
    rules = _rules(act, row)
    found = plan(act, row["unit_id"], rules).shown(act.now)
    if may_step(row["state"], StrategyState.DRY_RUN):
        # Those who check see no customer: they get the counts, not the cases.
        counted = msgspec.structs.replace(found, moves=(), refused=_without_cases(found))
        step(act, row, StrategyState.DRY_RUN, Action.STRATEGY_EDITION_DRY_RUN, dry_run=_json(counted))
    else:
        act.log(Action.STRATEGY_EDITION_DRY_RUN, object_kind="strategy", object_id=row["id"], rows=found.count)
    return found


@handles(DecideStrategy)
def decide(act: Act, request: DecideStrategy) -> Edition:
    """The security admin's check of what was tried, then compliance's where contact limits change."""
    row = act.proofs.get(act.uow, strategy_edition, request.strategy_id)
    second = row is not None and row["state"] == StrategyState.REVIEWED
    action = Action.STRATEGY_EDITION_LIMIT if second else Action.STRATEGY_EDITION_APPROVE
    row = require_edition(act, request.strategy_id, action, limits=second)
    if row["version"] != request.version:
        act.refuse("strategy.changed")
    me = act.actor.person_id
    if not request.approve:
        after: Row = step(act, row, StrategyState.REFUSED, action)
    elif second:
        after = step(act, row, StrategyState.APPROVED, action, approved_by=me)
    else:
        after = step(act, row, StrategyState.REVIEWED, action, reviewed_by=me)
        if not after["limits"]:
            # Nothing that compliance decides on: the check is the approval.
            after = step(act, after, StrategyState.APPROVED, action, approved_by=me)
    return views(act, [after])[0]


def require_edition(act: Act, strategy_id: str, action: Action, *, limits: bool = False) -> RowMapping:
    """The edition, if this person may do this to it.

    Raises:
        Refused: `strategy.not_found` for what is missing, broken or out of reach; else the policy's codes.
    """
    row = act.proofs.get(act.uow, strategy_edition, strategy_id)
    about = resource_of(row) if row is not None else Resource.absent("strategy")
    act.require(action, about, Conditions(limits=limits))
    if row is None:
        act.refuse("strategy.not_found", clause="Y-4.2.1")
    return row


def resource_of(row: Row) -> Resource:
    """An edition as the decision sees it: who made it or checked it does not check it again."""
    parties = (row["made_by"], row["reviewed_by"])
    return Resource(
        kind="strategy",
        id=row["id"],
        unit_id=row["unit_id"],
        party_ids=tuple(one for one in parties if one is not None),
        state=row["state"],
    )


def step(act: Act, row: Row, to: StrategyState, action: Action, **changes: object) -> dict[str, Any]:
    """Move an edition to another state.

    Raises:
        Refused: `strategy.state`: not from where it stands.
        StaleRow: somebody moved it meanwhile.
    """
    if not may_step(row["state"], to):
        act.refuse("strategy.state")
    event = act.event(
        action,
        object_kind="strategy",
        object_id=row["id"],
        detail=((DetailKey.FROM, row["state"]), (DetailKey.TO, to.value), (DetailKey.VERSION, str(row["edition"]))),
    )
    values = {"state": to.value, **changes}
    after = act.proofs.update(act.uow, strategy_edition, row["id"], row["version"], values, event)
    tell(act, after)
    return after


def tell(act: Act, row: Row) -> None:
    """Push an edition's change to those who make, check and read it."""
    roles = ("security_admin", "compliance", "auditor")
    act.push("strategy", row["id"], Audience.of(units=(row["unit_id"],), roles=roles))


def views(act: Act, rows: Sequence[Row]) -> tuple[Edition, ...]:
    """Editions as they are shown."""
    names = staff_names(act, {row[who] for row in rows for who in ("made_by", "reviewed_by", "approved_by")})
    units = {row["id"]: row["name"] for row in held_rows(act.uow, act.proofs, org_unit)}
    left = _to_undo(act, [row["id"] for row in rows if row["state"] == StrategyState.ROLLED_BACK])
    return tuple(_view(row, names, units.get(row["unit_id"], ""), left.get(row["id"], 0)) for row in rows)


def _to_undo(act: Act, ids: list[str]) -> dict[str, int]:
    """Cases in moves of editions that were rolled back but not to the end."""
    query = (
        select(bulk_move.c.strategy_id, func.sum(bulk_move.c.cases))
        .where(bulk_move.c.strategy_id.in_(ids), bulk_move.c.state == "done")
        .group_by(bulk_move.c.strategy_id)
    )
    return {row[0]: int(row[1]) for row in act.db.execute(query)} if ids else {}


def _view(row: Row, names: dict[str, str], unit: str, to_undo: int) -> Edition:
    rules = rules_of(row["text"])
    return Edition(
        strategy_id=row["id"],
        edition=row["edition"],
        name=rules.name if rules is not None else "",
        unit=unit,
        state=row["state"],
        rules=len(rules.rules) if rules is not None else 0,
        limits=bool(row["limits"]),
        made_by=names.get(row["made_by"], ""),
        made_at=row["made_at"],
        reviewed_by=names.get(row["reviewed_by"] or "", ""),
        approved_by=names.get(row["approved_by"] or "", ""),
        started_at=row["started_at"],
        version=row["version"],
        to_undo=to_undo,
    )


def _strangers(act: Act, unit_id: str, rules: Rules, lines: tuple[str, ...]) -> Iterator[RuleFault]:
    """Staff numbers that are nobody's in the unit, each with its line."""
    known = {one.staff_no for one in members(act, unit_id).values()}
    for name in sorted(rules.staff - known):
        line = next((at for at, text in enumerate(lines, 1) if name in text), 0)
        yield RuleFault(line=line, code="rules.nobody", what=name)


def _changes_limits(act: Act, unit_id: str, rules: Rules) -> bool:
    row = live_edition(act, unit_id)
    before = rules_of(row["text"]) if row is not None else None
    return rules.contact_limits() != (before.contact_limits() if before is not None else ())


def _rules(act: Act, row: Row) -> Rules:
    rules = rules_of(row["text"])
    if rules is None:
        act.refuse("strategy.unreadable")
    return rules


def _newest(act: Act, unit_id: str) -> int:
    query = select(func.coalesce(func.max(strategy_edition.c.edition), 0)).where(strategy_edition.c.unit_id == unit_id)
    return int(act.db.execute(query).scalar_one())


def _before(act: Act, row: Row) -> RowMapping | None:
    """What this edition is compared with: the one before it if it ever started, else the one that is live."""
    if row["before_id"] is not None:
        return act.proofs.get(act.uow, strategy_edition, row["before_id"])
    if row["started_at"] is not None:
        return None
    return live_edition(act, row["unit_id"])


def _diff(old: str, new: str) -> Iterator[str]:
    """A unified diff without its file names."""
    found = difflib.unified_diff(old.split("\n") if old else [], new.split("\n"), lineterm="", n=2)
    yield from list(found)[2:]


def _without_cases(found: DryRun) -> tuple[Any, ...]:
    return tuple(msgspec.structs.replace(one, number="", giver="") for one in found.refused)


def _json(found: DryRun) -> str:
    return msgspec.json.encode(found).decode()
