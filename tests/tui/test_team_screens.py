"""The team's screens do what their keys say: one key revokes after a yes, absences, notes, figures, records."""

from __future__ import annotations

import pytest

from console.desk.api import record, reveal, roles, team
from console.desk.api.cases import FieldRef
from console.tui.screens import team as team_screen
from console.tui.screens.wall import big
from tests.support.fake_desk import FakeDesk
from tests.support.terminal import met, seated


@pytest.mark.clause("S-3.2-10", "S-6-9")
async def test_one_key_revokes_after_a_yes() -> None:
    desk = FakeDesk()
    desk.grant(FieldRef(name="home_address"))
    async with seated("supervisor", desk=desk) as seat:
        await seat.press("f10")
        await seat.until("张伟")
        key = next(row.key for row in seat.screen.query("RowList").first().rows if "A0173" in row.cells[0])  # type: ignore[attr-defined]
        seat.screen.query("RowList").first().move_to(key)  # type: ignore[attr-defined]
        await seat.press("r")
        await seat.until("C-2026-0000001")
        assert not desk.asked(reveal.RevokeGrant)
        await seat.press("enter")
        assert [call.grant_id for call in desk.asked(reveal.RevokeGrant)] == ["g1"]


async def test_pushes_are_gathered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(team_screen, "PACE", 0.05)
    async with seated("supervisor") as seat:
        await seat.press("f10")
        before = len(seat.desk.asked(team.ReadTeam))
        for _ in range(40):
            seat.desk.push("case", "x")
        await seat.settle()
        await met(seat.app, seat.pilot, lambda: len(seat.desk.asked(team.ReadTeam)) > before)
        await seat.settle()
        assert before < len(seat.desk.asked(team.ReadTeam)) <= before + 3


async def test_an_absence_is_noted_and_another_ended() -> None:
    async with seated("supervisor") as seat:
        await seat.press("f10", "a", "tab", "tab", "right", "enter")
        (noted,) = seat.desk.asked(team.SetAbsence)
        assert (noted.first_day, noted.last_day, noted.reason) == ("2026-11-22", "2026-11-22", "vacation")
        assert noted.cover_id is not None
        await seat.press("down", "a", "enter")
        assert [call.absence_id for call in seat.desk.asked(team.EndAbsence)] == ["b1"]


@pytest.mark.clause("S-3.3-13")
async def test_a_deputy_is_named_for_some_days() -> None:
    async with seated("supervisor") as seat:
        await seat.press("f10", "d", "tab", "right", "enter")
        (call,) = seat.desk.asked(roles.SetDeputy)
        assert call.person_id == "p8"
        assert call.ends_at == seat.desk.now + 2 * 86_400_000_000


async def test_a_day_that_is_none_is_said() -> None:
    async with seated("supervisor") as seat:
        await seat.press("f10", "a", "backspace", *"x", "enter")
        assert "2026-11-22" in seat.text
        assert not seat.desk.asked(team.SetAbsence)


@pytest.mark.clause("S-6-10")
async def test_a_note_with_points_is_written() -> None:
    async with seated("supervisor") as seat:
        await seat.press("f10", "c", *"good work", "tab", "tab", "right", "right", "enter")
        (written,) = seat.desk.asked(team.WriteCoaching)
        assert written.text == "good work"
        assert written.scores == {"opening": 2}


@pytest.mark.clause("S-6-10")
async def test_notes_that_wait_are_shown_at_signing_in_and_acknowledged() -> None:
    desk = FakeDesk()
    desk.waiting_notes = 2
    async with seated("agent", desk=desk) as seat:
        await seat.until("2 条辅导意见待你确认")
        assert type(seat.screen).__name__ == "CoachingScreen"
        await seat.press("y")
        assert [call.note_id for call in desk.asked(team.AcknowledgeCoaching)] == ["n1"]
        await seat.press("escape")
        assert type(seat.screen).__name__ == "QueueScreen"


@pytest.mark.clause("S-6-11")
async def test_figures_by_week_and_beside_peers_without_names() -> None:
    async with seated("agent", language="en", size=(100, 30)) as seat:
        await seat.press("ctrl+p", *"figures", "enter", "w", "m")
        assert seat.desk.asked(team.ReadFigures)[-1].period == "week"
        assert "Promises made" in seat.text
        assert "█" in seat.text
        await seat.press("left", "left", "right")
        assert seat.desk.asked(team.ReadFigures)[-1].back == 1
        await seat.press("v")
        await seat.until("median")
        assert "second quarter" in seat.text
        assert seat.desk.asked(team.ComparePeers)[-1].back == 1


@pytest.mark.clause("S-6-26")
async def test_a_customers_record_keeps_the_value_no_longer_than_it_is_asked() -> None:
    async with seated("auditor") as seat:
        await seat.press("ctrl+p", *"我的记录", "enter", "slash")
        await seat.press(*"TS-1", "tab", "right", "tab", *"13800138000", "enter")
        (asked,) = seat.desk.asked(record.ReadCustomerRecord)
        assert (asked.kind, asked.value, asked.reference) == ("mobile", "13800138000", "TS-1")
        await seat.press("n")
        later = seat.desk.asked(record.ReadCustomerRecord)[-1]
        assert (later.kind, later.value, later.before) == ("case_number", "C-2026-0000001", 870)
        assert "13800138000" not in seat.text
        assert "13800138000" not in repr(vars(seat.screen))


async def test_a_members_record_from_the_board() -> None:
    async with seated("supervisor") as seat:
        await seat.press("f10", "enter")
        assert seat.desk.asked(record.ReadTeamRecord)[-1].person_id == "p1"
        await seat.press("1")
        assert seat.desk.asked(record.ReadOwnRecord)


def test_large_digits_are_three_rows_of_equal_width() -> None:
    lines = big("1234567890+")
    assert len(lines) == 3
    assert len({len(line) for line in lines}) == 1
