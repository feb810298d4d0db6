"""Of which case somebody has a task that lets them hear its calls: a thing on the case that another person made.

Whoever has no cases hears a recording for a task (requirements §3.2-17), and nobody sets that task for themselves. What
the desk knows to be one: for a complaint, the hold that the complaint put on the case; for an audit, a special contact
that was filed on it, by its number; for an incident, one that its review handed on as such. For a request of the
customer's there is nothing of the kind yet, so nobody listens for one.
"""

from __future__ import annotations

import re
from typing import Final

from sqlalchemy import ColumnElement, select

from access.policy.holds import HoldReason
from access.store.schema import case_hold, special_filing
from console.desk.act import Act
from console.desk.record.reading import reference_of
from console.desk.special.states import FilingState

_FILING: Final = re.compile(r"^[Ss]-0*(?=[0-9])(.*)$")
_STANDING: Final = ("asked", "active")


def tasked(act: Act, case_id: str, reason: str, reference: str) -> bool:
    """Whether the person has a task about that case.

    Args:
        act: the act.
        case_id: the case whose call is to be heard.
        reason: of `TASK_REASONS`.
        reference: as `task_reference` gives it.
    """
    if reason == "complaint":
        return _complained(act, case_id)
    if reason == "audit":
        return _filed(act, reference, special_filing.c.case_id == case_id)
    if reason == "incident":
        escalated = special_filing.c.state == FilingState.ESCALATED.value
        return _filed(act, reference, special_filing.c.case_id == case_id, escalated)
    return False


def task_reference(act: Act, said: str) -> str:
    """The number of a task in the form in which the log takes it; that of a filing without the zeros in front.

    Raises:
        Refused: `record.reference_unfit`.
    """
    return reference_of(act, _FILING.sub(r"S-\1", said.strip()))


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
