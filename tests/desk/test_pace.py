"""A line that floods the desk is slowed, told so once in the log, and keeps nobody else waiting."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import time
from dataclasses import dataclass, field

import pytest

from console import client
from console.desk.api.base import DeskError
from console.desk.api.session import Greet, Lock, SignInAs, Unlock, WhoAmI
from console.desk.line import Pace
from tests.support.desk import WholeDesk


def test_a_pace_fills_and_empties() -> None:
    pace = Pace(rate=10, burst=5, left=5, at=100.0)
    assert [pace.take(100.0) for _ in range(6)] == [True] * 5 + [False]
    assert not pace.take(100.05), "half a call is none"
    assert pace.take(100.15)
    assert not pace.take(99.0), "a clock that runs back fills nothing"
    pace.told = True
    assert [pace.take(200.0) for _ in range(6)] == [True] * 5 + [False], "never more than the burst"
    assert not pace.told, "full again, so the next flood is told anew"


@dataclass
class Flood:
    """A line on which somebody asks as fast as the socket takes it."""

    desk: client.SocketDesk
    refused: int = 0
    answered: int = 0
    stopped: bool = False
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    def begin(self, width: int) -> None:
        self.tasks = [asyncio.create_task(self._ask()) for _ in range(width)]

    async def _ask(self) -> None:
        while not self.stopped:
            try:
                await self.desk.call(WhoAmI())
                self.answered += 1
            except DeskError as refusal:
                assert refusal.code == "line.too_fast"  # noqa: PT017 - every other one is a fault
                self.refused += 1

    async def end(self) -> None:
        self.stopped = True
        await asyncio.gather(*self.tasks)


@pytest.mark.clause("issue-4")
async def test_a_flood_is_refused_logged_once_and_starves_nobody(any_desk: WholeDesk) -> None:
    path = any_desk.running.home.socket
    flooding, calm = await client.attach(path), await client.attach(path)
    flood = Flood(flooding)
    try:
        await flooding.call(SignInAs(name="zhangwei"))
        await calm.call(SignInAs(name="lina"))
        flood.begin(64)
        async with asyncio.timeout(60):
            while flood.refused < 50:
                await asyncio.sleep(0.01)
            began = time.monotonic()
            for _ in range(20):
                assert (await calm.call(WhoAmI())).staff_no == "S0021"
            took = time.monotonic() - began
        assert took < 30, "twenty calls beside a flood"
        await flooding.call(Lock())
        flood.stopped = True
        told = [one for one in any_desk.events() if one.rule == "line.too_fast"]
        assert [one.person_id for one in told] == [any_desk.founded.persons["zhangwei"]], "once a flood"
    finally:
        flood.stopped = True
        with contextlib.suppress(AssertionError):
            await flood.end()
        await flooding.close()
        await calm.close()


async def test_a_slowed_line_goes_on_when_it_is_calm(desk: WholeDesk) -> None:
    line = await client.attach(desk.running.home.socket)
    try:
        await line.call(SignInAs(name="zhangwei"))
        asked = await asyncio.gather(*(line.call(WhoAmI()) for _ in range(400)), return_exceptions=True)
        codes = {one.code for one in asked if isinstance(one, DeskError)}
        assert codes <= {"line.too_fast"}
        assert sum(not isinstance(one, BaseException) for one in asked) >= 140
        async with asyncio.timeout(60):
            while True:
                with contextlib.suppress(DeskError):
                    await line.call(Lock())
                    await line.call(Unlock(password="", code=""))
                    break
                await asyncio.sleep(0.05)
        again = await client.attach(desk.running.home.socket)
        await again.call(Greet())
        await again.close()
    finally:
        await line.close()


async def test_what_announces_too_much_ends_only_its_own_line(desk: WholeDesk) -> None:
    other = await client.attach(desk.running.home.socket)
    try:
        await other.call(SignInAs(name="lina"))
        raw = socket.socket(socket.AF_UNIX)
        raw.connect(str(desk.running.home.socket))
        raw.sendall(b"\0\0\0\5pts/1" + (2**31).to_bytes(4, "big"))
        assert await asyncio.to_thread(raw.recv, 1) == b"", "the desk hung up"
        raw.close()
        assert (await other.call(WhoAmI())).staff_no == "S0021"
    finally:
        await other.close()
