"""Privacy numbers on real SIP: a customer who calls one reaches the agent's phone, and nobody else reaches anybody."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import pytest
import pytest_asyncio
from msgspec import structs

from access.context import SECOND, SystemClock
from console.dial.axb.said import Bind, Bound, Rang, Reject, Turned, Unbind
from console.dial.messages import Dial, Intruded, Moved
from console.dial.results import By, Result
from tests.dial.conftest import NUMBER, Line
from tests.dial.test_hostile import hits, relay_port
from tests.support import sip, sip_callers
from tests.support.sip import until
from tests.support.sip_callers import Caller, CallersWire

pytestmark = [pytest.mark.debian("sipp"), pytest.mark.clause("issue-5", "C-5.4e-1"), pytest.mark.slow]
X = "95013000001"
OTHER_X = "95013000002"

T = TypeVar("T")


@dataclass
class Provider:
    """The provider's line, with whoever calls over it."""

    line: Line
    wire: CallersWire
    callers: list[Caller] = field(default_factory=list)

    async def calls(self, steps: list[str], wire: CallersWire | None = None) -> Caller:
        folder = self.line.folder / f"caller-{len(self.callers)}"
        caller = await asyncio.to_thread(Caller, folder, wire or self.wire, steps)
        self.callers.append(caller)
        return caller

    async def bind(self, number: str = X, customer: str = NUMBER, *, name: str = "b1", seconds: float = 60) -> str:
        until_then = SystemClock().now_us() + int(seconds * SECOND)
        said = Bind(
            binding_id=name,
            number_id=f"n-{number}",
            number=number,
            ticket=self.line.ticket(name, customer),
            until=until_then,
        )
        before = len(self.heard(Bound))
        self.line.dialer.tell(said)
        await until(lambda: len(self.heard(Bound)) > before, "bound")
        return self.heard(Bound)[-1].code

    def heard(self, kind: type[T]) -> list[T]:
        return [one for one in self.line.heard if isinstance(one, kind)]

    async def rang(self, count: int = 1) -> Rang:
        await until(lambda: len(self.heard(Rang)) >= count, lambda: f"rang: {self.line.heard}")
        return self.heard(Rang)[count - 1]

    async def put_through(self, ring: Rang, phone: str = "ag01", **more: object) -> str:
        call_id = await self.line.prepared()
        order = Dial(call_id=call_id, phone=phone, alias="case-7", ring=ring.ring_id, no_reply_seconds=60, **more)  # type: ignore[arg-type]
        self.line.dialer.dial(order)
        return call_id


@pytest_asyncio.fixture
async def provider(line: Line, tmp_path: Path) -> AsyncIterator[Provider]:
    wire = await CallersWire.open(line.dialer.port)
    line.wires.append(wire)
    line.dialer.use(line.trunk(wire.port))
    provider = Provider(line, wire)
    try:
        yield provider
    finally:
        for caller in provider.callers:
            caller.close()


@pytest.mark.parametrize("spelt", [NUMBER, f"+86{NUMBER}", f"0{NUMBER}", f"0086{NUMBER}"])
async def test_a_customer_who_calls_back_speaks_with_the_agent(provider: Provider, spelt: str) -> None:
    line = provider.line
    agent, customer = sip.Voice(), sip.Voice()
    try:
        phone = await line.phone(sip.answered(agent.port))
        assert await provider.bind() == "ok"
        caller = await provider.calls(sip_callers.talks(f"+86{X}", spelt, customer.port))
        ring = await provider.rang()
        assert (ring.binding_id, ring.number_id, ring.phone) == ("b1", f"n-{X}", "")
        # Nobody's phone rings before the desk has said so.
        assert not any(one.startswith(b"INVITE ") for one in phone.to_peer)
        call_id = await provider.put_through(ring)
        await line.state(call_id, "talking")
        await until(lambda: any(one.startswith(b"SIP/2.0 200") for one in provider.wire.to_peer), "answered")
        to_agent, to_customer = relay_port(phone), _described(provider.wire)
        for order in range(40):
            agent.say(to_agent, b"A" * 160, order)
            customer.say(to_customer, b"C" * 160, order)
            await asyncio.sleep(0.02)
        await until(lambda: len(agent.listen()) >= 30 and len(customer.listen()) >= 30, "they hear each other")
        line.dialer.hang_up(call_id)
        ended = await line.ended(call_id)
        assert (ended.result, ended.by) == (Result.ANSWERED, By.DESK)
        assert await caller.finished() == 0
        assert (await line.recorded(call_id)).whole
        assert hits(phone.to_peer) == 0
        assert hits(agent.heard) == 0
        assert hits([repr(one).encode() for one in line.heard]) == 0
        assert any(b"case-7" in one for one in phone.to_peer)
        assert hits(provider.wire.from_peer) > 0
    finally:
        agent.close()
        customer.close()


