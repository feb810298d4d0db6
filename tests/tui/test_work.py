"""Working a case on its screen: keys of the form, what is typed outlives a refusal and a lost line, holds."""

from __future__ import annotations

from typing import Any

import pytest

from console.desk.api import cases, work
from console.desk.api.base import DeskError, Refusal
from console.desk.api.cases import OpenCase
from console.moments import read_day, read_moment
from console.texts import Texts
from console.tui.modals.work_hold import HoldDecision, HoldForm
from console.tui.modals.work_result import ResultForm
from console.tui.widgets.inputs import Field
from tests.support.fake_desk import NOW, FakeDesk
from tests.support.terminal import Seat, met, seated

ZONE = "Asia/Shanghai"
HOUR = 3_600_000_000


async def opened(seat: Seat) -> None:
    await seat.until("C-2026-0000001")
    await seat.press("enter")
    await seat.until("停留")


@pytest.mark.clause("S-6-1", "S-6-17")
async def test_no_answer_is_three_keys_and_the_next_case_is_there() -> None:
    desk = FakeDesk()
    async with seated(desk=desk) as seat:
        await opened(seat)
        await seat.press("r")
        assert isinstance(seat.screen, ResultForm)
        await seat.press("1", "enter")
        await seat.until("C-2026-0000001 已保存：无人接听")
        assert type(seat.screen).__name__ == "CaseScreen"
        await seat.until("案件 C-2026-0000002")
        (call,) = desk.asked(work.RecordResult)
        assert (call.code, call.version, call.promise, call.next_at) == ("no_answer", 1, None, None)
        desk.answers[work.RecordResult] = lambda _: work.Recorded(version=2, next_case_id=None)
        await seat.press("r", "7", "enter")
        await seat.until("今天到期的案件已办完")
        assert type(seat.screen).__name__ == "QueueScreen"


@pytest.mark.clause("S-6-2")
async def test_a_promise_takes_the_amount_due_unless_another_is_typed() -> None:
    desk = FakeDesk()
    async with seated(desk=desk) as seat:
        await opened(seat)
        due = desk.asked(OpenCase)
        assert due
        await seat.press("p", "enter")
        await seat.until("请填还款日")
        await seat.press("+", "3", "enter")
        await seat.until("已保存：承诺还款")
        await seat.until("案件 C-2026-0000002")
        await seat.press("p", "2", "8", "tab", *"50.5", "enter")
        await seat.until("案件 C-2026-0000003")
        first, second = (call.promise for call in desk.asked(work.RecordResult))
        assert (first.due_on, first.amount, first.channel) == ("2026-11-25", 86_000 + 1_234_567, "bank_app")
        assert (second.due_on, second.amount) == ("2026-11-28", 5050)


@pytest.mark.clause("S-6-22")
async def test_what_was_typed_outlives_a_refusal() -> None:
    desk = FakeDesk()
    async with seated(desk=desk) as seat:
        await opened(seat)

        def changed(_: object) -> None:
            del desk.answers[work.RecordResult]
            raise DeskError(Refusal(code="case.changed", params={"by": "李娜"}))

        desk.answers[work.RecordResult] = changed
        await seat.press("r", "7", "tab", *"15:30", "enter")
        await seat.until("李娜 更改")
        assert isinstance(seat.screen, ResultForm)
        assert seat.screen.query_one("#next", Field).value == "15:30"
        assert len(desk.asked(OpenCase)) > 1, "the case was read again"
        await seat.press("enter")
        await seat.until("已保存：本人接听")
        assert desk.asked(work.RecordResult)[-1].next_at == NOW + 58 * 60_000_000


@pytest.mark.clause("S-6-21")
async def test_what_is_typed_is_kept_and_offered_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.tui.modals.drafted.KEEP_AFTER", 0.01)
    desk = FakeDesk()

    def with_draft(request: Any) -> Any:
        view = desk._OpenCase(request)
        return view if not desk.drafts else type(view)(**{**_fields(view), "drafts": ("result",)})

    desk.answers[cases.OpenCase] = with_draft
    async with seated(desk=desk) as seat:
        await opened(seat)
        await seat.press("r", "7", "tab", *"+2h")
        await met(seat.app, seat.pilot, lambda: desk.drafts)
        assert "+2h" in desk.drafts["case-1", "result"]
    async with seated(desk=desk) as again:
        await opened(again)
        await again.until("有未保存的内容")
        await again.press("r")
        await again.until("已取回")
        assert again.screen.query_one("#next", Field).value == "+2h"


def _fields(view: Any) -> dict[str, Any]:
    return {name: getattr(view, name) for name in view.__struct_fields__}


@pytest.mark.clause("S-6-25")
async def test_a_stop_is_marked_by_two_keys_and_says_what_it_does() -> None:
    desk = FakeDesk()
    async with seated(desk=desk) as seat:
        await opened(seat)
        await seat.press("h")
        assert isinstance(seat.screen, HoldForm)
        await seat.press("1")
        await seat.until("立即停止联系")
        await seat.press("enter")
        await seat.until("停催：待审定")
        (call,) = desk.asked(work.PlaceHold)
        assert call.reason == "death"


async def test_a_supervisor_decides_on_what_waits() -> None:
    desk = FakeDesk()
    async with seated("supervisor", desk=desk) as seat:
        await seat.until("全组队列")
        await seat.app.action_go_to("holds")
        await seat.until("◇ 待审定")
        await seat.press("enter")
        assert isinstance(seat.screen, HoldDecision)
        await seat.press("1", "enter")
        await seat.until("停催：生效")
        (call,) = desk.asked(work.DecideHold)
        assert (call.hold_id, call.verdict) == ("h1", "confirm")


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("+3", "2026-11-25"),
        ("28", "2026-11-28"),
        ("22", "2026-11-22"),
        ("1", "2026-12-01"),
        ("11-30", "2026-11-30"),
        ("1130", "2026-11-30"),
        ("1-2", "2027-01-02"),
        ("2026-12-05", "2026-12-05"),
        ("31", "2026-12-31"),
        ("99", None),
        ("2-30", None),
        ("tomorrow", None),
        ("", None),
    ],
)
def test_days_as_people_type_them(typed: str, day: str | None) -> None:
    assert read_day(typed, NOW, ZONE) == day


@pytest.mark.parametrize(
    ("typed", "after"),
    [
        ("+2h", 2 * HOUR),
        ("15:30", 58 * 60_000_000),
        ("1530", 58 * 60_000_000),
        ("9", 18 * HOUR + 28 * 60_000_000),
        ("+1 14:32", 24 * HOUR),
        ("+1", 19 * HOUR + 28 * 60_000_000),
        ("11-23 14:32", 24 * HOUR),
        ("25:00", None),
        ("soon", None),
    ],
)
def test_moments_as_people_type_them(typed: str, after: int | None) -> None:
    found = read_moment(typed, NOW, ZONE)
    assert (found - NOW if found is not None else None) == after


@pytest.mark.parametrize(
    ("typed", "currency", "minor"),
    [
        ("500", "CNY", 50_000),
        ("1,200.5", "CNY", 120_050),
        ("0.07", "CNY", 7),
        ("500", "JPY", 500),
        ("1.234", "CNY", None),
        ("-5", "CNY", None),
        ("５００", "CNY", None),
        ("", "CNY", None),
    ],
)
def test_amounts_as_people_type_them(typed: str, currency: str, minor: int | None) -> None:
    assert Texts.minor(typed, currency) == minor
