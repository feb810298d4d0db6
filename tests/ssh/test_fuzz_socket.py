"""Whatever is said on the desk's own socket: its line ends or it is answered, the desk goes on, refusals are logged."""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from access.audit.events import Event
from console.client import attach
from console.desk.api import calls
from console.desk.api.base import DeskError
from console.desk.api.session import Greet, SignInAs, WhoAmI
from console.wire import LIMIT, decode_message, encode_call, read_frame
from tests.support.clock import FakeClock
from tests.support.desk import WholeDesk, opened

pytestmark = [pytest.mark.slow, pytest.mark.clause("issue-4", "T11")]

TAGS = sorted(str(call.__struct_config__.tag) for call in calls())
ATOMS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(min_value=-(2**63), max_value=2**64 - 1),
    st.floats(),
    st.text(max_size=40),
    st.binary(max_size=40),
)
TREES = st.recursive(
    ATOMS,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=12), inner, max_size=4)),
    max_leaves=20,
)
FIELDS = st.sampled_from(sorted({name for call in calls() for name in call.__struct_fields__}))
CALLS = st.builds(
    lambda tag, rest: {"type": tag, **rest}, st.sampled_from(TAGS), st.dictionaries(FIELDS, ATOMS, max_size=6)
)
ASKS = st.builds(
    lambda head, number, key, call: [head, number, key, call],
    st.sampled_from(["ask", "answer", "push", "", "ASK"]),
    ATOMS,
    st.one_of(st.text(max_size=80), ATOMS),
    st.one_of(CALLS, TREES),
)
pack = msgspec.msgpack.Encoder().encode


def framed(body: bytes, length: int | None = None) -> bytes:
    return struct.pack(">I", len(body) if length is None else length & 0xFFFFFFFF) + body


