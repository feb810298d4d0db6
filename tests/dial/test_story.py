"""The whole way on real SIP: an agent calls a customer from a case, through desk, dialer, media and two sipp peers."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from msgspec.structs import replace
from sqlalchemy import select

from access.audit.details import DetailKey
from access.context import SystemClock
from access.store.schema import call_recording
from console.desk.api.calling import CallView, HangUp, ListCalls, SetPhone, StartCall
from console.desk.api.contact import CheckContacts, RecordConsent
from console.desk.api.privacy import BindNumber, ListBindings
from console.desk.calls.starting import recorder_ready
from console.desk.contact import recorder
from console.dial.dialer import Dialer, Heard
from console.dial.house import SipDialer
from console.dial.recording import Recording, channels
from console.settings import CallSettings
from masking.recording import unwrap_recording
from tests.dial.test_hostile import relay_port
from tests.support import needles, sip, sip_callers
from tests.support.clock import FakeClock
from tests.support.consents import agreed
from tests.support.desk import ROWS, WholeDesk, opened
from tests.support.privacy_calls import X, pooled
from tests.support.sip import HOST, Peer, Wire, until
from tests.support.sip_callers import Caller, CallersWire

pytestmark = [pytest.mark.debian("sipp"), pytest.mark.clause("issue-5"), pytest.mark.slow]
# Nobody else's on this machine: whatever runs here is looked through.
NUMBER, STRANGER = "13761947352", "13529174836"
NOBODY = 9000  # a port that is only ever described
HOURS = 86_400_000_000


class Now(FakeClock):
    """The machine's time: tickets end by the dialer's clock."""

    def now_us(self) -> int:
        return SystemClock().now_us()


class Story:
    """A desk whose line is real. Attributes: sip: the dialer of now; number: the customer's."""

    def __init__(self, desk: WholeDesk, folder: Path, number: str = ROWS[0][2]) -> None:
        self.desk, self.folder, self.number = desk, folder, number
        self.wires: list[Wire] = []
        self.peers: list[Peer] = []
        self.case_id = ""
        self.sip: SipDialer | None = None

    @property
    def dialer(self) -> SipDialer:
        assert self.sip is not None
        return self.sip

    async def open(self) -> None:
        """A dialer, a case, and a customer who may be called at this hour."""
        await self.desk.running.exchange.open(self._open)
        await until(lambda: self.desk.running.parts.switchboard.key is not None, "a dialer")
        first, *others = ROWS
        rows = await self.desk.with_cases(self.folder, rows=[(*first[:2], self.number, *first[3:]), *others])
        queue = {row.number: row for row in rows}
        for row in queue.values():
            consent = RecordConsent(
                case_id=row.case_id,
                means="call",
                from_minute=0,
                until_minute=1440,
                expires_at=self.desk.clock.now_us() + HOURS,
                evidence="letter",
                reference="LETTER-one",
            )
            await agreed(self.desk, consent)
        self.case_id = next(row.case_id for row in rows if row.name.startswith("欧阳"))

    async def _open(self, told: Callable[[Heard], None]) -> tuple[Dialer, int, asyncio.Event]:
        self.sip = await SipDialer.open(told, HOST)
        return self.sip, self.sip.port, self.sip.gone

    async def wire(self) -> Wire:
        wire = await Wire.open(self.dialer.port)
        self.wires.append(wire)
        return wire

    async def play(self, wire: Wire, steps: list[str]) -> None:
        peer = await asyncio.to_thread(Peer, self.folder / f"peer-{len(self.peers)}", steps)
        self.peers.append(peer)
        wire.peer = (HOST, peer.port)

    async def call(self, agent: list[str], customer: list[str] | None, **trunk_as: int) -> tuple[CallView, Wire, Wire]:
        """A phone that registers, a provider (None: silent), and a call from the case. trunk_as: as the line is set."""
        access = await self.desk.call("zhenghao", SetPhone(person_id=self.desk.founded.persons["zhangwei"]))
        phone, trunk = await self.wire(), await self.wire()
        await phone.register(access.name, access.password)
        await until(lambda: self.desk.running.parts.switchboard.present(access.name), "the phone is there")
        await self.play(phone, agent)
        if customer is not None:
            await self.play(trunk, customer)
        said = self.desk.running.exchange.trunk("")
        assert said is not None
        self.dialer.use(replace(said, port=trunk.port, **({"no_reply_seconds": 60, "asked_every": 0} | trunk_as)))
        return await self.desk.call("zhangwei", StartCall(case_id=self.case_id)), phone, trunk

    async def phase(self, call_id: str, phase: str) -> None:
        board = self.desk.running.parts.switchboard
        await until(lambda: getattr(board.find(call_id), "phase", "") == phase, phase)

    async def over(self, call_id: str) -> CallView:
        await until(lambda: call_id not in self.desk.running.exchange._calls, "over")
        return next(one for one in (await self.desk.call("zhangwei", ListCalls())).calls if one.call_id == call_id)

    def everything(self) -> Iterator[tuple[str, bytes]]:
        """Whatever the desk keeps and wrote, and whatever runs: file for file, value for value, process for process."""
        parts = self.desk.running.parts
        assert parts.home is not None
        yield from needles.files(parts.home.root)
        yield from needles.rows(parts.store.engine)
        yield from (("event", repr(one).encode()) for one in self.desk.events())
        yield from needles.process_list()
        yield from needles.environments(os.getpid(), *self.dialer.processes.values())

    async def close(self) -> None:
        for peer in self.peers:
            peer.close()
        for wire in self.wires:
            wire.close()
        await asyncio.sleep(0)


