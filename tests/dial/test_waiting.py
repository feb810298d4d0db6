"""While the customer's phone rings: the agent hears ringing of our making, whatever the customer's side plays."""

from __future__ import annotations

import asyncio
import time

import pytest

from console.dial import rtp
from console.dial.messages import TrunkSeen
from console.dial.recording import SILENCE
from console.settings import CallSettings
from tests.dial.conftest import NUMBER, Line
from tests.dial.test_hostile import hits, relay_port
from tests.support import sip
from tests.support.held_up import Stopwatch

pytestmark = [pytest.mark.debian("sipp"), pytest.mark.clause("issue-5"), pytest.mark.slow]


async def test_the_agent_hears_our_ringing_and_no_early_media(line: Line) -> None:
    agent, customer = sip.Voice(), sip.Voice()
    early = [
        sip.RECV_INVITE,
        sip.send("183 Session Progress", body=sip.sdp(customer.port)),
        sip.nudged(),
        sip.send("200 OK", body=sip.sdp(customer.port)),
        sip.RECV_ACK,
        sip.bye_ok(),
    ]
    try:
        phone = await line.phone(sip.answered(agent.port))
        trunk = await line.customer(early)
        call_id = await line.dial()
        await line.state(call_id, "customer_ringing")
        for order in range(20):
            customer.say(relay_port(trunk), NUMBER.encode() * 10, order)
        await sip.until(lambda: len(agent.listen()) >= 20, "ringing")
        packets = [rtp.parse(one) for one in agent.heard]
        assert all(one is not None and len(one.payload) == 160 for one in packets)
        assert {SILENCE[8]} != set(agent.heard[0][12:])
        assert hits(agent.heard) == 0
        assert hits(phone.to_peer) == 0
        line.dialer.hang_up(call_id)
        await line.ended(call_id)
        agent.listen()
        heard = len(agent.heard)
        await asyncio.sleep(0.2)
        assert len(agent.listen()) == heard, "over is over"
        assert customer.listen() == []
    finally:
        agent.close()
        customer.close()


async def test_ringing_ends_where_speech_begins(line: Line) -> None:
    agent, customer = sip.Voice(), sip.Voice()
    try:
        phone = await line.phone(sip.answered(agent.port))
        trunk = await line.customer(
            [sip.RECV_INVITE, sip.send("180 Ringing"), sip.pause(500), *sip.answered(customer.port)[2:]]
        )
        call_id = await line.dial()
        await line.state(call_id, "talking")
        assert agent.listen()
        ringing = {one[8:12] for one in agent.heard}
        agent.heard.clear()
        customer.say(relay_port(trunk), b"C" * 160, 1)
        await sip.until(lambda: any(one[12:] == b"C" * 160 for one in agent.listen()), "speech")
        spoken = [one for one in agent.heard if one[12:] == b"C" * 160]
        assert {one[8:12] for one in spoken}.isdisjoint(ringing)
        assert relay_port(phone)
        line.dialer.hang_up(call_id)
        recorded = await line.recorded(call_id)
        assert (recorded.whole, recorded.customer_packets) == (True, 1)
    finally:
        agent.close()
        customer.close()


async def test_speech_is_heard_after_early_media_of_another_port(line: Line) -> None:
    agent, early, customer = sip.Voice(), sip.Voice(), sip.Voice()
    steps = [
        sip.RECV_INVITE,
        sip.send("183 Session Progress", body=sip.sdp(early.port)),
        sip.pause(200),
        sip.send("200 OK", body=sip.sdp(customer.port)),
        sip.RECV_ACK,
        sip.bye_ok(),
    ]
    try:
        await line.phone(sip.answered(agent.port))
        trunk = await line.customer(steps)
        call_id = await line.dial()
        await line.state(call_id, "talking")
        # The last of it was still on its way when the answer was there.
        early.say(relay_port(trunk), b"E" * 160, 1)
        await sip.until(lambda: any(one[12:] == b"E" * 160 for one in agent.listen()), "what is left of it")
        customer.say(relay_port(trunk), b"C" * 160, 1)
        await sip.until(lambda: any(one[12:] == b"C" * 160 for one in agent.listen()), "speech")
        line.dialer.hang_up(call_id)
        assert (await line.recorded(call_id)).customer_packets == 2
    finally:
        for voice in (agent, early, customer):
            voice.close()


async def test_a_line_that_breaks_is_told_and_one_that_is_back(line: Line) -> None:
    trunk = await line.customer(None, asked_every=CallSettings().asked_every)
    answers, answered_at = True, 0.0

    async def provider() -> None:
        nonlocal answered_at
        while True:
            asked = (await trunk.answers.get()).decode()
            assert asked.startswith("OPTIONS sip:trunk.test SIP/2.0")
            if answers:
                answered_at = time.monotonic()
                trunk.answer(asked, "405 Method Not Allowed")

    def seen() -> list[bool]:
        return [one.up for one in line.heard if isinstance(one, TrunkSeen)]

    serving = asyncio.create_task(provider())
    try:
        await sip.until(lambda: seen() == [True], "up")
        watch = Stopwatch(*line.dialer.processes.values())
        answers = False
        await sip.until(lambda: seen() == [True, False], "down")
        assert watch.taken(answered_at) <= 6.0
        answers = True
        await sip.until(lambda: seen() == [True, False, True], "up again")
        assert hits(trunk.to_peer) == 0
        # An edge that answers for a provider which it cannot reach is no provider.
        line.heard.clear()
        other = await line.customer(None, asked_every=1)

        async def edge() -> None:
            while True:
                other.answer((await other.answers.get()).decode(), "503 Service Unavailable")

        replying = asyncio.create_task(edge())
        try:
            await sip.until(lambda: seen() == [False], "down")
        finally:
            replying.cancel()
            await asyncio.gather(replying, return_exceptions=True)
    finally:
        serving.cancel()
        await asyncio.gather(serving, return_exceptions=True)
