"""A provider that falls silent under a whole desk with the real dialer: told within six seconds, no phone rung."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio
from msgspec.structs import replace
from sqlalchemy import func, select

from access.audit.details import DetailKey
from access.context import SECOND, SystemClock
from access.store.schema import contact_slot
from console.desk.api.base import Push
from console.desk.api.calling import HangUp, ListCalls, SetPhone, StartCall
from console.desk.calls.starting import recorder_ready
from console.desk.contact import recorder
from console.settings import CallSettings
from tests.dial.test_story import Now, Story
from tests.support.desk import WholeDesk, opened
from tests.support.held_up import Stopwatch
from tests.support.sip import HOST, Wire, until

pytestmark = [pytest.mark.clause("issue-5"), pytest.mark.slow]


@pytest.fixture(autouse=True)
def _recorder() -> Iterator[None]:
    before = list(recorder._probes)
    recorder.register(recorder_ready)
    yield
    recorder._probes[:] = before


@pytest_asyncio.fixture
async def story(tmp_path: Path) -> AsyncIterator[Story]:
    # Nobody is asked before there is somebody to ask: else a slow machine's line is down by the time a test begins.
    line = CallSettings(
        trunk_host=HOST, trunk_domain="trunk.test", presented="057100000000", announce="", asked_every=0
    )
    async with opened(tmp_path / "h", Now(), calls=line) as desk:
        story = Story(desk, tmp_path)
        try:
            await story.open()
            yield story
        finally:
            await story.close()


class Provider:
    """Answers questions whether it is there, until it is told not to. Attributes: last: when it last did."""

    def __init__(self, wire: Wire) -> None:
        self.wire, self.there, self.last = wire, True, 0

    async def serve(self) -> None:
        while True:
            asked = (await self.wire.answers.get()).decode()
            if self.there and asked.startswith("OPTIONS "):
                self.wire.answer(asked, "200 OK")
                self.last = SystemClock().now_us()


def noted(desk: WholeDesk) -> list[tuple[str, int]]:
    """What the log says of the line, and when."""
    found = [one for one in desk.events() if one.action == "call:trunk:note"]
    return [(dict(one.detail)[DetailKey.TO], one.at) for one in found]


def attempts(desk: WholeDesk) -> int:
    with desk.running.parts.store.engine.connect() as connection:
        return int(connection.execute(select(func.count()).select_from(contact_slot)).scalar_one())


async def test_a_silent_provider_is_told_and_nobody_is_rung_until_it_is_back(story: Story) -> None:
    desk = story.desk
    access = await desk.call("zhenghao", SetPhone(person_id=desk.founded.persons["zhangwei"]))
    phone, wire = await story.wire(), await story.wire()
    await phone.register(access.name, access.password)
    await until(lambda: desk.running.parts.switchboard.present(access.name), "the phone is there")
    said = desk.running.exchange.trunk("")
    assert said is not None
    said = replace(said, asked_every=CallSettings().asked_every)
    assert said.asked_every == 2, "as it comes"
    provider, told = Provider(wire), list[Push]()

    async def listen() -> None:
        async for push in (await desk.line("zhangwei")).subscribe():
            told.append(push)

    def lines() -> list[Push]:
        return [one for one in told if one.kind == "line"]

    tasks = [asyncio.create_task(provider.serve()), asyncio.create_task(listen())]
    try:
        story.dialer.use(replace(said, port=wire.port, no_reply_seconds=60))
        await until(lambda: [to for to, _ in noted(desk)] == ["up"], "up")
        assert lines() == []
        watch = Stopwatch(*story.dialer.processes.values())
        provider.there = False
        broke = SystemClock().now_us()
        await until(lambda: len(noted(desk)) == 2, "down")
        to, at = noted(desk)[-1]
        assert to == "down"
        assert provider.last <= broke
        assert watch.taken(broke / SECOND, at / SECOND) <= 6.0, "the issue's figure, by the log's own time"
        await until(lambda: len(lines()) == 1, "the agent is told")
        rung = [one for one in phone.to_peer if one.startswith(b"INVITE ")]
        assert await desk.refused("zhangwei", StartCall(case_id=story.case_id)) == "call.trunk_down"
        assert (rung, attempts(desk), (await desk.call("zhangwei", ListCalls())).calls) == ([], 0, ())
        provider.there = True
        await until(lambda: len(noted(desk)) == 3, "up again")
        await until(lambda: len(lines()) == 2, "the agent is told that too")
        call = await desk.call("zhangwei", StartCall(case_id=story.case_id))
        await until(lambda: any(one.startswith(b"INVITE ") for one in phone.to_peer), "the phone rings")
        assert attempts(desk) == 1
        await desk.call("zhangwei", HangUp())
        assert (await story.over(call.call_id)).call_id == call.call_id
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
