"""Attacks on keys, and handlers that break: one act, one answer for whoever still may have it, all of it logged."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from access.roles import Role
from console.desk import kernel
from console.desk.act import Act
from console.desk.api.base import DeskError, Refusal
from console.desk.api.cases import FieldRef, OpenCase
from console.desk.api.log import ReadLog
from console.desk.api.reveal import AskReveal, DecideReveal, ReadInbox, WithdrawReveal
from console.desk.api.session import SetLanguage, WhoAmI
from tests.support.desk import WholeDesk

ADDRESS = FieldRef(name="home_address")
HANDLERS: dict[Any, Any] = kernel._handlers


async def refused(call: Awaitable[object]) -> str:
    with pytest.raises(DeskError) as error:
        await call
    return error.value.code


# -- keys -------------------------------------------------------------------------------------------------------------
@pytest.mark.clause("C-5.4c")
async def test_a_kept_answer_is_withheld_from_whoever_lost_the_right(any_desk: WholeDesk, tmp_path: Path) -> None:
    desk = any_desk
    case_id = (await desk.with_cases(tmp_path))[0].case_id
    ask = AskReveal(case_id=case_id, fields=(ADDRESS,), reason="letter_or_visit", minutes=10)
    asked = await desk.call("zhangwei", ask, key="a")
    decide = DecideReveal(request_id=asked.request_id, verdict="approve")
    first = await desk.call("lina", decide, key="b")
    assert await desk.call("lina", decide, key="b") == first
    desk.lose("lina", Role.SUPERVISOR)
    desk.clock.advance(1)
    line = await desk.line("lina")
    assert await refused(line.call(decide, key="b")) == "desk.answer_withheld"
    repeated = [event for event in desk.events() if event.action == "desk:call:repeat"]
    assert len(repeated) == 1


async def test_a_key_is_one_persons_and_one_calls(desk: WholeDesk, tmp_path: Path) -> None:
    case_id = (await desk.with_cases(tmp_path))[0].case_id
    ask = AskReveal(case_id=case_id, fields=(ADDRESS,), reason="letter_or_visit", minutes=10)
    asked = await desk.call("zhangwei", ask, key="k")
    for call in (WithdrawReveal(request_id=asked.request_id), SetLanguage(language="en")):
        line = await desk.line("zhangwei")
        assert await refused(line.call(call, key="k")) == "desk.key_reused"
    other = await desk.line("wangfang")
    assert await refused(other.call(ask, key="k")) == "case.not_found"
    for key in ("x" * 65, "\0", "键"):
        line = await desk.line("zhangwei")
        assert await refused(line.call(SetLanguage(language="en"), key=key)) == "desk.key_unfit"


async def test_the_same_click_twice_at_once_is_one_act_with_one_answer(any_desk: WholeDesk, tmp_path: Path) -> None:
    desk = any_desk
    case_id = (await desk.with_cases(tmp_path))[0].case_id
    ask = AskReveal(case_id=case_id, fields=(ADDRESS,), reason="letter_or_visit", minutes=10)
    line = await desk.line("zhangwei")
    language = await asyncio.gather(*(line.call(SetLanguage(language="en"), key="l") for _ in range(8)))
    assert len({me.person_id for me in language}) == 1
    answers = await asyncio.gather(*(line.call(ask, key="k") for _ in range(8)))
    assert len({answer.request_id for answer in answers}) == 1
    assert len((await desk.call("lina", ReadInbox())).items) == 1


# -- what breaks ------------------------------------------------------------------------------------------------------
@pytest.mark.clause("C-5.4f", "C-6.5b")
async def test_a_handler_that_breaks_leaves_an_event_and_nothing_else(
    any_desk: WholeDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = await any_desk.with_cases(tmp_path)

    def breaks(act: Act, _request: object) -> object:
        act.log("desk:test:half", object_kind="case", object_id=rows[0].case_id)
        act.db.execute(text("UPDATE login SET language = 'xx'"))
        raise ValueError("13800138000")

    monkeypatch.setitem(HANDLERS, OpenCase, breaks)
    line = await any_desk.line("zhangwei")
    with pytest.raises(DeskError) as error:
        await line.call(OpenCase(case_id=rows[0].case_id))
    refusal: Refusal = error.value.refusal
    assert refusal.code == "desk.failed"
    assert set(refusal.params) == {"reference"}
    assert not any(mark.isdigit() for mark in refusal.params["reference"])
    found = any_desk.events()
    assert [event.action for event in found].count("desk:test:half") == 0
    assert found[-1].result == "failed"
    assert found[-1].object_id == rows[0].case_id
    assert found[-1].person_id == any_desk.founded.persons["zhangwei"]
    assert (await line.call(WhoAmI())).language == "zh_CN"


async def test_a_handler_that_logs_nothing_is_undone_and_that_is_logged(
    desk: WholeDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = await desk.line("zhangwei")
    monkeypatch.setitem(HANDLERS, ReadLog, lambda _act, _request: None)
    assert await refused(line.call(ReadLog())) == "desk.failed"
    assert desk.events()[-1].result == "failed"
