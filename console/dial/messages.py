"""What the desk says to dialer and media over its links, and they to it: closed schemas, one message a packet.

A number is in none of them in clear: the dialer gets it inside a ticket, and neither process says it to anybody. SIP's
own words, which a customer's side chooses, are never passed on; a status code and a Q.850 cause are.
"""

from __future__ import annotations

from typing import Annotated, Union

import msgspec

from console.dial.axb.said import Bind, Bound, Cloud, Rang, Reject, Turned, Unbind
from console.dial.results import By, Result
from console.dial.ticket import Ticket
from console.dial.words import Count, Digits, Name, Patience, Port, Said, Word

Announced = Annotated[str, msgspec.Meta(pattern=r"\A[A-Za-z_]{0,16}\Z")]
Seconds = Annotated[int, msgspec.Meta(ge=1, le=300)]
Codec = Annotated[int, msgspec.Meta(ge=0, le=8, multiple_of=8)]
"""PCMU, 0, or PCMA, 8."""


# -- desk to media ---------------------------------------------------------------------------------------------------
class Prepare(Said, frozen=True):
    """Make ready for a call; the empty file of its recording travels beside. `key`: the recording's. `announce`: what
    both hear before they speak (`console.dial.announcing`).
    """  # noqa: D205 - one sentence

    call_id: Name
    recording_id: Name
    key: bytes
    announce: Announced = ""


class Discard(Said, frozen=True):
    """End a call's relay, whether or not the dialer did."""

    call_id: Name


class PrepareListening(Said, frozen=True):
    """Make ready to play a recording, whose file travels beside, from a second on. `mark`: of who listens."""

    call_id: Name
    recording_id: Name
    key: bytes
    second: Count
    mark: Annotated[str, msgspec.Meta(pattern=r"\A[A-D0-9]{4,16}\Z")]


class Seek(Said, frozen=True):
    """Go on from another second of what is played, or stand there."""

    call_id: Name
    second: Count
    paused: bool = False


# -- media to desk ---------------------------------------------------------------------------------------------------
class Prepared(Said, frozen=True):
    """Whether a call can be relayed and recorded."""

    call_id: Name
    ready: bool


class Recorded(Said, frozen=True):
    """A call's relay is over. `whole`: the recording ended as it should; without one, `chunks` is 0."""

    call_id: Name
    whole: bool
    chunks: Count
    late: Count
    agent_packets: Count
    customer_packets: Count
    dropped: Count


class RecorderFailed(Said, frozen=True):
    """The recording of a running call cannot go on; the call is to be ended."""

    call_id: Name


class Silent(Said, frozen=True):
    """Agent or customer sends nothing any more; the call is to be ended."""

    call_id: Name


class Played(Said, frozen=True):
    """How far a listening is. `state`: of `console.dial.playing`."""

    call_id: Name
    state: Name
    second: Count


# -- desk to dialer --------------------------------------------------------------------------------------------------
class Trunk(Said, frozen=True):
    """The line to the provider. `prefix`: put before the digits after `strip` leading ones are cut off; `asked_every`:
    seconds between two questions whether it is there, 0 for none; `srtp`: speech is covered, or there is no call;
    `codecs`: payload types of speech that phones and provider are offered, the wanted one first.
    """  # noqa: D205 - one sentence

    host: Word
    port: Port
    domain: Word
    presented: Digits
    username: Annotated[str, msgspec.Meta(pattern=r"\A[A-Za-z0-9._@-]{0,64}\Z")] = ""
    password: Name = ""
    strip: Digits = ""
    prefix: Digits = ""
    no_reply_seconds: Seconds = 5
    asked_every: Annotated[int, msgspec.Meta(ge=0, le=60)] = 0
    srtp: bool = False
    codecs: Annotated[tuple[Codec, ...], msgspec.Meta(min_length=1, max_length=2)] = (8, 0)


class Phone(Said, frozen=True):
    """A softphone that may register. `secret`: MD5 of `name:realm:password` (RFC 7616), empty to forget the phone."""

    name: Word
    secret: Annotated[str, msgspec.Meta(pattern=r"\A([0-9a-f]{32})?\Z")]