async def test_either_side_hangs_up(provider: Provider) -> None:
    line = provider.line
    await provider.bind()
    await line.phone(sip.answered(9000))
    caller = await provider.calls(sip_callers.hangs_up(X, NUMBER, 9002))
    ended = await line.ended(await provider.put_through(await provider.rang()))
    assert (ended.result, ended.by) == (Result.ANSWERED, By.CUSTOMER)
    assert await caller.finished() == 0
    ends = [sip.RECV_INVITE, sip.send("200 OK", body=sip.sdp(9000)), sip.acked(), sip.ask("BYE", 1)]
    await line.phone([*ends, '<recv response="200"/>'])
    caller = await provider.calls(sip_callers.talks(X, NUMBER, 9002))
    ended = await line.ended(await provider.put_through(await provider.rang(2)))
    assert (ended.result, ended.by) == (Result.ANSWERED, By.AGENT)
    assert await caller.finished() == 0


@pytest.mark.parametrize(
    ("steps", "code", "result"),
    [
        (sip.refused("486 Busy Here"), 486, Result.AGENT_BUSY),
        (sip.refused("603 Decline"), 486, Result.AGENT_REJECTED),
        (sip.refused("480 Away"), 480, Result.AGENT_NO_ANSWER),
    ],
)
async def test_an_agent_who_does_not_take_it(provider: Provider, steps: list[str], code: int, result: Result) -> None:
    line = provider.line
    await provider.bind()
    await line.phone(steps)
    caller = await provider.calls(sip_callers.turned_away(X, NUMBER, code))
    ended = await line.ended(await provider.put_through(await provider.rang()))
    assert (ended.result, ended.by) == (result, By.AGENT)
    assert await caller.finished() == 0


async def test_an_agents_phone_that_rings_out_or_is_away(provider: Provider) -> None:
    line = provider.line
    await provider.bind()
    phone = await line.phone(sip.ringing())
    caller = await provider.calls(sip_callers.turned_away(X, NUMBER, 480))
    ended = await line.ended(await provider.put_through(await provider.rang(), agent_ring_seconds=1))
    assert ended.result is Result.AGENT_NO_ANSWER
    assert await caller.finished() == 0
    await until(lambda: any(one.startswith(b"CANCEL ") for one in phone.to_peer), "cancelled")
    caller = await provider.calls(sip_callers.turned_away(X, NUMBER, 480))
    ended = await line.ended(await provider.put_through(await provider.rang(2), phone="nobody"))
    assert ended.result is Result.AGENT_UNREACHABLE
    assert await caller.finished() == 0


async def test_a_customer_who_gives_up(provider: Provider) -> None:
    line = provider.line
    await provider.bind()
    phone = await line.phone(sip.ringing())
    caller = await provider.calls(sip_callers.gives_up(X, NUMBER, 9002))
    ended = await line.ended(await provider.put_through(await provider.rang()))
    assert (ended.result, ended.by) == (Result.CANCELLED, By.CUSTOMER)
    assert await caller.finished() == 0
    await until(lambda: any(one.startswith(b"CANCEL ") for one in phone.to_peer), "the phone stops to ring")
    # Whoever is gone by the time the desk says yes: the call is over, nothing rings.
    ended = await line.ended(await provider.put_through(Rang(ring_id="ring-1", number_id="n")))
    assert (ended.result, ended.by) == (Result.CANCELLED, By.CUSTOMER)


