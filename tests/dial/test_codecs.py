"""Which speech phones and provider are offered, and that both sides of a call speak the same, or none comes about."""

from __future__ import annotations

import asyncio
import re

import pytest

from access.context import SECOND, SystemClock
from console.dial.axb.said import Bind, Bound, Rang, Turned
from console.dial.messages import Dial
from console.dial.recording import PCMA, PCMU
from console.dial.results import By, Result
from tests.dial.conftest import NUMBER, Line
from tests.dial.test_hostile import relay_port
from tests.support import sip, sip_callers
from tests.support.sip import until
from tests.support.sip_callers import Caller, CallersWire

pytestmark = [pytest.mark.debian("sipp"), pytest.mark.clause("issue-5"), pytest.mark.slow]
X = "95013000001"


def body(port: int, kind: int) -> str:
    """A description of one kind of speech."""
    described = sip.sdp(port, types=f"{kind} 101")
    return described.replace("a=rtpmap:8 PCMA", "a=rtpmap:0 PCMU") if kind == PCMU else described


def knows(port: int, *kinds: int) -> list[str]:
    """Answers with the first kind that it knows among those offered, waits to be hung up; else refuses with 488."""
    looks = "".join(
        f'<ereg regexp="m=audio [0-9]+ RTP/AVP[ 0-9]* {kind}[^0-9]" search_in="msg" check_it="false" '
        f'assign_to="{3 + at}"/>'
        for at, kind in enumerate(kinds)
    )
    turns = [f'<nop next="{10 + at}" test="{3 + at}"/>' for at in range(len(kinds))]
    answers = [
        step
        for at, kind in enumerate(kinds)
        for step in (
            f'<label id="{10 + at}"/>',
            sip.send("200 OK", body=body(port, kind)),
            sip.RECV_ACK,
            sip.bye_ok(),
            '<nop next="9"/>',
        )
    ]
    return [
        f'<recv request="INVITE"><action>{looks}</action></recv>',
        *turns,
        sip.send("488 Not Acceptable Here"),
        sip.RECV_ACK,
        '<nop next="9"/>',
        *answers,
        '<label id="9"/>',
        sip.pause(1),
    ]


def offered(wire: sip.Wire) -> list[int]:
    """The payload types of the INVITE that came."""
    invite = next(one for one in wire.to_peer if one.startswith(b"INVITE "))
    found = re.search(rb"m=audio \d+ RTP/AVP([ 0-9]+)", invite)
    assert found
    return [int(one) for one in found[1].split()]


async def test_a_provider_that_speaks_one_kind_only_is_called_where_that_is_set(line: Line) -> None:
    agent, customer = sip.Voice(), sip.Voice()
    try:
        # A phone that speaks both and likes the other one better.
        phone = await line.phone(knows(agent.port, PCMA, PCMU))
        trunk = await line.customer(knows(customer.port, PCMU), codecs=(PCMU,))
        call_id = await line.dial()
        await line.state(call_id, "talking")
        assert (offered(phone), offered(trunk)) == ([PCMU, 101], [PCMU, 101])
        agent.forget()
        to_agent, to_customer = relay_port(phone), relay_port(trunk)
        for order in range(30):
            agent.say(to_agent, b"A" * 160, order, kind=PCMU)
            customer.say(to_customer, b"C" * 160, order, kind=PCMU)
            await asyncio.sleep(0.02)
        await until(lambda: len(customer.listen()) >= 20 and len(agent.listen()) >= 20, "they hear each other")
        assert {one[1] & 127 for one in [*agent.heard, *customer.heard]} == {PCMU}
        line.dialer.hang_up(call_id)
        assert (await line.ended(call_id)).result is Result.ANSWERED
        for peer in line.peers[-2:]:
            assert await peer.finished() == 0
        assert (await line.recorded(call_id)).whole
    finally:
        agent.close()
        customer.close()


async def test_without_that_the_call_says_what_was_the_matter(line: Line) -> None:
    phone = await line.phone(knows(9000, PCMA, PCMU))
    trunk = await line.customer(knows(9002, PCMU))
    ended = await line.ended(await line.dial())
    assert (ended.result, ended.by, ended.code) == (Result.NO_COMMON_SPEECH, By.CUSTOMER, 488)
    assert (offered(phone), offered(trunk)) == ([PCMA, PCMU, 101], [PCMA, 101])
    assert await line.peers[-1].finished() == 0


@pytest.mark.parametrize("refuses", [True, False])
async def test_a_phone_that_does_not_speak_it_is_told_of_and_nobody_called(line: Line, refuses: bool) -> None:  # noqa: FBT001 - a parameter of the test
    trunk = await line.customer(None, codecs=(PCMU,))
    await line.phone(knows(9000, PCMA) if refuses else sip.answered(9000))
    ended = await line.ended(await line.dial())
    assert (ended.result, ended.by, ended.code) == (Result.NO_COMMON_SPEECH, By.AGENT, 488 if refuses else 0)
    assert await line.peers[-1].finished() == 0
    assert not any(one.startswith(b"INVITE ") for one in trunk.to_peer)


async def test_the_wanted_kind_is_offered_first(line: Line) -> None:
    phone = await line.phone(knows(9000, PCMU, PCMA))
    trunk = await line.customer(knows(9002, PCMA, PCMU), codecs=(PCMU, PCMA))
    call_id = await line.dial()
    await line.state(call_id, "talking")
    assert (offered(phone), offered(trunk)) == ([PCMU, PCMA, 101], [PCMU, 101])
    line.dialer.hang_up(call_id)
    assert (await line.ended(call_id)).result is Result.ANSWERED


@pytest.mark.parametrize("codecs", [(PCMU, PCMA), (PCMU,)])
async def test_a_customer_who_calls_in_is_answered_with_the_wanted_kind_or_refused(
    line: Line, codecs: tuple[int, ...]
) -> None:
    wire = await CallersWire.open(line.dialer.port)
    line.wires.append(wire)
    line.dialer.use(line.trunk(wire.port, codecs=codecs))
    ends_at = SystemClock().now_us() + 60 * SECOND
    line.dialer.tell(Bind(binding_id="b1", number_id="n1", number=X, ticket=line.ticket("b1"), until=ends_at))
    await until(lambda: any(isinstance(one, Bound) for one in line.heard), "bound")
    only = await asyncio.to_thread(
        Caller,
        line.folder / "only",
        wire,
        sip_callers.turned_away(X, NUMBER, 488) if PCMA not in codecs else sip_callers.talks(X, NUMBER, 9002),
    )
    try:
        if PCMA not in codecs:
            assert await only.finished() == 0
            await until(lambda: [one.why for one in line.heard if isinstance(one, Turned)] == ["unfit"], "told of")
            return
        phone = await line.phone(knows(9000, PCMA))
        await until(lambda: any(isinstance(one, Rang) for one in line.heard), "it rings")
        ring = next(one for one in line.heard if isinstance(one, Rang))
        call_id = await line.prepared()
        line.dialer.dial(Dial(call_id=call_id, phone="ag01", alias="case-7", ring=ring.ring_id, no_reply_seconds=60))
        await line.state(call_id, "talking")
        assert offered(phone) == [PCMA, 101], "what the customer speaks, though another kind is liked better"
        line.dialer.hang_up(call_id)
        assert (await line.ended(call_id)).result is Result.ANSWERED
        assert await only.finished() == 0
    finally:
        only.close()
