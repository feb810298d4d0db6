"""Who works which case, by hand. Each case that changes hands is one event and one new proof; reveals of the old end.

Beyond what somebody may hold at most, and to somebody who is away, it is done; in bulk and by a strategy
(`console.desk.strategy`) it is not. Nobody can hand a case to whom the decision lets work none. Where the cases were
seen before, a change since then means that nothing moves.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from sqlalchemy import select
from sqlalchemy.engine import RowMapping

from access.policy import Action
from access.roles import Role
from access.store.schema import case_file, person
from console.desk.act import Act
from console.desk.api.cases import AssignCases, Assigned
from console.desk.cases.queue import WORKED
from console.desk.cases.rows import holding, published, require_case, resource_of
from console.desk.conditions import standing
from console.desk.kernel import handles
from console.desk.strategy.loads import members
from console.desk.strategy.moving import Hand, step_to, write

_MOST: Final = 2000
_CHUNK: Final = 500


@handles(AssignCases)
def assign_cases(act: Act, request: AssignCases) -> Assigned:
    """Give cases to a member of the unit, or take them back into its pool."""
    act.asked = Action.CASE_ASSIGNMENT_CHANGE
    member = _member(act, request.assignee_id)
    named = request.case_ids
    rows = _named(act, named, request.versions) if named else _from_pool(act, member, request.count)
    for row in rows:
        about = replace(resource_of(row), subject_person_id=request.assignee_id)
        act.require(Action.CASE_ASSIGNMENT_CHANGE, about, standing(act, row))
        if member is not None and member["unit_id"] != row["unit_id"]:
            # Out of the unit is a change of scope: the security admin checks it, then compliance (§3.2-24).
            act.refuse("assign.other_unit", clause="§3.2-24", ask=(Role.SECURITY_ADMIN, Role.COMPLIANCE))
    taker = Hand(member["id"], member["agency_id"]) if member is not None else None
    steps = [step_to(row, taker) for row in rows if row["assignee_id"] != request.assignee_id]
    write(act, steps, None, action=Action.CASE_ASSIGNMENT_CHANGE)
    if not steps:
        act.log(Action.CASE_ASSIGNMENT_CHANGE, rows=0)
    return Assigned(count=len(steps), over=_over(act, member))


def _member(act: Act, person_id: str | None) -> RowMapping | None:
    if person_id is None:
        return None
    found = act.parts.proofs.get(act.uow, person, person_id)
    if found is None or found["state"] != "active":
        act.refuse("assign.nobody")
    held = members(act, found["unit_id"]).get(person_id)
    if held is None:
        act.refuse("assign.no_role", clause="C-5.4c")
    if held.stopped and held.unfit is not None:
        act.refuse(held.unfit.code, clause=held.unfit.clause, ask=held.unfit.ask)
    return found


def _over(act: Act, member: RowMapping | None) -> int:
    """How far beyond their most somebody is now; by hand that is said, not refused."""
    held = members(act, member["unit_id"]).get(member["id"]) if member is not None else None
    return max(0, held.open - held.most) if held is not None else 0


def _named(act: Act, ids: tuple[str, ...], seen: tuple[int, ...]) -> list[RowMapping]:
    if len(ids) > _MOST or (seen and len(seen) != len(ids)):
        act.refuse("assign.too_many")
    found = _by_id(act, list(dict.fromkeys(ids)))
    # What is not found by its id may be a number, or is refused as every case is that is not there.
    rows = [found.get(one) or require_case(act, one, Action.CASE_ASSIGNMENT_CHANGE) for one in ids]
    for row, version in zip(rows, seen, strict=False):
        if row["version"] != version:
            # Only to whom it is there at all.
            act.require(Action.CASE_ASSIGNMENT_CHANGE, resource_of(row), standing(act, row))
            act.refuse("assign.changed", clause="S-6-12")
    return list({row["id"]: row for row in rows}.values())


def _by_id(act: Act, ids: Sequence[str]) -> dict[str, RowMapping]:
    found: dict[str, RowMapping] = {}
    for start in range(0, len(ids), _CHUNK):
        query = select(case_file).where(case_file.c.id.in_(ids[start : start + _CHUNK]), published())
        found.update((row["id"], row) for row in holding(act, act.db.execute(query).mappings().all()))
    return found


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
