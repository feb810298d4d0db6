"""The whole way on real SIP: a call announced and recorded, then heard by who called, and by nobody else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from console.desk.api.calling import HangUp
from console.desk.api.recordings import ReadListening, StartListening
from console.desk.calls.starting import recorder_ready
from console.desk.contact import recorder
from console.dial import announcing, g711, tones
from console.dial.recording import PCMA, SILENCE
from console.settings import CallSettings
from tests.dial.test_hostile import relay_port
from tests.dial.test_story import Now, Story
from tests.support import sip
from tests.support.desk import opened
from tests.support.sip import HOST, until

pytestmark = [pytest.mark.debian("sipp"), pytest.mark.clause("issue-5", "C-5.4g"), pytest.mark.slow]
QUIET = bytes([SILENCE[PCMA]])


@pytest.fixture(autouse=True)
def _recorder() -> Iterator[None]:
    before = list(recorder._probes)
    recorder.register(recorder_ready)
    yield
    recorder._probes[:] = before


@pytest_asyncio.fixture
async def story(tmp_path: Path) -> AsyncIterator[Story]:
    line = CallSettings(
        trunk_host=HOST, trunk_domain="trunk.test", presented="057100000000", asked_every=0, announce="tone"
    )
    async with opened(tmp_path / "h", Now(), calls=line) as desk:
        story = Story(desk, tmp_path)
        try:
            await story.open()
            yield story
        finally:
            await story.close()


async def test_what_was_said_is_heard_on_the_phone_of_who_may(story: Story) -> None:
    agent, customer, ear = sip.Voice(), sip.Voice(), sip.Voice()
    tone = announcing.speech(announcing.TONE, PCMA)
    try:
        call, phone, trunk = await story.call(sip.answered(agent.port), sip.answered(customer.port))
        await story.phase(call.call_id, "talking")
        await until(lambda: tone[-800:] in b"".join(one[12:] for one in customer.listen()), "the customer is told")
        ports = relay_port(phone), relay_port(trunk)
        for number in range(100):
            customer.say(ports[1], b"C" * 160, number)
            await asyncio.sleep(0.02)
        await until(lambda: any(b"C" * 160 in one for one in agent.listen()), "the agent hears the customer")
        await story.desk.call("zhangwei", HangUp())
        last = await story.over(call.call_id)
        assert last.recording == "whole"
        # The same phone again, now to listen.
        await story.play(phone, sip.answered(ear.port))
        view = await story.desk.call("zhangwei", StartListening(call_id=call.call_id, reason="wrap_up"))
        earphones = story.desk.running.parts.switchboard.earphones
        me = story.desk.founded.persons["zhangwei"]
        await until(lambda: [ear.listen(), earphones.of(me)][1] is None, "played to its end")
        assert await story.peers[-1].finished() == 0
        heard = b"".join(packet[12:] for packet in ear.listen())
        assert tones.mark(view.mark, PCMA) in heard
        # Both sides are in it: what they were told, and what the customer said then.
        assert g711.mixed(bytes([tone[400], QUIET[0]]), PCMA, PCMA) in heard
        assert (
            g711.mixed(b"C" + QUIET, PCMA, PCMA) * 800 in heard or g711.mixed(QUIET + b"C", PCMA, PCMA) * 800 in heard
        )
        assert (await story.desk.call("zhangwei", ReadListening())).listening is None
        events = [one.action for one in story.desk.events() if one.object_kind == "recording" and one.result == "ok"]
        assert events[:3] == ["call:recording:make", "call:recording:keep", "call:recording:listen"]
        assert events[-2:].count("call:recording:leave") >= 1
    finally:
        for voice in (agent, customer, ear):
            voice.close()
    home = story.desk.running.parts.home
    assert home is not None
    kept = [path for path in home.root.rglob("*") if path.is_file() and b"C" * 400 in path.read_bytes()]
    assert kept == []
