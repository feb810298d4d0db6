"""Why somebody may do and see what they do and see, asked of the decision itself; and the catalogue to read."""

from __future__ import annotations

from console.desk.api.base import Call, Value


class ActLine(Value, frozen=True, kw_only=True):
    """An act that somebody may do. scope: own | team | agency | task | any; mode: do, maker, checker and so on."""

    action: str
    role: str
    mode: str
    scope: str
    rule: str


class FieldLine(Value, frozen=True, kw_only=True):
    """How somebody sees a field of cases in a scope. mask: code. tier: U0 for never revealed; minutes at most."""

    field: str
    scope: str
    mask: str
    tier: str
    minutes: int
    rule: str


class Access(Value, frozen=True, kw_only=True):
    """What one person may do and see. why_nothing: code of why nothing at all; empty for who may."""

    person_id: str
    person: str
    staff_no: str
    roles: tuple[str, ...]
    why_nothing: str
    clause: str
    acts: tuple[ActLine, ...]
    fields: tuple[FieldLine, ...]


class Viewer(Value, frozen=True, kw_only=True):
    """Somebody who may see a field, and how."""

    person_id: str
    person: str
    staff_no: str
    roles: tuple[str, ...]
    line: FieldLine


class Viewers(Value, frozen=True, kw_only=True):
    """Who may see a field."""

    field: str
    people: tuple[Viewer, ...]


class WhatIf(Value, frozen=True, kw_only=True):
    """What an application would give its subject beyond what they have, and which separation rules it would break."""

    acts: tuple[ActLine, ...]
    fields: tuple[FieldLine, ...]
    lost: tuple[ActLine, ...]
    conflicts: tuple[str, ...]


class RoleMask(Value, frozen=True, kw_only=True):
    """What a role sees of a field: predicate, mask code and, for records, which rows."""

    role: str
    predicate: str
    mask: str
    rows: str


class RevealLine(Value, frozen=True, kw_only=True):
    """By which tier a role could have a field revealed, and for how many minutes."""

    role: str
    tier: str
    minutes: int


class CatalogueField(Value, frozen=True, kw_only=True):
    """A field of the catalogue: its three level codes, what kind it is, masks and ways to reveal per role."""

    name: str
    jrt: str
    plan: int
    reg: int
    holder: str
    cibi: bool
    third_party: bool
    masks: tuple[RoleMask, ...]
    reveals: tuple[RevealLine, ...]


class CatalogueView(Value, frozen=True, kw_only=True):
    """Every field, in the catalogue's order. digest: what events and exports name."""

    version: int
    digest: str
    fields: tuple[CatalogueField, ...]


class ExplainPerson(Call[Access], frozen=True, kw_only=True, tag="explain.person"):
    """What somebody may do and see, and by which rule; empty for oneself."""

    person_id: str = ""


class ExplainField(Call[Viewers], frozen=True, kw_only=True, tag="explain.field"):
    """Who may see a field."""

    field: str


class ExplainApplication(Call[WhatIf], frozen=True, kw_only=True, tag="explain.application"):
    """What an application would give."""

    application_id: str


class ReadCatalogue(Call[CatalogueView], frozen=True, kw_only=True, tag="explain.catalogue"):
    """The catalogue in force."""
