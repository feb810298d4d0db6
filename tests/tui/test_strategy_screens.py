"""Sharing out, interests, loads and strategies on the screen: whole at every size, and their keys do what they say."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from console.desk.api import assign, strategy
from console.desk.api.cases import AssignCases
from tests.support.fake_desk import FakeDesk
from tests.support.terminal import Seat, seated
from tests.support.views import View
from tests.support.whole import Look, every_look, typed_with_places

GO = {
    "strategies": ("策略", "Strategies"),
    "interests": ("利益回避", "Interests"),
    "loads": ("案件量", "Loads"),
}
VIEWS = (
    View("QueueScreen ticked", "supervisor", ("space", "space")),
    View("AssignModal ticked", "supervisor", ("space", "space", "a")),
    View("BulkModal", "supervisor", ("A",)),
    View("BulkModal ticked", "supervisor", ("3", "space", "A")),
    View("PlanModal", "supervisor", ("space", "A", "space", "enter")),
    View("StrategyScreen rolled back", "supervisor", ("strategies", "down", "enter")),
    View("ConfirmModal undo", "supervisor", ("U",)),
    View("StrategiesScreen", "supervisor", ("strategies",)),
    View("StrategiesScreen", "security_admin", ("strategies",)),
    View("StrategyScreen refused", "supervisor", ("strategies", "enter")),
    View("StrategyScreen live", "supervisor", ("strategies", *["down"] * 6, "enter", "3")),
    View("StrategyScreen diff", "security_admin", ("strategies", *["down"] * 5, "enter", "2")),
    View("ConfirmModal approve", "security_admin", ("strategies", *["down"] * 5, "enter", "a")),
    View("StrategyEditScreen", "supervisor", ("strategies", "n")),
    View("LineModal", "supervisor", ("strategies", "n", "enter")),
    View("InterestsScreen", "supervisor", ("interests",)),
    View("InterestModal", "supervisor", ("interests", "n")),
    View("ConfirmModal lift", "supervisor", ("interests", "down", "l")),
    View("InterestModal own", "agent", ("enter", "I")),
    View("LoadsScreen", "supervisor", ("loads",)),
    View("WordsModal capacity", "supervisor", ("loads", "c")),
)


async def go(seat: Seat, keys: tuple[str, ...]) -> None:
    """Type; a place's name goes through the palette."""
    await typed_with_places(seat, keys, GO)


@pytest.mark.clause("C-5.4d-1", "S-6-16", "S-6-17", "S-6-19")
@every_look(VIEWS)
async def test_whole_and_marked(look: Look) -> None:
    await look.stands(go, "sharing")


@pytest.mark.clause("S-6-12", "issue-3")
async def test_ticked_cases_are_previewed_and_moved_as_previewed() -> None:
    async with seated("supervisor") as seat:
        await go(seat, ("space", "space"))
        assert "✓" in seat.text
        await go(seat, ("A", "space", "enter"))
        (ask,) = seat.desk.asked(assign.PreviewMoves)
        assert (len(ask.case_ids), ask.to_ids) == (2, ("p1",))
        assert "C-2026-0000099" in seat.text
        assert not seat.desk.asked(assign.MoveCases)
        await seat.press("enter")
        (done,) = seat.desk.asked(assign.MoveCases)
        assert (done.case_ids, done.digest) == (ask.case_ids, "d" * 64)
        await seat.until("29")


@pytest.mark.clause("S-6-22")
async def test_whoever_was_second_is_told() -> None:
    desk = FakeDesk()
    desk.refuse(assign.MoveCases, "assign.changed")
    async with seated("supervisor", desk=desk) as seat:
        await go(seat, ("space", "A", "space", "enter", "enter"))
        await seat.until("什么都没有移动")


async def test_a_hand_names_the_versions_it_saw() -> None:
    async with seated("supervisor") as seat:
        await go(seat, ("space", "space", "a", "enter"))
        (call,) = seat.desk.asked(AssignCases)
        assert len(call.case_ids) == len(call.versions) == 2


async def test_undo_asks_first() -> None:
    async with seated("supervisor") as seat:
        await go(seat, ("U",))
        assert not seat.desk.asked(assign.UndoMove)
        await seat.press("enter")
        assert [call.move_id for call in seat.desk.asked(assign.UndoMove)] == ["m1"]


@pytest.mark.clause("S-4.6")
async def test_an_approved_edition_goes_live_part_by_part() -> None:
    async with seated("supervisor") as seat:
        await go(seat, ("strategies", *["down"] * 3, "enter", "g", "enter"))
        (start,) = seat.desk.asked(strategy.StartStrategy)
        assert (start.strategy_id, start.version) == ("s5", 5)
        assert len(seat.desk.asked(strategy.ApplyStrategy)) == 1
        await seat.until("1234")