async def test_strangers_and_late_callers_are_turned_away(provider: Provider) -> None:
    await provider.bind()
    await provider.bind(OTHER_X, name="b2")
    provider.line.dialer.tell(Unbind(binding_id="b2"))
    turned: list[tuple[str, str, str]] = [
        (X, "13912345678", "stranger"),
        (X, "anonymous", "stranger"),
        (OTHER_X, NUMBER, "expired"),
        ("95013000009", NUMBER, "no_such_number"),
    ]
    for number, who, why in turned:
        caller = await provider.calls(sip_callers.turned_away(number, who, 404))
        assert await caller.finished() == 0
        await until(lambda why=why: why in {one.why for one in provider.heard(Turned)}, why)  # type: ignore[misc]
    # What the provider asserts counts, not what the caller says.
    caller = await provider.calls(sip_callers.turned_away(X, NUMBER, 404, asserted="13912345678"))
    assert await caller.finished() == 0
    await until(lambda: sum(one.count for one in provider.heard(Turned)) == 5, "every one is told of")
    assert provider.heard(Rang) == []
    assert hits([repr(one).encode() for one in provider.line.heard]) == 0


async def test_a_binding_ends_by_itself(provider: Provider) -> None:
    assert await provider.bind(seconds=0.2) == "ok"
    await asyncio.sleep(0.25)  # its time, by the clock of another process
    caller = await provider.calls(sip_callers.turned_away(X, NUMBER, 404))
    assert await caller.finished() == 0
    await until(lambda: [one.why for one in provider.heard(Turned)] == ["expired"], "expired")
    # Its place is free again, for another binding.
    assert await provider.bind(name="b2") == "ok"
    assert await provider.bind(name="b3") == "taken"
    assert await provider.bind(OTHER_X, name="b3") == "ok"
    assert await provider.bind(OTHER_X, "13912345678", name="b4") == "ok"
    assert await provider.bind(OTHER_X, "not a number", name="b5") == "invalid"
    # A ticket binds once.
    assert await provider.bind(OTHER_X, name="b5") in {"taken", "ticket_refused"}


async def test_only_the_providers_line_brings_customers(provider: Provider) -> None:
    await provider.bind()
    elsewhere = await CallersWire.open(provider.line.dialer.port)
    provider.line.wires.append(elsewhere)
    caller = await provider.calls(sip_callers.turned_away(X, NUMBER, 403, asserted=NUMBER), elsewhere)
    assert await caller.finished() == 0
    await until(lambda: [one.name for one in provider.heard(Intruded)] == [""], "told of")
    assert provider.heard(Rang) == []


async def test_the_desk_says_no_or_nothing(provider: Provider) -> None:
    await provider.bind()
    for count, busy, code in ((1, True, 486), (2, False, 480)):
        caller = await provider.calls(sip_callers.turned_away(X, NUMBER, code))
        ring = await provider.rang(count)
        if count == 1:
            # Who rings already is busy for themselves.
            second = await provider.calls(sip_callers.turned_away(X, NUMBER, 486))
            assert await second.finished() == 0
        provider.line.dialer.tell(Reject(ring_id=ring.ring_id, busy=busy))
        assert await caller.finished() == 0


async def test_a_phone_dials_a_bound_number_and_nothing_else(provider: Provider) -> None:
    line = provider.line
    await provider.bind()
    wire = await CallersWire.open(line.dialer.port)
    line.wires.append(wire)
    line.dialer.allow("ag01", _secret())
    await wire.register("ag01", "secret")
    # Any other number, a customer's among them: refused, and told of without what was dialled.
    for called in (NUMBER, OTHER_X, "ag02"):
        caller = await provider.calls(sip_callers.turned_away(called, "ag01", 403), wire)
        assert await caller.finished() == 0
    await until(lambda: "ag01" in [one.name for one in provider.heard(Intruded)], "told of")
    # Another's password proves nothing.
    wrong = [
        *sip_callers.proves(X, "ag01", "guess", 9000),
        sip_callers.recv(401),
        sip_callers.then("ACK", X, "ag01", 2),
    ]
    for _ in range(2):
        caller = await provider.calls(wrong, wire)
        assert await caller.finished() == 0
    assert provider.heard(Rang) == []
    # Each false proof is told of, and no INVITE that was only asked for one.
    await until(lambda: _false(provider) >= 2, "told of")
    # Proven, the desk is asked; it says no.
    no = [*sip_callers.proves(X, "ag01", "secret", 9000), sip_callers.recv(403), sip_callers.refused_ack(X, "ag01", 2)]
    caller = await provider.calls(no, wire)
    ring = await provider.rang()
    assert (ring.phone, ring.binding_id, ring.number_id) == ("ag01", "", f"n-{X}")
    line.dialer.tell(Reject(ring_id=ring.ring_id))
    assert await caller.finished() == 0
    assert _false(provider) == 2
    assert hits([repr(one).encode() for one in line.heard]) == 0


