"""What a task to listen lets somebody hear: its row, in force, with both who may give it and who may have it.

Like a grant it is worth nothing by itself. Whenever it is used, whoever gave it must still be who may give it, and
whoever has it must still be who may be given it; it ends by the act's instant alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from sqlalchemy.engine import RowMapping

from access.people.directory import held_rows, load_actor
from access.policy import Action, Actor, Conditions, Purpose, Resource, decide
from access.store.schema import listening_task
from console.desk.act import Act

ACTIVE: Final = "active"
GIVING: Final[Mapping[str, Action]] = MappingProxyType(
    {
        "audit": Action.CALL_TASK_AUDIT,
        "complaint": Action.CALL_TASK_HANDLE,
        "data_request": Action.CALL_TASK_HANDLE,
    }
)
"""What gives a task, by its reason."""

_PURPOSES: Final[Mapping[str, Purpose]] = MappingProxyType(
    {"audit": Purpose.AUDIT, "complaint": Purpose.COMPLIANCE, "data_request": Purpose.COMPLIANCE}
)
_REFERENCE: Final = re.compile(r"LT/([1-9][0-9]{0,5})")
Row = RowMapping | Mapping[str, Any]


def number_in(reference: str) -> str:
    """The number of the task that a reference names, as `LT-00000012`; empty for none.

    Args:
        reference: in the form in which the log takes it, such as `LT/12`.
    """
    found = _REFERENCE.fullmatch(reference)
    return f"LT-{int(found[1]):08d}" if found is not None else ""


def assigned(act: Act, number: str, reason: str) -> RowMapping | None:
    """The person's own task of that number for that reason, if it is in force."""
    rows = held_rows(
        act.uow,
        act.proofs,
        listening_task,
        listening_task.c.number == number,
        listening_task.c.person_id == act.actor.person_id,
    )
    return next((row for row in rows if row["reason"] == reason and _in_force(act, row)), None)


def covers(row: Row, call: Row) -> bool:
    """Whether a task is about that call; nobody has one about what they said themselves (requirements §3.3-1)."""
    if call["person_id"] == row["person_id"]:
        return False
    return bool(call["case_id"] == row["case_id"] if row["case_id"] else call["id"] in drawn(row))


def drawn(row: Row) -> tuple[str, ...]:
    """The calls that were drawn, by id; none for a task about a case."""
    return tuple(one for one in str(row["calls"]).split(",") if one)


def lives(row: Row, now: int) -> bool:
    """Whether neither anybody nor its time ended it."""
    return bool(row["state"] == ACTIVE and row["given_at"] <= now < row["ends_at"])


def fits(act: Act, holder: Actor, reason: str, tenant_id: str, barred: tuple[str, ...] = ()) -> bool:
    """Whether somebody may have a task for this reason at all, and nothing keeps them from the customer.

    Args:
        act: the act.
        holder: who listens.
        reason: of `GIVING`.
        tenant_id: whose customers.
        barred: who is kept from the customer.
    """
    theirs = Resource(kind="recording", tenant_id=tenant_id, task_person_id=holder.person_id, barred_ids=barred)
    return decide(holder, Action.CALL_RECORDING_FIND, theirs, _live(_PURPOSES[reason]), act.now).allowed


def about(row: Row) -> Resource:
    """A task as the decision sees it: who has it, who gave it, for which team."""
    return Resource(
        kind="recording",
        tenant_id=row["tenant_id"],
        unit_id=row["unit_id"],
        requester_id=row["given_by"],
        task_person_id=row["person_id"],
    )


def _in_force(act: Act, row: RowMapping) -> bool:
    if not lives(row, act.now) or row["reason"] not in GIVING:
        return False
    giver = load_actor(act.uow, act.proofs, row["given_by"])
    if giver is None or not fits(act, act.actor, row["reason"], row["tenant_id"]):
        return False
    # On the case as it was theirs then: one that is handed on takes no task back.
    given = Resource(
        kind="case",
        tenant_id=row["tenant_id"],
        assignee_id=row["given_by"],
        unit_id=row["unit_id"],
        agency_id=giver.agency_id,
        subject_person_id=row["person_id"],
    )
    return decide(giver, GIVING[row["reason"]], given, _live(None), act.now).allowed


def _live(purpose: Purpose | None) -> Conditions:
    return Conditions(purpose=purpose, clock_ok=True, keys_ok=True, log_ok=True)