@pytest.mark.clause("S-6-30")
async def test_a_fault_stands_beside_its_line_and_nothing_is_proposed() -> None:
    async with seated("supervisor", size=(120, 40)) as seat:
        await go(seat, ("strategies", "n", "end", "enter"))
        await seat.press(*["backspace"] * 6, *'"nobody"', "enter", "s")
        await seat.until("keep, pool, team")
        assert type(seat.screen).__name__ == "StrategyEditScreen"
        await seat.press("enter", *["backspace"] * 8, *'"pool"', "enter", "s")
        assert type(seat.screen).__name__ == "StrategiesScreen"
        assert seat.desk.asked(strategy.ProposeStrategy)[-1].lines[-1] == 'to = "pool"'


async def test_ones_own_declaration_closes_the_case() -> None:
    async with seated("agent") as seat:
        await go(seat, ("enter", "I", "enter"))
        (call,) = seat.desk.asked(assign.DeclareInterest)
        assert (call.person_id, call.kind) == ("", "relative")
        assert type(seat.screen).__name__ == "QueueScreen"


@pytest.mark.clause("S-4.6", "S-6-22", "issue-3")
async def test_a_roll_back_goes_on_by_itself_until_nothing_is_left() -> None:
    async with seated("supervisor") as seat:
        await go(seat, ("strategies", *["down"] * 6, "enter", "B", "enter"))
        calls = seat.desk.asked(strategy.RollBackStrategy)
        # Each part is asked for under the version that the part before it left behind.
        assert [(call.strategy_id, call.version) for call in calls] == [("s2", 2), ("s2", 12), ("s2", 13)]
        await seat.until("1170")
        assert "30" in seat.text


class SlowDesk(FakeDesk):
    """Answers the first part of a roll-back only when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.let = asyncio.Event()

    async def call(self, request: Any, *, key: str | None = None) -> Any:
        """As the fake, but late."""
        if isinstance(request, strategy.RollBackStrategy):
            await self.let.wait()
        return await super().call(request, key=key)


@pytest.mark.clause("S-6-22")
async def test_stopped_it_says_how_much_is_left_and_how_to_go_on() -> None:
    desk = SlowDesk()
    async with seated("supervisor", desk=desk) as seat:
        await go(seat, ("strategies", *["down"] * 6, "enter", "B"))
        await seat.pilot.press("enter")
        await seat.until("停止")
        await seat.pilot.press("x")
        desk.let.set()
        await seat.until("已停下")
        assert "800" in seat.text
        assert len(desk.asked(strategy.RollBackStrategy)) == 1
        await seat.until("停止", gone=True)


@pytest.mark.clause("S-6-22")
async def test_whoever_applies_what_somebody_rolled_back_is_told_and_stops() -> None:
    desk = FakeDesk()
    desk.refuse(strategy.ApplyStrategy, "strategy.not_live")
    async with seated("supervisor", desk=desk) as seat:
        await go(seat, ("strategies", *["down"] * 3, "enter", "g", "enter"))
        await seat.until("已不是现行策略")
        assert len(desk.asked(strategy.ApplyStrategy)) == 1


@pytest.mark.clause("S-4.6", "issue-3")
@pytest.mark.parametrize(
    ("language", "said"), [("zh_CN", "信函优先 · 两次联系至少隔 7 天"), ("en", "letter first · at least 7 days")]
)
async def test_a_case_says_what_the_strategy_advises(language: str, said: str) -> None:
    async with seated("agent", language=language) as seat:
        await go(seat, ("enter",))
        assert type(seat.screen).__name__ == "CaseScreen"
        assert said in seat.text
        assert not seat.desk.asked(strategy.ReadAdvice)


@pytest.mark.clause("S-4.6", "issue-3")
@pytest.mark.parametrize(
    ("language", "said"), [("zh_CN", ("培训未通过", "外出 至", "已满额")), ("en", ("training", "away until", "full"))]
)
async def test_a_preview_and_a_dry_run_say_who_is_passed_over(language: str, said: tuple[str, ...]) -> None:
    async with seated("supervisor", language=language) as seat:
        await go(seat, ("strategies", *["down"] * 6, "enter", "3"))
        for words in said:
            await seat.until(words)
    async with seated("supervisor", language=language) as seat:
        await go(seat, ("space", "A", "space", "enter"))
        for words in said:
            await seat.until(words)
