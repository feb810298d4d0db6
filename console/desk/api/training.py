"""Who may work at all: courses in the ledger, entered and checked, and the confidentiality agreement."""

from __future__ import annotations

from typing import ClassVar

from console.desk.api.base import Call, Done, Value


class TrainingEntry(Value, frozen=True, kw_only=True):
    """A line of the ledger. kind: induction | quarterly | exam. state: effective | waiting | struck."""

    record_id: str
    person_id: str
    staff_no: str
    name: str
    kind: str
    held_on: str
    minutes: int
    score: int | None
    passed: bool
    content: str
    valid_until: int
    state: str
    entered_by: str
    checked_by: str


class Ledger(Value, frozen=True, kw_only=True):
    """Entries, newest first; and how the viewer stands. whole: it is everybody's, not the viewer's own."""

    entries: tuple[TrainingEntry, ...]
    whole: bool
    trained_until: int | None
    agreement_until: int | None
    gates: tuple[str, ...]


class ListTraining(Call[Ledger], frozen=True, kw_only=True, tag="staff.training"):
    """The ledger: one's own, the team's, or everybody's; with a person only hers."""

    person_id: str = ""


class RecordTraining(Call[TrainingEntry], frozen=True, kw_only=True, tag="staff.train"):
    """Enter a course; a failed one shuts the person out at once, a passed one lets her in."""

    writes: ClassVar[bool] = True
    person_id: str
    kind: str
    held_on: str
    minutes: int
    passed: bool
    content: str
    score: int | None = None


class CheckTraining(Call[TrainingEntry], frozen=True, kw_only=True, tag="staff.check_training"):
    """Compliance has checked an entry: good, or struck out."""

    writes: ClassVar[bool] = True
    record_id: str
    good: bool


class RecordAgreement(Call[Done], frozen=True, kw_only=True, tag="staff.agreement"):
    """Note that somebody signed the confidentiality agreement. until: ISO date of its last day, or empty for no end."""

    writes: ClassVar[bool] = True
    person_id: str
    signed_on: str
    until: str = ""
