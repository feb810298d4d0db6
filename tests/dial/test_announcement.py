"""Both are told that they are recorded before they hear each other, and the recording has it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from console.dial import announcing
from console.dial.recording import PCMA, Recording, channels
from masking.recording import new_recording_key
from tests.dial.conftest import Line
from tests.dial.test_hostile import relay_port
from tests.support import sip
from tests.support.sip import until

pytestmark = [pytest.mark.debian("sipp"), pytest.mark.clause("issue-5", "S-5-11"), pytest.mark.slow]


async def called(line: Line, agent: sip.Voice, customer: sip.Voice, announce: str) -> tuple[str, tuple[int, int]]:
    """A call between two that stands."""
    phone = await line.phone(sip.answered(agent.port))
    takes, _, *answers = sip.answered(customer.port)  # at once, so that the agent hears no ringing before
    trunk = await line.customer([takes, *answers])
    line.count += 1
    call_id = f"call-{line.count}"
    line.keys[call_id] = new_recording_key(f"rec-{line.count}")
    descriptor = os.open(line.file(call_id), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        assert await line.dialer.prepare(call_id, line.keys[call_id], descriptor, announce)
    finally:
        os.close(descriptor)
    line.dialer.dial(line.order(call_id, line.ticket(call_id)))
    await line.state(call_id, "talking")
    return call_id, (relay_port(phone), relay_port(trunk))


@pytest.mark.parametrize("announce", ["en", "tone"])
async def test_both_are_told_before_they_hear_each_other(line: Line, tmp_path: Path, announce: str) -> None:
    del tmp_path
    agent, customer = sip.Voice(), sip.Voice()
    said = announcing.speech(announce, PCMA)
    heard: dict[str, bytes] = {}

    def hear() -> bool:
        for name, voice in (("agent", agent), ("customer", customer)):
            heard[name] = b"".join(packet[12:] for packet in voice.listen())
        return all(len(one) >= len(said) for one in heard.values())

    try:
        call_id, ports = await called(line, agent, customer, announce)
        # What is said meanwhile is not passed on, and of the customer's it is kept what it was.
        agent.say(ports[0], b"A" * 160, 0)
        customer.say(ports[1], b"C" * 160, 0)
        await until(hear, "both are told")
        assert heard["agent"][: len(said)] == heard["customer"][: len(said)] == said
        before = len(agent.heard), len(customer.heard)
        number = 1
        while len(agent.listen()) < before[0] + 3 or len(customer.listen()) < before[1] + 3:
            agent.say(ports[0], b"A" * 160, number)
            customer.say(ports[1], b"C" * 160, number)
            number += 1
            await until(lambda: True)
        # Another stream follows, so that a phone does not take a jump of stamps for a loss.
        assert agent.heard[0][8:12] != agent.heard[before[0]][8:12]
        line.dialer.hang_up(call_id)
        assert (await line.recorded(call_id)).whole
        with line.file(call_id).open("rb") as file:
            sides = [channels(chunk) for chunk in Recording(file, line.keys[call_id]).chunks()]
        ours, theirs = b"".join(one for one, _ in sides), b"".join(other for _, other in sides)
        # Who speaks right after it is laid out where the last words arrived.
        assert said[:-800] in ours
        assert b"C" * 160 in theirs
    finally:
        agent.close()
        customer.close()


async def test_a_voice_that_nobody_knows_is_no_voice(line: Line) -> None:
    agent, customer = sip.Voice(), sip.Voice()
    try:
        call_id, ports = await called(line, agent, customer, "nobody")
        customer.say(ports[1], b"C" * 160, 0)
        await until(agent.listen, "at once")
        line.dialer.hang_up(call_id)
        await line.ended(call_id)
    finally:
        agent.close()
        customer.close()
