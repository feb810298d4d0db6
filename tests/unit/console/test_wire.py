"""Frames keep to their schema: what does not fit ends the line, and nothing else gets through."""

from __future__ import annotations

import asyncio

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from console import wire
from console.desk import api
from console.desk.api.base import Push, Refusal


def test_every_call_names_its_reply_and_has_a_tag_of_its_own() -> None:
    tags = [call.__struct_config__.tag for call in api.calls()]
    assert len(set(tags)) == len(tags) > 30
    for call in api.calls():
        assert isinstance(api.reply_type(call), type)


def test_a_call_survives_the_wire() -> None:
    body = wire.encode_call(7, "k", api.cases.OpenCase(case_id="a" * 32))[4:]
    assert wire.decode_ask(body) == (7, "k", api.cases.OpenCase(case_id="a" * 32))


def test_messages_of_the_desk_survive_the_wire() -> None:
    for message in (
        wire.Answer(1, msgspec.Raw(wire.encode_reply(api.Done()))),
        wire.Refuse(2, Refusal(code="case.not_found", ask=("supervisor",))),
        wire.Told(Push(kind="case", id="x", version=3)),
    ):
        assert wire.decode_message(wire.frame(message)[4:]) == message


@pytest.mark.clause("R-43a")
@given(st.binary(max_size=200))
def test_garbage_is_garbled_never_a_crash(body: bytes) -> None:
    for decode in (wire.decode_ask, wire.decode_message):
        with pytest.raises(wire.Garbled):
            decode(body)


def test_a_field_that_a_call_does_not_have_is_refused() -> None:
    forged = msgspec.msgpack.encode(["ask", 1, "k", {"type": "cases.open", "case_id": "x", "person_id": "someone"}])
    with pytest.raises(wire.Garbled):
        wire.decode_ask(forged)


def test_a_reply_of_another_type_is_refused() -> None:
    with pytest.raises(wire.Garbled):
        wire.decode_reply(api.reveal.ReadInbox(), wire.encode_reply(api.reveal.LiveGrants(grants=())))


async def test_a_frame_beyond_the_limit_ends_the_line() -> None:
    reader = asyncio.StreamReader()
    reader.feed_data((wire.LIMIT + 1).to_bytes(4, "big") + b"x")
    with pytest.raises(wire.FrameTooLong):
        await wire.read_frame(reader, wire.LIMIT)


async def test_a_line_cut_inside_a_frame_is_an_end_not_an_error() -> None:
    reader = asyncio.StreamReader()
    reader.feed_data(b"\x00\x00\x00\x09abc")
    reader.feed_eof()
    assert await wire.read_frame(reader, wire.LIMIT) is None