@pytest.fixture(autouse=True)
def _recorder() -> Iterator[None]:
    before = list(recorder._probes)
    recorder.register(recorder_ready)
    yield
    recorder._probes[:] = before


@pytest_asyncio.fixture
async def story(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Story]:
    line = CallSettings(
        trunk_host=HOST, trunk_domain="trunk.test", presented="057100000000", asked_every=0, announce=""
    )
    async with opened(tmp_path / "h", Now(), calls=line) as desk:
        story = Story(desk, tmp_path, getattr(request, "param", NUMBER))
        try:
            await story.open()
            yield story
        finally:
            await story.close()


@pytest.mark.clause("C-5.4f", "S-5-11")
async def test_an_agent_and_a_customer_speak_and_nobody_sees_the_number(story: Story) -> None:
    agent, customer = sip.Voice(), sip.Voice()
    try:
        call, phone, trunk = await story.call(sip.answered(agent.port), sip.answered(customer.port))
        await story.phase(call.call_id, "talking")
        agent.forget()
        ports = relay_port(phone), relay_port(trunk)
        for number in range(60):
            agent.say(ports[0], b"A" * 160, number)
            customer.say(ports[1], b"C" * 160, number)
            await asyncio.sleep(0.02)
        await until(lambda: len(agent.listen()) >= 40 and len(customer.listen()) >= 40, "they hear each other")
        await story.desk.call("zhangwei", HangUp())
        last = await story.over(call.call_id)
    finally:
        agent.close()
        customer.close()
    assert (last.result, last.by, last.recording) == ("answered", "desk", "whole")
    checked = (await story.desk.call("zhangwei", CheckContacts(case_id=story.case_id))).contacts[0]
    assert checked.left == 2
    # The number is on the customer's leg, and in nothing else that was sent, said or kept.
    hunt = needles.Hunt(NUMBER)
    assert any(hunt.of(one) for one in trunk.to_peer)
    assert hunt.through(("agent", one) for one in phone.to_peer) == {}
    assert hunt.through(story.everything()) == {}
    home = story.desk.running.parts.home
    assert home is not None
    # What was said plays, both channels, with the key that the desk keeps wrapped.
    with story.desk.running.parts.store.engine.connect() as connection:
        kept = connection.execute(select(call_recording)).mappings().one()
    kek = story.desk.running.parts.keys.kek()
    key = unwrap_recording(kek, bytes(kept["wrapped_key"]), kept["tenant_id"], kept["id"])
    with (home.recordings / f"{kept['id']}.vdr").open("rb") as file:
        sides = [channels(chunk) for chunk in Recording(file, key).chunks()]
    assert len(sides) == kept["seconds"]
    assert b"A" * 80 in b"".join(one for one, _ in sides)
    assert b"C" * 80 in b"".join(other for _, other in sides)


async def test_the_customer_hangs_up_and_the_customer_is_busy(story: Story) -> None:
    hangs_up = [sip.RECV_INVITE, sip.send("200 OK", body=sip.sdp(NOBODY)), sip.acked(), sip.ask("BYE", 1)]
    call, _, _ = await story.call(sip.answered(NOBODY), [*hangs_up, '<recv response="200"/>'])
    last = await story.over(call.call_id)
    assert (last.result, last.by) == ("answered", "customer")
    assert last.connected_at is not None
    call, _, _ = await story.call(sip.answered(NOBODY), sip.refused("486 Busy Here"))
    last = await story.over(call.call_id)
    assert (last.result, last.by, last.connected_at, last.recording) == ("busy", "customer", None, "none")
    checked = (await story.desk.call("zhangwei", CheckContacts(case_id=story.case_id))).contacts[0]
    assert checked.left == 2


