"""Going live: order written, cases moved a part at a time, and back to the edition before.

Each part is one transaction of bounded length and a bulk move of its own. The rules were read whole before the first
case moved, so a wrong one changes nothing.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.engine import RowMapping

from access.audit.events import DetailKey
from access.policy import Action, Resource
from access.store.schema import bulk_move, case_file, strategy_edition
from console.desk.act import Act
from console.desk.api.assign import Undone
from console.desk.api.strategy import Advice as AdviceView
from console.desk.api.strategy import (
    Applied,
    ApplyStrategy,
    ReadAdvice,
    RollBackStrategy,
    StartStrategy,
)
from console.desk.cases.rows import require_case
from console.desk.hub import Audience
from console.desk.kernel import handles
from console.desk.strategy.editions import require_edition, step, views
from console.desk.strategy.live import advice_for, live_edition, rules_of
from console.desk.strategy.moving import carry_out
from console.desk.strategy.planning import plan
from console.desk.strategy.ranking import write_ranks
from console.desk.strategy.states import StrategyState
from console.desk.strategy.undoing import put_back

PART: Final = 500
"""Cases moved by one call; the next goes on where it ended."""

Row = RowMapping | dict[str, Any]


@handles(StartStrategy)
def start(act: Act, request: StartStrategy) -> Applied:
    """Make an approved edition live; the one before retires."""
    row = require_edition(act, request.strategy_id, Action.STRATEGY_EDITION_APPLY)
    if row["version"] != request.version:
        act.refuse("strategy.changed")
    if row["state"] != StrategyState.APPROVED:
        act.refuse("strategy.state")
    before = live_edition(act, row["unit_id"])
    if before is not None:
        step(act, before, StrategyState.RETIRED, Action.STRATEGY_EDITION_APPLY, ended_at=act.now)
    live = step(
        act,
        row,
        StrategyState.LIVE,
        Action.STRATEGY_EDITION_APPLY,
        started_by=act.actor.person_id,
        started_at=act.now,
        before_id=before["id"] if before is not None else None,
    )
    return _apply(act, live)


@handles(ApplyStrategy)
def apply(act: Act, request: ApplyStrategy) -> Applied:
    """Apply what is live to the cases as they are now."""
    unit_id = act.unit_id
    act.require(Action.STRATEGY_EDITION_APPLY, Resource(kind="strategy", unit_id=unit_id))
    row = live_edition(act, unit_id)
    if row is None:
        act.refuse("strategy.none_live")
    if request.strategy_id not in {"", row["id"]}:
        # Somebody started another edition, or rolled this one back: whoever was applying it is told and stops.
        act.refuse("strategy.not_live", clause="S-6-22")
    return _apply(act, row)


@handles(RollBackStrategy)
def roll_back(act: Act, request: RollBackStrategy) -> Applied:
    """Back to the edition before, with its order; then, part by part, what this one moved goes back.

    The first call changes the editions and the order and takes the newest move back; each further one takes one more.
    Whoever is cut off in between calls again and goes on.
    """
    row: Row = require_edition(act, request.strategy_id, Action.STRATEGY_EDITION_ROLL_BACK)
    if row["version"] != request.version:
        act.refuse("strategy.changed")
    ranked = 0
    if row["state"] == StrategyState.LIVE:
        before = act.proofs.get(act.uow, strategy_edition, row["before_id"]) if row["before_id"] is not None else None
        row = step(act, row, StrategyState.ROLLED_BACK, Action.STRATEGY_EDITION_ROLL_BACK, ended_at=act.now)
        if before is not None:
            step(act, before, StrategyState.LIVE, Action.STRATEGY_EDITION_ROLL_BACK, ended_at=None)
        ranked = _reorder(act, row["unit_id"])
    elif row["state"] != StrategyState.ROLLED_BACK:
        act.refuse("strategy.state")
    back, left = _take_back(act, row)
    act.log(
        Action.STRATEGY_EDITION_ROLL_BACK,
        object_kind="strategy",
        object_id=row["id"],
        rows=back.count,
        detail=((DetailKey.COUNT, str(left)),),
    )
    act.push("queue", row["id"], Audience.of(members=(row["unit_id"],)))
    return Applied(edition=views(act, [row])[0], moved=back.count, left=left, ranked=ranked, kept=back.kept)


@handles(ReadAdvice)
def read_advice(act: Act, request: ReadAdvice) -> AdviceView:
    """What the strategy in force says of a case."""
    case = require_case(act, request.case_id, Action.CASE_FILE_OPEN)
    act.log(
        Action.CASE_FILE_OPEN,
        object_kind="strategy",
        object_id=case["id"],
        case_id=case["id"],
        tenant_id=case["tenant_id"],
    )
    return advice_for(act, case)


def _apply(act: Act, row: Row) -> Applied:
    rules = rules_of(row["text"])
    if rules is None:
        act.refuse("strategy.unreadable")
    outcome = plan(act, row["unit_id"], rules)
    write_ranks(act, outcome.ranks)
    steps = outcome.sharing.steps
    now = steps[:PART]
    if now:
        carry_out(act, row["unit_id"], now, strategy_id=row["id"])
    act.log(
        Action.STRATEGY_EDITION_APPLY,
        object_kind="strategy",
        object_id=row["id"],
        rows=len(now),
    )
    act.push("queue", row["id"], Audience.of(members=(row["unit_id"],), units=(row["unit_id"],)))
    return Applied(edition=views(act, [row])[0], moved=len(now), left=len(steps) - len(now), ranked=len(outcome.ranks))


def _take_back(act: Act, row: Row) -> tuple[Undone, int]:
    """Undo the newest move of an edition that is not undone yet; returns what came of it, and cases still to undo."""
    query = (
        select(bulk_move)
        .where(bulk_move.c.strategy_id == row["id"], bulk_move.c.state == "done")
        .order_by(bulk_move.c.id.desc())
    )
    moves = act.proofs.holding(act.uow, bulk_move, act.db.execute(query).mappings().all())
    back = put_back(act, moves[0]) if moves else Undone(count=0, kept=0, pooled=0)
    return back, sum(move["cases"] for move in moves[1:])


def _reorder(act: Act, unit_id: str) -> int:
    """Order by what is live now; without anything live, as before there was a strategy."""
    live = live_edition(act, unit_id)
    rules = rules_of(live["text"]) if live is not None else None
    if rules is not None:
        ranks = plan(act, unit_id, rules).ranks
    else:
        query = select(case_file.c.id).where(case_file.c.unit_id == unit_id, func.coalesce(case_file.c.rank, 0) != 0)
        ranks = [(case_id, 0) for case_id in act.db.execute(query).scalars()]
    write_ranks(act, ranks)
    return len(ranks)
