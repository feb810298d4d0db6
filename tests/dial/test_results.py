"""Every way a call can end, each brought about by a real peer."""

from __future__ import annotations

import time

import pytest

from console.dial.messages import Moved, Trunk
from console.dial.results import By, Result
from tests.dial.conftest import Line
from tests.support import sip
from tests.support.held_up import Stopwatch

pytestmark = [pytest.mark.debian("sipp"), pytest.mark.clause("issue-5"), pytest.mark.slow]
NOBODY = 9000  # a port that is only ever described, never spoken to
SHIPPED = Trunk(host=sip.HOST, port=5060, domain="trunk.test", presented="")


def hung_up(when: str = "") -> list[str]:
    """Answers and hangs up, at once or when it is told to."""
    return [
        sip.RECV_INVITE,
        sip.send("180 Ringing"),
        sip.send("200 OK", body=sip.sdp(NOBODY)),
        sip.acked(),
        *([when] if when else []),
        sip.ask("BYE", 1),
        '<recv response="200"/>',
    ]


CUSTOMER = {
    "busy": (sip.refused("486 Busy Here"), Result.BUSY, By.CUSTOMER),
    "rejected": (sip.refused("603 Decline"), Result.REJECTED, By.CUSTOMER),
    "away": (sip.refused("480 Gone", 'Reason: Q.850;cause=20;text="off"\n'), Result.UNREACHABLE, By.CUSTOMER),
    "not found": (sip.refused("404 Not Found"), Result.NOT_FOUND, By.CUSTOMER),
    "no such": (sip.refused("404 Not Found", "Reason: Q.850;cause=1\n"), Result.INVALID_NUMBER, By.CUSTOMER),
    "no such any more": (sip.refused("410 Gone"), Result.INVALID_NUMBER, By.CUSTOMER),
    "no such, by cause": (sip.refused("503 No", "Reason: Q.850;cause=1\n"), Result.INVALID_NUMBER, By.CUSTOMER),
    "no route": (sip.refused("404 Not Found", "Reason: Q.850;cause=3\n"), Result.NETWORK_ERROR, By.CUSTOMER),
    "not so": (sip.refused("484 Address Incomplete"), Result.NOT_DIALLABLE, By.CUSTOMER),
    "line broken": (sip.refused("503 Service Unavailable"), Result.NETWORK_ERROR, By.CUSTOMER),
    "moved": (sip.refused("302 Moved"), Result.NETWORK_ERROR, By.LINE),
    "not let in": (
        sip.refused("407 Who", 'Proxy-Authenticate: Digest realm="t",nonce="n",algorithm=MD5,qop="auth"\n'),
        Result.TRUNK_AUTH_FAILED,
        By.CUSTOMER,
    ),
    "hangs up": (hung_up(), Result.ANSWERED, By.CUSTOMER),
}
AGENT = {
    "busy": (sip.refused("486 Busy Here"), Result.AGENT_BUSY, By.AGENT),
    "rejected": (sip.refused("603 Decline"), Result.AGENT_REJECTED, By.AGENT),
    "broken": (sip.refused("500 No"), Result.AGENT_UNREACHABLE, By.AGENT),
}


async def test_what_the_customers_side_does(line: Line) -> None:
    found = {}
    for name, (steps, _, _) in CUSTOMER.items():
        await line.phone(sip.answered(NOBODY))
        await line.customer(steps)
        ended = await line.ended(await line.dial())
        found[name] = (ended.result, ended.by)
    assert found == {name: (result, by) for name, (_, result, by) in CUSTOMER.items()}


async def test_what_the_agents_side_does(line: Line) -> None:
    found = {}
    customer = await line.customer(None)
    for name, (steps, _, _) in AGENT.items():
        await line.phone(steps)
        ended = await line.ended(await line.dial())
        found[name] = (ended.result, ended.by)
    assert found == {name: (result, by) for name, (_, result, by) in AGENT.items()}
    assert (await line.ended(await line.dial(phone="nobody"))).result is Result.AGENT_UNREACHABLE
    assert customer.to_peer == []


