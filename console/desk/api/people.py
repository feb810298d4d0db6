"""Colleagues, and the health of the desk."""

from __future__ import annotations

from console.desk.api.base import Call, Value
from console.desk.api.session import PersonCard


class PeopleList(Value, frozen=True, kw_only=True):
    """People this person may see."""

    people: tuple[PersonCard, ...]


class ListPeople(Call[PeopleList], frozen=True, kw_only=True, tag="people.list"):
    """The own team for a supervisor, all accounts for the admins and the auditor."""


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
