"""Notes: what is personal is found as they are saved, kept sealed, shown masked, and never compared with anything."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import select

from access.store.schema import case_note
from console.desk.api.cases import AssignCases, ListQueue, OpenCase, ReadTimeline
from console.desk.api.notes import NOTE_LIMIT, ReadNotes, WriteNote
from console.desk.api.session import SignInAs
from tests.support.desk import ROWS, WholeDesk, lender_file

WORDS = "客户说换了号码 一三九 五五五五 六六六六，邮箱 li.si@example.com，下周三还 500 元"
MASKED = "客户说换了号码 ***********，邮箱 ****@****，下周三还 500 元"


@pytest.mark.clause("design-4", "issue-3", "S-6-1")
async def test_a_note_is_shown_masked_and_kept_sealed(any_desk: WholeDesk, tmp_path: Path) -> None:
    case = (await any_desk.with_cases(tmp_path))[0]
    written = await any_desk.call("zhangwei", WriteNote(case_id=case.case_id, text=WORDS))
    assert [(one.kind, one.fields) for one in written.found] == [
        ("mobile", ("mobile", "contact_phone")),
        ("email", ("email",)),
    ]
    for name in ("zhangwei", "lina"):
        (note,) = (await any_desk.call(name, ReadNotes(case_id=case.case_id))).notes
        assert (note.text, note.person, note.own) == (MASKED, "张伟", name == "zhangwei")
    with any_desk.running.parts.store.engine.connect() as connection:
        (row,) = connection.execute(select(case_note)).mappings()
    kept = repr(dict(row))
    assert "下周三" not in kept
    assert "example" not in kept
    (event,) = [one for one in any_desk.events() if one.action == "case:note:write"]
    assert (event.fields, event.case_id) == (("email", "mobile"), case.case_id)
    timeline = await any_desk.call("zhangwei", ReadTimeline(case_id=case.case_id))
    (entry,) = [entry for entry in timeline.entries if entry.action == "case:note:write"]
    assert dict(entry.detail)["note"] == MASKED


@pytest.mark.clause("issue-3")
async def test_notes_written_at_once_are_all_kept(any_desk: WholeDesk, tmp_path: Path) -> None:
    case = (await any_desk.with_cases(tmp_path))[0]
    words = [f"第{nth}次通话" for nth in range(6)]
    lines = []
    for name in ("zhangwei", "lina", "zhangwei", "lina", "zhangwei", "lina"):
        lines.append(any_desk.running.line("pts/6"))
        await lines[-1].call(SignInAs(name=name))
    writing = [line.call(WriteNote(case_id=case.case_id, text=text)) for line, text in zip(lines, words, strict=True)]
    await asyncio.gather(*writing)
    kept = (await any_desk.call("zhangwei", ReadNotes(case_id=case.case_id))).notes
    assert sorted(note.text for note in kept) == words


@pytest.mark.clause("Y-4.2.1")
async def test_notes_of_anothers_case_do_not_exist(desk: WholeDesk, tmp_path: Path) -> None:
    case = (await desk.with_cases(tmp_path))[0]
    await desk.call("zhangwei", WriteNote(case_id=case.case_id, text="下周还"))
    for name in ("wangfang", "liuyang", "sunli"):
        for call in (WriteNote(case_id=case.case_id, text="x"), ReadNotes(case_id=case.case_id)):
            assert await desk.refused(name, call) == "case.not_found"
    for name in ("zhenghao", "wugang"):
        assert await desk.refused(name, ReadNotes(case_id=case.case_id)) == "role.denied"


async def test_an_empty_note_and_one_too_long_are_refused(desk: WholeDesk, tmp_path: Path) -> None:
    case = (await desk.with_cases(tmp_path))[0]
    assert await desk.refused("zhangwei", WriteNote(case_id=case.case_id, text=" \u200b ")) == "note.empty"
    longest = "还" * NOTE_LIMIT
    assert await desk.refused("zhangwei", WriteNote(case_id=case.case_id, text=longest + "款")) == "note.too_long"
    await desk.call("zhangwei", WriteNote(case_id=case.case_id, text=longest))


async def test_notes_go_on_from_page_to_page_newest_first(desk: WholeDesk, tmp_path: Path) -> None:
    case = (await desk.with_cases(tmp_path))[0]
    for nth in range(25):
        desk.clock.advance(1)
        await desk.call("zhangwei", WriteNote(case_id=case.case_id, text=f"第{nth}次"))
    first = await desk.call("zhangwei", ReadNotes(case_id=case.case_id))
    rest = await desk.call("zhangwei", ReadNotes(case_id=case.case_id, cursor=first.cursor))
    assert [note.text for note in (*first.notes, *rest.notes)] == [f"第{nth}次" for nth in reversed(range(25))]
    assert rest.cursor is None


@pytest.mark.clause("C-5.4d-1", "R-26")
async def test_an_agency_sees_its_own_notes_only(desk: WholeDesk, tmp_path: Path) -> None:
    case = await agency_case(desk, tmp_path)
    await desk.call("qianfang", WriteNote(case_id=case, text="内部意见"))
    await desk.call("machao", WriteNote(case_id=case, text="客户答应下周还"))
    assert [note.text for note in (await desk.call("machao", ReadNotes(case_id=case))).notes] == ["客户答应下周还"]
    assert len((await desk.call("qianfang", ReadNotes(case_id=case))).notes) == 2
    seen = repr(await desk.call("machao", ReadTimeline(case_id=case)))
    assert "客户答应下周还" in seen
    assert "内部意见" not in seen


@pytest.mark.clause("design-4", "issue-3")
async def test_whether_a_number_is_the_customers_changes_nothing(desk: WholeDesk, tmp_path: Path) -> None:
    case = (await desk.with_cases(tmp_path))[0]
    own = next(row for row in ROWS if row[3].endswith("3"))[2]
    opened = await desk.call("zhangwei", OpenCase(case_id=case.case_id))
    assert opened.row.days_past_due == 203
    found = [
        await desk.call("zhangwei", WriteNote(case_id=case.case_id, text=f"电话 {number} 打通"))
        for number in (own, "13912345670")
    ]
    assert found[0].found == found[1].found
    texts = {note.text for note in (await desk.call("zhangwei", ReadNotes(case_id=case.case_id))).notes}
    assert texts == {"电话 *********** 打通"}


async def agency_case(desk: WholeDesk, folder: Path) -> str:
    """A case in the hands of an agency's agent."""
    report = await desk.load(lender_file(folder / "agency.csv", ROWS[:1]), head="qianfang", source="外包源")
    assert report.state == "published", report
    await desk.call("qianfang", AssignCases(assignee_id=desk.founded.persons["machao"], count=1))
    return (await desk.call("machao", ListQueue())).rows[0].case_id
