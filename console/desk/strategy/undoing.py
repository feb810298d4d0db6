"""Taking a bulk move back: each case that nobody touched since returns to the hand it came from.

Touched is every event on the case after the move but a mere look at it. A hand that is gone, stopped, moved to another
unit or kept from the customer since gets nothing back; its cases go to the pool.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.engine import RowMapping

from access.policy import Action
from access.store.schema import audit_event, audit_outbox, bulk_move, bulk_move_case, case_file
from console.desk.act import Act
from console.desk.api.assign import Undone
from console.desk.cases.rows import holding, resource_of
from console.desk.conditions import standing
from console.desk.strategy.loads import Member, members
from console.desk.strategy.moving import Step, kept_digest, write

_LOOKS: Final = (
    str(Action.CASE_CUSTOMER_SEARCH),
    str(Action.CASE_FILE_OPEN),
    str(Action.CASE_TIMELINE_READ),
)
Row = RowMapping | dict[str, Any]


def put_back(act: Act, move: Row) -> Undone:
    """Undo a move as far as nobody touched its cases since, and say how far that was."""
    kept = act.db.execute(select(bulk_move_case).where(bulk_move_case.c.move_id == move["id"])).mappings().all()
    if kept_digest(kept) != move["digest"]:
        act.refuse("move.broken", clause="design-4")
    team = members(act, move["unit_id"])
    touched = _touched(act, move)
    rows = _cases(act, move["id"])
    steps: list[Step] = []
    pooled = 0
    for entry in kept:
        row = rows.get(entry["case_id"])
        if row is None or entry["case_id"] in touched or row["version"] != entry["case_version"]:
            continue
        giver = team.get(entry["from_id"] or "")
        if giver is not None and (giver.stopped or not _may(act, row, giver)):
            giver = None
        if giver is None and not _may(act, row, None):
            continue
        pooled += giver is None and entry["from_id"] is not None
        steps.append(Step(row, giver, entry["from_agency_id"]))
    write(act, steps, move["id"], reason="undo")
    act.proofs.update(
        act.uow,
        bulk_move,
        move["id"],
        move["version"],
        {"state": "undone", "undone_by": act.actor.person_id},
        act.event(
            Action.CASE_ASSIGNMENT_BULK, object_kind="move", object_id=move["id"], rows=len(steps), reason="undo"
        ),
    )
    return Undone(count=len(steps), kept=len(kept) - len(steps), pooled=pooled)


def _may(act: Act, row: Row, giver: Member | None) -> bool:
    """Ask the decision whether this person may give the case to that one, or into the pool."""
    about = replace(resource_of(row), subject_person_id=giver.person_id if giver is not None else None)
    return act.allowed(Action.CASE_ASSIGNMENT_BULK, about, standing(act, row)).allowed


def _cases(act: Act, move_id: str) -> dict[str, RowMapping]:
    query = (
        select(case_file)
        .join(bulk_move_case, bulk_move_case.c.case_id == case_file.c.id)
        .where(bulk_move_case.c.move_id == move_id)
    )
    return {row["id"]: row for row in holding(act, act.db.execute(query).mappings().all())}


def _touched(act: Act, move: Row) -> set[str]:
    """Cases of the move on which something happened after it."""
    found: set[str] = set()
    for log in (audit_event, audit_outbox):
        query = (
            select(log.c.case_id)
            .join(bulk_move_case, bulk_move_case.c.case_id == log.c.case_id)
            .where(
                bulk_move_case.c.move_id == move["id"],
                log.c.event_id > move["event_id"],
                log.c.action.not_in(_LOOKS),
            )
            .distinct()
        )
        found.update(act.db.execute(query).scalars())
    return found