async def test_a_phone_that_dials_is_put_through_to_the_customer(provider: Provider) -> None:
    line = provider.line
    await provider.bind()
    wire = await CallersWire.open(line.dialer.port)
    line.wires.append(wire)
    line.dialer.allow("ag01", _secret())
    await wire.register("ag01", "secret")
    trunk = await line.wire(sip.answered(9002))
    line.dialer.use(line.trunk(trunk.port))
    talk = [
        *sip_callers.proves(X, "ag01", "secret", 9000),
        sip_callers.recv(200),
        sip_callers.then("ACK", X, "ag01", 2),
    ]
    bye = [sip_callers.then("BYE", X, "ag01", 3), sip_callers.recv(200)]
    caller = await provider.calls([*talk, '<pause milliseconds="1500"/>', *bye], wire)
    ring = await provider.rang()
    call_id = await line.prepared()
    order = Dial(
        call_id=call_id,
        ticket=line.ticket(call_id),
        phone="ag01",
        alias="case-7",
        presented=X,
        ring=ring.ring_id,
        no_reply_seconds=60,
    )
    line.dialer.dial(order)
    await line.state(call_id, "talking")
    ended = await line.ended(call_id)
    assert (ended.result, ended.by) == (Result.ANSWERED, By.AGENT)
    assert await caller.finished() == 0
    # The customer sees the privacy number; the phone never sees the customer's.
    invite = next(one for one in trunk.to_peer if one.startswith(b"INVITE "))
    assert f"sip:{X}@".encode() in invite
    assert NUMBER.encode() in invite
    assert hits(wire.to_peer) == 0


async def test_a_phone_that_dials_is_not_answered_for_a_number_that_is_not_called(provider: Provider) -> None:
    line = provider.line
    await provider.bind()
    wire = await CallersWire.open(line.dialer.port)
    line.wires.append(wire)
    line.dialer.allow("ag01", _secret())
    await wire.register("ag01", "secret")
    trunk = await line.customer(sip.answered(9002))
    turned = [*sip_callers.proves(X, "ag01", "secret", 9000), sip_callers.recv(480)]
    caller = await provider.calls([*turned, sip_callers.refused_ack(X, "ag01", 2)], wire)
    ring = await provider.rang()
    call_id = await line.prepared()
    order = line.order(call_id, line.ticket(call_id, "0571-88889999-123"))
    line.dialer.dial(structs.replace(order, ring=ring.ring_id))
    ended = await line.ended(call_id)
    assert (ended.result, ended.by) == (Result.NOT_DIALLABLE, By.LINE)
    assert await caller.finished() == 0
    assert line.of(Moved, call_id) == []
    assert trunk.to_peer == []


async def test_a_phone_with_anothers_password_is_told_of(provider: Provider) -> None:
    line = provider.line
    await provider.bind()
    wire = await CallersWire.open(line.dialer.port)
    line.wires.append(wire)
    for name in ("ag01", "ag02"):
        line.dialer.allow(name, sip.md5(f"{name}:veildesk:secret"))
    await wire.register("ag01", "secret")
    other = [
        *sip_callers.proves(X, "ag02", "secret", 9000),
        sip_callers.recv(401),
        sip_callers.then("ACK", X, "ag02", 2),
    ]
    caller = await provider.calls(other, wire)
    assert await caller.finished() == 0
    await until(lambda: _false(provider) == 1, "told of")
    assert [one.name for one in provider.heard(Intruded)] == ["ag01"], "where it came from, not whom it names"
    assert provider.heard(Rang) == []


def _false(provider: Provider) -> int:
    return sum(one.count for one in provider.heard(Intruded) if one.false_proof)


def _secret() -> str:
    return sip.md5("ag01:veildesk:secret")


def _described(wire: CallersWire) -> int:
    answer = next(one for one in wire.to_peer if one.startswith(b"SIP/2.0 200"))
    return int(answer.split(b"m=audio ")[1].split(b" ")[0])
