"""For which task somebody hears a call that is not theirs: one that was given to them, or a thing on its case.

Whoever has no cases hears a recording for a task (requirements §3.2-17), and nobody sets that task for themselves: it
was given to them (`console.desk.calls.assigned`), by its number, or another person made what it is about. What the desk
knows to be such: for a complaint, the hold that the complaint put on the case; for an audit, a special contact that was
filed on it, by its number; for an incident, one that its review handed on as such.
"""

from __future__ import annotations

import re
from typing import Final

from sqlalchemy import ColumnElement, select
from sqlalchemy.engine import RowMapping

from access.policy.holds import HoldReason
from access.store.schema import case_hold, special_filing
from console.desk.act import Act
from console.desk.calls.assigned import assigned, covers, number_in
from console.desk.record.reading import reference_of
from console.desk.special.states import FilingState

_NUMBER: Final = re.compile(r"^(S|LT)-0*(?=[0-9])(.*)$", re.IGNORECASE)
_STANDING: Final = ("asked", "active")


def tasked(act: Act, call: RowMapping, reason: str, reference: str) -> bool:
    """Whether the person has a task about that call.

    Args:
        act: the act.
        call: the call that is to be heard.
        reason: of `TASK_REASONS`.
        reference: as `task_reference` gives it; one that names a given task stands for nothing else.
    """
    number = number_in(reference)
    if not number:
        return on_case(act, call["case_id"], reason, reference)
    row = assigned(act, number, reason)
    return row is not None and covers(row, call)


def on_case(act: Act, case_id: str, reason: str, reference: str) -> bool:
    """Whether another person made something on that case that is such a task."""
    if reason == "complaint":
        return _complained(act, case_id)
    if reason == "audit":
        return _filed(act, reference, special_filing.c.case_id == case_id)
    if reason == "incident":
        escalated = special_filing.c.state == FilingState.ESCALATED.value
        return _filed(act, reference, special_filing.c.case_id == case_id, escalated)
    return False


def task_reference(act: Act, said: str) -> str:
    """The number of a task in the form in which the log takes it; the desk's own without the zeros in front.

    Raises:
        Refused: `record.reference_unfit`.
    """
    return reference_of(act, _NUMBER.sub(lambda found: f"{found[1].upper()}-{found[2]}", said.strip()))


def _complained(act: Act, case_id: str) -> bool:
    query = select(case_hold).where(
        case_hold.c.case_id == case_id,
        case_hold.c.reason == str(HoldReason.COMPLAINT),
        case_hold.c.state.in_(_STANDING),
        case_hold.c.placed_by != act.actor.person_id,
    )
    return bool(act.proofs.holding(act.uow, case_hold, act.db.execute(query).mappings().all()))


def _filed(act: Act, reference: str, *where: ColumnElement[bool]) -> bool:
    query = select(special_filing).where(special_filing.c.asker_id != act.actor.person_id, *where)
    rows = act.proofs.holding(act.uow, special_filing, act.db.execute(query).mappings().all())
    return any(task_reference(act, row["number"]) == reference for row in rows)
