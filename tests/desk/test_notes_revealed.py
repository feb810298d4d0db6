"""What is hidden in a note is asked for, approved and shown by the one door that every other value goes through."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import select, update

from access.store.schema import case_note
from console.desk.api.cases import FieldRef, ListQueue, OpenCase
from console.desk.api.notes import ReadNotes, WriteNote
from console.desk.api.reveal import AskReveal, DecideReveal, GetRevealOptions, ReadInbox, RevokeGrant, ViewField
from console.desk.api.work import PlaceHold
from tests.desk.test_notes import MASKED, WORDS
from tests.support.desk import WholeDesk

PLAIN = "本人接听，下周三还"


def note_ref(ordinal: int) -> FieldRef:
    return FieldRef(name="collection_note", ordinal=ordinal)


def asking(case_id: str, *ordinals: int, minutes: int = 5) -> AskReveal:
    fields = tuple(note_ref(ordinal) for ordinal in ordinals)
    return AskReveal(case_id=case_id, fields=fields, reason="contact_correction", minutes=minutes)


async def with_notes(desk: WholeDesk, folder: Path) -> str:
    """A case with three notes, something hidden in the second and the third."""
    case_id = (await desk.with_cases(folder))[0].case_id
    for text in (PLAIN, WORDS, "再打 13800138000"):
        await desk.call("zhangwei", WriteNote(case_id=case_id, text=text))
    return case_id


async def shown(desk: WholeDesk, case_id: str, ordinal: int) -> ViewField:
    asked = await desk.call("zhangwei", asking(case_id, ordinal))
    given = await desk.call("lina", DecideReveal(request_id=asked.request_id, verdict="approve"))
    assert given.grant is not None
    return ViewField(case_id=case_id, grant_id=given.grant.grant_id, field=note_ref(ordinal))


@pytest.mark.clause("C-5.4d-2", "C-5.4g", "S-4.1")
async def test_a_note_is_asked_for_approved_shown_and_hidden_again(any_desk: WholeDesk, tmp_path: Path) -> None:
    desk = any_desk
    case_id = await with_notes(desk, tmp_path)
    listed = (await desk.call("zhangwei", ReadNotes(case_id=case_id))).notes
    assert [(note.ordinal, bool(note.found)) for note in listed] == [(3, True), (2, True), (1, False)]
    options = {one.field: one for one in (await desk.call("zhangwei", GetRevealOptions(case_id=case_id))).options}
    assert (options[note_ref(2)].tier, options[note_ref(2)].max_minutes) == ("U2", 5)
    assert note_ref(3) in options
    assert note_ref(1) not in options, "nothing is hidden in it"
    assert await desk.refused("zhangwei", asking(case_id, 2, minutes=6)) == "reveal.minutes"

    asked = await desk.call("zhangwei", asking(case_id, 2))
    (item,) = (await desk.call("lina", ReadInbox())).items
    assert item.request.fields == (note_ref(2),)
    given = await desk.call("lina", DecideReveal(request_id=asked.request_id, verdict="approve"))
    assert given.grant is not None
    case = await desk.call("zhangwei", OpenCase(case_id=case_id))
    (field,) = [one for one in case.fields if one.name == "collection_note"]
    assert (field.ordinal, field.masked, field.grant_id) == (2, MASKED, given.grant.grant_id)
    view = ViewField(case_id=case_id, grant_id=given.grant.grant_id, field=note_ref(2))
    assert (await desk.call("zhangwei", view)).value == WORDS
    (event,) = [one for one in desk.events() if one.action == "case:field:reveal"]
    assert (event.fields, event.case_id, event.level) == (("collection_note#2",), case_id, 3)
    assert "6666" not in re.sub(r"[0-9a-f]{12,}", "", repr(event))
    for other in (1, 3):
        wrong = ViewField(case_id=case_id, grant_id=view.grant_id, field=note_ref(other))
        assert await desk.refused("zhangwei", wrong) == "grant.not_live", "a grant is for one note"
    assert await desk.refused("lina", view) == "grant.not_live"
    desk.clock.advance(5 * 60)
    assert await desk.refused("zhangwei", view) == "grant.not_live"
    case = await desk.call("zhangwei", OpenCase(case_id=case_id))
    assert not [one for one in case.fields if one.name == "collection_note"]


@pytest.mark.clause("C-5.4d-2", "Y-4.2.1")
async def test_no_note_is_shown_without_being_asked_for(desk: WholeDesk, tmp_path: Path) -> None:
    case_id = await with_notes(desk, tmp_path)
    other_case = (await desk.call("zhangwei", ListQueue())).rows[1].case_id
    for ordinal in (1, 4, 9999):
        assert await desk.refused("zhangwei", asking(case_id, ordinal)) == "field.absent"
    assert await desk.refused("zhangwei", asking(other_case, 2)) == "field.absent"
    for name in ("wangfang", "liuyang"):
        assert await desk.refused(name, asking(case_id, 2)) == "case.not_found"
    for name in ("zhenghao", "wugang", "fengxue"):
        assert await desk.refused(name, asking(case_id, 2)) in {"role.denied", "case.not_found"}
    nothing = ViewField(case_id=case_id, grant_id="0" * 32, field=note_ref(2))
    assert await desk.refused("zhangwei", nothing) == "grant.not_live"


async def test_what_ends_a_value_ends_a_note(desk: WholeDesk, tmp_path: Path) -> None:
    case_id = await with_notes(desk, tmp_path)
    view = await shown(desk, case_id, 2)
    await desk.call("lina", RevokeGrant(grant_id=view.grant_id))
    assert await desk.refused("zhangwei", view) == "grant.not_live"
    view = await shown(desk, case_id, 3)
    assert (await desk.call("zhangwei", view)).value == "再打 13800138000"
    await desk.call("lina", PlaceHold(case_id=case_id, reason="illness"))
    assert await desk.refused("zhangwei", view) == "held.illness"
    assert await desk.refused("zhangwei", asking(case_id, 2)) == "held.illness"


async def test_a_note_moved_or_changed_by_sql_is_not_shown(desk: WholeDesk, tmp_path: Path) -> None:
    case_id = await with_notes(desk, tmp_path)
    view = await shown(desk, case_id, 2)
    parts = desk.running.parts

    def swap() -> None:
        with parts.store.engine.begin() as connection:
            second = connection.execute(select(case_note.c.id).where(case_note.c.ordinal == 2)).scalar_one()
            connection.execute(update(case_note).where(case_note.c.id == second).values(ordinal=8))
            connection.execute(update(case_note).where(case_note.c.ordinal == 3).values(ordinal=2))

    swap()
    assert await desk.refused("zhangwei", view) == "field.absent", "another note in its place is none"
    assert await desk.refused("zhangwei", asking(case_id, 8)) == "field.absent"


async def test_an_agency_asks_for_no_note(desk: WholeDesk, tmp_path: Path) -> None:
    case_id = await with_notes(desk, tmp_path)
    assert await desk.refused("machao", asking(case_id, 2)) in {"case.not_found", "role.denied"}
