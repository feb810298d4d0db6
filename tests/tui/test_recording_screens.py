"""Calls, live calls, recordings, phones and destructions: whole at every size, and their keys do what they say."""

from __future__ import annotations

import pytest

from console.desk.api import calling, listening, recordings
from tests.support.terminal import Seat, seated
from tests.support.views import View
from tests.support.whole import LANGUAGES, SIZES, whole_and_marked

PLACES = {
    "calls": ("通话", "Calls"),
    "live": ("正在通话", "Live calls"),
    "tasks": ("收听任务", "Listening tasks"),
    "task": ("任务录音", "Recordings for a task"),
    "gone": ("录音销毁", "Destruction of recordings"),
    "phones": ("话机", "Phones"),
}
TASK = ("task", "n", *"C-2026-0000001", "down", "down", *"TS-1", "enter")
VIEWS = (
    View("CallsScreen", "agent", ("calls",)),
    View("ReasonModal", "agent", ("calls", "enter")),
    View("ListeningModal", "agent", ("calls", "enter", "enter")),
    View("LiveCallsScreen", "supervisor", ("live",)),
    View("RecordingsScreen", "compliance", ("task",)),
    View("TaskModal", "compliance", ("task", "n")),
    View("RecordingsScreen found", "auditor", TASK),
    View("ListeningTasksScreen", "auditor", ("tasks",)),
    View("RecordingsScreen given", "auditor", ("tasks", "enter")),
    View("ListeningTaskForm", "compliance", ("tasks", "n")),
    View("ListeningTaskForm logged", "supervisor", ("tasks", "n")),
    View("ConfirmModal task", "compliance", ("tasks", "x")),
    View("DestructionsScreen", "security_admin", ("gone",)),
    View("DestructionsScreen", "auditor", ("gone",)),
    View("DetailsModal certificate", "auditor", ("gone", "end", "enter")),
    View("PhonesScreen", "system_admin", ("phones",)),
    View("WhoseModal", "system_admin", ("phones", "n")),
)


async def go(seat: Seat, keys: tuple[str, ...]) -> None:
    """Type; a place's name goes through the palette."""
    for key in keys:
        if key in PLACES:
            await seat.press("ctrl+p", *PLACES[key][LANGUAGES.index(seat.app.texts.language)], "enter")
        else:
            await seat.press(key)
    await seat.settle()


