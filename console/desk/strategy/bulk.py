"""Many cases by hand: previewed, done only if it is still what was previewed, undone while nobody touched them."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import or_, select
from sqlalchemy.engine import RowMapping

from access.policy import Action, Resource
from access.roles import Role
from access.store.schema import bulk_move, case_file
from console.desk.act import Act
from console.desk.api.assign import (
    ListMoves,
    MoveCases,
    Moved,
    MoveList,
    MoveView,
    Plan,
    PreviewMoves,
    UndoMove,
    Undone,
)
from console.desk.cases.queue import WORKED
from console.desk.cases.rows import holding, published, resource_of, staff_names
from console.desk.conditions import standing
from console.desk.hub import Audience
from console.desk.kernel import handles
from console.desk.strategy.loads import Member, members
from console.desk.strategy.moving import MOST, carry_out
from console.desk.strategy.sharing import Sharing
from console.desk.strategy.undoing import put_back

_LATE: Final = 20
_CHUNK: Final = 500


@handles(PreviewMoves)
def preview(act: Act, request: PreviewMoves) -> Plan:
    """What would happen; nothing does."""
    sharing = _plan(act, request)
    act.log("case:move:preview", object_kind="move", object_id="preview", rows=len(sharing.steps))
    return sharing.plan()


@handles(MoveCases)
def move(act: Act, request: MoveCases) -> Moved:
    """Do what was previewed, or say that it is not the same any more and move nothing."""
    sharing = _plan(act, request)
    unit_id = act.unit_id
    if sharing.plan().digest != request.digest:
        act.refuse("assign.changed", clause="S-6-12")
    if not sharing.steps or unit_id is None:
        act.refuse("assign.nothing")
    row = carry_out(act, unit_id, sharing.steps)
    return Moved(move_id=row["id"], count=row["cases"], undo_until=row["undo_until"])


@handles(ListMoves)
def list_moves(act: Act, request: ListMoves) -> MoveList:
    """The own unit's, newest first."""
    del request
    act.require(Action.CASE_ASSIGNMENT_BULK, _unit(act))
    # A strategy's many parts leave room for what people did.
    rows = sorted((*_late(act, by_hand=True), *_late(act, by_hand=False)), key=lambda row: str(row["id"]), reverse=True)
    names = staff_names(act, {row["made_by"] for row in rows})
    act.log("case:move:list", object_kind="move", object_id="list", rows=len(rows))
    return MoveList(
        moves=tuple(
            MoveView(
                move_id=row["id"],
                made_at=row["made_at"],
                made_by=names.get(row["made_by"], ""),
                count=row["cases"],
                state=row["state"],
                undo_until=row["undo_until"],
                can_undo=row["state"] == "done" and act.now < row["undo_until"],
                by_strategy=row["strategy_id"] is not None,
            )
            for row in rows
        )
    )


@handles(UndoMove)
def undo(act: Act, request: UndoMove) -> Undone:
    """Put back what nobody touched since."""
    act.require(Action.CASE_ASSIGNMENT_BULK, _unit(act))
    row = _named_move(act, request.move_id) if request.move_id else _last_by_hand(act)
    if row is None:
        act.refuse("move.not_found", clause="Y-4.2.1")
    if row["state"] != "done":
        act.refuse("move.undone")
    if act.now >= row["undo_until"]:
        act.refuse("move.too_late", minutes=str(act.parts.settings.assign.undo_minutes))
    back = put_back(act, row)
    act.push("queue", row["id"], Audience.of(units=(row["unit_id"],)))
    return back


def _last_by_hand(act: Act) -> RowMapping | None:
    """The last that somebody made: what a strategy moved is taken back whole, by rolling its edition back."""
    return next(iter(_late(act, by_hand=True)), None)


def _named_move(act: Act, move_id: str) -> RowMapping | None:
    row = act.proofs.get(act.uow, bulk_move, move_id)
    resource = (
        Resource(kind="move", id=row["id"], unit_id=row["unit_id"]) if row is not None else Resource.absent("move")
    )
    act.require(Action.CASE_ASSIGNMENT_BULK, resource)
    return row


def _unit(act: Act) -> Resource:
    return Resource(kind="queue", unit_id=act.unit_id, agency_id=act.actor.agency_id)


def _late(act: Act, *, by_hand: bool) -> list[RowMapping]:
    whose = bulk_move.c.strategy_id.is_(None) if by_hand else bulk_move.c.strategy_id.is_not(None)
    query = select(bulk_move).where(bulk_move.c.unit_id == act.unit_id, whose).order_by(bulk_move.c.id.desc())
    query = query.limit(_LATE)
    return act.proofs.holding(act.uow, bulk_move, act.db.execute(query).mappings().all())


def _plan(act: Act, request: PreviewMoves | MoveCases) -> Sharing:
    act.require(Action.CASE_ASSIGNMENT_BULK, _unit(act))
    team = members(act, act.unit_id)
    takers = [_taker(act, team, one) for one in dict.fromkeys(request.to_ids)]
    sharing = Sharing(act, team)
    sharing.pass_over(takers)
    named = request.case_ids
    rows = _named(act, sharing, named) if named else _first(act, request.from_id, request.count)
    for row in rows:
        if row["unit_id"] != act.unit_id:
            # Out of the unit is a change of scope, which the security admin checks (§3.2-24).
            sharing.refuse("assign.other_unit", "§3.2-24")
        else:
            sharing.give(row, takers)
    act.asked = Action.CASE_ASSIGNMENT_BULK
    return sharing


def _taker(act: Act, team: dict[str, Member], person_id: str) -> Member:
    found = team.get(person_id)
    if found is None:
        act.refuse("assign.nobody", ask=(Role.SUPERVISOR,))
    return found


def _first(act: Act, from_id: str | None, count: int) -> list[RowMapping]:
    """The first cases in working order of somebody's, or of the pool."""
    if not 0 < count <= MOST:
        act.refuse("assign.too_many" if count > MOST else "assign.nothing")
    whose = case_file.c.assignee_id.is_(None) if from_id is None else case_file.c.assignee_id == from_id
    query = (
        select(case_file)
        .where(WORKED, whose, case_file.c.unit_id == act.unit_id, published())
        .order_by(case_file.c.priority.desc(), case_file.c.id)
        .limit(count)
    )
    return holding(act, act.db.execute(query).mappings().all())


def _named(act: Act, sharing: Sharing, names: tuple[str, ...]) -> list[RowMapping]:
    """Cases by id or number, in the order in which they were named; what is not there is refused like another's."""
    if len(names) > MOST:
        act.refuse("assign.too_many")
    wanted = list(dict.fromkeys(names))
    found: dict[str, list[RowMapping]] = {}
    for start in range(0, len(wanted), _CHUNK):
        part = wanted[start : start + _CHUNK]
        query = select(case_file).where(or_(case_file.c.id.in_(part), case_file.c.number.in_(part)), published())
        for row in holding(act, act.db.execute(query).mappings().all()):
            for name in (row["id"], row["number"]):
                found.setdefault(name, []).append(row)
    rows: dict[str, RowMapping] = {}
    for name in wanted:
        here = [row for row in found.get(name, []) if _reached(act, row)]
        if not here:
            sharing.refuse("case.not_found", "Y-4.2.1")
        for row in here[:1]:
            rows.setdefault(row["id"], row)
    return list(rows.values())


def _reached(act: Act, row: RowMapping | dict[str, Any]) -> bool:
    return act.allowed(Action.CASE_ASSIGNMENT_BULK, resource_of(row), standing(act, row)).allowed
