"""Notes on a case: written whole, shown masked."""

from __future__ import annotations

from typing import ClassVar

from console.desk.api.base import Call, Value

NOTE_LIMIT = 1000
"""Longest note, in characters."""


class FoundDatum(Value, frozen=True, kw_only=True):
    """One piece of personal data found in a note. place: from 0. fields: what contact datum it could become."""

    place: int
    kind: str
    fields: tuple[str, ...] = ()


class NoteView(Value, frozen=True, kw_only=True):
    """A note as this viewer sees it. ordinal: its place on the case. text: masked. own: the viewer wrote it."""

    note_id: str
    ordinal: int
    at: int
    staff_no: str
    person: str
    text: str
    own: bool
    found: tuple[FoundDatum, ...] = ()


class NotePage(Value, frozen=True, kw_only=True):
    """Notes newest first; `cursor` continues after the last, None at the end."""

    notes: tuple[NoteView, ...]
    cursor: str | None


class ReadNotes(Call[NotePage], frozen=True, kw_only=True, tag="notes.list"):
    """The case's notes, as far as this viewer may see them."""

    case_id: str
    cursor: str | None = None


class NoteWritten(Value, frozen=True, kw_only=True):
    """The note is kept. found: what was hidden in it. Never its text: replies of writes are kept for a day."""

    note_id: str
    found: tuple[FoundDatum, ...]


class WriteNote(Call[NoteWritten], frozen=True, kw_only=True, tag="notes.write"):
    """Write a note of at most 1,000 characters; personal data in it is found as it is saved."""

    writes: ClassVar[bool] = True
    case_id: str
    text: str
