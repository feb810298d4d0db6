"""Making and changing units, people, logins and role grants, each an event with a row that proves itself.

The decision whether somebody may do this is the caller's (`access.policy`); the separation rules that bind the rows
themselves are kept here, so that no caller can forget them. What follows for live reveals and sessions when somebody
loses access is the desk's (`console.desk.staff.losing`); a person's seats at such moments are `access.people.seats`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from sqlalchemy import ColumnElement, literal, select
from sqlalchemy.engine import RowMapping

from access.audit.events import DetailKey
from access.context import SECOND
from access.errors import AccessError, StaleRow
from access.people.deed import Deed
from access.people.directory import OVERDUE, held_rows, holders, person_row, unit_row
from access.people.factors import PASSWORD, active_factor
from access.policy import Action
from access.roles import AGENCY_ROLES, Breach, Role, compatible, last_admin, seatable
from access.store.schema import DESK_TENANT, login, org_unit, person, role_grant

_DAY: Final = 24 * 3600 * SECOND
LONGEST_STAFF: Final = 366 * _DAY
LONGEST_AGENCY: Final = 183 * _DAY
STATES: Final = frozenset({"pending", "active", "suspended", "frozen", "left"})
"""Made but not yet checked, working, stopped for a time, leaving, gone."""
_STATE_ACTS: Final[Mapping[str, str]] = {
    "active": Action.ACCOUNT_PERSON_REACTIVATE,
    "suspended": Action.ACCOUNT_PERSON_SUSPEND,
    "frozen": Action.ACCOUNT_PERSON_SUSPEND,
    "left": Action.ACCOUNT_PERSON_SUSPEND,
}
_CHANGEABLE: Final = frozenset(
    {"unit_id", "state", "trained_until", "confidentiality_signed_at", "confidentiality_until", "name"}
)


class StaffRefused(AccessError):
    """A change of people or roles breaks a rule; the code is the rule's, `clause` names it."""

    default_code = "staff.refused"


def create_unit(
    deed: Deed,
    *,
    kind: str,
    name: str,
    parent_id: str | None = None,
    head_id: str | None = None,
    deputy_id: str | None = None,
) -> str:
    """Create a department, team or agency and return its id."""
    unit_id = deed.uow.ids.new()
    values = {
        "id": unit_id,
        "tenant_id": DESK_TENANT,
        "parent_id": parent_id,
        "kind": kind,
        "name": name,
        "head_id": head_id,
        "deputy_id": deputy_id,
    }
    event = deed.event("account:unit:create", object_kind="unit", object_id=unit_id)
    deed.proofs.insert(deed.uow, org_unit, values, event)
    return unit_id


def set_unit_heads(deed: Deed, unit_id: str, *, head_id: str | None, deputy_id: str | None) -> None:
    """Set who heads a unit and who stands in.

    Raises:
        StaffRefused: There is no such unit.
        StaleRow: Somebody else changed it meanwhile.
    """
    row = _required(unit_row(deed.uow, deed.proofs, unit_id), "unit.not_found")
    event = deed.event("account:unit:change", object_kind="unit", object_id=unit_id)
    changes = {"head_id": head_id, "deputy_id": deputy_id}
    deed.proofs.update(deed.uow, org_unit, unit_id, row["version"], changes, event)


def create_person(
    deed: Deed,
    *,
    staff_no: str,
    name: str,
    unit_id: str,
    agency_id: str | None = None,
    trained_until: int | None = None,
    confidentiality_signed_at: int | None = None,
    person_id: str | None = None,
    state: str = "active",
) -> str:
    """Create a member of staff and return the id. An agency id never changes afterwards (§3.3 rule 3).

    Raises:
        StaffRefused: The staff number is somebody's.
    """
    _free(deed, person.c.staff_no == staff_no, "person.staff_no_taken")
    new_id = person_id or deed.uow.ids.new()
    values = {
        "id": new_id,
        "tenant_id": DESK_TENANT,
        "staff_no": staff_no,
        "name": name,
        "unit_id": unit_id,
        "agency_id": agency_id,
        "state": state,
        "trained_until": trained_until,
        "confidentiality_signed_at": confidentiality_signed_at,
    }
    event = deed.event(Action.ACCOUNT_PERSON_CREATE, object_kind="person", object_id=new_id)
    deed.proofs.insert(deed.uow, person, values, event)
    return new_id


def change_person(deed: Deed, person_id: str, **changes: Any) -> None:  # noqa: ANN401 - columns of different types
    """Change unit, state, training, confidentiality or name of a person.

    Raises:
        StaffRefused: There is no such person, a column may not change, or the last active holder of an admin role would
            be taken out (§3.3 rule 15).
        StaleRow: Somebody else changed the row meanwhile.
    """
    if not changes or not changes.keys() <= _CHANGEABLE or changes.get("state", "active") not in STATES:
        raise StaffRefused("staff.change_unfit")
    row = _required(person_row(deed.uow, deed.proofs, person_id), "person.not_found")
    if changes.get("state", row["state"]) != "active" and row["state"] == "active":
        # Whatever the calendar says: what is not written down as ended may be the last.
        for grant in _seated(deed, person_id):
            _keep(_last(deed, Role(grant["role"]), person_id))
    action = _STATE_ACTS.get(changes.get("state", ""), "account:person:change")
    detail = ((DetailKey.FROM, row["state"]), (DetailKey.TO, changes.get("state", row["state"])))
    event = deed.event(action, object_kind="person", object_id=person_id, detail=detail)
    deed.proofs.update(deed.uow, person, person_id, row["version"], changes, event)