async def test_agent_and_desk_hang_up_while_talking(line: Line) -> None:
    phone = await line.phone(hung_up(sip.nudged()))
    customer = await line.customer(sip.answered(NOBODY))
    call_id = await line.dial()
    await line.state(call_id, "talking")
    await phone.nudge()
    ended = await line.ended(call_id)
    assert (ended.result, ended.by) == (Result.ANSWERED, By.AGENT)
    assert ended.talked > 0
    # A "180 Ringing" that an answer overtakes on the way is not told any more.
    assert [one.state for one in line.of(Moved, call_id) if not one.state.endswith("_ringing")] == [
        "agent_calling",
        "agent_answered",
        "customer_calling",
        "customer_answered",
        "talking",
    ]
    assert await line.peers[-1].finished() == 0
    await sip.until(lambda: customer.to_peer[-1].startswith(b"BYE "))

    phone = await line.phone(sip.answered(NOBODY))
    await line.customer(sip.answered(NOBODY))
    call_id = await line.dial()
    await line.state(call_id, "talking")
    line.dialer.hang_up(call_id)
    ended = await line.ended(call_id)
    assert (ended.result, ended.by) == (Result.ANSWERED, By.DESK)
    for peer in line.peers[-2:]:
        assert await peer.finished() == 0
    await sip.until(lambda: phone.to_peer[-1].startswith(b"BYE "))


async def test_ringing_that_nobody_answers_and_that_is_called_off(line: Line) -> None:
    await line.phone(sip.answered(NOBODY))
    customer = await line.customer(sip.ringing())
    ended = await line.ended(await line.dial(ring=5))
    assert (ended.result, ended.by) == (Result.NO_ANSWER, By.LINE)
    await sip.until(lambda: any(one.startswith(b"CANCEL ") for one in customer.to_peer))

    await line.phone(sip.answered(NOBODY))
    await line.customer(sip.ringing())
    call_id = await line.dial()
    await line.state(call_id, "customer_ringing")
    line.dialer.hang_up(call_id)
    ended = await line.ended(call_id)
    assert (ended.result, ended.by) == (Result.CANCELLED, By.DESK)

    phone = await line.phone(hung_up(sip.nudged()))
    await line.customer(sip.ringing())
    call_id = await line.dial()
    await line.state(call_id, "customer_ringing")
    await phone.nudge()
    ended = await line.ended(call_id)
    assert (ended.result, ended.by) == (Result.AGENT_CANCELLED, By.AGENT)

    phone = await line.phone(sip.ringing())
    ended = await line.ended(await line.dial(agent_ring=5))
    assert (ended.result, ended.by) == (Result.AGENT_NO_ANSWER, By.LINE)
    await sip.until(lambda: any(one.startswith(b"CANCEL ") for one in phone.to_peer))


async def test_a_dead_trunk_is_told_within_six_seconds(line: Line) -> None:
    await line.phone(sip.answered(NOBODY))
    trunk = await line.customer(None, no_reply_seconds=SHIPPED.no_reply_seconds)
    watch = Stopwatch(*line.dialer.processes.values())
    call_id = await line.dial()
    ended = await line.ended(call_id)
    told = time.monotonic()
    assert (ended.result, ended.by) == (Result.NETWORK_ERROR, By.LINE)
    asked = [at for at, one in zip(trunk.came, trunk.to_peer, strict=True) if one.startswith(b"INVITE ")]
    assert watch.taken(asked[0], told) <= 6.0
    # What SIP sends again after 7.5 s is not sent any more, let alone what comes until 32 s; one more where the dialer
    # was kept from running for as long as lies between.
    assert len(asked) <= 4 + (watch.held_up() > 2.0)
    assert not line.of(Moved, call_id)[-1].state.startswith("customer_ring")
