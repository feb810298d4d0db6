"""A served desk is killed in a call: both are hung up, and its next start sets right the books, recording and log."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import pytest_asyncio
from sqlalchemy import select

from access.audit.events import decode
from access.store.engine import open_engine
from access.store.schema import audit_event, audit_outbox, call_recording
from console import bootstrap
from console.desk.api.calling import CallView, ListCalls, ListLiveCalls, ReadOwnCall, SetPhone, StartCall
from console.desk.api.contact import CheckContacts, RecordConsent
from console.desk.api.log import VerifyLog
from console.dial.recording import Recording, channels
from console.home import Home
from console.settings import CallSettings
from masking.recording import unwrap_recording
from tests.dial.test_hostile import relay_port
from tests.dial.test_story import HOURS, NOBODY, NUMBER, Now
from tests.support import needles, sip
from tests.support.consents import agreed
from tests.support.desk import ROWS, opened
from tests.support.edge import free_port
from tests.support.killed import Program, over
from tests.support.sip import HOST, Peer, Wire, until

pytestmark = [pytest.mark.debian("sipp"), pytest.mark.clause("issue-5"), pytest.mark.slow]
HUNT = needles.Hunt(NUMBER)
SPOKEN = 130  # packets of 20 ms each way: two seconds and a part of a third


@dataclass
class Scene:
    """A served desk, a case, a phone and a provider. Attributes: said: the phone's name and password."""

    folder: Path
    program: Program = field(init=False)
    phone: Wire = field(init=False)
    trunk: Wire = field(init=False)
    case_id: str = ""
    said: tuple[str, str] = ("", "")
    peers: list[Peer] = field(default_factory=list)

    async def open(self) -> None:
        port = free_port(socket.SOCK_DGRAM)
        self.phone, self.trunk = await Wire.open(port), await Wire.open(port)
        line = CallSettings(
            address=HOST,
            port=port,
            trunk_host=HOST,
            trunk_port=self.trunk.port,
            trunk_domain="trunk.test",
            presented="057100000000",
            asked_every=0,
            announce="",
        )
        first, *others = ROWS
        clock = Now()
        async with opened(self.folder / "h", clock, calls=line) as desk:
            cases = await desk.with_cases(self.folder, rows=[(*first[:2], NUMBER, *first[3:]), *others])
            self.case_id = next(row.case_id for row in cases if row.name.startswith("欧阳"))
            consent = RecordConsent(
                case_id=self.case_id,
                means="call",
                from_minute=0,
                until_minute=1440,
                expires_at=clock.now_us() + HOURS,
                evidence="letter",
                reference="LETTER-one",
            )
            await agreed(desk, consent)
            access = await desk.call("zhenghao", SetPhone(person_id=desk.founded.persons["zhangwei"]))
            self.said = (access.name, access.password)
        self.program = Program(Home(self.folder / "h"), self.folder / "served.txt")
        await self.program.start()

    async def play(self, wire: Wire, steps: list[str]) -> Peer:
        peer = await asyncio.to_thread(Peer, self.folder / f"peer-{len(self.peers)}", steps)
        self.peers.append(peer)
        wire.peer = (HOST, peer.port)
        return peer

    async def call(self, agent: list[str], customer: list[str]) -> tuple[CallView, Peer, Peer]:
        """The phone registers with whatever dialer there is, and the agent calls."""
        self.phone.peer = None
        await self.phone.register(*self.said)
        peers = await self.play(self.phone, agent), await self.play(self.trunk, customer)
        start = StartCall(case_id=self.case_id)
        return await self.program.called("zhangwei", start, but="call.phone_away"), *peers

    async def phase(self, phase: str) -> None:
        async with asyncio.timeout(sip.PATIENCE):
            while getattr((await self.program.call("zhangwei", ReadOwnCall())).call, "phase", "") != phase:
                await asyncio.sleep(0.02)

    async def last(self, call_id: str) -> CallView:
        """A call that is over, everything of it written."""
        async with asyncio.timeout(sip.PATIENCE):
            while True:
                calls = (await self.program.call("zhangwei", ListCalls())).calls
                one = next(call for call in calls if call.call_id == call_id)
                if one.state == "ended" and one.recording != "open":
                    return one
                await asyncio.sleep(0.02)

    async def kill(self) -> None:
        """The desk, and nothing else; what it had started ends by itself."""
        family = self.program.family()
        assert {"console.dial.process", "console.dial.media"} <= set(" ".join(family.values()).split())
        await self.program.kill()
        await until(lambda: all(map(over, family)), lambda: f"left: {[one for one in family if not over(one)]}")

    def found(self) -> dict[str, set[bytes]]:
        """Where the number is in what the desk keeps, wrote, said and runs."""
        kept = [*needles.files(self.program.home.root), *needles.process_list()]
        kept.append(("outputs", self.program.said.read_bytes()))
        return HUNT.through([*kept, *needles.environments(*self.program.family())])

    def actions(self, call_id: str) -> list[str]:
        """What was committed of a call, oldest first."""
        engine = open_engine(f"sqlite:///{self.program.home.database}")
        try:
            with engine.connect() as connection:
                bodies = [
                    bytes(body)
                    for table in (audit_event, audit_outbox)
                    for body in connection.execute(select(table.c.body)).scalars()
                ]
        finally:
            engine.dispose()
        events = sorted(map(decode, bodies), key=lambda one: one.id)
        acts = [one for one in events if one.object_id == call_id and one.result == "ok"]
        return [one.action for one in acts if one.action != "call:line:list"]

    async def close(self) -> None:
        await self.program.stop()
        for peer in self.peers:
            peer.close()
        for wire in (self.phone, self.trunk):
            wire.close()
        await asyncio.sleep(0)


