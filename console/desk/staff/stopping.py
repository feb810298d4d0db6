"""Stopping somebody at once, and letting a locked-out one try again."""

from __future__ import annotations

from access.audit.events import DetailKey
from access.people import staff
from access.policy import Action
from console.desk.act import Act
from console.desk.api.base import Done
from console.desk.api.staff import STOP_REASONS, SuspendPerson, UnlockPerson
from console.desk.kernel import handles
from console.desk.staff.losing import lose_all
from console.desk.staff.ordering import unlock
from console.desk.staff.targets import require_person, tell


@handles(SuspendPerson)
def suspend(act: Act, request: SuspendPerson) -> Done:
    """Everything of hers goes in this one act; a supervisor may do it in the own team, never to oneself."""
    row = require_person(act, request.person_id, Action.ACCOUNT_PERSON_SUSPEND)
    if request.reason not in STOP_REASONS:
        act.refuse("staff.reason_unknown")
    if row["state"] != "active":
        act.refuse("person.not_active", state=row["state"])
    staff.change_person(act, row["id"], state="suspended")
    cases = lose_all(act, row["id"], "suspended")
    act.log(
        Action.ACCOUNT_PERSON_SUSPEND,
        object_kind="person",
        object_id=row["id"],
        reason=request.reason,
        detail=((DetailKey.CASES, str(cases)),),
    )
    tell(act, row["id"], row["unit_id"])
    return Done()


@handles(UnlockPerson)
def unlock_person(act: Act, request: UnlockPerson) -> Done:
    """Forget failed attempts, so that the person need not wait."""
    row = require_person(act, request.person_id, Action.ACCOUNT_PERSON_UNLOCK)
    if not unlock(act, row["id"]):
        act.refuse("person.not_locked")
    act.log(Action.ACCOUNT_PERSON_UNLOCK, object_kind="person", object_id=row["id"])
    tell(act, row["id"], row["unit_id"])
    return Done()
