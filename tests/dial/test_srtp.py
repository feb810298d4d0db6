"""Speech towards the provider covered: baresip as the customer's end, which takes nothing else, and what is refused."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from access.context import SECOND, SystemClock
from console.dial import sdp, srtp
from console.dial.axb.said import Bind, Bound, Rang, Turned
from console.dial.messages import Dial
from console.dial.results import Result
from tests.dial.conftest import NUMBER, Line
from tests.dial.test_hostile import hits, relay_port
from tests.support import sip, sip_callers
from tests.support.sip import free_port, until
from tests.support.sip_callers import Caller, CallersWire
from tests.support.softphone import Hunter, Softphone, closed

pytestmark = [pytest.mark.clause("issue-5")]
KEY = bytes(range(30))
X = "95013000001"


@pytest.mark.slow
@pytest.mark.debian("sipp", "baresip", "tshark")
async def test_covered_speech_is_heard_by_both_and_by_nobody_between(line: Line, tmp_path: Path) -> None:
    hunter = await Hunter.open()
    agent = sip.Voice()
    customer = Softphone(tmp_path / "customer", 9, f"+86{NUMBER}", "x", more="regint=0;mediaenc=srtp-mand")
    try:
        await until(lambda: customer.port in customer.ports, "the customer's phone")
        await line.phone(sip.answered(agent.port))
        line.dialer.use(line.trunk(customer.port, srtp=True))
        call_id = await line.dial()
        await line.state(call_id, "talking")
        agent.forget()
        await until(lambda: len(agent.listen()) >= 10, "the customer is heard")
        relayed = _source(agent)
        loud = bytes([0x2A, 0xAA] * 80)
        for order in range(50):
            agent.say(relayed, loud, order)
        await until(lambda: any(customer.heard()), "the agent is heard")
        said = {one[12:] for one in agent.heard}
        media = customer.media
        line.dialer.hang_up(call_id)
        recorded = await line.recorded(call_id)
        assert recorded.whole
        assert recorded.customer_packets >= 10
        await hunter.caught_up()
        between = [one for one in hunter.packets if one.source in media or one.target in media]
        spoken = [one.data for one in between if one.data[:1] == b"\x80" and one.data[1] & 127 == 8]
        assert len(spoken) >= 20
        assert any(loud in one.data for one in hunter.packets), "it is found where it is bare"
        assert not any(loud in one for one in spoken)
        assert not any(heard in one for one in spoken for heard in said if len(set(heard)) > 20)
        offered = next(one.data for one in hunter.packets if one.data.startswith(b"INVITE sip:+86"))
        assert b"RTP/SAVP" in offered
        assert srtp.SUITE.encode() in offered
    finally:
        await closed(customer)
        hunter.close()
        agent.close()


@pytest.mark.slow
@pytest.mark.debian("sipp", "baresip")
async def test_a_customer_who_calls_in_is_covered_too(line: Line, tmp_path: Path) -> None:
    agent, there = sip.Voice(), free_port()
    phone = await line.phone(sip.answered(agent.port))
    dial = f"/dial sip:{X}@{sip.HOST}:{line.dialer.port}"
    line.dialer.use(line.trunk(there, srtp=True))
    ends_at = SystemClock().now_us() + 60 * SECOND
    line.dialer.tell(Bind(binding_id="b1", number_id="n1", number=X, ticket=line.ticket("b1"), until=ends_at))
    await until(lambda: any(isinstance(one, Bound) for one in line.heard), "bound")
    more = "regint=0;mediaenc=srtp-mand"
    customer = Softphone(tmp_path / "customer", line.dialer.port, NUMBER, "x", dial, more=more, port=there)
    try:
        await until(lambda: any(isinstance(one, Rang) for one in line.heard), "it rings")
        ring = next(one for one in line.heard if isinstance(one, Rang))
        call_id = await line.prepared()
        line.dialer.dial(Dial(call_id=call_id, phone="ag01", alias="case-7", ring=ring.ring_id, no_reply_seconds=60))
        await line.state(call_id, "talking")
        await until(lambda: len(agent.listen()) >= 10, "the customer is heard")
        relayed = relay_port(phone)
        for order in range(50):
            agent.say(relayed, bytes([0x2A, 0xAA] * 80), order)
        await until(lambda: any(customer.heard()), "the agent is heard")
        line.dialer.hang_up(call_id)
        assert (await line.recorded(call_id)).whole
        assert hits(phone.to_peer) == 0
    finally:
        await closed(customer)
        agent.close()


@pytest.mark.slow
@pytest.mark.debian("sipp")
@pytest.mark.parametrize("covered", [True, False])
async def test_a_customer_who_calls_in_otherwise_than_the_line_is_rings_nowhere(line: Line, covered: bool) -> None:  # noqa: FBT001 - a parameter of the test
    wire = await CallersWire.open(line.dialer.port)
    line.wires.append(wire)
    line.dialer.use(line.trunk(wire.port, srtp=covered))
    ends_at = SystemClock().now_us() + 60 * SECOND
    line.dialer.tell(Bind(binding_id="b1", number_id="n1", number=X, ticket=line.ticket("b1"), until=ends_at))
    await until(lambda: any(isinstance(one, Bound) for one in line.heard), "bound")
    steps = sip_callers.turned_away(X, NUMBER, 488)
    if not covered:
        steps[0] = steps[0].replace("RTP/AVP", "RTP/SAVP").replace("\n]]></send>", f"{srtp.line_of(KEY)}\n]]></send>")
        assert "crypto" in steps[0]
    caller = await asyncio.to_thread(Caller, line.folder / "caller", wire, steps)
    try:
        assert await caller.finished() == 0
        await until(lambda: [one.why for one in line.heard if isinstance(one, Turned)] == ["unfit"], "told of")
        assert not any(isinstance(one, Rang) for one in line.heard)
    finally:
        caller.close()


def _source(agent: sip.Voice) -> int:
    """Where the relay speaks to the agent from."""
    agent.sock.setblocking(True)  # noqa: FBT003 - its only argument
    try:
        return int(agent.sock.recvfrom(2048)[1][1])
    finally:
        agent.sock.setblocking(False)  # noqa: FBT003 - its only argument


@pytest.mark.slow
@pytest.mark.debian("sipp")
@pytest.mark.parametrize("covered", [True, False])
async def test_a_side_that_does_not_cover_as_asked_is_not_spoken_with(line: Line, covered: bool) -> None:  # noqa: FBT001 - a parameter of the test
    agent, customer = sip.Voice(), sip.Voice()
    try:
        await line.phone(sip.answered(agent.port))
        body = sip.sdp(customer.port)
        if not covered:
            body = body.replace("RTP/AVP", "RTP/SAVP") + srtp.line_of(KEY) + "\n"
        await line.customer([sip.RECV_INVITE, sip.send("200 OK", body=body), sip.RECV_ACK, sip.bye_ok()], srtp=covered)
        ended = await line.ended(await line.dial())
        assert ended.result is Result.SYSTEM_ERROR
        assert await line.peers[-1].finished() == 0
        assert customer.listen() == []
    finally:
        agent.close()
        customer.close()


def test_what_is_said_is_read_again_and_nothing_else_is_a_key() -> None:
    described = sdp.parse(sdp.build(sip.HOST, 4000, (8, 101), 1, KEY))
    assert described is not None
    assert (described.key, described.types) == (KEY, (8, 101))
    assert "000102" not in repr(described)
    for line in (
        srtp.line_of(KEY).replace("_80", "_32"),
        srtp.line_of(KEY)[:-1],
        srtp.line_of(KEY) + "|2^20|1:4",
        srtp.line_of(KEY) + " UNENCRYPTED_SRTP",
        srtp.line_of(KEY).replace("inline", "outline"),
    ):
        assert srtp.key_in(line) is None, line
    assert srtp.key_in(srtp.line_of(KEY) + "|2^31") == KEY
    # An answer names the line that it answers, whichever of several that is.
    several = sdp.build(sip.HOST, 4000, (8,), 1, KEY, tag=7).replace(
        "a=crypto", "a=crypto:1 AES_256 inline:x\r\na=crypto"
    )
    offered = sdp.parse(several)
    assert offered is not None
    assert (offered.key, offered.tag) == (KEY, 7)
    bare = sdp.build(sip.HOST, 4000, (8,), 1)
    assert sdp.parse(bare.replace("RTP/AVP", "RTP/SAVP")) is None
    assert sdp.parse(bare + srtp.line_of(KEY) + "\r\n") is None


def test_what_was_changed_or_came_before_is_no_packet() -> None:
    ours, theirs = srtp.Cover(KEY, KEY[::-1]), srtp.Cover(KEY[::-1], KEY)
    packet = b"\x80\x08\x00\x01\x00\x00\x00\xa0SSRC" + b"A" * 160
    sent = ours.over(packet)
    assert sent is not None
    assert b"A" * 8 not in sent
    # Nothing is sent twice, nor far behind where that cannot be told any more.
    assert ours.over(packet) is None
    assert ours.over(packet[:2] + b"\x03\x00" + packet[4:]) is not None
    assert ours.over(packet[:2] + b"\x02\x00" + packet[4:]) is None
    assert theirs.off(sent[:-1] + bytes([sent[-1] ^ 1])) is None
    assert theirs.off(sent) == packet
    assert theirs.off(sent) is None
    assert theirs.off(b"") is None
    assert theirs.off(packet) is None
    assert ours.off(sent) is None
    for keys in ((KEY, KEY), (KEY[:-1], KEY), (b"", KEY)):
        with pytest.raises(ValueError, match=r"^$"):
            srtp.Cover(*keys)