@pytest_asyncio.fixture
async def scene(tmp_path: Path) -> AsyncIterator[Scene]:
    scene = Scene(tmp_path)
    await scene.open()
    try:
        yield scene
    finally:
        await scene.close()


def sides(home: Home) -> Iterator[tuple[str, int, bytes, bytes, bool | None]]:
    """Every recording of a desk that does not run: state and seconds on the books, both sides, whether it is torn."""
    parts = bootstrap.build(home)
    try:
        with parts.store.engine.connect() as connection:
            kept = connection.execute(select(call_recording).order_by(call_recording.c.id)).mappings().all()
        for row in kept:
            path = home.recordings / f"{row['id']}.vdr"
            if not path.exists():
                yield row["state"], row["seconds"], b"", b"", None
                continue
            key = unwrap_recording(parts.keys.kek(), bytes(row["wrapped_key"]), row["tenant_id"], row["id"])
            with path.open("rb") as file:
                recording = Recording(file, key)
                chunks = [channels(chunk) for chunk in recording.chunks()]
            both = (b"".join(one for one, _ in chunks), b"".join(other for _, other in chunks))
            assert len(chunks) == row["seconds"]
            yield row["state"], row["seconds"], *both, recording.torn
    finally:
        parts.store.close()


async def test_a_desk_killed_while_two_speak(scene: Scene) -> None:
    agent, customer = sip.Voice(), sip.Voice()
    try:
        call, *peers = await scene.call(sip.answered(agent.port), sip.answered(customer.port))
        await scene.phase("talking")
        agent.forget()
        ports = relay_port(scene.phone), relay_port(scene.trunk)
        for number in range(SPOKEN):
            agent.say(ports[0], bytes([number]) * 160, number)
            customer.say(ports[1], bytes([255 - number]) * 160, number)
            await asyncio.sleep(0.02)
        last = bytes([SPOKEN - 1]) * 160, bytes([255 - SPOKEN + 1]) * 160
        await until(lambda: any(one[12:] == last[0] for one in customer.listen()), "the agent's last is heard")
        await until(lambda: any(one[12:] == last[1] for one in agent.listen()), "the customer's last is heard")
        assert scene.found() == {}, "while the call stands"
        await scene.kill()
    finally:
        agent.close()
        customer.close()
    # Both were hung up, each in words of its own, and let go.
    for peer, wire in zip(peers, (scene.phone, scene.trunk), strict=True):
        assert await peer.finished() == 0
        assert any(one.startswith(b"BYE ") for one in wire.to_peer)

    await scene.program.start()
    after = await scene.last(call.call_id)
    assert (after.state, after.result, after.by) == ("ended", "system_error", "line")
    assert after.connected_at is not None
    assert after.talked >= 2
    assert (await scene.program.call("zhangwei", ReadOwnCall())).call is None
    assert (await scene.program.call("lina", ListLiveCalls())).calls == ()
    # They spoke, so it is one of the three; and nothing else was counted.
    (contact,) = (await scene.program.call("zhangwei", CheckContacts(case_id=scene.case_id))).contacts
    used = {one.rule: one.used for one in contact.rules if one.used is not None}
    assert (contact.left, used["connected"], used["unanswered"]) == (2, 1, 0)
    assert scene.actions(call.call_id) == [
        "call:line:start",
        "call:line:dial",
        "call:line:connect",
        "call:line:over",
    ]
    checked = await scene.program.call("fengxue", VerifyLog())
    assert (checked.ok, checked.findings) == (True, ())
    assert checked.events > 0
    # The new desk's line is good for the next call.
    call, *_ = await scene.call(sip.answered(NOBODY), sip.refused("486 Busy Here"))
    assert (await scene.last(call.call_id)).result == "busy"
    assert scene.found() == {}
    await scene.program.stop()

    (first, second) = sides(scene.program.home)
    state, seconds, one, other, torn = first
    assert (state, torn, second[:2]) == ("whole", False, ("none", 0))
    assert seconds >= SPOKEN // 50
    assert last[0] in one, "up to the last word that the other heard"
    assert last[1] in other
    assert len(one) >= SPOKEN * 160
    assert HUNT.through(needles.files(scene.program.home.root)) == {}
    assert any(HUNT.of(packet) for packet in scene.trunk.to_peer), "the customer's leg has the number"
    assert not any(HUNT.of(packet) for packet in scene.phone.to_peer)


async def test_a_desk_killed_while_it_rings(scene: Scene) -> None:
    call, agent, customer = await scene.call(sip.answered(NOBODY), sip.ringing())
    await scene.phase("customer_ringing")
    await scene.kill()
    assert await agent.finished() == 0
    assert await customer.finished() == 0, "the CANCEL came"
    await scene.program.start()
    after = await scene.last(call.call_id)
    assert (after.result, after.by, after.connected_at, after.talked, after.recording) == (
        "system_error",
        "line",
        None,
        0,
        "none",
    )
    (contact,) = (await scene.program.call("zhangwei", CheckContacts(case_id=scene.case_id))).contacts
    used = {one.rule: one.used for one in contact.rules if one.used is not None}
    assert (contact.left, used["connected"], used["unanswered"]) == (3, 0, 1)
    assert list(scene.program.home.recordings.iterdir()) == [], "nobody spoke"
    assert (await scene.program.call("fengxue", VerifyLog())).ok
