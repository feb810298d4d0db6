"""A provider's privacy number on real SIP and real HTTPS: both directions, the customer's digits on no leg."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from msgspec.structs import replace

from access.context import SECOND, SystemClock
from console.desk.api.calling import CallView, HangUp, SetCloudSecret, SetPhone
from console.desk.api.privacy import BindNumber, ListBindings, UnbindNumber
from console.desk.calls.starting import recorder_ready
from console.desk.contact import recorder
from console.dial.axb.said import Bind, Bound, Cloud, Rang, Turned, Unbind
from console.dial.messages import Dial, Moved
from console.dial.registrar import secret_of
from console.dial.results import Result
from console.settings import CallSettings
from tests.dial.conftest import NUMBER, PRESENTED, Line
from tests.dial.test_story import NOBODY, Now, Story
from tests.support import sip, sip_callers
from tests.support.cloud_peer import KEY_ID, POOL, SECRET, CloudPeer
from tests.support.desk import ROWS, opened
from tests.support.privacy_calls import pooled
from tests.support.sip import HOST, until
from tests.support.sip_callers import Caller, CallersWire

pytestmark = [pytest.mark.debian("sipp"), pytest.mark.clause("issue-5", "C-5.4e-1"), pytest.mark.slow]
X, OTHER_X = "17000000001", "17000000002"


@pytest.fixture
def peer(tmp_path: Path) -> Iterator[CloudPeer]:
    peer = CloudPeer(tmp_path / "peer")
    yield peer
    peer.close()


@pytest.fixture
def _recorder() -> Iterator[None]:
    before = list(recorder._probes)
    recorder.register(recorder_ready)
    yield
    recorder._probes[:] = before


@pytest_asyncio.fixture
async def story(tmp_path: Path, peer: CloudPeer, _recorder: None) -> AsyncIterator[Story]:
    line = CallSettings(
        trunk_host=HOST,
        trunk_domain="trunk.test",
        presented=PRESENTED,
        asked_every=0,
        announce="",
        cloud_url=peer.url,
        cloud_key_id=KEY_ID,
        cloud_pool=POOL,
        cloud_ca=str(peer.ca),
    )
    async with opened(tmp_path / "h", Now(), calls=line) as desk:
        story = Story(desk, tmp_path)
        try:
            await story.open()
            yield story
        finally:
            await story.close()


async def live(story: Story) -> None:
    """The binding of the case is in force."""
    async with asyncio.timeout(60):
        while True:
            found = (await story.desk.call("zhangwei", ListBindings(case_id=story.case_id))).bindings
            if [one.state for one in found] == ["live"]:
                return
            await asyncio.sleep(0.02)


async def called(story: Story, trunk: CallersWire, steps: list[str]) -> CallView | None:
    """Somebody calls over the provider's line; the call that came of it, if one did."""
    caller = await asyncio.to_thread(Caller, story.folder / f"caller-{len(trunk.calls)}", trunk, steps)
    board = story.desk.running.parts.switchboard
    try:
        await until(lambda: board.live() or caller.process.poll() is not None, "it rings, or not")
        last = await story.over(board.live()[0].call_id) if board.live() else None
        assert await caller.finished() == 0
    finally:
        caller.close()
    return last