def create_login(deed: Deed, person_id: str, name: str, language: str = "zh_CN") -> str:
    """Give a person a login name and return its id.

    Raises:
        StaffRefused: The name is somebody's.
    """
    _free(deed, login.c.name == name, "person.login_taken")
    login_id = deed.uow.ids.new()
    values = {
        "id": login_id,
        "tenant_id": DESK_TENANT,
        "person_id": person_id,
        "name": name,
        "state": "active",
        "language": language,
    }
    event = deed.event("account:login:create", object_kind="login", object_id=login_id)
    deed.proofs.insert(deed.uow, login, values, event)
    return login_id


def disable_logins(deed: Deed, person_id: str) -> int:
    """Take every login of a person out of use for good; return how many."""
    rows = held_rows(deed.uow, deed.proofs, login, login.c.person_id == person_id, login.c.state == "active")
    for row in rows:
        event = deed.event("account:login:disable", object_kind="login", object_id=row["id"])
        deed.proofs.update(deed.uow, login, row["id"], row["version"], {"state": "disabled"}, event)
    return len(rows)


def grant_role(
    deed: Deed,
    *,
    person_id: str,
    role: Role,
    requested_by: str,
    approved_by: str,
    valid_until: int,
    unit_id: str | None = None,
    tenant_id: str = DESK_TENANT,
    valid_from: int | None = None,
    application_id: str | None = None,
) -> str:
    """Seat a person in a role, until an instant, by two other people; return the grant's id.

    Raises:
        StaffRefused: The person is missing or not working, the role has no work in this build, one of the three people
            is another of them (§3.3 rules 1 and 7), the period is none or longer than a year (agencies: half a year),
            or the role does not go with those held (rules 2 and 3).
    """
    row = _required(person_row(deed.uow, deed.proofs, person_id), "person.not_found")
    if row["state"] != "active":
        raise StaffRefused("person.not_active", state=row["state"])
    start = deed.uow.now if valid_from is None else valid_from
    longest = LONGEST_AGENCY if role in AGENCY_ROLES else LONGEST_STAFF
    if not seatable(role):
        raise StaffRefused("role.without_work", role=role.value, clause="§3.1")
    if len({person_id, requested_by, approved_by}) != len(("holder", "maker", "checker")):
        raise StaffRefused("separation.own_request", clause="§3.3-7")
    if not start < valid_until <= start + longest:
        raise StaffRefused("role.period_unfit", clause="§3.3-7")
    held = {Role(grant["role"]) for grant in _grants_of(deed, person_id)}
    _keep(compatible({*held, role}, row["agency_id"]))
    grant_id = deed.uow.ids.new()
    values = {
        "id": grant_id,
        "tenant_id": tenant_id,
        "person_id": person_id,
        "role": role.value,
        "unit_id": unit_id,
        "valid_from": start,
        "valid_until": valid_until,
        "state": "active",
        "requested_by": requested_by,
        "approved_by": approved_by,
        "application_id": application_id,
    }
    event = deed.event(
        Action.ACCOUNT_ROLE_APPROVE,
        object_kind="person",
        object_id=person_id,
        detail=((DetailKey.ROLE, role.value),),
    )
    deed.proofs.insert(deed.uow, role_grant, values, event)
    return grant_id


def revoke_role(deed: Deed, grant_id: str) -> str:
    """Take a role away at once; return whose it was.

    Raises:
        StaffRefused: There is no such active grant, or it is the last of an admin role (§3.3 rule 15).
        StaleRow: Somebody else changed it meanwhile.
    """
    row = _required(deed.proofs.get(deed.uow, role_grant, grant_id), "role.not_found")
    if row["state"] not in ("active", OVERDUE):
        raise StaleRow(table="role_grant", id=grant_id)
    _keep(_last(deed, Role(row["role"]), row["person_id"]))
    event = deed.event(
        Action.ACCOUNT_ROLE_REVOKE,
        object_kind="person",
        object_id=row["person_id"],
        detail=((DetailKey.ROLE, row["role"]),),
    )
    deed.proofs.update(deed.uow, role_grant, grant_id, row["version"], {"state": "revoked"}, event)
    person_id: str = row["person_id"]
    return person_id


def succeeded(deed: Deed, role: Role, person_id: str) -> bool:
    """Tell whether a role that runs out for a person is still held: by another, or by a renewal of their own."""
    held = holders(deed.uow, deed.proofs, role)
    if _can_sign_in(deed, person_id):
        held = tuple(one for one in held if _can_sign_in(deed, one))
    return bool(held)


def _seated(deed: Deed, person_id: str) -> list[RowMapping]:
    kept = role_grant.c.state.in_(("active", OVERDUE))
    return held_rows(deed.uow, deed.proofs, role_grant, role_grant.c.person_id == person_id, kept)


def _grants_of(deed: Deed, person_id: str) -> list[RowMapping]:
    return [row for row in _seated(deed, person_id) if row["state"] == OVERDUE or deed.uow.now < row["valid_until"]]


def _last(deed: Deed, role: Role, person_id: str) -> Breach | None:
    held = holders(deed.uow, deed.proofs, role)
    if _can_sign_in(deed, person_id):
        # Who was never able to come in is nobody to leave the desk to.
        held = tuple(one for one in held if _can_sign_in(deed, one))
    return last_admin(role, person_id, held)


def _can_sign_in(deed: Deed, person_id: str) -> bool:
    return active_factor(deed.uow, deed.proofs, person_id, PASSWORD) is not None


def _free(deed: Deed, taken: ColumnElement[bool], code: str) -> None:
    if deed.uow.connection.execute(select(literal(1)).where(taken)).first() is not None:
        raise StaffRefused(code)


def _keep(breach: Breach | None) -> None:
    if breach is not None:
        raise StaffRefused(breach.code, clause=breach.clause)


def _required(row: RowMapping | None, code: str) -> RowMapping:
    if row is None:
        raise StaffRefused(code)
    return row
