"""What the desk and the sender process say to each other over their link: closed schemas, one message a packet.

A number is in none of them in clear: the sender gets it inside a ticket, and says it to the provider alone. What a
provider calls a message is told to the desk as a keyed digest, for it may hold the number; its own words never are.
"""

from __future__ import annotations

from enum import StrEnum, unique
from typing import Annotated, Final, Literal, Union

import msgspec

from console.dial.ticket import Ticket
from console.dial.words import Count, Digits, Name, Port

PARTS: Final = 4
"""Most parts of a message; as `console.desk.messages.length.LONGEST_PARTS`."""

HANDLE: Final = 16
"""Bytes of a provider's name for a part, as a digest under the desk's key."""

Text = Annotated[str, msgspec.Meta(max_length=400)]
Reference = Annotated[int, msgspec.Meta(ge=0, le=65535)]


@unique
class Answer(StrEnum):
    """What came of handing a part over. `unsent`: it surely never left; `unknown`: it may have."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    UNSENT = "unsent"


@unique
class Fate(StrEnum):
    """What a provider reports of a part."""

    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"


class _Said(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag=True):
    """One message."""


# -- desk to sender --------------------------------------------------------------------------------------------------
class Provider(_Said, frozen=True):
    """The way to the provider.

    Attributes:
        kind: `smpp` with host and port, or `http` with url and ca_file.
        name, secret: what the desk proves itself with.
        sender: what a customer sees as the sender.
        strip, prefix: of the number, as `console.dial.numbers.dialled`.
        handle_key: what providers' names are digested under.
        plain: HTTP without TLS is taken, towards this machine only.
        a_second: most parts handed over in a second.
        answer_seconds: how long an answer is waited for.
    """

    kind: Literal["smpp", "http"]
    handle_key: Annotated[bytes, msgspec.Meta(min_length=32, max_length=32)]
    host: Name = ""
    port: Port = 0
    url: Annotated[str, msgspec.Meta(max_length=256)] = ""
    ca_file: Annotated[str, msgspec.Meta(max_length=256)] = ""
    name: Name = ""
    secret: Name = ""
    sender: Annotated[str, msgspec.Meta(pattern=r"\A\+?[A-Za-z0-9]{0,20}\Z")] = ""
    strip: Digits = ""
    prefix: Digits = ""
    plain: bool = False
    a_second: Annotated[int, msgspec.Meta(ge=1, le=100)] = 10
    answer_seconds: Annotated[float, msgspec.Meta(ge=0.1, le=120)] = 30.0


class Send(_Said, frozen=True):
    """Hand a message over, once ever. `parts`: its text; `reference`: the first part's, the next part's is one more."""

    message_id: Name
    ticket: Ticket
    reference: Reference
    parts: Annotated[tuple[Text, ...], msgspec.Meta(min_length=1, max_length=PARTS)]


class Kept(_Said, frozen=True):
    """What was reported under this number is on the desk's books."""

    number: Count


# -- sender to desk --------------------------------------------------------------------------------------------------
class Open(_Said, frozen=True):
    """The sender is there. `key`: what tickets are issued to."""

    key: bytes
    fences: tuple[Name, ...]


class LineMoved(_Said, frozen=True):
    """Whether the provider can be reached; `why`: a code of ours, empty while it can."""

    up: bool
    why: Literal["", "away", "not_let_in", "not_verified", "plain", "broken"] = ""


class Answered(_Said, frozen=True):
    """What came of one part, from 0. `handle`: the provider's name for it, digested; `code`: status of SMPP or HTTP."""

    message_id: Name
    part: Annotated[int, msgspec.Meta(ge=0, lt=PARTS)]
    answer: Answer
    code: Count = 0
    handle: Annotated[bytes, msgspec.Meta(max_length=HANDLE)] = b""


class Reported(_Said, frozen=True):
    """A delivery report, answered by `Kept`.

    Attributes:
        number: counts reports of this process. fate: what became of the part.
        message_id: our own name, where the provider gives it back; handle: its own, digested; reference: ours, of SMPP.
    """

    number: Count
    fate: Fate
    message_id: Name = ""
    handle: Annotated[bytes, msgspec.Meta(max_length=HANDLE)] = b""
    reference: Reference = 0


ToSender = Provider | Send | Kept
FromSender = Open | LineMoved | Answered | Reported
Message = ToSender | FromSender

encode = msgspec.msgpack.Encoder().encode
at_sender: msgspec.msgpack.Decoder[ToSender] = msgspec.msgpack.Decoder(
    Union[Provider, Send, Kept]  # noqa: UP007 - a value
)
at_desk: msgspec.msgpack.Decoder[FromSender] = msgspec.msgpack.Decoder(
    Union[Open, LineMoved, Answered, Reported]  # noqa: UP007
)