class Dial(Said, frozen=True):
    """Make one call. `alias`: what the agent's phone shows as the caller; `no_reply_seconds`: a phone silent so long is
    away; `presented`: what the customer sees instead of the trunk's; `over`: a provider's number that is called in the
    customer's place, who is bound there; `ring`: who waits for this call
    (`console.dial.axb.said.Rang`), a customer where there is no ticket, else the agent's own phone; `silent_seconds`:
    without a packet of agent's or customer's, once they talk, after which it ends; 0: never.
    """  # noqa: D205 - one sentence

    call_id: Name
    phone: Word
    alias: Word
    ticket: Ticket | None = None
    presented: Digits = ""
    over: Digits = ""
    ring: Name = ""
    ring_seconds: Seconds = 45
    agent_ring_seconds: Seconds = 30
    silent_seconds: Patience = 0
    no_reply_seconds: Seconds = 5


class Listen(Said, frozen=True):
    """Ring a phone and play it what was made ready. `alias`: what it shows as the caller."""

    call_id: Name
    phone: Word
    alias: Word
    ring_seconds: Seconds = 30
    no_reply_seconds: Seconds = 5


class Bridge(Said, frozen=True):
    """Let the two who answered hear each other: that they talk is on the desk's books."""

    call_id: Name


class HangUp(Said, frozen=True):
    """End a call. `by`: whose doing it is."""

    call_id: Name
    by: By = By.DESK


# -- dialer to desk --------------------------------------------------------------------------------------------------
class Open(Said, frozen=True):
    """The dialer listens. `key`: what tickets are issued to. `realm`: of phones' secrets."""

    key: bytes
    port: Port
    realm: Name
    fences: tuple[Name, ...]


class Moved(Said, frozen=True):
    """A call went on: `agent_calling`, `agent_ringing`, `agent_answered`, `customer_calling`, `customer_ringing`,
    `customer_answered` (nobody hears anybody until `Bridge` came), `talking`.
    """  # noqa: D205 - one sentence

    call_id: Name
    state: Name


class Ended(Said, frozen=True):
    """A call is over. `code`, `cause`: of SIP and Q.850, 0 for none; `talked`: milliseconds."""

    call_id: Name
    result: Result
    by: By
    code: Count = 0
    cause: Count = 0
    talked: Count = 0


class PhoneSeen(Said, frozen=True):
    """A softphone registered or left."""

    name: Name
    present: bool


class TrunkSeen(Said, frozen=True):
    """Whether the provider answers, once that is known and whenever it changes."""

    up: bool


class Intruded(Said, frozen=True):
    """Somebody tried to call through the dialer and was refused. `name`: of the registered phone there, if any;
    `false_proof`: it was a number that phones may call, and what was to prove the phone did not; `count`: how often
    since the last word of this kind.
    """  # noqa: D205 - one sentence

    name: Name
    host: Name
    false_proof: bool = False
    count: Count = 1


ToMedia = Prepare | Discard | PrepareListening | Seek
FromMedia = Prepared | Recorded | RecorderFailed | Silent | Played
ToDialer = Trunk | Phone | Dial | Listen | Bridge | HangUp | Bind | Unbind | Reject | Cloud
FromDialer = Open | Moved | Ended | PhoneSeen | TrunkSeen | Intruded | Bound | Rang | Turned
Message = ToMedia | FromMedia | ToDialer | FromDialer

encode = msgspec.msgpack.Encoder().encode
at_media: msgspec.msgpack.Decoder[ToMedia] = msgspec.msgpack.Decoder(
    Union[Prepare, Discard, PrepareListening, Seek]  # noqa: UP007 - a value
)
at_dialer: msgspec.msgpack.Decoder[ToDialer] = msgspec.msgpack.Decoder(
    Union[Trunk, Phone, Dial, Listen, Bridge, HangUp, Bind, Unbind, Reject, Cloud]  # noqa: UP007
)
at_desk_from_media: msgspec.msgpack.Decoder[FromMedia] = msgspec.msgpack.Decoder(
    Union[Prepared, Recorded, RecorderFailed, Silent, Played]  # noqa: UP007
)
at_desk_from_dialer: msgspec.msgpack.Decoder[FromDialer] = msgspec.msgpack.Decoder(
    Union[Open, Moved, Ended, PhoneSeen, TrunkSeen, Intruded, Bound, Rang, Turned]  # noqa: UP007
)
