"""A customer's side that puts the number wherever it can; nothing of it comes to the agent's leg, or to the desk."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest

from console.dial.messages import Intruded, Moved
from console.dial.registrar import secret_of
from console.dial.results import By, Result
from tests.dial.conftest import NUMBER, PRESENTED, Line
from tests.support import sip
from tests.support.needles import needles

pytestmark = [pytest.mark.debian("sipp"), pytest.mark.clause("issue-5"), pytest.mark.slow]

NEEDLES = needles(NUMBER)


def hits(packets: list[bytes]) -> int:
    return sum(needle in packet for packet in packets for needle in NEEDLES)


def relay_port(wire: sip.Wire) -> int:
    """Where the relay hears this leg: what its INVITE said."""
    invite = next(one for one in wire.to_peer if one.startswith(b"INVITE "))
    found = re.search(rb"m=audio (\d+)", invite)
    assert found
    return int(found[1])


def hostile(port: int, number: str = NUMBER) -> list[str]:
    """Says the number in every way of its protocol, tries to move the call, and hangs up when it is told to."""
    said = (
        f'P-Asserted-Identity: "{number}" <sip:+86{number}@trunk.test>\nRemote-Party-ID: <sip:{number}@trunk.test>\n'
        f"Alert-Info: <sip:{number}@x>\nCall-Info: <sip:{number[:3]}-{number[3:7]}-{number[7:]}@x>\n"
        f"X-Num: {number.encode().hex()}\n"
    )
    spelt = f"i={number}\ne={number}@trunk.test\np=+86{number}\na=cname:{number}\n"
    described = sip.sdp(port, extra=spelt, name=number)
    again = (
        "<send><![CDATA[\nACK sip:x@[remote_ip]:[remote_port] SIP/2.0\n"
        "Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch-2]\nFrom:[$2]\nTo:[$1]\n[last_Call-ID:]\n"
        "CSeq: 4 ACK\nMax-Forwards: 70\nContent-Length: 0\n\n]]></send>"
    )
    return [
        sip.RECV_INVITE,
        sip.send(f"183 Progress {number}", headers=said, body=described),
        sip.pause(200),
        sip.send(f"200 OK {number}", headers=said, body=described),
        sip.acked(),
        sip.ask("INFO", 1, headers=said + "Content-Type: text/plain\n", body=number),
        '<recv response="200"/>',
        sip.ask("REFER", 2, headers=f"Refer-To: <sip:{number}@elsewhere.test>\n" + said),
        '<recv response="405"/>',
        sip.ask("UPDATE", 3, headers=said + "Content-Type: application/sdp\n", body=described),
        '<recv response="488"/>',
        sip.ask("INVITE", 4, headers=said + "Content-Type: application/sdp\n", body=described),
        '<recv response="100" optional="true"/>',
        '<recv response="488"/>',
        again,
        sip.nudged(),
        sip.ask("BYE", 5, headers=f'Reason: Q.850;cause=16;text="{number} normal"\n' + said),
        '<recv response="200"/>',
    ]


async def test_nothing_the_customers_side_says_reaches_the_agent(line: Line, tmp_path: Path) -> None:
    agent, customer = sip.Voice(), sip.Voice()
    try:
        phone = await line.phone(sip.answered(agent.port))
        trunk = await line.customer(hostile(customer.port))
        # What is no SIP at all, or almost, is met in silence and stops nobody.
        for broken in (f"SIP/2.0 {NUMBER}\r\n\r\n", f"SIP/2.0 999999 {NUMBER} x\r\n" * 3, f"INVITE {NUMBER}\r\n" * 9):
            trunk.transport.sendto(broken.encode(), trunk.dialer)
        call_id = await line.dial()
        await line.state(call_id, "talking")
        agent.forget()
        to_agent, to_customer = relay_port(phone), relay_port(trunk)
        agent.say(to_agent, b"A" * 160, 1)
        number = NUMBER.encode()
        sdes = bytes([0x81, 202, 0, 6]) + b"SSRC" + bytes([1, 16]) + b"sip:" + number + b"\0\0\0\0"
        for order in range(1, 30):
            customer.say(
                to_customer, b"C" * 160, order, first=0x92, more=b"1380" * 2 + b"\xbe\xde\0\x03" + number + b"\0"
            )
            customer.say(to_customer, b"C" * 140 + number + bytes([12]), order, first=0xA0)
            customer.say(to_customer, number, order, kind=101)
            customer.say(to_customer, number, order, kind=13)
            customer.sock.sendto(sdes, (sip.HOST, to_customer))
        await sip.until(lambda: len(agent.listen()) >= 29, "speech")
        held = set(sip.ports_of(line.dialer.processes["media"]).values())
        assert held in ({to_agent, to_customer}, set()), "there is a port for RTCP"
        assert not {to_agent % 2, to_customer % 2} - {0}
        await sip.until(lambda: any(b"CSeq: 4 ACK" in one for one in trunk.from_peer), "all was refused")
        await trunk.nudge()
        ended = await line.ended(call_id)
        assert ended.result is Result.ANSWERED
        assert await line.peers[-1].finished() == 0
        await sip.until(lambda: phone.to_peer[-1].startswith(b"BYE "))
        agent.listen()
        assert hits(phone.to_peer) == 0
        assert hits(agent.heard) == 0
        assert hits([repr(one).encode() for one in line.heard]) == 0
        assert all(PRESENTED.encode() not in one for one in phone.to_peer)
        assert any(b"case-7" in one for one in phone.to_peer)
        # The same hunt finds it all over the other leg.
        assert hits(trunk.from_peer) > 30
        assert hits(trunk.to_peer) > 0
        await line.recorded(call_id)
        assert hits([line.file(call_id).read_bytes()]) == 0
        for process in line.dialer.processes.values():
            told = [Path(f"/proc/{process}/{name}").read_bytes() for name in ("cmdline", "comm")]
            assert hits(told) == 0
    finally:
        agent.close()
        customer.close()


async def test_a_phone_can_only_be_rung(line: Line) -> None:
    phone = await line.phone(sip.answered(9000))
    phone.peer = None
    stranger = await line.wire()
    for wire in (phone, stranger):
        said = await wire.request(
            wire.register_text("ag01", 7, 0).replace("REGISTER", "INVITE").replace(f"sip:{sip.HOST}", f"sip:{NUMBER}@x")
        )
        assert said.startswith("SIP/2.0 403 ")
    await sip.until(lambda: any(isinstance(one, Intruded) for one in line.heard))
    first = next(one for one in line.heard if isinstance(one, Intruded))
    assert (first.name, first.host) == ("ag01", sip.HOST)
    assert hits([repr(one).encode() for one in line.heard]) == 0


async def test_everybody_who_dials_from_one_address_is_told_of_and_counted(line: Line) -> None:
    """One person's attempts hide nobody else's of the same second, and none is lost."""
    for name in ("ag01", "ag02"):
        line.dialer.allow(name, secret_of(name, "secret"))
    phones = {name: await line.wire() for name in ("ag01", "ag02", "")}
    for name, wire in phones.items():
        if name:
            await wire.register(name, "secret")

    def told() -> dict[str, int]:
        found = [one for one in line.heard if isinstance(one, Intruded)]
        return {name: sum(one.count for one in found if one.name == name) for name in phones}

    async def dial(name: str, wire: sip.Wire, order: int) -> None:
        text = wire.register_text(name or "x", 100 + order, 0).replace("REGISTER", "INVITE")
        text = text.replace(f"Call-ID: {name or 'x'}", f"Call-ID: {name or 'x'}-{order}")
        assert (await wire.request(text)).startswith("SIP/2.0 403 ")

    for order in range(3):
        for name, wire in phones.items():
            await dial(name, wire, order)
    await sip.until(lambda: told() == {"ag01": 3, "ag02": 3, "": 3}, lambda: str(told()))
    assert {one.host for one in line.heard if isinstance(one, Intruded)} == {sip.HOST}
    assert not any(one.false_proof for one in line.heard if isinstance(one, Intruded))


async def test_only_whoever_knows_the_secret_registers(line: Line) -> None:
    await line.phone(sip.answered(9000))
    stranger = await line.wire()
    await stranger.register("ag01", "guess", code="401")
    await stranger.register("ag02", "secret", code="401")
    line.dialer.allow("ag01", "")
    await stranger.register("ag01", "secret", code="401")
    await line.customer(None)
    assert (await line.ended(await line.dial())).result is Result.AGENT_UNREACHABLE


async def test_a_used_ticket_and_another_calls_ring_no_customer(line: Line) -> None:
    trunk = await line.customer(sip.refused("486 Busy Here"))
    await line.phone(sip.answered(9000))
    first = await line.dial()
    assert (await line.ended(first)).result is Result.BUSY
    phone = await line.phone(sip.answered(9000))
    other = line.ticket("call-9")
    call_id = await line.prepared()
    line.dialer.dial(line.order(call_id, other))
    assert (await line.ended(call_id)).result is Result.TICKET_REFUSED
    assert not any(one.startswith(b"INVITE ") for one in phone.to_peer)
    # Sent again, where the machine is slow, an INVITE is still the first call's.
    rung = {re.findall(rb"(?m)^Call-ID: (\S+)", one)[0] for one in trunk.to_peer if one.startswith(b"INVITE ")}
    assert len(rung) == 1


@pytest.mark.parametrize("number", ["138", "0571-88889999-123", "not a number"])
async def test_what_cannot_be_dialled_here_is_not_and_is_not_called_invalid(line: Line, number: str) -> None:
    trunk = await line.customer(sip.refused("486 Busy Here"))
    phone = await line.phone(sip.answered(9000))
    call_id = await line.dial(number=number)
    assert (await line.ended(call_id)).result is Result.NOT_DIALLABLE
    # Nobody's phone rings for it: neither the customer's nor the agent's own.
    assert line.of(Moved, call_id) == []
    assert (await line.recorded(call_id)).chunks == 0
    # The call after it: whatever was sent for the first one would be here by now.
    call_id = await line.dial()
    assert (await line.ended(call_id)).result is Result.BUSY
    rung = {re.findall(rb"(?m)^Call-ID: (\S+)", one)[0] for one in phone.to_peer if one.startswith(b"INVITE ")}
    assert len(rung) == 1
    assert len({one.split()[1] for one in trunk.to_peer if one.startswith(b"INVITE ")}) == 1


async def test_without_a_line_no_phone_rings_either(line: Line) -> None:
    phone = await line.phone(sip.answered(9000))
    ended = await line.ended(await line.dial())
    assert (ended.result, ended.by) == (Result.NETWORK_ERROR, By.LINE)
    assert not any(one.startswith(b"INVITE ") for one in phone.to_peer)


async def test_the_provider_gets_the_digits_as_it_wants_them_from_whom_it_knows(line: Line) -> None:
    challenge = 'Proxy-Authenticate: Digest realm="trunk.test",nonce="abcdef",algorithm=MD5,qop="auth"\r\n'
    await line.phone(sip.answered(9000))
    trunk = await line.customer(None, username="desk", password="line-secret", strip="+86", prefix="0")

    async def provider() -> None:
        while True:
            said = (await trunk.answers.get()).decode()
            if said.startswith("INVITE "):
                known = "Proxy-Authorization:" in said
                trunk.answer(said, "486 Busy Here" if known else "407 Who", "" if known else challenge)

    answering = asyncio.create_task(provider())
    try:
        assert (await line.ended(await line.dial())).result is Result.BUSY
    finally:
        answering.cancel()
    asked = [one.decode() for one in trunk.to_peer if one.startswith(b"INVITE ")]
    assert asked[0].startswith(f"INVITE sip:0{NUMBER}@")
    assert f"P-Asserted-Identity: <sip:{PRESENTED}@trunk.test>" in asked[0]
    found = re.search(r'response="([0-9a-f]{32})"', asked[-1])
    nonce_count = re.search(r'nc=(\w+),cnonce="(\w+)"', asked[-1])
    uri = re.search(r'uri="([^"]+)"', asked[-1])
    assert found
    assert nonce_count
    assert uri
    secret = sip.md5("desk:trunk.test:line-secret")
    parts = (secret, "abcdef", nonce_count[1], nonce_count[2], "auth", sip.md5(f"INVITE:{uri[1]}"))
    assert found[1] == sip.md5(":".join(parts))
    assert "line-secret" not in "".join(asked)
