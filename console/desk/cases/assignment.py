"""Who works which case. Each case that changes hands is one event and one new proof; reveals of the old hand end."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from sqlalchemy import select
from sqlalchemy.engine import RowMapping

from access.grants.live import end_grants
from access.policy import Action
from access.store.schema import case_file, person
from console.desk.act import Act
from console.desk.api.cases import AssignCases, Assigned
from console.desk.cases.queue import WORKED
from console.desk.cases.rows import holding, published, require_case, resource_of
from console.desk.conditions import standing
from console.desk.hub import Audience
from console.desk.kernel import handles
from console.desk.reveals.granting import granting
from console.desk.strategy.loads import members

_MOST: Final = 2000


@handles(AssignCases)
def assign_cases(act: Act, request: AssignCases) -> Assigned:
    """Give cases to a member of the unit, or take them back into its pool."""
    member = _member(act, request.assignee_id)
    rows = (
        _named(act, request.case_ids, request.versions) if request.case_ids else _from_pool(act, member, request.count)
    )
    count = 0
    for row in rows:
        about = replace(resource_of(row), subject_person_id=request.assignee_id)
        act.require(Action.CASE_ASSIGNMENT_CHANGE, about, standing(act, row))
        if member is not None and member["unit_id"] != row["unit_id"]:
            act.refuse("assign.other_unit", clause="Y-4.2.1")
        count += _move(act, row, member)
    if not count:
        act.log(Action.CASE_ASSIGNMENT_CHANGE, rows=0)
    return Assigned(count=count, over=_over(act, request.assignee_id))


def _member(act: Act, person_id: str | None) -> RowMapping | None:
    if person_id is None:
        return None
    found = act.parts.proofs.get(act.uow, person, person_id)
    if found is None or found["state"] != "active":
        act.refuse("assign.nobody")
    return found


def _over(act: Act, person_id: str | None) -> int:
    """How far beyond their most somebody is now; by hand that is said, not refused."""
    row = act.proofs.get(act.uow, person, person_id) if person_id is not None else None
    held = members(act, row["unit_id"]).get(row["id"]) if row is not None else None
    return max(0, held.open - held.most) if held is not None else 0


def _named(act: Act, ids: tuple[str, ...], seen: tuple[int, ...]) -> list[RowMapping]:
    if len(ids) > _MOST or (seen and len(seen) != len(ids)):
        act.refuse("assign.too_many")
    rows = [require_case(act, one, Action.CASE_ASSIGNMENT_CHANGE) for one in ids]
    if any(row["version"] != version for row, version in zip(rows, seen, strict=False)):
        act.refuse("assign.changed", clause="S-6-12")
    return list({row["id"]: row for row in rows}.values())


def _from_pool(act: Act, member: RowMapping | None, count: int) -> list[RowMapping]:
    if member is None or not 0 < count <= _MOST:
        act.refuse("assign.nothing")
    query = (
        select(case_file)
        .where(WORKED, case_file.c.assignee_id.is_(None), case_file.c.unit_id == member["unit_id"], published())
        .order_by(case_file.c.priority.desc(), case_file.c.id)
        .limit(count)
    )
    rows = act.db.execute(act.uow.lock(query)).mappings().all()
    return holding(act, rows)


def _move(act: Act, row: RowMapping, member: RowMapping | None) -> bool:
    assignee_id = member["id"] if member is not None else None
    if row["assignee_id"] == assignee_id:
        return False
    before = row["assignee_id"]
    act.parts.proofs.update(
        act.uow,
        case_file,
        row["id"],
        row["version"],
        # In an agency agent's hands the case is the agency's, under its stricter masks.
        {"assignee_id": assignee_id, "agency_id": member["agency_id"] if member is not None else row["agency_id"]},
        act.event(
            Action.CASE_ASSIGNMENT_CHANGE,
            object_kind="case",
            object_id=row["id"],
            case_id=row["id"],
            tenant_id=row["tenant_id"],
        ),
    )
    if before is not None:
        end_grants(granting(act), case_id=row["id"], person_id=before, why="reassigned")
    act.push("queue", row["id"], Audience.of(before, assignee_id))
    act.push("case", row["id"], Audience.of(before, assignee_id, units=(row["unit_id"],)))
    return True
