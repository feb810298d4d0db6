"""A lender's key on its screen: named by one person, agreed by another, ended by either."""

from __future__ import annotations

import pytest

from console.desk.api import drops
from tests.support.terminal import Seat, seated

pytestmark = [pytest.mark.clause("issue-4", "S-6-17")]
LINE = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGFiY2RlZmdoaWprbG1ub3BxcnN0dXZ3eHl6MDEyMzQ1"


async def opened(seat: Seat) -> None:
    await seat.app.action_go_to("drop_keys")
    await seat.settle()


async def say(seat: Seat, words: str) -> None:
    await seat.press(*words, "enter")


async def test_a_supervisor_names_a_key_for_a_lender_of_the_team() -> None:
    async with seated("supervisor", language="en") as seat:
        await opened(seat)
        lender = seat.desk._ListSources(None).sources[0]  # type: ignore[arg-type]
        await seat.press("n")
        for words in (lender.name, "anhe", LINE, "203.0.113.0/24, 198.51.100.7/32"):
            await say(seat, words)
        assert seat.desk.asked(drops.ProposeDropKey) == [
            drops.ProposeDropKey(
                source_id=lender.source_id,
                login="anhe",
                line=LINE,
                addresses=("203.0.113.0/24", "198.51.100.7/32"),
            )
        ]
        assert "security admin" in seat.text
        assert "abcDEF+/abcDEF+/abcDEF+/abcDEF+/abcDEF+/abc" in seat.text.replace("\n", "")


async def test_a_lender_that_nobody_knows_gets_none_and_any_network_is_an_empty_line() -> None:
    async with seated("supervisor", language="en") as seat:
        await opened(seat)
        await seat.press("n")
        for words in ("nobody at all", "anhe", LINE, ""):
            await say(seat, words)
        assert seat.desk.asked(drops.ProposeDropKey) == []
        assert "No lender is registered by that name" in seat.text
        lender = seat.desk._ListSources(None).sources[0]  # type: ignore[arg-type]
        await seat.press("n")
        for words in (lender.name, "anhe", LINE, ""):
            await say(seat, words)
        assert [one.addresses for one in seat.desk.asked(drops.ProposeDropKey)] == [()]


async def test_leaving_a_question_names_nothing() -> None:
    async with seated("supervisor") as seat:
        await opened(seat)
        await seat.press("n")
        await say(seat, "anhe")
        await seat.press("escape")
        await seat.settle()
        assert seat.desk.asked(drops.ProposeDropKey) == []


async def test_the_security_admin_sees_the_whole_fingerprint_before_agreeing() -> None:
    async with seated("security_admin", language="en") as seat:
        await opened(seat)
        await seat.press("a")
        assert "SHA256:abcDEF+/abcDEF+/abcDEF+/abcDEF+/abcDEF+/abc" in seat.text
        assert "203.0.113.0/24 198.51.100.7/32" in seat.text
        await seat.press("escape")
        assert seat.desk.asked(drops.AgreeDropKey) == []
        await seat.press("a", "enter")
        assert seat.desk.asked(drops.AgreeDropKey) == [drops.AgreeDropKey(key_id="d0")]


@pytest.mark.parametrize("role", ["supervisor", "security_admin"])
async def test_either_ends_one(role: str) -> None:
    async with seated(role) as seat:
        await opened(seat)
        await seat.press("down", "x", "enter")
        assert seat.desk.asked(drops.EndDropKey) == [drops.EndDropKey(key_id="d1")]


async def test_neither_does_the_others_part() -> None:
    for role, key in (("supervisor", "a"), ("security_admin", "n")):
        async with seated(role) as seat:
            await opened(seat)
            await seat.press(key, "enter")
            assert not seat.desk.asked(drops.AgreeDropKey)
            assert type(seat.screen).__name__ == "DropKeysScreen"