@pytest.mark.clause("S-5-3", "S-5-6")
@pytest.mark.parametrize("story", ["0571-88889999-123"], indirect=True)
async def test_a_number_that_this_line_cannot_dial_rings_nobody_and_uses_nothing_up(story: Story) -> None:
    async def contact() -> tuple[int | None, list[str]]:
        found = (await story.desk.call("zhangwei", CheckContacts(case_id=story.case_id))).contacts[0]
        return found.left, [f"{one.rule} {one.verdict} {one.used}" for one in found.rules]

    before = await contact()
    call, phone, trunk = await story.call(sip.answered(NOBODY), sip.answered(NOBODY))
    last = await story.over(call.call_id)
    assert (last.result, last.by, last.recording) == ("not_diallable", "line", "none")
    assert await contact() == before
    assert not any(one.startswith(b"INVITE ") for one in (*phone.to_peer, *trunk.to_peer))
    done = [one.action for one in story.desk.events() if one.object_id == call.call_id and one.result == "ok"]
    assert [one for one in done if one != "call:line:list"] == ["call:line:start", "call:line:over"]
    (settled,) = [one for one in story.desk.events() if one.action == "contact:slot:settle"]
    assert dict(settled.detail)[DetailKey.TO] == "cancelled"
    assert not any(b"88889999" in one for one in (*phone.to_peer, repr(story.desk.events()).encode()))


@pytest.mark.parametrize("dies", ["dialer", "media"])
async def test_a_process_killed_in_a_call_ends_it_and_the_desk_goes_on(story: Story, dies: str) -> None:
    call, _, _ = await story.call(sip.answered(NOBODY), sip.answered(NOBODY))
    await story.phase(call.call_id, "talking")
    before = story.dialer
    os.kill(before.processes[dies], signal.SIGKILL)
    last = await story.over(call.call_id)
    assert last.state == "ended"
    assert last.result in {"answered", "system_error"}
    await until(lambda: story.sip is not before and story.desk.running.parts.switchboard.key is not None, "another")
    call, _, _ = await story.call(sip.answered(NOBODY), sip.refused("603 Decline"))
    assert (await story.over(call.call_id)).result == "rejected"


async def test_a_customer_calls_back_and_reaches_the_agent_of_the_case(story: Story) -> None:
    """AXB the whole way: bound by the agent, recognised by the dialer alone, on the books as a call of the case."""
    await pooled(story.desk)
    access = await story.desk.call("zhenghao", SetPhone(person_id=story.desk.founded.persons["zhangwei"]))
    phone = await story.wire()
    await phone.register(access.name, access.password)
    await until(lambda: story.desk.running.parts.switchboard.present(access.name), "the phone is there")
    await story.play(phone, sip.answered(NOBODY))
    trunk = await CallersWire.open(story.dialer.port)
    story.wires.append(trunk)
    said = story.desk.running.exchange.trunk("")
    assert said is not None
    story.dialer.use(replace(said, port=trunk.port, no_reply_seconds=60))
    await story.desk.call("zhangwei", BindNumber(case_id=story.case_id))

    async def bound() -> bool:
        found = (await story.desk.call("zhangwei", ListBindings(case_id=story.case_id))).bindings
        return [one.state for one in found] == ["live"]

    while not await bound():
        await asyncio.sleep(0.02)
    stranger = await asyncio.to_thread(
        Caller, story.folder / "stranger", trunk, sip_callers.turned_away(X, STRANGER, 404)
    )
    customer = None
    try:
        assert await stranger.finished() == 0
        steps = sip_callers.hangs_up(X, NUMBER, NOBODY + 2, after=1000)
        customer = await asyncio.to_thread(Caller, story.folder / "customer", trunk, steps)
        await until(story.desk.running.parts.switchboard.live, "it rings")
        (live,) = story.desk.running.parts.switchboard.live()
        last = await story.over(live.call_id)
        assert await customer.finished() == 0
    finally:
        stranger.close()
        if customer is not None:
            customer.close()
    assert (last.case_id, last.inbound, last.result, last.by) == (story.case_id, True, "answered", "customer")
    assert last.recording == "whole"
    rules = [one.rule for one in story.desk.events() if one.action == "call:number:turn_away"]
    assert rules == ["call.axb_stranger"]
    hunt = needles.Hunt(NUMBER, STRANGER)
    assert any(hunt.of(one) for one in trunk.from_peer)
    assert hunt.through(("agent", one) for one in phone.to_peer) == {}
    assert hunt.through(story.everything()) == {}
