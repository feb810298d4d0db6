"""Writing a note, and the notes of a case as their viewer may see them.

Personal data is found as the note is saved and from its text alone: what the customer's own data is, plays no part, so
that no note can be used to guess it. An agency's people see the notes they wrote themselves and no others.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from sqlalchemy.engine import RowMapping

from access.audit.events import DetailKey, Verb
from access.policy import Action
from access.store.schema import case_note
from console.desk.act import Act
from console.desk.api.notes import NOTE_LIMIT, FoundDatum, NotePage, NoteView, NoteWritten, ReadNotes, WriteNote
from console.desk.api.work import DraftKind
from console.desk.cases.rows import require_case
from console.desk.hub import Audience
from console.desk.kernel import handles
from console.desk.notes import keeping
from console.desk.notes.spans import next_ordinal
from console.desk.notes.visible import NOTE, visible
from console.desk.reveals.views import staff
from console.desk.team.covers import hands
from console.desk.work import drafts
from masking.detect import FindingKind
from masking.errors import SealBroken
from masking.text import scrub

PAGE: Final = 20

CANDIDATES: Final = {
    FindingKind.MOBILE: ("mobile", "contact_phone"),
    FindingKind.LANDLINE: ("mobile", "contact_phone"),
    FindingKind.EMAIL: ("email",),
    FindingKind.ACCOUNT: ("im_account",),
    FindingKind.ADDRESS: ("home_address", "employer_address", "registered_address"),
}
"""Which contact datum something found in a note could become, the likeliest first; numbers of documents none."""


@handles(WriteNote)
def write_note(act: Act, request: WriteNote) -> NoteWritten:
    """Keep a note."""
    case = require_case(act, request.case_id, Action.CASE_NOTE_WRITE)
    note_id, found = keep_note(act, case, request.text)
    drafts.drop(act, case["id"], DraftKind.NOTE)
    return NoteWritten(note_id=note_id, found=found)


def keep_note(act: Act, case: RowMapping, words: str) -> tuple[str, tuple[FoundDatum, ...]]:
    """Keep a note on a case; the caller has decided. Returns its id and what was hidden in it.

    Raises:
        Refused: `note.empty`, `note.too_long`, `case.shredded`.
    """
    text = scrub(words)
    if not text:
        act.refuse("note.empty")
    if len(text) > NOTE_LIMIT:
        act.refuse("note.too_long", limit=str(NOTE_LIMIT))
    shown = keeping.shown_of(text)
    note_id = act.parts.ids.new()
    kept = keeping.seal(act, case, note_id, text, shown)
    kinds = tuple(sorted({kind for kind, _, _ in shown.found}))
    values: dict[str, Any] = {
        "id": note_id,
        "tenant_id": case["tenant_id"],
        "case_id": case["id"],
        "ordinal": next_ordinal(act, case["id"]),
        "author_id": act.actor.person_id,
        "written_at": act.now,
        **kept._asdict(),
    }
    event = act.event(
        Action.CASE_NOTE_WRITE,
        verb=Verb.COLLECT,
        object_kind="note",
        object_id=note_id,
        case_id=case["id"],
        tenant_id=case["tenant_id"],
        fields=kinds,
        level=2,
        detail=((DetailKey.COUNT, str(len(shown.found))),),
    )
    act.parts.proofs.insert(act.uow, case_note, values, event)
    act.push(
        "case", case["id"], Audience.of(act.actor.person_id, *hands(act, case["assignee_id"]), units=(case["unit_id"],))
    )
    return note_id, _found(shown)


@handles(ReadNotes)
def read_notes(act: Act, request: ReadNotes) -> NotePage:
    """A page of a case's notes, newest first."""
    case = require_case(act, request.case_id, Action.CASE_NOTE_READ)
    rows, cursor = _page(act, case, request.cursor)
    notes = tuple(view for view in (note_view(act, row) for row in rows) if view is not None)
    act.log(
        Action.CASE_NOTE_READ,
        object_kind="case",
        object_id=case["id"],
        case_id=case["id"],
        tenant_id=case["tenant_id"],
        rows=len(notes),
        fields=(NOTE,),
        level=2,
    )
    return NotePage(notes=notes, cursor=cursor)


def note_texts(act: Act, case: RowMapping, ids: Collection[str]) -> dict[str, str]:
    """Masked texts of some notes of a case, as far as this viewer may see them."""
    query = visible(act, case)
    if query is None or not ids:
        return {}
    found = act.db.execute(query.where(case_note.c.id.in_(ids))).mappings().all()
    views = (note_view(act, row) for row in act.parts.proofs.holding(act.uow, case_note, found))
    return {view.note_id: view.text for view in views if view is not None}


def _page(act: Act, case: RowMapping, cursor: str | None) -> tuple[list[RowMapping], str | None]:
    """Notes that hold and that this viewer may see, and where to go on."""
    query = visible(act, case)
    if query is None:
        return [], None
    if cursor is not None:
        query = query.where(case_note.c.id < cursor)
    found = act.db.execute(query.order_by(case_note.c.id.desc()).limit(PAGE + 1)).mappings().all()
    more = found[PAGE - 1]["id"] if len(found) > PAGE else None
    return act.parts.proofs.holding(act.uow, case_note, found[:PAGE]), more


def load_note(act: Act, note_id: str) -> RowMapping | None:
    """A note that holds."""
    return act.parts.proofs.get(act.uow, case_note, note_id)


def note_view(act: Act, row: RowMapping) -> NoteView | None:
    """A note as it is shown; none, and reported, when its seal is broken."""
    try:
        shown = keeping.read_shown(act.parts, row)
    except SealBroken:
        act.parts.broken.report(case_note.name, row["id"], "shown")
        return None
    staff_no, name = staff(act, row["author_id"])
    return NoteView(
        note_id=row["id"],
        ordinal=row["ordinal"],
        at=row["written_at"],
        staff_no=staff_no,
        person=name,
        text=shown.text,
        own=row["author_id"] == act.actor.person_id,
        found=_found(shown),
    )


def _found(shown: keeping.Shown) -> tuple[FoundDatum, ...]:
    return tuple(
        FoundDatum(place=place, kind=kind, fields=CANDIDATES.get(FindingKind(kind), ()))
        for place, (kind, _, _) in enumerate(shown.found)
    )
