"""Lines and privacy numbers: whole at every size; a secret is never shown; a line that falls is told on any screen."""

from __future__ import annotations

import pytest

from console.desk.api import calling, people, privacy, sending, session
from console.desk.api.base import DeskError, Done, Refusal
from console.desk.api.people import Check, HealthView
from tests.support.fake_desk import FakeDesk
from tests.support.terminal import Seat, seated
from tests.support.views import View
from tests.support.whole import Look, every_look, typed_with_places

PLACES = {"lines": ("线路", "Lines"), "numbers": ("隐私号码", "Privacy"), "health": ("运行", "Health")}
VIEWS = (
    View("LinesScreen", "system_admin", ("lines",)),
    View("LinesScreen end", "system_admin", ("lines", "end")),
    View("DetailsModal line", "system_admin", ("lines", "down", "down", "enter")),
    View("SecretModal kept", "system_admin", ("lines", "p")),
    View("SecretModal none", "system_admin", ("lines", "m")),
    View("ConfirmModal secret", "system_admin", ("lines", "p", "enter")),
    View("NumbersScreen", "system_admin", ("numbers",)),
    View("NumbersScreen", "security_admin", ("numbers",)),
    View("NumbersScreen", "auditor", ("numbers",)),
    View("NumberForm", "system_admin", ("numbers", "n")),
    View("ConfirmModal number", "security_admin", ("numbers", "down", "a")),
    View("ConfirmModal retire", "system_admin", ("numbers", "x")),
)
SECRET = "hunter2-of-the-line"


async def go(seat: Seat, keys: tuple[str, ...]) -> None:
    """Type; a place's name goes through the palette."""
    await typed_with_places(seat, keys, PLACES)


@pytest.mark.clause("issue-5", "S-6-16", "S-6-17", "S-6-19")
@every_look(VIEWS)
async def test_whole_and_marked(look: Look) -> None:
    await look.stands(go, "lines")


@pytest.mark.clause("issue-5")
@pytest.mark.parametrize(
    ("key", "call", "field"),
    [
        ("p", calling.SetTrunkPassword, "password"),
        ("m", sending.SetMessageSecret, "secret"),
        ("c", calling.SetCloudSecret, "secret"),
    ],
)
async def test_a_secret_is_typed_unseen_and_kept(key: str, call: type, field: str) -> None:
    async with seated("system_admin", language="en") as seat:
        await go(seat, ("lines", key))
        for typed in SECRET:
            await seat.press(typed)
            assert SECRET[:3] not in seat.text
        await go(seat, ("enter",))
        (kept,) = seat.desk.asked(call)
        assert getattr(kept, field) == SECRET
        assert "Kept, sealed" in seat.text
        assert SECRET not in seat.text
        # Nothing of it waits in the line for whoever opens it next.
        await go(seat, (key, "escape"))
        assert len(seat.desk.asked(call)) == 1


@pytest.mark.clause("issue-5", "Y-4.2.2")
async def test_a_secret_takes_another_code_where_the_desk_asks_for_one() -> None:
    desk = FakeDesk()
    proved: list[str] = []

    def shown(request: session.StepUp) -> Done:
        proved.append(request.code)
        return Done()

    def keep(_: calling.SetTrunkPassword) -> Done:
        if not proved:
            asks = {"act": "call:trunk:set", "how": "recent"}
            raise DeskError(Refusal(code="stepup.required", params=asks, clause="Y-4.2.2"))
        return Done()

    desk.answers[calling.SetTrunkPassword] = keep
    desk.answers[session.StepUp] = shown
    async with seated("system_admin", language="en", desk=desk) as seat:
        await go(seat, ("lines", "p", *"abc", "enter"))
        assert "set the provider's password" in seat.text
        await go(seat, (*"123456", "enter"))
        await seat.until("Kept, sealed")
        assert proved == ["123456"]
        assert [one.password for one in desk.asked(calling.SetTrunkPassword)] == ["abc", "abc"]


@pytest.mark.clause("issue-5")
async def test_an_empty_line_takes_away_only_what_is_kept_and_only_when_sure() -> None:
    async with seated("system_admin", language="en") as seat:
        await go(seat, ("lines", "p", "enter", "escape"))
        assert not seat.desk.asked(calling.SetTrunkPassword)
        await go(seat, ("p", "enter", "enter"))
        (gone,) = seat.desk.asked(calling.SetTrunkPassword)
        assert gone.password == ""
        assert "Nothing is kept any more" in seat.text
        await go(seat, ("m", "enter"))
        assert "Nothing was typed" in seat.text
        assert not seat.desk.asked(sending.SetMessageSecret)


