"""Tracing a picture of a screen: who may, what is logged, and that the log says whose session it was."""

from __future__ import annotations

from io import BytesIO

import pytest
from sqlalchemy import update

from access.store.schema import staff_session
from console.copied import question
from console.desk.api.marks import NoteColours, ScreenTrace, TraceScreen
from console.desk.api.session import WhoAmI
from masking.gm import sm3
from tests.support.desk import WholeDesk
from tests.support.pictures import png_of
from watermark.copy_mark import CopyPlan
from watermark.screen_trace.picture import read_picture
from watermark.screen_trace.signs import packed_readings


def asked(picture: bytes) -> TraceScreen:
    """The call about a picture."""
    return TraceScreen(readings=packed_readings(read_picture(picture)), digest=sm3(picture).hex())


@pytest.mark.clause("Y-5.2.3a", "C-5.4d-1", "issue-4")
async def test_a_picture_names_session_person_and_time_to_the_auditor_and_is_logged(any_desk: WholeDesk) -> None:
    me = await any_desk.call("zhangwei", WhoAmI())
    await any_desk.call("lina", WhoAmI())
    picture = asked(png_of(me.mark))
    found = await any_desk.call("fengxue", picture)
    assert isinstance(found, ScreenTrace)
    assert (found.verdict, found.staff_no, found.person) == ("named", me.staff_no, me.name)
    assert found.session_id.endswith(me.code)
    assert found.p_false < 1e-9
    assert found.signs > 120
    assert (found.source, found.terminal) == (me.source, me.terminal)
    assert found.opened_at is not None
    assert abs(found.opened_at - me.opened_at) < 1_000_000
    assert found.closed_at is None
    said = [dict(entry.detail) for entry in await any_desk.log("audit:screen:trace")]
    assert {one.get("verdict") for one in said} == {"named", None}
    assert {one["digest"] for one in said} == {picture.digest}


@pytest.mark.clause("issue-4")
async def test_whose_session_it_was_is_told_from_the_log_not_from_rows(desk: WholeDesk) -> None:
    me = await desk.call("zhangwei", WhoAmI())
    other = desk.founded.persons["lina"]
    with desk.running.parts.store.engine.begin() as connection:
        connection.execute(update(staff_session).values(person_id=other, terminal="forged"))
    found = await desk.call("fengxue", asked(png_of(me.mark)))
    assert (found.staff_no, found.terminal) == (me.staff_no, me.terminal)


@pytest.mark.clause("issue-4", "Y-4.2.1")
async def test_nobody_else_traces(desk: WholeDesk) -> None:
    call = TraceScreen(readings=(), digest="0" * 64)
    for name in ("zhangwei", "lina", "zhenghao", "wugang", "hejie", "machao"):
        assert await desk.refused(name, call) in {"role.denied", "scope.denied"}, name
    assert [entry.result for entry in await desk.log("audit:screen:trace")].count("refused") == 6


@pytest.mark.clause("issue-4")
async def test_what_names_nobody_says_why(desk: WholeDesk) -> None:
    weak = await desk.call("fengxue", asked(png_of("")))
    assert (weak.verdict, weak.person, weak.session_id) == ("undetermined", "", "")
    assert weak.reason in {"weak", "no_cells"}
    empty = await desk.call("fengxue", TraceScreen(readings=(), digest="0" * 64))
    assert (empty.verdict, empty.reason, empty.p_false) == ("undetermined", "no_cells", 1.0)
    for unfit in (
        TraceScreen(readings=(b"",), digest="0" * 64),
        TraceScreen(readings=(bytes(254),) * 65, digest="0" * 64),
        TraceScreen(readings=(), digest="x"),
    ):
        assert await desk.refused("fengxue", unfit) == "trace.readings_unfit"


@pytest.mark.clause("issue-4", "C-5.4d-1")
async def test_a_text_copied_from_a_screen_names_its_session_and_is_logged_as_a_text(desk: WholeDesk) -> None:
    me = await desk.call("zhangwei", WhoAmI())
    assert not me.copies, "off unless an operator wants it"
    plan = CopyPlan(me.mark)
    rows = ["".join(" " + plan.at(x, y) for x in range(3, 30)) for y in range(4)]
    call = question(BytesIO("\n".join(rows).encode()))
    assert call is not None
    found = await desk.call("fengxue", call)
    assert (found.verdict, found.staff_no) == ("named", me.staff_no)
    traced = [event for event in desk.events() if event.action == "audit:screen:trace"]
    assert [event.object_kind for event in traced] == ["text", "session"]
    assert question(BytesIO("C-2026-0000001  张*    43,950.65".encode())) is None
    few = question(BytesIO(rows[0][:12].encode()))
    assert few is not None
    assert (await desk.call("fengxue", few)).verdict == "undetermined"


@pytest.mark.clause("issue-4")
async def test_a_session_of_few_colours_is_in_the_log(desk: WholeDesk) -> None:
    await desk.call("zhangwei", NoteColours(colours="fewer"))
    (entry,) = await desk.log("account:session:colours")
    assert entry.staff_no == "A0173"
    assert dict(entry.detail)["code"] == "fewer"
    assert await desk.refused("zhangwei", NoteColours(colours="13800138000")) == "marks.colours_unknown"
