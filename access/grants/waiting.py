"""A grant that is given to somebody who is in a call waits for the call's end before its time to be opened runs.

Its holder may open it in the call all the same; then its minutes run. However long the call, it does not wait longer
than `LONGEST_CALL`.
"""

from __future__ import annotations

from typing import Any, Final

from access.audit.events import DetailKey
from access.grants.context import HOUR, MINUTE, GrantDesk
from access.grants.rows import grant_lives
from access.grants.states import GrantState
from access.people.directory import held_rows
from access.store.schema import reveal_grant

BEGIN: Final = "reveal:grant:begin"
LONGEST_CALL: Final = 4 * HOUR
"""Microseconds that a grant waits at most."""


def open_by(desk: GrantDesk, person_id: str) -> int:
    """Return until when a grant that is given now must be opened."""
    if desk.speaking(person_id):
        return desk.now + LONGEST_CALL
    return desk.now + desk.limits.open_within_minutes * MINUTE


def begin(desk: GrantDesk, person_id: str) -> list[dict[str, Any]]:
    """A person's call is over: the time to open what waited for that runs from now. Returns the rows as they stand."""
    until = desk.now + desk.limits.open_within_minutes * MINUTE
    rows = held_rows(
        desk.uow,
        desk.proofs,
        reveal_grant,
        reveal_grant.c.person_id == person_id,
        reveal_grant.c.state == GrantState.APPROVED.value,
        reveal_grant.c.open_by > until,
    )
    begun = []
    for row in rows:
        if not grant_lives(row, desk.now):
            continue
        event = desk.event(
            BEGIN,
            object_kind="grant",
            object_id=row["id"],
            case_id=row["case_id"],
            tenant_id=row["tenant_id"],
            approval_id=row["request_id"],
            detail=((DetailKey.SECONDS, str((until - desk.now) // 1_000_000)),),
        )
        changes = {"open_by": until}
        begun.append(desk.proofs.update(desk.uow, reveal_grant, row["id"], row["version"], changes, event))
    return begun