@pytest.mark.clause("C-5.4d-1", "S-6-16", "S-6-17", "S-6-19")
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", SIZES, ids=["narrow", "wide"])
@pytest.mark.parametrize("view", VIEWS, ids=[f"{view.name}-{view.role}" for view in VIEWS])
async def test_whole_and_marked(
    view: View, size: tuple[int, int], language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with seated(view.role, size=size, language=language) as seat:
        await go(seat, view.keys)
        whole_and_marked(seat, view, "recordings")


@pytest.mark.clause("C-5.4g", "C-5.4f")
async def test_a_reason_is_asked_and_the_keys_move_what_is_played() -> None:
    async with seated("supervisor", language="en") as seat:
        await go(seat, ("calls", "enter"))
        assert not seat.desk.asked(recordings.StartListening)
        await go(seat, ("right", "enter"))
        (start,) = seat.desk.asked(recordings.StartListening)
        assert (start.call_id, start.reason) == ("call-1", "coaching")
        assert "Mark A1B2C3D4A5" in seat.text
        await go(seat, ("right", "left", "space", "space", "home"))
        moves = [(one.second, one.paused) for one in seat.desk.asked(recordings.SteerListening)]
        assert [paused for _, paused in moves] == [True, True, False, True, False]
        assert moves[0][0] == 10
        assert moves[-1] == (0, False)
        # When it is over the desk says so, and the question is gone.
        seat.desk.played = None
        seat.desk.push("listening", "l1")
        await seat.until("Mark A1B2C3D4A5", gone=True)
        # What was never recorded is not asked for.
        await go(seat, ("down", "down", "enter"))
        assert "There is nothing to hear" in seat.text
        assert len(seat.desk.asked(recordings.StartListening)) == 1


async def test_leaving_stops_it() -> None:
    async with seated("agent", language="en") as seat:
        await go(seat, ("calls", "enter", "enter", "escape"))
        assert len(seat.desk.asked(recordings.StopListening)) == 1


@pytest.mark.clause("C-5.4g", "C-5.4f")
async def test_a_task_that_is_refused_leaves_nothing_of_the_one_before_on_the_screen() -> None:
    async with seated("compliance", language="en") as seat:
        await go(seat, TASK)
        await seat.until("C-2026-0000002")
        seat.desk.refuse(recordings.FindRecordings, "case.not_found")
        await go(seat, ("n", *"C-2026-0000009", "down", "down", *"TS-2", "enter"))
        await seat.until(seat.app.texts.t("refusal.case.not_found"))
        assert [one.reference for one in seat.desk.asked(recordings.FindRecordings)] == ["TS-1", "TS-2"]
        assert "C-2026-0000002" not in seat.text
        assert seat.app.texts.t("listen.task.empty") in seat.text
        # Nor can what stood there be played under the refused task's reference, also not after reading again.
        await go(seat, ("enter", "f5", "enter"))
        assert "C-2026-0000002" not in seat.text
        assert not seat.desk.asked(recordings.StartListening)


@pytest.mark.clause("C-5.4g", "C-5.4f", "S-3-17")
async def test_a_task_of_ones_own_lists_its_recordings_and_plays_them_under_its_number() -> None:
    async with seated("auditor", language="en") as seat:
        await go(seat, ("tasks", "down", "enter"))
        await seat.until("Only whoever has a task in force")
        assert not seat.desk.asked(recordings.FindRecordings)
        await go(seat, ("up", "enter"))
        await seat.until("C-2026-0000002")
        (found,) = seat.desk.asked(recordings.FindRecordings)
        assert (found.case_id, found.reason, found.reference) == ("", "audit", "LT-00000004")
        await go(seat, ("enter",))
        await seat.until("Mark A1B2C3D4A5")
        (start,) = seat.desk.asked(recordings.StartListening)
        assert (start.call_id, start.reason, start.reference) == ("call-1", "audit", "LT-00000004")
        # Nobody without the act is offered to give one.
        await go(seat, ("escape", "escape", "n"))
        assert not seat.desk.asked(listening.GiveListeningTask)


@pytest.mark.clause("S-3-17")
async def test_a_task_is_given_and_ended() -> None:
    async with seated("compliance", language="en") as seat:
        await go(seat, ("tasks", "n"))
        await seat.until("Give somebody a task to listen")
        await go(seat, ("enter",))
        await seat.until("say who, the number, and which case")
        await go(seat, (*"D0006", "tab", "tab", *"SJ-1", "enter"))
        await seat.until("LT-00000005 is given to")
        (given,) = seat.desk.asked(listening.GiveListeningTask)
        assert (given.staff_no, given.reason, given.reference, given.case_id) == ("D0006", "audit", "SJ-1", "")
        assert (given.count, given.days, given.unit) == (20, 31, "")
        assert given.ends_at > seat.desk.now
        await go(seat, ("x",))
        await seat.until("End this task?")
        assert not seat.desk.asked(listening.EndListeningTask)
        await go(seat, ("enter",))
        await seat.until("● in force", gone=True)
        (ended,) = seat.desk.asked(listening.EndListeningTask)
        assert ended.task_id == "lt4"
    async with seated("supervisor", language="en") as seat:
        seat.desk.may_give = ("complaint", "data_request")
        await go(seat, ("tasks", "n"))
        await seat.until("Give somebody a task to listen")
        assert "How many" not in seat.text
        await go(seat, (*"D0007", "tab", "right", "tab", *"DR-1", "tab", *"C-2026-0000003", "enter"))
        await seat.until("LT-00000005 is given to")
        (given,) = seat.desk.asked(listening.GiveListeningTask)
        assert (given.reason, given.case_id, given.count) == ("data_request", "C-2026-0000003", 0)


@pytest.mark.clause("S-6-16")
async def test_a_head_ends_a_call_of_the_team_and_a_case_lists_its_calls() -> None:
    async with seated("supervisor", language="en") as seat:
        await go(seat, ("live", "x"))
        assert not seat.desk.asked(calling.HangUp)
        await go(seat, ("enter",))
        (ended,) = seat.desk.asked(calling.HangUp)
        assert ended.call_id == "call-5"
    async with seated("agent", language="en") as seat:
        await go(seat, ("enter", "L"))
        (listed,) = seat.desk.asked(calling.ListCalls)
        assert listed.case_id == "case-1"


async def test_a_phone_is_given_renewed_and_taken_away() -> None:
    async with seated("system_admin", language="en") as seat:
        await go(seat, ("phones", "n", "enter"))
        (given,) = seat.desk.asked(calling.SetPhone)
        assert given.person_id not in {"p1", "p2"}
        assert "once-and-never-again" in seat.text
        await go(seat, ("escape",))
        assert "once-and-never-again" not in seat.text
        await go(seat, ("r", "enter", "escape", "x", "enter"))
        assert [one.person_id for one in seat.desk.asked(calling.SetPhone)][1:] == ["p1"]
        assert [one.person_id for one in seat.desk.asked(calling.DropPhone)] == ["p1"]


@pytest.mark.clause("F-13")
async def test_each_step_of_a_destruction_is_somebody_elses_key() -> None:
    async with seated("security_admin", language="en") as seat:
        await go(seat, ("gone", "n", "enter"))
        assert len(seat.desk.asked(recordings.ProposeDestruction)) == 1
    async with seated("compliance", language="en") as seat:
        await go(seat, ("gone", "a", "enter"))
        (decided,) = seat.desk.asked(recordings.DecideDestruction)
        assert (decided.destruction_id, decided.version, decided.approve) == ("d4", 1, True)
    async with seated("system_admin", language="en") as seat:
        await go(seat, ("gone", "x"))
        assert "not at this step" in seat.text
        await go(seat, ("down", "x", "enter"))
        (done,) = seat.desk.asked(recordings.CarryOutDestruction)
        assert done.destruction_id == "d3"
    async with seated("auditor", language="en") as seat:
        await go(seat, ("gone", "down", "down", "w", "enter"))
        (seen,) = seat.desk.asked(recordings.WitnessDestruction)
        assert seen.destruction_id == "d2"
