"""Frames between a screen and the desk: four bytes of length, then one msgpack message of a strict schema.

A frame longer than `LIMIT` ends the line: a taken-over screen cannot make the desk hold its memory. Call payloads are
decoded against the closed union of calls, replies against the type that the call declares.
"""

from __future__ import annotations

import asyncio
import struct
from typing import Any, Final, TypeVar, Union

import msgspec

from console.desk import api
from console.desk.api.base import AnyCall, Call, Push, Refusal
from console.unreadable import UNREADABLE

LIMIT: Final = 1 << 20
REPLY_LIMIT: Final = 8 << 20
_LENGTH: Final = struct.Struct(">I")

R = TypeVar("R")


class Ask(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, tag="ask"):
    """A call under the line's own running number."""

    number: int
    key: str
    call: msgspec.Raw


class Answer(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, tag="answer"):
    """The encoded reply to a call."""

    number: int
    reply: msgspec.Raw


class Refuse(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, tag="refuse"):
    """Why a call was not answered."""

    number: int
    refusal: Refusal


class Told(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True, tag="push"):
    """Something changed."""

    push: Push


class FrameTooLong(Exception):
    """The other side announced more than the limit."""


class Garbled(Exception):
    """The other side sent something outside the schema."""


_encode = msgspec.msgpack.Encoder().encode
_asks = msgspec.msgpack.Decoder(Ask)
_from_desk = msgspec.msgpack.Decoder(Union[Answer, Refuse, Told])  # noqa: UP007 - a value, not an annotation
_calls: msgspec.msgpack.Decoder[Any] = msgspec.msgpack.Decoder(Union[api.calls()])  # noqa: UP007
_replies: dict[type[AnyCall], msgspec.msgpack.Decoder[Any]] = {
    call: msgspec.msgpack.Decoder(api.reply_type(call)) for call in api.calls()
}


def frame(message: object) -> bytes:
    """A message with its length before it."""
    body = _encode(message)
    return _LENGTH.pack(len(body)) + body


async def read_frame(reader: asyncio.StreamReader, limit: int) -> bytes | None:
    """The next frame's body; None when the line ended between or inside frames.

    Raises:
        FrameTooLong: more than `limit` bytes were announced.
    """
    try:
        (length,) = _LENGTH.unpack(await reader.readexactly(_LENGTH.size))
        if length > limit:
            raise FrameTooLong
        return await reader.readexactly(length)
    except (asyncio.IncompleteReadError, ConnectionError):
        return None


def encode_call(number: int, key: str, call: AnyCall) -> bytes:
    """A call as a frame."""
    return frame(Ask(number, key, msgspec.Raw(_encode(call))))


def decode_ask(body: bytes) -> tuple[int, str, AnyCall]:
    """Number, idempotency key and call.

    Raises:
        Garbled: not a call of this build.
    """
    try:
        ask = _asks.decode(body)
        return ask.number, ask.key, _calls.decode(ask.call)
    except UNREADABLE as fault:
        raise Garbled from fault


def encode_reply(reply: object) -> bytes:
    """A reply's bytes, as they are kept for idempotency and put into an `Answer`."""
    return _encode(reply)


def decode_reply(call: Call[R], body: bytes | msgspec.Raw) -> R:
    """A reply of the type that the call declares.

    Raises:
        Garbled: something else.
    """
    try:
        reply: R = _replies[type(call)].decode(body)
    except UNREADABLE as fault:
        raise Garbled from fault
    return reply


def decode_message(body: bytes) -> Answer | Refuse | Told:
    """What the desk said.

    Raises:
        Garbled: outside the schema.
    """
    try:
        message: Answer | Refuse | Told = _from_desk.decode(body)
    except UNREADABLE as fault:
        raise Garbled from fault
    return message
