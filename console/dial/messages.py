"""What desk, dialer and media say to each other over their links: closed schemas, one message a packet.

A number is in none of them in clear: the dialer gets it inside a ticket, and neither process says it to anybody. SIP's
own words, which a customer's side chooses, are never passed on; a status code and a Q.850 cause are.
"""

from __future__ import annotations

import socket
from typing import Annotated, Final, TypeVar, Union

import msgspec

from console.dial.results import By, Result
from console.dial.ticket import Ticket

LIMIT: Final = 8 * 1024
"""Bytes of one message."""

Name = Annotated[str, msgspec.Meta(max_length=128)]
Word = Annotated[str, msgspec.Meta(pattern=r"\A[A-Za-z0-9._-]{1,64}\Z")]
"""What stands in a SIP header as it is: nothing that could end the header or its part."""

Digits = Annotated[str, msgspec.Meta(pattern=r"\A\+?[0-9]{0,20}\Z")]
Port = Annotated[int, msgspec.Meta(ge=0, le=65535)]
Seconds = Annotated[int, msgspec.Meta(ge=1, le=300)]
Count = Annotated[int, msgspec.Meta(ge=0, lt=1 << 53)]


class _Said(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag=True):
    """One message."""


# -- desk to media ---------------------------------------------------------------------------------------------------
class Prepare(_Said, frozen=True):
    """Make ready for a call; the empty file of its recording travels beside. `key`: the recording's."""

    call_id: Name
    recording_id: Name
    key: bytes


class Discard(_Said, frozen=True):
    """End a call's relay, whether or not the dialer did."""

    call_id: Name


# -- media to desk ---------------------------------------------------------------------------------------------------
class Prepared(_Said, frozen=True):
    """Whether a call can be relayed and recorded."""

    call_id: Name
    ready: bool


class Recorded(_Said, frozen=True):
    """A call's relay is over. `whole`: the recording ended as it should; without one, `chunks` is 0."""

    call_id: Name
    whole: bool
    chunks: Count
    late: Count
    agent_packets: Count
    customer_packets: Count
    dropped: Count


class RecorderFailed(_Said, frozen=True):
    """The recording of a running call cannot go on; the call is to be ended."""

    call_id: Name


# -- dialer to media, each answered by `Done` ------------------------------------------------------------------------
class Take(_Said, frozen=True):
    """Ask for the two ports of a prepared call."""

    call_id: Name


class Aim(_Said, frozen=True):
    """Point one leg. `agent`: which; `host`, `port`: announced; `peer`: whom SIP was spoken with; `types`: payloads."""

    call_id: Name
    agent: bool
    host: Name
    port: Port
    peer: Name
    types: tuple[int, ...]


class Begin(_Said, frozen=True):
    """Both legs stand: let speech through and record it."""

    call_id: Name


class Drop(_Said, frozen=True):
    """The call is over."""

    call_id: Name


class Done(_Said, frozen=True):
    """Whether it was done; the ports of agent's and customer's leg after `Take`."""

    ok: bool
    agent_port: Port = 0
    customer_port: Port = 0


# -- desk to dialer --------------------------------------------------------------------------------------------------
class Trunk(_Said, frozen=True):
    """The line to the provider. `prefix`: put before the digits after `strip` leading ones are cut off."""

    host: Word
    port: Port
    domain: Word
    presented: Digits
    username: Annotated[str, msgspec.Meta(pattern=r"\A[A-Za-z0-9._@-]{0,64}\Z")] = ""
    password: Name = ""
    strip: Digits = ""
    prefix: Digits = ""
    no_reply_seconds: Seconds = 5


class Phone(_Said, frozen=True):
    """A softphone that may register. `secret`: MD5 of `name:realm:password` (RFC 7616), empty to forget the phone."""

    name: Word
    secret: Annotated[str, msgspec.Meta(pattern=r"\A([0-9a-f]{32})?\Z")]


class Dial(_Said, frozen=True):
    """Make one call. `alias`: what the agent's phone shows as the caller; `no_reply_seconds`: a phone silent so long is
    away.
    """  # noqa: D205 - one sentence

    call_id: Name
    ticket: Ticket
    phone: Word
    alias: Word
    ring_seconds: Seconds = 45
    agent_ring_seconds: Seconds = 30
    no_reply_seconds: Seconds = 5


class HangUp(_Said, frozen=True):
    """End a call for the desk."""

    call_id: Name


# -- dialer to desk --------------------------------------------------------------------------------------------------
class Open(_Said, frozen=True):
    """The dialer listens. `key`: what tickets are issued to. `realm`: of phones' secrets."""

    key: bytes
    port: Port
    realm: Name
    fences: tuple[Name, ...]


class Moved(_Said, frozen=True):
    """A call went on: `agent_calling`, `agent_ringing`, `agent_answered`, `customer_calling`, `customer_ringing`,
    `talking`.
    """  # noqa: D205 - one sentence

    call_id: Name
    state: Name


class Ended(_Said, frozen=True):
    """A call is over. `code`, `cause`: of SIP and Q.850, 0 for none; `talked`: milliseconds."""

    call_id: Name
    result: Result
    by: By
    code: Count = 0
    cause: Count = 0
    talked: Count = 0


class PhoneSeen(_Said, frozen=True):
    """A softphone registered or left."""

    name: Name
    present: bool


class Intruded(_Said, frozen=True):
    """Somebody tried to call through the dialer and was refused. `name`: of the registered phone there, if any."""

    name: Name
    host: Name


ToMedia = Prepare | Discard
FromMedia = Prepared | Recorded | RecorderFailed
AskMedia = Take | Aim | Begin | Drop
ToDialer = Trunk | Phone | Dial | HangUp
FromDialer = Open | Moved | Ended | PhoneSeen | Intruded
Message = ToMedia | FromMedia | AskMedia | Done | ToDialer | FromDialer

encode = msgspec.msgpack.Encoder().encode
at_media: msgspec.msgpack.Decoder[ToMedia] = msgspec.msgpack.Decoder(Union[Prepare, Discard])  # noqa: UP007 - a value
at_media_from_dialer: msgspec.msgpack.Decoder[AskMedia] = msgspec.msgpack.Decoder(
    Union[Take, Aim, Begin, Drop]  # noqa: UP007
)
at_dialer: msgspec.msgpack.Decoder[ToDialer] = msgspec.msgpack.Decoder(
    Union[Trunk, Phone, Dial, HangUp]  # noqa: UP007
)
at_dialer_from_media: msgspec.msgpack.Decoder[Done] = msgspec.msgpack.Decoder(Done)
at_desk_from_media: msgspec.msgpack.Decoder[FromMedia] = msgspec.msgpack.Decoder(
    Union[Prepared, Recorded, RecorderFailed]  # noqa: UP007
)
at_desk_from_dialer: msgspec.msgpack.Decoder[FromDialer] = msgspec.msgpack.Decoder(
    Union[Open, Moved, Ended, PhoneSeen, Intruded]  # noqa: UP007
)

T = TypeVar("T")


def read(sock: socket.socket, decoder: msgspec.msgpack.Decoder[T]) -> tuple[T, list[int]] | None:
    """The next message and what travels beside it; None when the other side is gone or is not what it was.

    Raises:
        BlockingIOError: there is none yet.
    """
    try:
        data, descriptors, flags, _ = socket.recv_fds(sock, LIMIT, 1)
    except ConnectionError:
        return None
    if not data or flags & (socket.MSG_TRUNC | socket.MSG_CTRUNC):
        return None
    try:
        return decoder.decode(data), descriptors
    except msgspec.MsgspecError:
        return None
