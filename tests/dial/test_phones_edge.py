"""The TLS edge before agents' phones as it is documented: phones register, are rung and speak, and none is another."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import ssl
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from access.context import SECOND, SystemClock
from console.dial.axb.said import Bind, Bound, Rang, Reject
from console.dial.messages import Intruded, PhoneSeen
from console.dial.registrar import secret_of
from console.dial.results import By, Result
from tests.dial.conftest import NUMBER, Line
from tests.dial.test_hostile import NEEDLES, hits, relay_port
from tests.support import sip
from tests.support.edge import Authority
from tests.support.phones_edge import PhonesEdge, TlsPhone
from tests.support.sip import HOST, until
from tests.support.softphone import Softphone, closed

pytestmark = [
    pytest.mark.debian("sipp", "kamailio"),
    pytest.mark.clause("issue-5", "Y-4.1.1"),
    pytest.mark.slow,
]

X = "95013000001"


@pytest_asyncio.fixture
async def edge(line: Line, tmp_path: Path) -> AsyncIterator[PhonesEdge]:
    made = await PhonesEdge(tmp_path / "phones").open(line.dialer.port)
    try:
        yield made
    finally:
        await made.close()


async def present(line: Line, *names: str) -> None:
    await until(
        lambda: {one.name for one in line.heard if isinstance(one, PhoneSeen) and one.present} >= set(names),
        lambda: f"{names}: {line.heard}",
    )


async def _speak(voice: sip.Voice, to: int) -> None:
    """Say something loud until told to stop."""
    for order in itertools.count():
        voice.say(to, bytes([0x2A, 0xAA] * 80), order & 0xFFFF)
        await asyncio.sleep(0.02)


@pytest.mark.debian("baresip")
async def test_the_phone_that_is_meant_is_rung_and_whoever_listens_learns_nothing(
    line: Line, edge: PhonesEdge, tmp_path: Path
) -> None:
    customer = sip.Voice()
    phones: dict[str, Softphone] = {}
    try:
        for name in ("ag01", "ag02"):
            line.dialer.allow(name, secret_of(name, "secret"))
            port = (await edge.tap()).port
            phones[name] = Softphone(tmp_path / name, port, name, "secret", authority=edge.authority)
        await present(line, "ag01", "ag02")
        for name, other in (("ag02", "ag01"), ("ag01", "ag02")):
            # Answered without ringing: baresip does not bear a packet or two of ringing before another stream.
            at_once = [sip.RECV_INVITE, sip.send("200 OK", body=sip.sdp(customer.port)), sip.RECV_ACK, sip.bye_ok()]
            trunk = await line.customer(at_once)
            before = len(phones[other].heard())
            call_id = await line.dial(phone=name)
            await line.state(call_id, "talking")
            customer.forget()
            speaking = asyncio.ensure_future(_speak(customer, relay_port(trunk)))
            try:
                await until(lambda: len(customer.listen()) >= 20, "the phone is heard")
                await until(lambda name=name: any(phones[name].heard()), "the phone hears")  # type: ignore[misc]
            finally:
                speaking.cancel()
            assert len(phones[other].heard()) == before
            line.dialer.hang_up(call_id)
            ended = await line.ended(call_id)
            assert (ended.result, ended.by) == (Result.ANSWERED, By.DESK)
            assert (await line.recorded(call_id)).whole
            await until(
                lambda name=name: b"session closed" in phones[name].log.read_bytes(),  # type: ignore[misc]
                "the BYE came through",
            )
        assert len(edge.passed) == 4
        assert all(one.startswith(b"\x16\x03") for one in edge.passed)
        assert not any(word in one for one in edge.passed for word in (b"SIP/2.0", b"case-7", b"ag01"))
        assert hits([*edge.passed, edge.edge.log.read_bytes()]) == 0
    finally:
        for phone in phones.values():
            await closed(phone)
        customer.close()


@pytest.mark.debian("baresip")
async def test_a_phone_behind_it_proves_who_it_is_when_it_dials(line: Line, edge: PhonesEdge, tmp_path: Path) -> None:
    await line.customer(None)
    ends_at = SystemClock().now_us() + 60 * SECOND
    line.dialer.tell(Bind(binding_id="b1", number_id="n1", number=X, ticket=line.ticket("b1"), until=ends_at))
    await until(lambda: any(isinstance(one, Bound) for one in line.heard), "bound")
    line.dialer.allow("ag02", secret_of("ag02", "secret"))
    other = await TlsPhone.open("ag02", edge.tls, edge.authority)
    assert (await other.register("secret")).startswith("SIP/2.0 200 ")
    line.dialer.allow("ag01", secret_of("ag01", "secret"))
    phone = Softphone(tmp_path / "phone", edge.tls, "ag01", "secret", authority=edge.authority)
    try:
        await present(line, "ag01", "ag02")
        phone.order(f"/dial sip:{X}@{HOST}:{edge.tls};transport=tls")
        await until(lambda: any(isinstance(one, Rang) for one in line.heard), lambda: f"rang: {line.heard}")
        (ring,) = [one for one in line.heard if isinstance(one, Rang)]
        assert (ring.phone, ring.number_id) == ("ag01", "n1")
        line.dialer.tell(Reject(ring_id=ring.ring_id))
        await until(lambda: b"403" in phone.log.read_bytes(), "and told so")
        assert not any(isinstance(one, Intruded) for one in line.heard)
    finally:
        await closed(phone)
        await other.close()


async def test_none_passes_for_another_and_each_is_told_of(line: Line, edge: PhonesEdge) -> None:
    phones: dict[str, TlsPhone] = {}
    try:
        for name in ("ag01", "ag02"):
            line.dialer.allow(name, secret_of(name, "secret"))
            phones[name] = await TlsPhone.open(name, edge.tls, edge.authority)
            said = await phones[name].register("secret")
            assert said.startswith("SIP/2.0 200 ")
            assert f"Contact: <sip:{name}@{HOST}:9>;expires=60" in said, "a phone finds its own Contact"
        stranger = phones[""] = await TlsPhone.open("x", edge.tls, edge.authority)
        assert (await stranger.ask("REGISTER", "sip:ag01@veildesk", more="Expires: 60\n")).startswith("SIP/2.0 401 ")
        port = phones["ag01"].port
        # Whatever they say that they are, the connection tells.
        for forged in ("", f"<sip:edge-{HOST}-{port}-ag01@{HOST}:{edge.plain}>", f"<sip:ag01@{HOST}:{port}>"):
            for phone in phones.values():
                said = await phone.ask("INVITE", f"sip:{NUMBER}@{HOST}", contact=forged)
                assert said.startswith("SIP/2.0 403 ")

        def told() -> dict[str, int]:
            found = [one for one in line.heard if isinstance(one, Intruded)]
            return {name: sum(one.count for one in found if one.name == name) for name in phones}

        await until(lambda: told() == dict.fromkeys(phones, 3), lambda: str(told()))
        log = edge.edge.log.read_bytes()
        assert not any(needle in log for needle in NEEDLES)
    finally:
        for phone in phones.values():
            await phone.close()


async def test_a_phone_whose_connection_is_gone_is_not_called_elsewhere(line: Line, edge: PhonesEdge) -> None:
    trunk = await line.customer(None)
    line.dialer.allow("ag01", secret_of("ag01", "secret"))
    phone = await TlsPhone.open("ag01", edge.tls, edge.authority)
    await phone.register("secret")
    await present(line, "ag01")
    port = phone.port
    await phone.close()
    there: list[bytes] = []

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there.append(await reader.read(1 << 16))
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()

    # Who listens at its port now is nobody that was spoken with.
    server = await asyncio.start_server(take, HOST, port)
    async with server:
        ended = await line.ended(await line.dial())
    assert ended.result in {Result.AGENT_NO_ANSWER, Result.AGENT_UNREACHABLE}
    assert there == []
    assert not any(one.startswith(b"INVITE ") for one in trunk.to_peer)


async def test_phones_are_heard_over_tls_only_and_trust_nobody_else(line: Line, edge: PhonesEdge) -> None:
    await line.customer(None)
    line.dialer.allow("ag01", secret_of("ag01", "secret"))
    foreign = edge.folder / "foreign.pem"
    foreign.write_bytes(Authority().pem)
    with pytest.raises(ssl.SSLCertVerificationError):
        await TlsPhone.open("ag01", edge.tls, foreign)
    # In clear, at the port for phones and at the one for the dialer.
    wire = await sip.Wire.open(edge.plain)
    line.wires.append(wire)
    text = wire.register_text("ag01", 1, 60).replace("\n", "\r\n").encode()
    wire.transport.sendto(text, (HOST, edge.plain))
    reader, writer = await asyncio.open_connection(HOST, edge.tls)
    writer.write(text.replace(b"SIP/2.0/UDP", b"SIP/2.0/TCP"))
    assert b"SIP/2.0" not in await reader.read(1 << 16)
    writer.close()
    # One that speaks TLS is answered after that, so the others were heard out.
    phone = await TlsPhone.open("ag01", edge.tls, edge.authority)
    try:
        assert (await phone.register("guess")).startswith("SIP/2.0 401 ")
        assert (await phone.register("secret")).startswith("SIP/2.0 200 ")
        await present(line, "ag01")
        # On loopback nobody but the dialer rings it: whoever else tries is over and done with when the dialer does.
        seat = f"sip:edge-{HOST}-{phone.port}-ag01@{HOST}:{edge.plain}"
        ring = wire.register_text("x", 2, 0).replace("REGISTER", "INVITE").replace(f"sip:{HOST} ", f"{seat} ", 1)
        assert seat in ring
        wire.transport.sendto(ring.replace("\n", "\r\n").encode(), (HOST, edge.plain))
        call_id = await line.dial()
        await until(lambda: any(one.startswith("INVITE ") for one in phone.came), "the dialer rings it")
        assert all("case-7" in one for one in phone.came if one.startswith("INVITE "))
        line.dialer.hang_up(call_id)
        await line.ended(call_id)
        assert wire.answers.empty()
        assert wire.to_peer == wire.from_peer == []
    finally:
        await phone.close()
