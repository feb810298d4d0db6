"""What strangers are refused is in the log, and a flood of it does not fill the log."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from access.audit.events import DetailKey, Event
from access.context import Origin
from console.serve import desk_side, gate, refusals
from console.serve.desk_side import DeskSide
from console.serve.ends import listening_socket
from console.serve.gate import Gate
from console.serve.link import Link
from console.serve.messages import Open, SideDoor, ToDesk, at_desk
from console.serve.refusals import Refusals
from tests.support.desk import WholeDesk

pytestmark = [pytest.mark.clause("issue-4", "T11")]

SOME = 300


def refused(desk: WholeDesk, what: str) -> list[Event]:
    return [one for one in desk.events() if (one.action, one.rule) == ("account:door:refuse", f"door.{what}")]


def told(event: Event) -> int:
    return int(dict(event.detail).get(DetailKey.COUNT, "1"))


async def until(desk: WholeDesk, what: str) -> Event:
    async with asyncio.timeout(60):
        while not (found := refused(desk, what)):
            await asyncio.sleep(0.01)
    return found[0]


async def test_each_is_an_event_while_few_come(desk: WholeDesk) -> None:
    room = Refusals(desk.running.kernel)
    for number in range(20):
        await room.say(Origin(f"192.0.2.{number}", "ssh/7"), "method")
    events = refused(desk, "method")
    assert [one.source for one in events] == [f"192.0.2.{number}" for number in range(20)]
    assert {(one.result, one.terminal, one.person_id, told(one)) for one in events} == {("refused", "ssh/7", None, 1)}
    await room.close()


async def test_a_flood_is_counted_and_not_one_is_lost(desk: WholeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refusals, "_AT_ONCE", 8.0)
    monkeypatch.setattr(refusals, "_RATE", 0.0)
    room = Refusals(desk.running.kernel)
    for number in range(SOME):
        await room.say(Origin(f"192.0.2.{number % 3}", "ssh/7"), "signature" if number % 2 else "too_many")
    await room.close()
    events = refused(desk, "signature") + refused(desk, "too_many")
    assert len(events) <= 8 + 6
    assert sum(map(told, events)) == SOME
    sums = Counter((one.source, one.rule) for one in events for _ in range(told(one)))
    assert set(sums.values()) == {SOME // 6}


async def test_nor_do_many_places_fill_it(desk: WholeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refusals, "_AT_ONCE", 1.0)
    monkeypatch.setattr(refusals, "_RATE", 0.0)
    room = Refusals(desk.running.kernel)
    for number in range(SOME):
        await room.say(Origin(f"2001:db8::{number:x}", "ssh/7"), "too_many")
    await room.close()
    events = refused(desk, "too_many")
    assert len(events) == 1 + refusals._PLACES + 1
    assert sum(map(told, events)) == SOME
    assert [one.source for one in events].count("-") == 1


async def test_what_was_counted_is_said_by_itself(desk: WholeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refusals, "_AT_ONCE", 0.0)
    monkeypatch.setattr(refusals, "_RATE", 0.0)
    monkeypatch.setattr(refusals, "_TOGETHER", 0.01)
    room = Refusals(desk.running.kernel)
    await room.say(Origin("192.0.2.1", "ssh/7"), "method", 3)
    assert told(await until(desk, "method")) == 3
    await room.say(Origin("192.0.2.1", "ssh/7"), "protocol")
    assert told(await until(desk, "protocol")) == 1
    await room.close()


async def test_another_local_user_is_refused_and_logged(desk: WholeDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    own = os.geteuid()
    # As if the desk ran as somebody else than whoever asks here.
    monkeypatch.setattr("console.serve.socket.os", SimpleNamespace(geteuid=lambda: own + 1))
    reader, writer = await asyncio.open_unix_connection(str(desk.running.home.socket))
    writer.write(b"\0\0\0\x05pts/1")
    async with asyncio.timeout(60):
        with contextlib.suppress(ConnectionError):
            assert await reader.read() == b"", "not a word"
    writer.close()
    event = await until(desk, "local_user")
    assert (event.result, event.source, event.terminal, event.person_id) == ("refused", "local", f"uid/{own}", None)


async def test_so_is_another_users_front_door(desk: WholeDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    served: list[socket.socket] = []

    async def serve(self: Gate, link: socket.socket) -> None:
        del self
        served.append(link)

    monkeypatch.setattr(gate.Gate, "_serve", serve)
    listening = listening_socket(tmp_path / "door")
    order = Open(host="", port=0, host_key=b"", banner="", password="", code="")
    room = Gate(desk.running.kernel, listening, order, frozenset({os.geteuid() + 1}), lambda _: None)
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as strange:
        strange.setblocking(False)  # noqa: FBT003 - its only argument
        await asyncio.get_running_loop().sock_connect(strange, str(tmp_path / "door"))
        assert await asyncio.get_running_loop().sock_recv(strange, 1) == b""
    event = await until(desk, "local_user")
    assert (event.source, event.terminal) == ("local", f"uid/{os.geteuid()}")
    assert served == []
    await room.close()


async def test_what_is_refused_while_there_is_no_desk_is_counted_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk_side, "_KEPT", 4)
    side = DeskSide(lambda *_: None, lambda: None, lambda: None)
    for number in range(SOME):
        await side.note(SideDoor(visit=0, source=f"192.0.2.{number % 10}", what="too_many"))
    heard: list[SideDoor] = []

    def take(message: ToDesk, descriptors: list[int]) -> None:
        assert not descriptors
        heard.append(cast("SideDoor", message))

    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    link = Link(ours, at_desk, take, lambda: None)
    side.hold(theirs)
    await side.say_unsaid()
    async with asyncio.timeout(60):
        while sum(one.count for one in heard) < SOME:
            await asyncio.sleep(0.01)
    assert len(heard) == 5
    assert sum(one.count for one in heard) == SOME
    side.close()
    link.close()
