"""A softphone that crashed and a BYE that was lost: a side that is heard no more ends the call, on both legs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import pytest_asyncio
from msgspec.structs import replace

from console.dial.messages import PhoneSeen, Silent
from console.dial.registrar import secret_of
from console.dial.results import By, Result
from tests.dial.conftest import Line
from tests.dial.test_hostile import relay_port
from tests.support import sip
from tests.support.sip import HOST, until
from tests.support.softphone import Softphone, closed

pytestmark = [pytest.mark.clause("issue-5"), pytest.mark.slow]
REPORT = bytes([0x81, 201, 0, 7]) + bytes(28)
"""A receiver report (RFC 3550 §6.4.2), as a phone sends it that says nothing."""

PACKET = 0.02


class Talk:
    """Two voices, and what each says every twenty milliseconds. Attributes: saying: all of that."""

    def __init__(self, line: Line) -> None:
        self.line = line
        self.agent, self.customer = sip.Voice(), sip.Voice()
        self.saying: list[Callable[[int], None]] = []
        self._speaking = asyncio.create_task(self._speak())

    async def begin(self, silent_seconds: int, phone: str = "ag01") -> str:
        """The customer is called from that phone; both talk."""
        trunk = await self.line.customer(sip.answered(self.customer.port))
        call_id = await self.line.prepared()
        order = self.line.order(call_id, self.line.ticket(call_id), phone)
        self.line.dialer.dial(replace(order, silent_seconds=silent_seconds))
        await self.line.state(call_id, "customer_answered")
        port = relay_port(trunk)
        self.saying.append(lambda number: self.customer.say(port, b"C" * 160, number))
        await self.line.state(call_id, "talking")
        return call_id

    async def _speak(self) -> None:
        number = 0
        while True:
            number += 1
            for say in self.saying:
                say(number)
            await asyncio.sleep(PACKET)

    async def close(self) -> None:
        self._speaking.cancel()
        await asyncio.gather(self._speaking, return_exceptions=True)
        self.agent.close()
        self.customer.close()


@pytest_asyncio.fixture
async def talk(line: Line) -> AsyncIterator[Talk]:
    talk = Talk(line)
    try:
        yield talk
    finally:
        await talk.close()


@pytest.mark.debian("sipp")
async def test_a_side_that_is_heard_no_more_ends_the_call_and_one_that_says_nothing_does_not(
    line: Line, talk: Talk
) -> None:
    phone = await line.phone(sip.answered(talk.agent.port))
    call_id = await talk.begin(5)
    to_agent = relay_port(phone)

    def report(number: int) -> None:
        del number
        talk.agent.sock.sendto(REPORT, (HOST, to_agent))

    # On hold, muted, or silence left out: longer than is waited, and only its reports are heard.
    talk.saying.append(report)
    talk.agent.forget()
    await until(lambda: len(talk.agent.listen()) * PACKET > 5 * 1.5, "long enough")
    assert line.of(Silent, call_id) == []
    talk.saying.remove(report)
    ended = await line.ended(call_id)
    assert (ended.result, ended.by) == (Result.ANSWERED, By.LINE)
    assert ended.talked > 5_000 * 1.5
    assert len(line.of(Silent, call_id)) == 1
    # Both are told, and what was said is kept whole.
    for peer in line.peers:
        assert await peer.finished() == 0
    recorded = await line.recorded(call_id)
    assert recorded.whole
    assert (recorded.agent_packets, recorded.customer_packets > 300) == (0, True)


@pytest.mark.debian("sipp")
async def test_a_call_that_nobody_is_in_any_more_ends_unless_the_settings_say_never(line: Line, talk: Talk) -> None:
    await line.phone(sip.answered(talk.agent.port))
    for_ever = await talk.begin(0)
    talk.saying.clear()
    await line.phone(sip.answered(talk.agent.port), "ag02")
    call_id = await talk.begin(1, "ag02")
    talk.saying.clear()
    ended = await line.ended(call_id)
    assert (ended.result, ended.by) == (Result.ANSWERED, By.LINE)
    assert line.of(Silent, for_ever) == []
    line.dialer.hang_up(for_ever)
    assert (await line.ended(for_ever)).by is By.DESK


@pytest.mark.debian("sipp", "baresip")
async def test_a_softphone_that_crashes_ends_its_call(line: Line, talk: Talk, tmp_path: Path) -> None:
    line.dialer.allow("ag01", secret_of("ag01", "secret"))
    phone = Softphone(tmp_path / "phone", line.dialer.port, "ag01", "secret")
    try:
        await until(lambda: PhoneSeen(name="ag01", present=True) in line.heard, "registered")
        call_id = await talk.begin(3)
        # It is heard: speech of its own comes through.
        await until(lambda: len(talk.customer.listen()) > 50, "it speaks")
        assert line.of(Silent, call_id) == []
        phone.process.kill()
        ended = await line.ended(call_id)
        assert (ended.result, ended.by) == (Result.ANSWERED, By.LINE)
        # The customer, who was still speaking, is told.
        assert await line.peers[-1].finished() == 0
    finally:
        await closed(phone)