async def test_both_directions_and_no_digits_on_any_leg(story: Story, peer: CloudPeer) -> None:
    desk, customer = story.desk, ROWS[0][2]
    await pooled(desk, X, cloud=True)
    await desk.call("zhenghao", SetCloudSecret(secret=SECRET))
    access = await desk.call("zhenghao", SetPhone(person_id=desk.founded.persons["zhangwei"]))
    phone = await story.wire()
    await phone.register(access.name, access.password)
    await until(lambda: desk.running.parts.switchboard.present(access.name), "the phone is there")
    await story.play(phone, sip.answered(NOBODY))
    trunk = await CallersWire.open(story.dialer.port)
    story.wires.append(trunk)
    said = desk.running.exchange.trunk("")
    assert said is not None
    story.dialer.use(replace(said, port=trunk.port, no_reply_seconds=60))
    view = await desk.call("zhangwei", BindNumber(case_id=story.case_id))
    await live(story)
    (there,) = peer.of(X)
    assert (there["A"], there["B"], there["out"]) == (PRESENTED, customer, view.binding_id)

    # The customer calls X: the provider calls A, and says that X calls. Anybody else who calls A is a stranger.
    assert await called(story, trunk, sip_callers.turned_away(PRESENTED, OTHER_X, 404)) is None
    last = await called(story, trunk, sip_callers.hangs_up(PRESENTED, f"+86{X}", NOBODY + 2, after=500))
    assert last is not None
    assert (last.case_id, last.inbound, last.result, last.by) == (story.case_id, True, "answered", "customer")

    # The agent calls from the case: X is called, and A is who calls.
    call, again, out = await story.call(sip.answered(NOBODY), sip.answered(NOBODY + 2))
    await story.phase(call.call_id, "talking")
    await desk.call("zhangwei", HangUp())
    last = await story.over(call.call_id)
    assert (last.result, last.by) == ("answered", "desk")
    invite = next(one for one in out.to_peer if one.startswith(b"INVITE "))
    assert invite.startswith(f"INVITE sip:+86{X}@".encode())
    assert f"P-Asserted-Identity: <sip:{PRESENTED}@".encode() in invite

    await desk.call("zhangwei", UnbindNumber(binding_id=view.binding_id))
    await until(lambda: not peer.of(X), "ended at the provider")
    assert peer.asked == ["BindAxb", "UnbindSubscription"]
    assert peer.faults == []
    # The customer's digits: in what the provider was posted, and on no leg, in no event, in no log.
    needles = [customer, customer[-8:], customer[:7]]
    legs = [*phone.to_peer, *again.to_peer, *trunk.to_peer, *out.to_peer]
    assert len(legs) > 10
    assert not any(needle.encode() in one for needle in needles for one in legs)
    assert not any(needle in repr(one) for needle in (*needles, SECRET) for one in desk.events())
    assert not any(needle in one for needle in needles for one in peer.seen)
    home = desk.running.parts.home
    assert home is not None
    for path in (home.logs, *home.logs.parent.rglob("*.log"), *home.recordings.iterdir()):
        data = path.read_bytes() if path.is_file() else b""
        assert not any(needle.encode() in data for needle in needles)


def heard(line: Line, name: str) -> list[str]:
    return [one.code for one in line.heard if isinstance(one, Bound) and one.binding_id == name]


def order_of(line: Line, name: str, number: str = NUMBER, *, x: str = X, seconds: float = 600) -> Bind:
    return Bind(
        binding_id=name,
        number_id=f"n-{x}",
        number=x,
        ticket=line.ticket(name, number),
        until=SystemClock().now_us() + int(seconds * SECOND),
        cloud=True,
    )


async def bind(line: Line, name: str, number: str = NUMBER) -> str:
    before = len(heard(line, name))
    line.dialer.tell(order_of(line, name, number))
    await until(lambda: len(heard(line, name)) > before, f"bound: {line.heard}")
    return heard(line, name)[-1]


