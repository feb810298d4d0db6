"""Whose session ended has no line at the very next look, however slow other lines are to lock or to end.

A look every half second, and what the front door waits for at most, are less than the five seconds promised.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any, cast

import pytest

from console.serve import doorkeeper, watch
from console.serve.visits import Visit
from console.serve.watch import Watch

pytestmark = [pytest.mark.clause("issue-4", "Y-4.7.2")]

PROMISED = 5.0


class Watched(Watch):
    """Looks without a store, and notes at which look each line began to be ended."""

    def __init__(self, kernel: Any) -> None:
        self.lines: dict[int, Visit] = {}
        self.tasks: list[asyncio.Task[None]] = []
        super().__init__(
            kernel, self.lines, self.ends, lambda work: self.tasks.append(asyncio.get_running_loop().create_task(work))
        )
        self.looks = 0
        self.revoked: set[str] = set()
        self.ended_at: dict[int, int] = {}
        self.slow: set[int] = set()
        self.for_ever = asyncio.Event()

    def _ended(self, session_ids: list[str]) -> frozenset[str]:
        self.looks += 1
        return frozenset(session_ids) & self.revoked

    async def ends(self, number: int) -> None:
        """End a line."""
        self.lines.pop(number)
        self.ended_at[number] = self.looks
        if number in self.slow:
            await self.for_ever.wait()

    def sit(self, number: int) -> Visit:
        """Somebody's line."""
        sitting = SimpleNamespace(session_id=f"s{number}", person_id="p", locked=False)
        visit = Visit(cast("Any", SimpleNamespace(line=SimpleNamespace(sitting=sitting), heard=0)))
        visit.task = asyncio.current_task()
        self.lines[number] = visit
        return visit

    async def until(self, condition: Callable[[], object]) -> None:
        """Wait for it."""
        async with asyncio.timeout(60):
            while not condition():
                await asyncio.sleep(0.001)


class SlowVigil:
    """Whether a line may go on: yes, but some never hear so."""

    def __init__(self, hangs: set[str], for_ever: asyncio.Event) -> None:
        self.hangs, self.for_ever = hangs, for_ever
        self.asked: list[str] = []

    async def keeps(self, visit: Visit, now: float) -> bool:
        """See `Vigil`."""
        del now
        session = str(visit.desk.line.sitting.session_id) if visit.desk.line.sitting is not None else ""
        self.asked.append(session)
        if session in self.hangs:
            await self.for_ever.wait()
        return True


@asynccontextmanager
async def watching(monkeypatch: pytest.MonkeyPatch, hangs: set[str]) -> AsyncIterator[Watched]:
    monkeypatch.setattr(watch, "_LOOK", 0.005)
    parts = SimpleNamespace(hub=None, switchboard=None, settings=SimpleNamespace(lock_minutes=5))
    room = Watched(SimpleNamespace(parts=parts))
    room.vigil = cast("Any", SlowVigil(hangs, room.for_ever))
    yield room
    room.for_ever.set()
    room.close()
    await asyncio.wait(room.tasks)


def test_a_look_and_what_the_door_waits_for_are_within_what_is_promised() -> None:
    """At worst: a look, a session that does not take its leave, one that must be cut off."""
    assert watch._LOOK + 2 * doorkeeper._LEAVE_WITHIN <= PROMISED - 1


async def test_a_line_that_is_slow_to_end_holds_up_no_other_end(monkeypatch: pytest.MonkeyPatch) -> None:
    async with watching(monkeypatch, set()) as room:
        for number in range(1, 6):
            room.sit(number)
        await room.until(lambda: room.looks >= 2)
        room.slow = {1, 2}
        at = room.looks
        room.revoked = {f"s{number}" for number in range(1, 6)}
        await room.until(lambda: len(room.ended_at) == 5)
        assert max(room.ended_at.values()) <= at + 2
        assert len(set(room.ended_at.values())) == 1, "all at one look"
        room.sit(6)
        room.revoked.add("s6")
        await room.until(lambda: 6 in room.ended_at)


async def test_nor_does_one_that_is_slow_to_lock_and_it_is_ended_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    async with watching(monkeypatch, {"s1"}) as room:
        for number in (1, 2, 3):
            room.sit(number)
        await room.until(lambda: room.looks >= 3)
        vigil = cast("SlowVigil", room.vigil)
        assert vigil.asked.count("s1") == 1, "not anew while it is being asked"
        assert vigil.asked.count("s2") >= 2
        assert room.ended_at == {}
        room.revoked = {"s1", "s3"}
        await room.until(lambda: len(room.ended_at) == 2)
        assert set(room.ended_at) == {1, 3}
        assert len(set(room.ended_at.values())) == 1


async def test_what_cannot_be_looked_into_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    async def breaks(visit: Visit, now: float) -> bool:
        raise ValueError(visit.why, now)

    async with watching(monkeypatch, set()) as room:
        monkeypatch.setattr(room.vigil, "keeps", breaks)
        room.sit(1)
        await room.until(lambda: room.ended_at)
        assert set(room.ended_at) == {1}
