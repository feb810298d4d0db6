"""A customer who calls brings their case up, over no form and behind no lock, and once."""

from __future__ import annotations

import pytest

from console.desk.api.cases import OpenCase
from console.tui.screens.case import CaseScreen
from tests.support.terminal import Seat, met, seated

pytestmark = pytest.mark.clause("issue-5")


def opened(seat: Seat) -> list[str]:
    return [one.case_id for one in seat.desk.asked(OpenCase)]


async def rings(seat: Seat, case_id: str = "case-2") -> None:
    seat.desk.customer_calls(case_id)
    seat.desk.push("call", "call-in")
    await met(seat.app, seat.pilot, lambda: seat.app.in_call)
    await seat.settle()


@pytest.mark.parametrize("language", ["zh_CN", "en"])
async def test_the_case_of_who_calls_comes_up_above_the_queue(language: str) -> None:
    async with seated(language=language) as seat:
        await rings(seat)
        await met(seat.app, seat.pilot, lambda: opened(seat) == ["case-2"])
        assert isinstance(seat.screen, CaseScreen)
        # Once: whoever goes away from it is left where they went.
        await seat.press("escape")
        seat.desk.push("call", "call-in")
        await seat.settle()
        assert not seat.screen.query("#fields")
        assert len(opened(seat)) == 1
        await seat.press("ctrl+o")
        await met(seat.app, seat.pilot, lambda: isinstance(seat.screen, CaseScreen))
        assert opened(seat) == ["case-2", "case-2"]
        # It is on top already.
        await seat.press("ctrl+o")
        await seat.settle()
        assert opened(seat) == ["case-2", "case-2"]


async def test_over_another_case_it_comes_and_the_other_lies_below() -> None:
    async with seated(language="en") as seat:
        await seat.press("enter")
        await met(seat.app, seat.pilot, lambda: opened(seat) == ["case-1"])
        await rings(seat)
        await met(seat.app, seat.pilot, lambda: opened(seat)[-1] == "case-2")
        await seat.press("escape")
        await met(seat.app, seat.pilot, lambda: isinstance(seat.screen, CaseScreen) and seat.screen.shows("case-1"))


async def test_what_somebody_fills_in_is_not_covered() -> None:
    async with seated(language="en") as seat:
        await seat.press("enter")
        await met(seat.app, seat.pilot, lambda: opened(seat) == ["case-1"])
        await seat.press("n")
        form = seat.screen
        await seat.press("a")
        await rings(seat)
        assert seat.screen is form
        await seat.until("^O opens their case")
        assert opened(seat) == ["case-1"]


async def test_behind_the_lock_nothing_is_opened_or_named() -> None:
    async with seated(language="en") as seat:
        await seat.press("ctrl+l")
        assert seat.desk.locked
        await rings(seat)
        await seat.press("ctrl+o")
        await seat.settle()
        assert opened(seat) == []
        assert "C-2026" not in seat.text


async def test_a_call_that_one_makes_opens_nothing() -> None:
    async with seated(language="en") as seat:
        await seat.press("enter")
        await seat.press("c")
        await seat.press("enter")
        await met(seat.app, seat.pilot, lambda: seat.app.in_call)
        before = opened(seat)
        await seat.settle()
        assert opened(seat) == before
