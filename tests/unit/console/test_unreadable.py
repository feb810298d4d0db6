"""Whatever bytes another process sends, its link or line ends: no task dies of them, no descriptor stays open."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import msgspec
import pytest

from console import wire
from console.dial import between, links
from console.dial import messages as dial
from console.serve import file_words
from console.serve import messages as serve
from console.serve.clerk import Clerk
from console.serve.file_room import FileRoom
from console.serve.link import Link, LinkBroken, pair, receive
from console.unreadable import UNREADABLE

pytestmark = [pytest.mark.clause("issue-4", "T11")]

DEEP = 4_000
LISTS, MAPS = b"\x91" * DEEP + b"\xc0", b"\x81\xa1a" * DEEP + b"\xc0"
NOT_TEXT = b"\xa2\xff\xfe"
ODD = {"lists": LISTS, "mappings": MAPS, "no text": NOT_TEXT}
TAG = b"\xa4type"


def packed(value: object) -> bytes:
    return msgspec.msgpack.encode(value)


def ask(call: bytes, key: bytes = b"\xa1k") -> bytes:
    return b"\x94\xa3ask\x01" + key + call


ASKS = {
    **{f"{name} as the frame": odd for name, odd in ODD.items()},
    **{f"{name} as the call": ask(odd) for name, odd in ODD.items()},
    **{f"{name} as the key": ask(b"\x80", odd) for name, odd in ODD.items()},
    **{
        f"{name} in the call's mapping": ask(b"\x82" + TAG + packed("cases.open") + packed("case_id") + odd)
        for name, odd in ODD.items()
    },
    **{f"{name} as its tag": ask(b"\x81" + TAG + odd) for name, odd in ODD.items()},
    **{
        f"{name} as a field's name": ask(b"\x82" + TAG + packed("cases.open") + odd + b"\x01")
        for name, odd in ODD.items()
    },
}


@pytest.mark.parametrize("body", ASKS.values(), ids=ASKS)
def test_a_screen_that_says_it_is_garbled(body: bytes) -> None:
    with pytest.raises(wire.Garbled):
        wire.decode_ask(body)


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_a_desk_that_says_it_is_garbled(odd: bytes) -> None:
    for body in (odd, b"\x92\xa4push" + odd, b"\x93\xa6refuse\x01" + odd, b"\x93\xa6refuse\x01\x81\xa4code" + odd):
        with pytest.raises(wire.Garbled):
            wire.decode_message(body)
    from console.desk.api.reveal import ReadInbox  # noqa: PLC0415 - any call

    with pytest.raises(wire.Garbled):
        wire.decode_reply(ReadInbox(), odd)


def every(decoders: object) -> dict[str, msgspec.msgpack.Decoder[Any]]:
    return {name: one for name, one in vars(decoders).items() if isinstance(one, msgspec.msgpack.Decoder)}


def bodies(schema: object) -> list[bytes]:
    """Each odd thing alone, and as each field of each message that a module has."""
    found = list(ODD.values())
    for kind in vars(schema).values():
        if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
            tag = TAG + packed(kind.__struct_config__.tag or kind.__name__)
            found += [
                b"\x82" + tag + packed(name) + odd for name in kind.__struct_encode_fields__ for odd in ODD.values()
            ]
    return found


def held() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


SERVED, DIALED = every(serve), {**every(dial), **{f"between_{name}": one for name, one in every(between).items()}}


@pytest.mark.parametrize("decoder", SERVED.values(), ids=SERVED)
def test_a_link_that_says_it_ends_and_keeps_no_descriptor(decoder: msgspec.msgpack.Decoder[Any]) -> None:
    left, right = pair()
    with left, right:
        before = held()
        for body in bodies(serve):
            socket.send_fds(left, [body], [left.fileno()] * 3)
            with pytest.raises(LinkBroken):
                receive(right, decoder)
        assert held() == before


async def test_a_link_in_a_loop_is_lost_at_the_first_of_it() -> None:
    left, right = pair()
    lost = asyncio.Event()
    taken: list[object] = []
    with left:
        before = held()
        Link(right, serve.at_desk, lambda message, _: taken.append(message), lost.set)
        socket.send_fds(left, [LISTS[-30_000:]], [left.fileno()] * 3)
        await asyncio.wait_for(lost.wait(), 60)
        assert held() == before - 1, "the link's own end"
    assert taken == []


@pytest.mark.parametrize("decoder", DIALED.values(), ids=DIALED)
def test_a_link_of_calls_that_says_it_is_over_and_keeps_no_descriptor(decoder: msgspec.msgpack.Decoder[Any]) -> None:
    left, right = pair()
    with left, right:
        before = held()
        for body in bodies(dial):
            if len(body) <= links.LIMIT:
                socket.send_fds(left, [body], [left.fileno()])
                assert links.read(right, decoder, beside=1) is None
        assert held() == before


def test_what_comes_beside_a_message_that_nothing_comes_beside_is_not_kept() -> None:
    left, right = pair()
    good = dial.encode(between.Done(ok=True))
    with left, right:
        before = held()
        for beside in (0, 1):
            socket.send_fds(left, [good], [left.fileno()] * (beside + 1))
            assert links.read(right, between.at_dialer, beside=beside) is None
        left.send(b"x" * (links.LIMIT + 1))
        assert links.read(right, between.at_dialer) is None
        assert held() == before
        left.send(good)
        assert links.read(right, between.at_dialer) == (between.Done(ok=True), [])


@pytest.mark.parametrize("body", bodies(file_words))
async def test_words_about_files_that_are_none_are_no(body: bytes) -> None:
    with pytest.raises(UNREADABLE):
        file_words.decode_asked(body)
    said: list[bytes] = []

    async def answer(visit: int, number: int, body: bytes, descriptors: tuple[int, ...]) -> None:
        assert (visit, number, descriptors) == (1, 2, ())
        said.append(body)

    refused: list[tuple[object, ...]] = []
    seats = SimpleNamespace(refused=lambda *words: refused.append(words))
    await FileRoom(cast("Any", None), cast("Any", seats), answer).take(1, 2, body)
    assert [file_words.decode_said(one).ok for one in said] == [False]
    assert refused == [(1, "garbled", "-")]


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
async def test_an_answer_about_files_that_is_none_is_no_and_keeps_no_descriptor(odd: bytes) -> None:
    asked: asyncio.Queue[tuple[int, int]] = asyncio.Queue()

    async def send(visit: int, number: int, body: bytes) -> None:
        del body
        await asked.put((visit, number))

    clerk = Clerk(send, lambda *words: pytest.fail(str(words)))
    question = asyncio.create_task(clerk.ask(1, file_words.See()))
    place = await asked.get()
    descriptors: Sequence[int] = [os.dup(0)]
    before = held()
    clerk.answered(*place, odd, list(descriptors))
    said, descriptor = await question
    assert (said.ok, descriptor) == (False, None)
    assert held() == before - 1
