"""A real softphone as the agent's, and a capture of the wire as an independent witness of what it is told."""

from __future__ import annotations

import asyncio
import struct
from pathlib import Path

import pytest

from console.dial.messages import Intruded, PhoneSeen
from console.dial.registrar import secret_of
from console.dial.results import By, Result
from tests.dial.conftest import NUMBER, Line
from tests.dial.test_hostile import hits, hostile, relay_port
from tests.support import sip
from tests.support.sip import HOST, until
from tests.support.softphone import Hunter, Softphone, closed

pytestmark = [
    pytest.mark.debian("sipp", "baresip", "tshark"),
    pytest.mark.clause("issue-5"),
    pytest.mark.slow,
]

LOUDEST = b"\xaa"
LOUD = struct.pack("<h", 32256)
"""The same sample as PCMA says it, and as the phone writes it down."""


async def present(line: Line) -> None:
    await until(lambda: PhoneSeen(name="ag01", present=True) in line.heard, "registered")


async def test_whoever_listens_on_the_wire_finds_the_number_on_one_side_only(line: Line, tmp_path: Path) -> None:
    hunter = await Hunter.open()
    line.dialer.allow("ag01", secret_of("ag01", "secret"))
    phone = Softphone(tmp_path / "phone", line.dialer.port, "ag01", "secret")
    customer = sip.Voice()
    try:
        await present(line)
        trunk = await line.customer(hostile(customer.port))
        call_id = await line.dial()
        await line.state(call_id, "talking")
        to_customer = relay_port(trunk)
        sdes = bytes([0x81, 202, 0, 6]) + b"SSRC" + bytes([1, 16]) + b"sip:" + NUMBER.encode() + b"\0\0\0\0"
        for order in range(60):
            customer.say(to_customer, b"C" * 160, order, first=0x92, more=b"1380" * 2 + b"\xbe\xde\0\x03" + b"x" * 12)
            customer.say(to_customer, NUMBER.encode(), order, kind=101)
            customer.sock.sendto(sdes, (HOST, to_customer))
            customer.sock.sendto(sdes, (HOST, to_customer + 1))
            await asyncio.sleep(0.02)
        ports = phone.ports
        await until(lambda: len(customer.listen()) >= 20, "the customer hears the phone")
        await trunk.nudge()
        ended = await line.ended(call_id)
        assert (ended.result, ended.by) == (Result.ANSWERED, By.CUSTOMER)
        assert await line.peers[-1].finished() == 0, "REFER, UPDATE, INFO and re-INVITE were tried and refused"
        await hunter.caught_up()
        agents = [one for one in hunter.packets if one.target in ports]
        others = [one for one in hunter.packets if trunk.port in (one.source, one.target)]
        spoken = [one for one in hunter.packets if one.target == to_customer]
        assert any(one.data.startswith(b"INVITE ") and b"case-7" in one.data for one in agents)
        assert any(one.data.startswith(b"BYE ") for one in agents)
        assert any(one.data[12:] == b"C" * 160 for one in agents), "speech came through"
        assert hits([one.data for one in agents]) == 0
        assert hits([one.data for one in others]) > 30
        assert hits([one.data for one in spoken]) > 30
        # RTCP of the phone's own goes nowhere: nothing listens at the odd port and nothing comes back from it.
        relays = {one.source for one in agents if one.data[:1] == b"\x80"}
        assert relays
        assert not [one for one in hunter.packets if one.source - 1 in relays]
        assert not [one for one in agents if one.data[1:2] in {bytes([kind]) for kind in range(200, 208)}]
        heard = phone.heard()
        assert any(heard), "it sounded"
    finally:
        await closed(phone)
        hunter.close()
        customer.close()


async def test_early_media_of_the_customers_side_ends_at_the_relay(line: Line, tmp_path: Path) -> None:
    hunter = await Hunter.open()
    line.dialer.allow("ag01", secret_of("ag01", "secret"))
    phone = Softphone(tmp_path / "phone", line.dialer.port, "ag01", "secret")
    customer = sip.Voice()
    try:
        await present(line)
        trunk = await line.customer(
            [
                sip.RECV_INVITE,
                sip.send(f"183 Progress {NUMBER}", body=sip.sdp(customer.port, extra=f"i={NUMBER}\n")),
                '<recv request="CANCEL"/>',
                sip.send("200 OK", retrans=False),
            ]
        )
        call_id = await line.dial()
        await line.state(call_id, "customer_ringing")
        to_customer = relay_port(trunk)
        for order in range(40):
            customer.say(to_customer, NUMBER.encode() * 14, order)
            await asyncio.sleep(0.02)
        ports = phone.ports
        await until(lambda: any(phone.heard()), "our own ringing is heard")
        line.dialer.hang_up(call_id)
        await line.ended(call_id)
        await hunter.caught_up()
        agents = [one.data for one in hunter.packets if one.target in ports]
        assert sum(one[:1] == b"\x80" for one in agents) >= 20
        assert hits(agents) == 0
        assert hits([one.data for one in hunter.packets if one.target == to_customer]) >= 40
        assert customer.listen() == [], "nor does anything go the other way"
    finally:
        await closed(phone)
        hunter.close()
        customer.close()


async def test_whoever_answers_after_hardly_any_ringing_is_heard(line: Line, tmp_path: Path) -> None:
    """A phone that heard a packet or two of ringing plays what comes next, another stream as that is."""
    line.dialer.allow("ag01", secret_of("ag01", "secret"))
    phone = Softphone(tmp_path / "phone", line.dialer.port, "ag01", "secret")
    customer = sip.Voice()
    try:
        await present(line)
        for rings in (0, 5, 15, 30, 0, 5, 15, 30):
            steps = [sip.RECV_INVITE, sip.send("180 Ringing"), sip.pause(rings), *sip.answered(customer.port)[2:]]
            trunk = await line.customer(steps)
            call_id = await line.dial()
            await line.state(call_id, "talking")
            before, said = phone.heard().count(LOUD), 0
            while phone.heard().count(LOUD) < before + 20 * 160:
                said += 1
                assert said < 3000, "nothing of it is heard"
                customer.say(relay_port(trunk), LOUDEST * 160, said)
                await asyncio.sleep(0.02)
            line.dialer.hang_up(call_id)
            await line.recorded(call_id)
    finally:
        await closed(phone)
        customer.close()


async def test_a_softphone_that_dials_by_itself_is_refused(line: Line, tmp_path: Path) -> None:
    trunk = await line.customer(None)
    line.dialer.allow("ag01", secret_of("ag01", "secret"))
    phone = Softphone(
        tmp_path / "phone", line.dialer.port, "ag01", "secret", f"/dial sip:{NUMBER}@{HOST}:{line.dialer.port}"
    )
    try:
        await until(lambda: any(isinstance(one, Intruded) for one in line.heard), "refused")
        await present(line)
        await until(lambda: b"403" in phone.log.read_bytes(), "and told so")
        assert trunk.to_peer == []
        assert hits([repr(one).encode() for one in line.heard]) == 0
    finally:
        await closed(phone)
