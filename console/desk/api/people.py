"""Colleagues: who they are, how they stand, what is under way about them; and the health of the desk."""

from __future__ import annotations

from console.desk.api.base import Call, Value
from console.desk.api.session import PersonCard


class StaffCard(PersonCard, frozen=True, kw_only=True):
    """A member of staff as those see them who look after the account.

    standing: active | pending | suspended | frozen | left, or of an active one: leaving | untrained | no_agreement |
    locked | invited | uninvited. gates: training, agreement. last_day: ISO date of a departure noted. sessions: open
    ones. Instants are microseconds UTC.
    """

    unit_id: str = ""
    standing: str = "active"
    gates: tuple[str, ...] = ()
    outsourced: bool = False
    last_day: str = ""
    sessions: int = 0
    trained_until: int | None = None


class UnitCard(Value, frozen=True, kw_only=True):
    """A unit. kind: department | team | agency."""

    unit_id: str
    name: str
    kind: str


class PeopleList(Value, frozen=True, kw_only=True):
    """People this person may see, and the units they may be in."""

    people: tuple[StaffCard, ...]
    units: tuple[UnitCard, ...] = ()


class ListPeople(Call[PeopleList], frozen=True, kw_only=True, tag="people.list"):
    """The own team for a supervisor, all accounts for the admins, compliance and the auditor."""


class PersonView(Value, frozen=True, kw_only=True):
    """Everything about one account. factors: kinds in use. cases: assigned now. roles_until: role and its last instant.

    order: kind of what is open about her; departure: state of one under way, with its kind in departure_kind.
    """

    card: StaffCard
    factors: tuple[str, ...]
    invited_until: int | None
    locked_until: int | None
    agreement_until: int | None
    agreement_signed: bool
    cases: int
    roles_until: tuple[tuple[str, int], ...]
    order: str = ""
    departure: str = ""
    departure_kind: str = ""


class ReadPerson(Call[PersonView], frozen=True, kw_only=True, tag="people.read"):
    """One account of those that `ListPeople` shows."""

    person_id: str


class Check(Value, frozen=True, kw_only=True):
    """One thing looked at. state: ok | warn | bad."""

    name: str
    state: str
    detail: str = ""


class HealthView(Value, frozen=True, kw_only=True):
    """All checks."""

    checks: tuple[Check, ...]


class ReadHealth(Call[HealthView], frozen=True, kw_only=True, tag="health.read"):
    """Store, schema, clock, log head, checkpoint age, key ring, broken rows seen."""