@pytest.mark.clause("issue-5")
async def test_settings_are_shown_with_where_they_stand_and_nowhere_changed() -> None:
    async with seated("system_admin", language="en") as seat:
        await go(seat, ("lines", "enter"))
        assert "✓ ok" in seat.text
        await go(seat, ("escape", "down", "enter"))
        assert "10.0.0.5" in seat.text
        assert "desk.toml: calls.address" in seat.text
    async with seated("security_admin", language="en") as seat:
        await seat.app.action_go_to("lines")
        await seat.settle()
        assert type(seat.screen).__name__ != "LinesScreen"


@pytest.mark.clause("issue-5", "S-6-16")
async def test_a_number_takes_two_keys() -> None:
    async with seated("system_admin", language="en") as seat:
        await go(seat, ("numbers", "a"))
        assert not seat.desk.asked(privacy.DecideNumber)
        await go(seat, ("n", "enter"))
        assert "Write the number" in seat.text
        await go(seat, (*"95013000009", "tab", "right", "enter"))
        (offered,) = seat.desk.asked(privacy.ProposeNumber)
        assert (offered.number, offered.cloud) == ("95013000009", True)
        assert "95013000009 is offered" in seat.text
        await go(seat, ("x", "enter"))
        (retired,) = seat.desk.asked(privacy.RetireNumber)
        assert (retired.number_id, retired.version) == ("n1", 1)
    async with seated("security_admin", language="en") as seat:
        await go(seat, ("numbers", "a"))
        assert "present state" in seat.text
        await go(seat, ("down", "a", "enter", "r", "enter"))
        decided = [(one.number_id, one.version, one.approve) for one in seat.desk.asked(privacy.DecideNumber)]
        assert decided == [("n2", 2, True), ("n2", 2, False)]
        assert not seat.desk.asked(privacy.ProposeNumber)
    async with seated("auditor", language="en") as seat:
        await go(seat, ("numbers", "x", "a", "n"))
        asked = (privacy.RetireNumber, privacy.DecideNumber, privacy.ProposeNumber)
        assert not any(seat.desk.asked(one) for one in asked)


@pytest.mark.clause("issue-5")
@pytest.mark.parametrize("place", ["lines", "health"])
async def test_an_open_screen_follows_the_line_by_itself(place: str) -> None:
    desk = FakeDesk()

    def health(_: people.ReadHealth) -> HealthView:
        state, why = desk.trunk
        return HealthView(checks=(Check(name="trunk", state=state, detail=why),))

    desk.answers[people.ReadHealth] = health
    async with seated("system_admin", language="en", desk=desk) as seat:
        await go(seat, (place,))
        assert "✗ bad" not in seat.text.split("Recorder", maxsplit=1)[0]
        desk.trunk = ("bad", "no_reply")
        desk.push("line", "trunk")
        await seat.until("✗ bad the provider" if place == "lines" else "the provider does not answer")
        assert "The calling line is down" in seat.text
        desk.trunk = ("ok", "0")
        desk.push("line", "trunk")
        await seat.until("The calling line answers again")


@pytest.mark.clause("issue-5")
async def test_who_was_not_asking_is_told_once_and_again_when_it_is_back() -> None:
    async with seated("agent", language="en") as seat:
        # That nothing changed is not news.
        seat.desk.push("line", "trunk")
        await seat.settle()
        assert "calling line" not in seat.text
        seat.desk.trunk = ("bad", "no_reply")
        seat.desk.push("line", "trunk")
        await seat.until("The calling line is down")
        await go(seat, ("enter",))
        assert "The calling line is down" not in seat.text
        asked = len(seat.desk.asked(calling.ReadOwnCall))
        seat.desk.push("line", "messages")
        seat.desk.push("line", "trunk")
        await seat.settle()
        assert len(seat.desk.asked(calling.ReadOwnCall)) == asked + 1
        assert "The calling line is down" not in seat.text
        seat.desk.trunk = ("ok", "0")
        seat.desk.push("line", "trunk")
        await seat.until("The calling line answers again")
