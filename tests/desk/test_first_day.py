"""The story the desk exists for, on both engines: masked, asked, narrowed, approved, seen once logged, masked again."""

from __future__ import annotations

from pathlib import Path

import pytest

from console.desk.api.cases import FieldRef, ListQueue, OpenCase
from console.desk.api.log import VerifyLog
from console.desk.api.reveal import (
    AskReveal,
    DecideReveal,
    GetRevealOptions,
    ListGrants,
    ListMyReveals,
    ReadInbox,
    RevokeGrant,
    ViewField,
)
from tests.support.desk import WholeDesk

ADDRESS = FieldRef(name="home_address")
NAME = FieldRef(name="full_name")
PLAIN = ("欧阳建国", "11010519491231002X", "13800138000", "世纪大道1号", "浦东机械有限公司", "6222021234567890128")


@pytest.mark.clause("C-5.4d-1", "Y-4.2.1")
async def test_an_agent_sees_her_own_cases_masked(any_desk: WholeDesk, tmp_path: Path) -> None:
    rows = await any_desk.with_cases(tmp_path)
    assert [row.name for row in rows] == ["李*", "欧阳*", "王*"]
    assert [row.days_past_due for row in rows] == [203, 47, 12]
    case = await any_desk.call("zhangwei", OpenCase(case_id=rows[1].case_id))
    shown = repr(case)
    assert not [value for value in PLAIN if value in shown]
    masks = {field.name: field.masked for field in case.fields}
    assert masks["mobile"] == "138****8000"
    assert masks["id_number"] == "1****************X"
    assert case.accounts[0].due == 120050
    assert case.timeline


@pytest.mark.clause("Y-4.2.1")
async def test_anothers_case_answers_like_a_missing_one_and_is_logged(any_desk: WholeDesk, tmp_path: Path) -> None:
    rows = await any_desk.with_cases(tmp_path)
    for name in ("wangfang", "liuyang", "sunli", "machao", "zhenghao", "wugang", "fengxue", "hejie"):
        codes = {
            await any_desk.refused(name, OpenCase(case_id=case_id))
            for case_id in (rows[0].case_id, "0" * 32, "C-2026-9999999")
        }
        assert len(codes) == 1, (name, codes)
    log = await any_desk.log("case:file:open", staff_no="A0174")
    assert [entry.result for entry in log] == ["refused"] * 3


@pytest.mark.clause("C-5.4d-2", "R-28a")
async def test_ask_narrow_approve_view_expire(any_desk: WholeDesk, tmp_path: Path) -> None:
    desk = any_desk
    case_id = (await desk.with_cases(tmp_path))[1].case_id
    options = await desk.call("zhangwei", GetRevealOptions(case_id=case_id))
    assert {"home_address", "full_name"} <= {one.field.name for one in options.options}
    assert {one.staff_no for one in options.approvers} >= {"S0021"}
    asked = await desk.call(
        "zhangwei",
        AskReveal(case_id=case_id, fields=(ADDRESS, NAME), reason="letter_or_visit", minutes=10),
    )
    assert asked.state == "pending"
    assert await desk.refused("zhangwei", DecideReveal(request_id=asked.request_id, verdict="approve")) != ""
    inbox = await desk.call("lina", ReadInbox())
    assert [item.request.number for item in inbox.items] == [asked.number]
    assert (await desk.call("sunli", ReadInbox())).items == ()
    decided = await desk.call(
        "lina", DecideReveal(request_id=asked.request_id, verdict="approve", fields=(ADDRESS,), minutes=5)
    )
    assert decided.state == "approved"
    assert decided.grant is not None
    view = ViewField(case_id=case_id, grant_id=decided.grant.grant_id, field=ADDRESS)
    assert await desk.refused("zhangwei", ViewField(case_id=case_id, grant_id=view.grant_id, field=NAME)) != ""
    assert await desk.refused("wangfang", view) == "case.not_found"
    before = await desk.log("case:field:reveal")
    shown = await desk.call("zhangwei", view)
    assert shown.value == "上海市浦东新区世纪大道1号"
    assert shown.ends_at - shown.now == 5 * 60 * 1_000_000
    desk.clock.advance(299)
    again = await desk.call("zhangwei", view)
    assert again.ends_at == shown.ends_at
    after = await desk.log("case:field:reveal")
    assert len([one for one in after if one.result == "ok"]) == len([one for one in before if one.result == "ok"]) + 2
    desk.clock.advance(1)
    assert await desk.refused("zhangwei", view) != ""
    await desk.beat()
    mine = await desk.call("zhangwei", ListMyReveals(case_id=case_id))
    assert mine.requests[0].grant is not None
    assert mine.requests[0].grant.state == "expired"
    case = await desk.call("zhangwei", OpenCase(case_id=case_id))
    assert case.grants == ()
    result = await desk.call("fengxue", VerifyLog())
    assert result.ok, result.findings


@pytest.mark.clause("C-5.4c")
async def test_revoking_ends_a_reveal_at_once(any_desk: WholeDesk, tmp_path: Path) -> None:
    desk = any_desk
    case_id = (await desk.with_cases(tmp_path))[0].case_id
    asked = await desk.call(
        "zhangwei", AskReveal(case_id=case_id, fields=(ADDRESS,), reason="letter_or_visit", minutes=10)
    )
    decided = await desk.call("lina", DecideReveal(request_id=asked.request_id, verdict="approve"))
    assert decided.grant is not None
    view = ViewField(case_id=case_id, grant_id=decided.grant.grant_id, field=ADDRESS)
    await desk.call("zhangwei", view)
    live = await desk.call("lina", ListGrants())
    assert [grant.staff_no for grant in live.grants] == ["A0173"]
    await desk.call("lina", RevokeGrant(grant_id=view.grant_id))
    assert await desk.refused("zhangwei", view) != ""


@pytest.mark.clause("C-5.4b")
async def test_queue_pages_continue_where_they_ended(desk: WholeDesk, tmp_path: Path) -> None:
    await desk.with_cases(tmp_path)
    first = await desk.call("zhangwei", ListQueue(limit=2))
    assert len(first.rows) == 2
    assert first.cursor is not None
    rest = await desk.call("zhangwei", ListQueue(limit=2, cursor=first.cursor))
    assert len(rest.rows) == 1
    assert rest.cursor is None
    assert await desk.refused("zhangwei", ListQueue(cursor="x.y'--")) == "desk.cursor_unfit"
