"""A whole desk in a call with a customer who says the number in every way: no spelling of it comes to rest anywhere.

Looked through while the call stands, when it is over, and when the desk has ended: every file below its home, every
value of every table, the events, what people are told, the recording as it plays, and whatever runs on this machine.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from sqlalchemy import select

from access.store.schema import call_record, call_recording
from console.desk.api.base import AnyCall
from console.desk.api.calling import ListCalls, ListLiveCalls, ReadOwnCall
from console.desk.api.cases import ListQueue
from console.desk.api.contact import CheckContacts
from console.desk.api.log import ReadLog
from console.desk.api.people import ReadHealth
from console.dial.recording import Recording, channels
from console.settings import CallSettings
from masking.recording import unwrap_recording
from tests.dial.test_hostile import hostile, relay_port
from tests.dial.test_story import NUMBER, Now, Story, _recorder
from tests.support import needles, sip
from tests.support.desk import opened
from tests.support.sip import HOST, until

pytestmark = [pytest.mark.debian("sipp"), pytest.mark.clause("issue-5"), pytest.mark.slow]
recorder = _recorder
OTHER = "13618394275"
HUNT = needles.Hunt(NUMBER)
Found = dict[str, set[bytes]]


@asynccontextmanager
async def telling(folder: Path, url: str) -> AsyncIterator[Story]:
    line = CallSettings(
        trunk_host=HOST, trunk_domain="trunk.test", presented="057100000000", asked_every=0, announce=""
    )
    async with opened(folder / "h", Now(), calls=line, url=url) as desk:
        story = Story(desk, folder, NUMBER)
        try:
            await story.open()
            yield story
        finally:
            await story.close()


async def told(story: Story) -> list[tuple[str, bytes]]:
    """What people are shown of the call, the case, the line and the log."""
    asked: tuple[tuple[str, AnyCall], ...] = (
        ("zhangwei", ListCalls()),
        ("zhangwei", ReadOwnCall()),
        ("zhangwei", ListQueue()),
        ("zhangwei", CheckContacts(case_id=story.case_id)),
        ("lina", ListLiveCalls()),
        ("zhenghao", ReadHealth()),
        ("fengxue", ReadLog(limit=100)),
    )
    return [(f"{who}: {call}", repr(await story.desk.call(who, call)).encode()) for who, call in asked]


def heard(story: Story) -> Iterator[tuple[str, bytes]]:
    """Both sides of every recording, as they play."""
    parts = story.desk.running.parts
    assert parts.home is not None
    with parts.store.engine.connect() as connection:
        kept = connection.execute(select(call_recording)).mappings().all()
    for row in kept:
        key = unwrap_recording(parts.keys.kek(), bytes(row["wrapped_key"]), row["tenant_id"], row["id"])
        with (parts.home.recordings / f"{row['id']}.vdr").open("rb") as file:
            sides = [channels(chunk) for chunk in Recording(file, key).chunks()]
        assert sides
        yield "agent's side", b"".join(one for one, _ in sides)
        yield "customer's side", b"".join(other for _, other in sides)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    return "" if request.param == "sqlite" else str(request.getfixturevalue("postgres_url"))


async def test_no_spelling_of_the_number_comes_to_rest_anywhere(
    tmp_path: Path, url: str, recorder: None, caplog: pytest.LogCaptureFixture
) -> None:
    agent, customer = sip.Voice(), sip.Voice()
    found: dict[str, Found] = {}
    try:
        async with telling(tmp_path, url) as story:
            call, phone, trunk = await story.call(sip.answered(agent.port), hostile(customer.port, NUMBER))
            await story.phase(call.call_id, "talking")
            agent.forget()
            to_agent, to_customer, number = relay_port(phone), relay_port(trunk), NUMBER.encode()
            for order in range(1, 30):
                more = b"1376" * 2 + b"\xbe\xde\0\x03" + number + b"\0"
                agent.say(to_agent, b"A" * 160, order)
                customer.say(to_customer, b"C" * 160, order, first=0x92, more=more)
                customer.say(to_customer, b"C" * 140 + number + bytes([12]), 30 + order, first=0xA0)
                customer.say(to_customer, number, 60 + order, kind=101)
            await until(lambda: len(agent.listen()) >= 29, "speech")
            await until(lambda: any(b"CSeq: 4 ACK" in one for one in trunk.from_peer), "all was refused")
            found["told while it stands"] = HUNT.through(await told(story))
            kept = list(story.everything())
            found["kept while it stands"] = HUNT.through(kept)
            assert any(data == call.call_id.encode() for _, data in kept), "the call is among what was looked through"
            await trunk.nudge()
            last = await story.over(call.call_id)
            assert (last.result, last.by, last.recording) == ("answered", "customer", "whole")
            found["told after it"] = HUNT.through(await told(story))
            found["kept after it"] = HUNT.through(story.everything())
            found["heard"] = HUNT.through(heard(story))
            with story.desk.running.parts.store.engine.connect() as connection:
                records = connection.execute(select(call_record)).mappings().all()
            found["the call's record"] = HUNT.through(("record", repr(dict(one)).encode()) for one in records)
            assert [one["id"] for one in records] == [call.call_id]
            root = story.desk.running.home.root
        agent.listen()
        found["left by the desk"] = HUNT.through(needles.files(root))
        found["the agent's leg"] = HUNT.through(("packet", one) for one in (*phone.to_peer, *agent.heard))
        found["logged"] = HUNT.through([("log", caplog.text.encode())])
    finally:
        agent.close()
        customer.close()
    assert {where: one for where, one in found.items() if one} == {}
    # The same hunt finds it where it is: on the customer's leg, in most spellings, and in the lender's own file.
    assert len(set[bytes]().union(*map(HUNT.of, trunk.from_peer))) >= 5
    assert any(HUNT.of(one) for one in trunk.to_peer)
    assert "cases.csv" in HUNT.through(needles.files(tmp_path))


def test_the_hunt_finds_every_spelling_in_every_place(tmp_path: Path) -> None:
    hunt = needles.Hunt(OTHER)
    for one in needles.needles(OTHER):
        assert one in hunt.of(b"\0 " + one + b" \0")
    assert hunt.of(f"id {'0' * 9}{OTHER[:7]}{'a' * 9}".encode()) == set(), "a part in a long id is chance"
    assert hunt.of(f"id {'0' * 9}{OTHER}{'a' * 9}".encode()) == {OTHER.encode()}
    (tmp_path / f"{OTHER}.log").write_text("x")
    assert set(hunt.through(needles.files(tmp_path))) == {f"name of {OTHER}.log"}
    around = {**os.environ, "SAID": OTHER[:3] + " " + OTHER[3:7] + " " + OTHER[7:]}
    told = subprocess.Popen([sys.executable, "-c", "input()", OTHER], env=around, stdin=subprocess.PIPE)
    try:
        assert f"cmdline of {told.pid}" in hunt.through(needles.process_list())
        assert hunt.through(needles.environments(told.pid))
    finally:
        told.communicate(b"\n")
