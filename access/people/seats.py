"""A person's seats when she is stopped, comes back, moves or goes: all at once, and never the last admin's.

Headship of units goes the same way: whoever moves or leaves heads nothing any more, and her deputy takes over.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import or_
from sqlalchemy.engine import RowMapping

from access.audit.events import DetailKey
from access.people import staff
from access.people.deed import Deed
from access.people.directory import OVERDUE, held_rows, person_row
from access.people.staff import StaffRefused
from access.roles import Role, compatible
from access.store.schema import org_unit, role_grant

_SUSPEND: Final = "account:role:suspend"
_RESTORE: Final = "account:role:restore"


def suspend_seats(deed: Deed, person_id: str) -> int:
    """Take every seat of a person who is no longer active out of force until she comes back; return how many.

    That no last admin is among them was settled when her state changed.
    """
    rows = _grants(deed, person_id, "active")
    for row in rows:
        _move(deed, row, "suspended", _SUSPEND)
    over = _grants(deed, person_id, OVERDUE)
    for row in over:
        # Past its end; there is nothing to come back to.
        _move(deed, row, "revoked", "account:role:revoke")
    return len(rows) + len(over)


def restore_seats(deed: Deed, person_id: str) -> int:
    """Bring back the seats that were suspended with their holder and have not run out; return how many.

    Raises:
        StaffRefused: Together they are more than one person may hold (§3.3 rules 2 and 3).
    """
    row = person_row(deed.uow, deed.proofs, person_id)
    now = deed.uow.now
    back = [one for one in _grants(deed, person_id, "suspended") if now < one["valid_until"]]
    held = {Role(one["role"]) for one in (*back, *_grants(deed, person_id, "active"))}
    breach = compatible(held, row["agency_id"] if row is not None else None)
    if breach is not None:
        raise StaffRefused(breach.code, clause=breach.clause)
    for one in back:
        _move(deed, one, "active", _RESTORE)
    return len(back)


def revoke_seats(deed: Deed, person_id: str) -> int:
    """Take every seat away for good, suspended ones too; return how many.

    Raises:
        StaffRefused: One is the last of an admin role (§3.3 rule 15).
    """
    active = [*_grants(deed, person_id, "active"), *_grants(deed, person_id, OVERDUE)]
    for row in active:
        staff.revoke_role(deed, row["id"])
    suspended = _grants(deed, person_id, "suspended")
    for row in suspended:
        _move(deed, row, "revoked", "account:role:revoke")
    return len(active) + len(suspended)


def leave_headships(deed: Deed, person_id: str) -> int:
    """Hand over what the person heads or stands in for; return in how many units."""
    where = or_(org_unit.c.head_id == person_id, org_unit.c.deputy_id == person_id)
    rows = held_rows(deed.uow, deed.proofs, org_unit, where)
    for row in rows:
        deputy = row["deputy_id"] if row["deputy_id"] != person_id else None
        head = deputy if row["head_id"] == person_id else row["head_id"]
        staff.set_unit_heads(deed, row["id"], head_id=head, deputy_id=None if head == deputy else deputy)
    return len(rows)


def _grants(deed: Deed, person_id: str, state: str) -> list[RowMapping]:
    where = (role_grant.c.person_id == person_id, role_grant.c.state == state)
    return held_rows(deed.uow, deed.proofs, role_grant, *where)


def _move(deed: Deed, row: RowMapping, state: str, action: str) -> None:
    event = deed.event(
        action,
        object_kind="person",
        object_id=row["person_id"],
        detail=((DetailKey.ROLE, row["role"]), (DetailKey.FROM, row["state"]), (DetailKey.TO, state)),
    )
    deed.proofs.update(deed.uow, role_grant, row["id"], row["version"], {"state": state}, event)
