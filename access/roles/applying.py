"""Applying for a role, for oneself or for somebody one answers for, and taking an application back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from access.context import SECOND
from access.errors import StaleRow
from access.grants.context import GrantDesk, actor_of, require, within_act
from access.grants.counter import bump
from access.grants.reasons import tidy
from access.grants.refusals import refuse
from access.people.directory import load_actor, person_row, unit_row
from access.policy import Action, Decision, Refused, Resource
from access.roles.application import BOOTSTRAP_ROLES, DESK_WIDE, EXPIRING_DAYS, OPEN, ApplicationState, period_fits
from access.roles.deciding import APPROVE, Matter, absent
from access.roles.line import bootstrap
from access.roles.records import Row, about, conflicts, find, move, resource, where
from access.roles.role import AGENCY_ROLES, Role, seatable
from access.store.schema import DESK_TENANT, role_application

_COUNTER: Final = "role_number"
_DAY: Final = 86_400 * SECOND


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is applied for.

    Attributes:
        person_id: Who shall hold the role.
        role: Which.
        unit_id: Team it reaches; the person's own by default, none for desk-wide roles.
        days: For how long from the last step on.
        words: What for.
        head: As the unit's head.
    """

    person_id: str
    role: str
    unit_id: str | None = None
    days: int = 365
    words: str = ""
    head: bool = False


def apply(desk: GrantDesk, wanted: Wanted, *, production: bool = False) -> dict[str, Any]:
    """Make an application, for oneself or for somebody one answers for.

    Args:
        desk: The act, with its actor.
        wanted: What for.
        production: The desk's profile is `prod`, where technical posts exclude business roles (§3.3-4).

    Returns:
        The application's row. While the desk is new, what a system admin asks for by the bootstrap way is entered at
        once.

    Raises:
        Refused: The policy's codes, `role.without_work`, `role.period_unfit`, `roles.held_already`,
            `roles.applied_already`, `roles.role_unknown`, `roles.head_unfit`, `roles.unit_unfit`, `bootstrap.over`, or
            a separation rule's code.
    """
    person = person_row(desk.uow, desk.proofs, wanted.person_id)
    unit_id = wanted.unit_id or (person["unit_id"] if person is not None else None)
    whom = Resource(kind="person", id=wanted.person_id, unit_id=unit_id, subject_person_id=wanted.person_id)
    decision = require(
        desk, Action.ACCOUNT_ROLE_APPLY, whom if person is not None else Resource.absent("person"), within_act(desk)
    )
    if person is None or person["state"] == "left":
        refuse("person.not_found", "Y-4.2.1")
    bump(desk.uow, f"role.of.{person['id']}")  # two applications for one person come one after the other
    role = _role(wanted.role)
    unit_id = None if role in DESK_WIDE else unit_id
    _fits(desk, person, role, unit_id, wanted, production=production)
    early = _bootstrap_way(desk, decision, role)
    number = f"P-{bump(desk.uow, _COUNTER):08d}"
    values = {
        "id": desk.ids.new(),
        "tenant_id": DESK_TENANT,
        "number": number,
        "person_id": person["id"],
        "role": role.value,
        "unit_id": unit_id,
        "head": int(wanted.head),
        "days": wanted.days,
        "applicant_id": actor_of(desk).person_id,
        "words": tidy(wanted.words),
        "state": ApplicationState.REQUESTED.value,
        "bootstrap": int(early),
        "asked_at": desk.now,
    }
    row = desk.proofs.insert(desk.uow, role_application, values, desk.event(Action.ACCOUNT_ROLE_APPLY, **about(values)))
    if early:
        return Matter.of(desk, row).take(APPROVE, "")
    return row


def withdraw(desk: GrantDesk, application_id: str) -> dict[str, Any]:
    """Take back an application that is not decided: its applicant or its subject may.

    Raises:
        Refused: `application.not_found`, `roles.decided_already`.
    """
    row = find(desk, application_id)
    if row is None:
        raise Refused(absent(desk))
    require(desk, Action.ACCOUNT_ROLE_WITHDRAW, resource(row, row["applicant_id"]), within_act(desk))
    if row["state"] not in OPEN:
        refuse("roles.decided_already", "§3.3-7", state=row["state"])
    try:
        return move(desk, row, ApplicationState.WITHDRAWN, Action.ACCOUNT_ROLE_WITHDRAW)
    except StaleRow:
        refuse("roles.decided_already", "§3.3-7", state=row["state"])


def _role(text: str) -> Role:
    try:
        role = Role(text)
    except ValueError:
        refuse("roles.role_unknown", "§3.1")
    if not seatable(role):
        refuse("role.without_work", "§3.1", role=role.value)
    return role


def _fits(desk: GrantDesk, person: Row, role: Role, unit_id: str | None, wanted: Wanted, *, production: bool) -> None:
    unit = unit_row(desk.uow, desk.proofs, unit_id)
    if role not in DESK_WIDE and unit is None:
        refuse("unit.not_found", "Y-4.2.1")
    agency = unit is not None and unit["kind"] == "agency"
    if (role in AGENCY_ROLES and unit_id != person["agency_id"]) or (agency and role is Role.AGENT):
        refuse("roles.unit_unfit", "§3.3-3")
    if wanted.head and role is not Role.SUPERVISOR:
        refuse("roles.head_unfit", "§3.3-7")
    for breach in (period_fits(role, wanted.days), *conflicts(desk, person, role, production=production)):
        if breach is not None:
            refuse(breach.code, breach.clause)
    who = load_actor(desk.uow, desk.proofs, person["id"])
    soon = desk.now + EXPIRING_DAYS * _DAY
    heads = unit is not None and unit["head_id"] == person["id"]
    for seat in who.seats if who is not None else ():
        if (seat.role, seat.unit_id) == (role, unit_id) and seat.valid_until > soon and heads >= wanted.head:
            refuse("roles.held_already", "§3.3-7")
    same = (
        role_application.c.person_id == person["id"],
        role_application.c.role == role.value,
        role_application.c.state.in_([state.value for state in OPEN]),
    )
    if any(row["unit_id"] == unit_id for row in where(desk, *same)):
        refuse("roles.applied_already", "§3.3-7")


def _bootstrap_way(desk: GrantDesk, decision: Decision, role: Role) -> bool:
    """Whether this goes by the bootstrap way; refuse what needs it when its time is over."""
    early = bootstrap(desk.uow)
    if not early.lacking or decision.role is not Role.SYSTEM_ADMIN:
        return False
    if early.over:
        refuse("bootstrap.over", "§3.3-7")
    return role in BOOTSTRAP_ROLES