async def test_the_dialer_knows_who_stands_there(line: Line, peer: CloudPeer) -> None:
    provider = Cloud(url=peer.url, key_id=KEY_ID, secret=SECRET, pool=POOL, ca=str(peer.ca))
    assert await bind(line, "b0") == "unset"
    trunk = await line.customer(sip.answered(9002))
    assert await bind(line, "b0") == "unset"
    line.dialer.tell(provider)
    assert await bind(line, "b0", "+1 415 555 0123") == "invalid"
    peer.plays.append("code isv.NO_AVAILABLE_NUMBER")
    assert await bind(line, "b1") == "no_free"
    assert await bind(line, "b1") == "ok"
    # A ticket for somebody else is not for who stands on X, and nothing is rung; nor where nobody stands.
    for over, number in ((X, "13912345678"), (OTHER_X, NUMBER)):
        await line.phone(sip.answered(9000))
        call_id = await line.prepared()
        order = Dial(
            call_id=call_id, ticket=line.ticket(call_id, number), phone="ag01", alias="case-7", over=over,
            no_reply_seconds=60,
        )  # fmt: skip
        line.dialer.dial(order)
        assert (await line.ended(call_id)).result is Result.TICKET_REFUSED
    assert trunk.to_peer == []
    # What was taken back while it was asked for is ended as soon as it stands; nobody is told of it.
    line.dialer.tell(
        Bind(
            binding_id="b2",
            number_id="n",
            number=OTHER_X,
            ticket=line.ticket("b2"),
            until=SystemClock().now_us() + 600 * SECOND,
            cloud=True,
        )
    )
    line.dialer.tell(Unbind(binding_id="b2"))
    await until(lambda: peer.asked[-1] == "UnbindSubscription", "ended")
    assert (peer.of(OTHER_X), heard(line, "b2")) == ([], [])
    # At its end it is ended at the provider, which was told a later one. On a machine so slow that its end comes before
    # the provider's answer nobody is told that it stood: then another, for longer.
    for name, seconds in (("b3", 2), ("b4", 12), ("b5", 45)):
        binds, asked = order_of(line, name, x=OTHER_X, seconds=seconds), len(peer.asked)
        line.dialer.tell(binds)
        await until(lambda asked=asked: "UnbindSubscription" in peer.asked[asked:], "over")  # type: ignore[misc]
        assert SystemClock().now_us() >= binds.until
        assert peer.asked[asked:] == ["BindAxb", "UnbindSubscription"]
        # Whatever was said of it was heard once this is.
        assert await bind(line, "b6", "+1 415 555 0123") == "invalid"
        if heard(line, name):
            break
    assert heard(line, name) == ["ok"]
    await until(lambda: not peer.of(OTHER_X), "over")
    # Nobody who calls A is taken for somebody who calls the number itself.
    wire = await CallersWire.open(line.dialer.port)
    line.wires.append(wire)
    line.dialer.use(line.trunk(wire.port))
    for called, who in ((PRESENTED, NUMBER), (X, NUMBER), (PRESENTED, OTHER_X)):
        caller = await asyncio.to_thread(
            Caller, line.folder / f"{called}-{who}", wire, sip_callers.turned_away(called, who, 404)
        )
        try:
            assert await caller.finished() == 0
        finally:
            caller.close()
    await until(lambda: {"stranger", "no_such_number", "expired"} <= {
        one.why for one in line.heard if isinstance(one, Turned)
    }, "turned away")  # fmt: skip
    assert not any(isinstance(one, Rang) for one in line.heard)
    assert not any(needle in repr(line.heard) for needle in (NUMBER, NUMBER[-8:], SECRET))
    assert peer.faults == []


async def test_a_binding_that_ends_while_the_agents_phone_rings_calls_nobody(line: Line, peer: CloudPeer) -> None:
    trunk = await line.customer(sip.answered(9002))
    line.dialer.tell(Cloud(url=peer.url, key_id=KEY_ID, secret=SECRET, pool=POOL, ca=str(peer.ca)))
    assert await bind(line, "b1") == "ok"
    line.dialer.allow("ag01", secret_of("ag01", "secret"))
    phone = await line.wire()
    await phone.register("ag01", "secret")
    call_id = await line.prepared()
    line.dialer.dial(replace(line.order(call_id, line.ticket(call_id)), over=X))
    async with asyncio.timeout(60):
        while not (asked := (await phone.answers.get()).decode()).startswith("INVITE "):
            pass
    # By now X may be another customer's.
    line.dialer.tell(Unbind(binding_id="b1"))
    await until(lambda: peer.asked[-1] == "UnbindSubscription", "ended")
    phone.answer(asked, "200 OK", body=sip.sdp(9000).replace("\n", "\r\n"))
    assert (await line.ended(call_id)).result is Result.TICKET_REFUSED
    assert "agent_answered" in [one.state for one in line.of(Moved, call_id)]
    assert trunk.to_peer == []