DEEP = [head * depth + b"\xc0" for head in (b"\x91", b"\x81\xa1a") for depth in (50, 5_000, 200_000)]
INSIDE = b"\x94\xa3ask\x01\xa1k", b"\x94\xa3ask\x01\xa1k\x82\xa4type\xaacases.open\xa7case_id", b"\x94\xa3ask\x01"
NESTED = [*DEEP, *(head + deep for head in INSIDE for deep in DEEP)]
GARBLED = "door.garbled"
MESSAGES = st.one_of(
    ASKS.map(lambda ask: framed(pack(ask))),
    TREES.map(lambda tree: framed(pack(tree))),
    st.binary(max_size=300).map(framed),
    st.tuples(st.binary(max_size=60), st.sampled_from([0, 1, LIMIT, LIMIT + 1, 0xFFFFFFFF])).map(
        lambda said: framed(said[0], said[1])
    ),
    st.sampled_from(NESTED).map(framed),
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def whole(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[WholeDesk]:
    async with opened(tmp_path_factory.mktemp("fuzz") / "h", FakeClock()) as desk:
        yield desk


async def dial(desk: WholeDesk) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await asyncio.open_unix_connection(str(desk.running.home.socket))
    writer.write(framed(b"pts/1"))
    return reader, writer


async def still_there(desk: WholeDesk) -> None:
    line = await attach(desk.running.home.socket)
    try:
        await line.call(Greet())
    finally:
        await line.close()


@settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    messages=st.lists(MESSAGES, min_size=1, max_size=4),
    cuts=st.lists(st.integers(1, 64), max_size=6),
    half=st.booleans(),
)
@pytest.mark.asyncio(loop_scope="module")
async def test_whatever_is_said_before_signing_in(
    whole: WholeDesk,
    messages: list[bytes],
    cuts: list[int],
    half: bool,  # noqa: FBT001 - hypothesis hands it in
) -> None:
    reader, writer = await dial(whole)
    said = b"".join(messages)
    try:
        for cut in cuts:
            writer.write(said[:cut])
            said = said[cut:]
            await asyncio.sleep(0)
        writer.write(said[: len(said) // 2] if half else said)
        if half:
            writer.write_eof()
        while body := await asyncio.wait_for(read_frame(reader, 8 * LIMIT), 0.02 if not half else 20):
            decode_message(body)
    except (TimeoutError, ConnectionError):
        pass
    finally:
        writer.close()
    await still_there(whole)


NO_CALLS = {
    "nothing": framed(b""),
    "a word": framed(b"\xc1nonsense"),
    "no text": framed(b"\x94\xa3ask\x01\xa2\xff\xfe\x80"),
    "a call with one field too many": framed(pack(["ask", 1, "k", {"type": "cases.open", "case_id": "x", "by": "me"}])),
    "more than the limit": framed(b"", LIMIT + 1),
    "without end": framed(b"", 0xFFFFFFFF),
    **{f"nested {number}": framed(body) for number, body in enumerate(NESTED) if len(body) > 5_000},
}


def garbled(desk: WholeDesk) -> list[Event]:
    return [one for one in desk.events() if (one.action, one.rule) == ("account:door:refuse", GARBLED)]


async def over(reader: asyncio.StreamReader) -> None:
    """The line ends, whatever it still answers."""
    async with asyncio.timeout(60):
        try:
            while await read_frame(reader, 8 * LIMIT) is not None:
                continue
        except ConnectionError:
            return


@pytest.mark.parametrize("said", NO_CALLS.values(), ids=NO_CALLS)
@pytest.mark.parametrize("seated", [False, True], ids=["nobody", "somebody"])
@pytest.mark.asyncio(loop_scope="module")
async def test_what_is_no_call_ends_its_line_at_once_and_is_logged_once(
    whole: WholeDesk,
    said: bytes,
    seated: bool,  # noqa: FBT001 - pytest hands it in
) -> None:
    whole.clock.advance(120)
    before = len(garbled(whole))
    reader, writer = await (taken_over(whole) if seated else dial(whole))
    writer.write(said * 3)
    await over(reader)
    writer.close()
    (event,) = garbled(whole)[before:]
    assert (event.result, event.source) == ("refused", "local")
    assert (event.person_id is not None) == seated
    await still_there(whole)


@pytest.mark.asyncio(loop_scope="module")
async def test_what_is_no_call_is_logged_also_of_a_line_that_asked_too_fast(whole: WholeDesk) -> None:
    whole.clock.advance(120)
    before = len(garbled(whole))
    reader, writer = await taken_over(whole)
    for number in range(2, 400):
        writer.write(encode_call(number, f"{number:032}", WhoAmI()))
    writer.write(framed(b"\xc1"))
    await over(reader)
    writer.close()
    assert len(garbled(whole)) == before + 1


@pytest.mark.asyncio(loop_scope="module")
async def test_a_greeting_beyond_its_limit_is_logged(whole: WholeDesk) -> None:
    before = len(garbled(whole))
    reader, writer = await asyncio.open_unix_connection(str(whole.running.home.socket))
    writer.write(framed(b"x" * 65))
    await over(reader)
    writer.close()
    assert len(garbled(whole)) == before + 1


async def taken_over(desk: WholeDesk) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    reader, writer = await dial(desk)
    writer.write(encode_call(1, "k" * 32, SignInAs(name="zhangwei")))
    assert await read_frame(reader, 8 * LIMIT)
    return reader, writer


@settings(max_examples=80, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(asked=st.lists(CALLS, min_size=1, max_size=6))
@pytest.mark.asyncio(loop_scope="module")
async def test_every_call_of_a_session_that_was_taken_over_is_answered_and_each_refusal_logged(
    whole: WholeDesk, asked: list[dict[str, Any]]
) -> None:
    whole.clock.advance(120)
    reader, writer = await taken_over(whole)
    before = len(whole.events())
    answers = 0
    try:
        for number, call in enumerate(asked, 2):
            writer.write(framed(pack(["ask", number, f"{number:032}", call])))
            body = await asyncio.wait_for(read_frame(reader, 8 * LIMIT), 60)
            if body is None:
                # Outside the schema: the line is over, and with it the session; that too is an event.
                answers += 1
                break
            answers += 1
            decode_message(body)
    finally:
        writer.close()
    end = asyncio.get_running_loop().time() + 60
    while len(new := whole.events()[before:]) < answers and asyncio.get_running_loop().time() < end:
        await asyncio.sleep(0.01)
    assert len(new) >= answers, "an answer without an event"
    assert not [event for event in new if event.result == "failed"], [failed(event) for event in new]


def failed(event: Event) -> tuple[str, str, str]:
    return event.action, event.result, str(event.detail)


@pytest.mark.asyncio(loop_scope="module")
async def test_a_number_said_twice_is_two_calls_and_a_key_said_twice_is_one(whole: WholeDesk) -> None:
    whole.clock.advance(120)
    reader, writer = await taken_over(whole)
    try:
        for _ in range(3):
            writer.write(encode_call(7, "a" * 32, WhoAmI()))
            answer = decode_message(await read_frame(reader, 8 * LIMIT) or b"")
            assert getattr(answer, "number", None) == 7
    finally:
        writer.close()
    await still_there(whole)


@pytest.mark.asyncio(loop_scope="module")
async def test_many_half_open_lines_keep_nobody_out(whole: WholeDesk) -> None:
    lines = [await dial(whole) for _ in range(100)]
    for number, (_, writer) in enumerate(lines):
        writer.write(framed(b"x" * 20, 1000) if number % 2 else struct.pack(">I", 40)[:3])
    await asyncio.wait_for(still_there(whole), 60)
    for _, writer in lines:
        writer.close()
    await still_there(whole)


@pytest.mark.asyncio(loop_scope="module")
async def test_what_a_screen_hears_from_a_desk_that_is_none_ends_its_line(tmp_path: Path) -> None:
    async def nonsense(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(100)
        writer.write(framed(b"\xc1nonsense"))
        await writer.drain()
        writer.close()

    server = await asyncio.start_unix_server(nonsense, str(tmp_path / "s"))
    line = await attach(tmp_path / "s")
    with pytest.raises(DeskError, match=r"desk\.unreachable"):
        await line.call(Greet())
    await line.close()
    server.close()
    await server.wait_closed()
