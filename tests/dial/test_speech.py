"""What is said is carried and recorded as it was said; a process that dies takes the call with it, and no more."""

from __future__ import annotations

import asyncio
import io
import os
import signal
import socket
import time
from pathlib import Path

import pytest

from console.dial.dialer import DialerDown
from console.dial.house import SipDialer
from console.dial.messages import Ended
from console.dial.recording import Recording, channels
from console.dial.results import By, Result
from tests.dial.conftest import Line, closed, opened
from tests.dial.test_hostile import relay_port
from tests.support import sip

pytestmark = [pytest.mark.debian("sipp"), pytest.mark.clause("issue-5"), pytest.mark.slow]
PACKETS = 130
APART = 0.02
UNDISTURBED = 0.4
"""Seconds that the machine may hold speech up, and it is recorded where it was said: the recorder waits half a one."""
TRIES = 5
SILENCE = b"\xd5"


def word(number: int, *, agent: bool) -> bytes:
    """Twenty milliseconds that nothing else sounds like."""
    return bytes([number % 100 + (1 if agent else 101)]) * 160


class Talk:
    """A call that stands, with both voices."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.agent, self.customer = sip.Voice(), sip.Voice()
        self.call_id = ""
        self.ports = (0, 0)

    async def begin(self) -> None:
        self.phone = await self.line.phone(sip.answered(self.agent.port))
        self.trunk = await self.line.customer(sip.answered(self.customer.port))
        self.call_id = await self.line.dial()
        await self.line.state(self.call_id, "talking")
        self.agent.forget()
        self.ports = (relay_port(self.phone), relay_port(self.trunk))

    async def speak(self, packets: int) -> float:
        """Both speak at once, a packet each twenty milliseconds. Returns: for how long, at most, it was held up."""
        began, worst = time.monotonic(), 0.0
        for number in range(packets):
            self.agent.say(self.ports[0], word(number, agent=True), number)
            self.customer.say(self.ports[1], word(number, agent=False), number)
            late = time.monotonic() - (began + number * APART)
            behind = number - min(len(self.agent.listen()), len(self.customer.listen()))
            worst = max(worst, late, behind * APART)
            await asyncio.sleep(max(0.0, began + number * APART - time.monotonic()))
        return worst

    def played(self) -> tuple[bytes, bytes, bool | None]:
        data = self.line.file(self.call_id).read_bytes()
        recording = Recording(io.BytesIO(data), self.line.keys[self.call_id])
        sides = [channels(chunk) for chunk in recording.chunks()]
        return b"".join(one for one, _ in sides), b"".join(other for _, other in sides), recording.torn

    def close(self) -> None:
        self.agent.close()
        self.customer.close()


def words(heard: bytes) -> list[int]:
    """The bytes that are not silence, each packet once, in the order in which they sound."""
    return [
        heard[at] for at in range(len(heard)) if heard[at] != SILENCE[0] and (at == 0 or heard[at] != heard[at - 1])
    ]


async def test_a_recording_is_what_was_said(line: Line) -> None:
    # Where others keep speech from being carried for longer than the recorder waits, what came in one heap has no
    # place of its own any more: it is said again.
    for _ in range(TRIES):
        if await said_and_recorded(line):
            return


async def said_and_recorded(line: Line) -> bool:
    """Whether nothing held it up, and all of it stands where it was said."""
    talk = Talk(line)
    try:
        await talk.begin()
        held_up = await talk.speak(PACKETS)
        await sip.until(lambda: len(talk.agent.listen()) >= PACKETS, "agent hears")
        await sip.until(lambda: len(talk.customer.listen()) >= PACKETS, "customer hears")
        line.dialer.hang_up(talk.call_id)
        recorded = await line.recorded(talk.call_id)
        assert recorded.whole
        assert (recorded.agent_packets, recorded.customer_packets, recorded.dropped) == (PACKETS, PACKETS, 0)
        assert [one[12:] for one in talk.agent.heard] == [word(n, agent=False) for n in range(PACKETS)]
        assert [one[12:] for one in talk.customer.heard] == [word(n, agent=True) for n in range(PACKETS)]
        agent, customer, torn = talk.played()
        assert torn is False
        assert len(agent) == len(customer)
        if held_up > UNDISTURBED:
            return False
        for heard, is_agent in ((agent, True), (customer, False)):
            said = [word(number, agent=is_agent)[0] for number in range(PACKETS)]
            found = words(heard)
            # One or the other may have come too late all the same; what is there stands in its order.
            rest = iter(said)
            assert all(one in rest for one in found)
            assert len(found) >= PACKETS // 2
        return True
    finally:
        talk.close()


async def test_nobody_hears_anybody_before_the_desk_says_so(tmp_path: Path) -> None:
    line = await opened(tmp_path, bridges=False)
    agent, customer = sip.Voice(), sip.Voice()
    try:
        phone = await line.phone(sip.answered(agent.port))
        trunk = await line.customer(sip.answered(customer.port))
        call_id = await line.dial()
        await line.state(call_id, "customer_answered")
        ports = relay_port(phone), relay_port(trunk)
        agent.say(ports[0], b"E" * 160, 1)
        customer.say(ports[1], b"E" * 160, 1)
        line.dialer.bridge("another call")
        line.dialer.bridge(call_id)
        await line.state(call_id, "talking")
        agent.forget()
        for number in range(2, 5):
            agent.say(ports[0], b"A" * 160, number)
            customer.say(ports[1], b"C" * 160, number)
        await sip.until(lambda: len(customer.listen()) >= 3 and len(agent.listen()) >= 3, "they hear each other")
        assert {one[12:13] for one in customer.heard} == {b"A"}
        assert {one[12:13] for one in agent.heard} == {b"C"}
        line.dialer.hang_up(call_id)
        assert (await line.ended(call_id)).result is Result.ANSWERED
        # Hung up by the desk between answer and bridge: the customer was reached all the same.
        await line.phone(sip.answered(agent.port))
        await line.customer(sip.answered(customer.port))
        call_id = await line.dial()
        await line.state(call_id, "customer_answered")
        line.dialer.hang_up(call_id)
        ended = await line.ended(call_id)
        assert (ended.result, ended.by, ended.talked) == (Result.ANSWERED, By.DESK, 0)
    finally:
        agent.close()
        customer.close()
        await closed(line)


async def test_strangers_are_not_heard(line: Line) -> None:
    talk = Talk(line)
    stranger = sip.Voice()
    elsewhere = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    elsewhere.bind(("127.0.0.2", 0))
    try:
        await talk.begin()
        # From another address before anybody spoke, and from another port of the right one afterwards.
        head = b"\x80\x08\x00\x01\x00\x00\x00\x00SSRC"
        elsewhere.sendto(head + b"E" * 160, (sip.HOST, talk.ports[0]))
        talk.agent.say(talk.ports[0], b"A" * 160, 1)
        await sip.until(talk.customer.listen, "the agent is heard")
        stranger.say(talk.ports[0], b"S" * 160, 2)
        talk.agent.say(talk.ports[0], b"B" * 160, 3)
        await sip.until(lambda: len(talk.customer.listen()) >= 2, "the agent is heard again")
        assert [one[12:13] for one in talk.customer.heard] == [b"A", b"B"]
        line.dialer.hang_up(talk.call_id)
        assert (await line.recorded(talk.call_id)).dropped == 2
    finally:
        elsewhere.close()
        stranger.close()
        talk.close()


async def test_the_media_process_dies(line: Line) -> None:
    talk = Talk(line)
    try:
        await talk.begin()
        await talk.speak(1)
        # A second of speech is on the disk a little later than it was said.
        await sip.until(lambda: line.file(talk.call_id).stat().st_size > 16_000, "a second is written")
        os.kill(line.dialer.processes["media"], signal.SIGKILL)
        assert (await line.ended(talk.call_id)).by in (By.DESK, By.LINE)
        await asyncio.wait_for(line.dialer.gone.wait(), sip.PATIENCE)
        for peer in line.peers:
            assert await peer.finished() == 0, "both legs were told"
        agent, _, torn = talk.played()
        assert torn is True
        assert len(agent) % 8000 == 0
        assert agent
        with pytest.raises(DialerDown):
            line.dialer.hang_up(talk.call_id)
        again = await opened(line.folder / "again")
        await closed(again)
    finally:
        talk.close()


async def test_the_dialer_process_dies(line: Line) -> None:
    talk = Talk(line)
    try:
        await talk.begin()
        await talk.speak(1)
        os.kill(line.dialer.processes["dialer"], signal.SIGKILL)
        ended = await line.ended(talk.call_id)
        assert (ended.result, ended.by) == (Result.SYSTEM_ERROR, By.LINE)
        assert (await line.recorded(talk.call_id)).whole
        assert talk.played()[2] is False
        await asyncio.wait_for(line.dialer.gone.wait(), sip.PATIENCE)
        with pytest.raises(DialerDown):
            await line.prepared()
    finally:
        talk.close()


async def test_the_desk_goes_and_both_legs_are_told(line: Line) -> None:
    talk = Talk(line)
    try:
        await talk.begin()
        await line.dialer.close()
        assert len(line.of(Ended, talk.call_id)) == 1
        for peer in line.peers:
            assert await peer.finished() == 0
        assert talk.played()[2] is False
    finally:
        talk.close()


async def test_two_dialers_do_not_share_a_port(line: Line) -> None:
    with pytest.raises(DialerDown):
        await SipDialer.open(line.heard.append, sip.HOST, line.dialer.port)


async def test_the_process_that_sees_numbers_cannot_be_read(line: Line) -> None:
    assert {"undumpable", "no-new-privileges"} <= set(line.dialer.fences)
    process = line.dialer.processes["dialer"]
    limits = Path(f"/proc/{process}/limits").read_text(encoding="ascii")
    core = next(row for row in limits.splitlines() if row.startswith("Max core file size"))
    assert core.split()[4:6] == ["0", "0"]


async def test_what_is_prepared_twice_or_given_back(line: Line) -> None:
    call_id = await line.prepared()
    read, write = os.pipe()
    try:
        assert not await line.dialer.prepare(call_id, line.keys[call_id], write)
    finally:
        os.close(read)
        os.close(write)
    line.dialer.discard(call_id)
    recorded = await line.recorded(call_id)
    assert (recorded.whole, recorded.chunks) == (False, 0)
    line.dialer.dial(line.order(call_id, line.ticket(call_id)))
    assert (await line.ended(call_id)).result is Result.AGENT_UNREACHABLE
