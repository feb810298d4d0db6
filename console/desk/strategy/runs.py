"""What an import brought is put to the live strategy by the desk itself, a part at a time.

The import's own act notes that this is to be done, or logs why it is not: nothing is live. From then on every beat of
the clockwork takes a few parts. A part is one short transaction, so nobody waits long behind it, and says in the same
transaction how far it came: a desk that was killed goes on where it was. Who gets what is decided like everything else,
case by case; that it is given at all rests on the edition that others approved, and each move names it.

A case was put to the rules once its `rank` is written. A case that rose in the order meanwhile is found by one more
walk from the top. Repayments and recalls note nothing: they bring no case.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Connection, literal, select, update
from sqlalchemy.engine import RowMapping

from access.audit.events import DetailKey
from access.policy import Action
from access.store.schema import case_file, strategy_run
from console.desk.act import Act
from console.desk.cases.queue import WORKED
from console.desk.cases.rows import after, holding
from console.desk.hub import Audience
from console.desk.strategy.live import live_edition, rules_of
from console.desk.strategy.moving import carry_out
from console.desk.strategy.planning import plan_some
from console.desk.strategy.ranking import write_ranks

AT_ONCE: Final = 100
"""Cases a part: some tens of milliseconds of the writer."""

_BRINGING: Final = "cases"
_NOBODY: Final = dict.fromkeys(("person_id", "session_id", "role", "unit_id", "purpose"))
Row = RowMapping | dict[str, Any]


def note(act: Act, batch: Row, unit_id: str) -> None:
    """Note that a batch is to be put to the unit's live strategy, in the act that publishes it."""
    if batch["kind"] != _BRINGING or not batch["new_cases"]:
        return
    edition = live_edition(act, unit_id)
    if edition is None:
        _stopped(act, batch["id"], unit_id, "strategy.none_live")
        return
    act.db.execute(
        strategy_run.insert().values(
            id=batch["id"],
            tenant_id=batch["tenant_id"],
            unit_id=unit_id,
            state="due",
            noted_at=act.now,
            moved=0,
            waiting=0,
            at_priority=None,
            at_case=None,
        )
    )


def any_due(connection: Connection) -> bool:
    """Whether anything is left to do; one look at one index."""
    return connection.execute(select(literal(1)).where(strategy_run.c.state == "due").limit(1)).first() is not None


def advance(act: Act) -> bool:
    """Do one part of what is due. Returns whether there was any."""
    query = select(strategy_run).where(strategy_run.c.state == "due").order_by(strategy_run.c.noted_at).limit(1)
    run = act.db.execute(act.uow.lock(query)).mappings().first()
    if run is None:
        return False
    edition = live_edition(act, run["unit_id"])
    rules = rules_of(edition["text"]) if edition is not None else None
    if edition is None or rules is None:
        _set(act, run, state="stopped")
        why = "strategy.none_live" if edition is None else "strategy.unreadable"
        _stopped(act, run["id"], run["unit_id"], why, run["moved"])
        return True
    rows = _next(act, run)
    if rows:
        outcome = plan_some(act, run["unit_id"], rules, holding(act, rows))
        # Also what fits no rule or does not prove itself was looked at.
        write_ranks(act, list((dict.fromkeys((row["id"] for row in rows), 0) | dict(outcome.ranks)).items()))
        steps = outcome.sharing.steps
        if steps:
            carry_out(act, run["unit_id"], steps, strategy_id=edition["id"])
        _set(
            act,
            run,
            moved=run["moved"] + len(steps),
            waiting=run["waiting"] + outcome.waiting,
            at_priority=rows[-1]["priority"],
            at_case=rows[-1]["id"],
        )
    elif run["at_case"] is not None:
        _set(act, run, at_priority=None, at_case=None)
    else:
        _set(act, run, state="done")
        act.log(
            Action.STRATEGY_EDITION_APPLY,
            object_kind="strategy",
            object_id=edition["id"],
            rows=run["moved"],
            detail=(
                (DetailKey.BATCH_ID, run["id"]),
                (DetailKey.VERSION, str(edition["edition"])),
                (DetailKey.COUNT, str(run["waiting"])),
            ),
        )
    act.push("queue", run["unit_id"], Audience.of(members=(run["unit_id"],)))
    return True


def _next(act: Act, run: Row) -> list[RowMapping]:
    """The batch's next cases of the pool that no rule has looked at, in working order."""
    query = (
        select(case_file)
        .where(
            WORKED,
            case_file.c.assignee_id.is_(None),
            case_file.c.unit_id == run["unit_id"],
            case_file.c.batch_id == run["id"],
            case_file.c.rank.is_(None),
        )
        .order_by(case_file.c.priority.desc(), case_file.c.id)
        .limit(AT_ONCE)
    )
    if run["at_case"] is not None:
        query = query.where(after(literal(run["at_priority"]), literal(run["at_case"])))
    return list(act.db.execute(act.uow.lock(query)).mappings().all())


def _set(act: Act, run: Row, **values: object) -> None:
    act.db.execute(update(strategy_run).where(strategy_run.c.id == run["id"]).values(**values))
    if "state" in values:
        act.push("strategy", run["id"], Audience.of(units=(run["unit_id"],)))


def _stopped(act: Act, batch_id: str, unit_id: str, why: str, moved: int = 0) -> None:
    """Log why nothing more is done: the desk's own, also where it is found in the act of whoever publishes."""
    act.log(
        Action.STRATEGY_EDITION_APPLY,
        result="refused",
        rule=why,
        object_kind="batch",
        object_id=batch_id,
        rows=moved,
        detail=((DetailKey.CODE, why), (DetailKey.UNIT_ID, unit_id)),
        **_NOBODY,
    )
