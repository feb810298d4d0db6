"""What desk, dialer and media say to each other over their links: closed schemas, one message a packet.

A number is in none of them in clear: the dialer gets it inside a ticket, and neither process says it to anybody. SIP's
own words, which a customer's side chooses, are never passed on; a status code and a Q.850 cause are.
"""

from __future__ import annotations

from typing import Annotated, Union

import msgspec

from console.dial.axb.said import Bind, Bound, Cloud, Rang, Reject, Turned, Unbind
from console.dial.results import By, Result
from console.dial.ticket import Ticket
from console.dial.words import Count, Digits, Name, Word

Announced = Annotated[str, msgspec.Meta(pattern=r"\A[A-Za-z_]{0,16}\Z")]
Port = Annotated[int, msgspec.Meta(ge=0, le=65535)]
Seconds = Annotated[int, msgspec.Meta(ge=1, le=300)]
Codec = Annotated[int, msgspec.Meta(ge=0, le=8, multiple_of=8)]
"""PCMU, 0, or PCMA, 8."""
Patience = Annotated[int, msgspec.Meta(ge=0, le=3600)]


class _Said(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag=True):
    """One message."""


# -- desk to media ---------------------------------------------------------------------------------------------------
class Prepare(_Said, frozen=True):
    """Make ready for a call; the empty file of its recording travels beside. `key`: the recording's. `announce`: what
    both hear before they speak (`console.dial.announcing`).
    """  # noqa: D205 - one sentence

    call_id: Name
    recording_id: Name
    key: bytes
    announce: Announced = ""


class Discard(_Said, frozen=True):
    """End a call's relay, whether or not the dialer did."""

    call_id: Name


class PrepareListening(_Said, frozen=True):
    """Make ready to play a recording, whose file travels beside, from a second on. `mark`: of who listens."""

    call_id: Name
    recording_id: Name
    key: bytes
    second: Count
    mark: Annotated[str, msgspec.Meta(pattern=r"\A[A-D0-9]{4,16}\Z")]


class Seek(_Said, frozen=True):
    """Go on from another second of what is played, or stand there."""

    call_id: Name
    second: Count
    paused: bool = False


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


class Silent(_Said, frozen=True):
    """Agent or customer sends nothing any more; the call is to be ended."""

    call_id: Name


class Played(_Said, frozen=True):
    """How far a listening is. `state`: of `console.dial.playing`."""

    call_id: Name
    state: Name
    second: Count


# -- dialer to media, each answered by `Done` ------------------------------------------------------------------------
class Take(_Said, frozen=True):
    """Ask for the two ports of a prepared call."""

    call_id: Name


class Aim(_Said, frozen=True):
    """Point one leg. `agent`: which; `host`, `port`: announced; `peer`: whom SIP was spoken with; `types`: payloads;
    `sends`, `hears`: keys of a covered one, empty for a bare one.
    """  # noqa: D205 - one sentence

    call_id: Name
    agent: bool
    host: Name
    port: Port
    peer: Name
    types: tuple[int, ...]
    sends: bytes = b""
    hears: bytes = b""


class Ring(_Said, frozen=True):
    """The customer's phone rings: let the agent hear that, until `Begin`."""

    call_id: Name


class Begin(_Said, frozen=True):
    """Both legs stand: let speech through and record it. `silent_seconds`: see `Dial`."""

    call_id: Name
    silent_seconds: Patience = 0


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


class Phone(_Said, frozen=True):
    """A softphone that may register. `secret`: MD5 of `name:realm:password` (RFC 7616), empty to forget the phone."""

    name: Word
    secret: Annotated[str, msgspec.Meta(pattern=r"\A([0-9a-f]{32})?\Z")]


class Dial(_Said, frozen=True):
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


class Listen(_Said, frozen=True):
    """Ring a phone and play it what was made ready. `alias`: what it shows as the caller."""

    call_id: Name
    phone: Word
    alias: Word
    ring_seconds: Seconds = 30
    no_reply_seconds: Seconds = 5


class Bridge(_Said, frozen=True):
    """Let the two who answered hear each other: that they talk is on the desk's books."""

    call_id: Name


class HangUp(_Said, frozen=True):
    """End a call. `by`: whose doing it is."""

    call_id: Name
    by: By = By.DESK


# -- dialer to desk --------------------------------------------------------------------------------------------------
class Open(_Said, frozen=True):
    """The dialer listens. `key`: what tickets are issued to. `realm`: of phones' secrets."""

    key: bytes
    port: Port
    realm: Name
    fences: tuple[Name, ...]


class Moved(_Said, frozen=True):
    """A call went on: `agent_calling`, `agent_ringing`, `agent_answered`, `customer_calling`, `customer_ringing`,
    `customer_answered` (nobody hears anybody until `Bridge` came), `talking`.
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


class TrunkSeen(_Said, frozen=True):
    """Whether the provider answers, once that is known and whenever it changes."""

    up: bool


class Intruded(_Said, frozen=True):
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
AskMedia = Take | Aim | Ring | Begin | Drop
ToDialer = Trunk | Phone | Dial | Listen | Bridge | HangUp | Bind | Unbind | Reject | Cloud
FromDialer = Open | Moved | Ended | PhoneSeen | TrunkSeen | Intruded | Bound | Rang | Turned
Message = ToMedia | FromMedia | AskMedia | Done | ToDialer | FromDialer

encode = msgspec.msgpack.Encoder().encode
at_media: msgspec.msgpack.Decoder[ToMedia] = msgspec.msgpack.Decoder(
    Union[Prepare, Discard, PrepareListening, Seek]  # noqa: UP007 - a value
)
at_media_from_dialer: msgspec.msgpack.Decoder[AskMedia] = msgspec.msgpack.Decoder(
    Union[Take, Aim, Ring, Begin, Drop]  # noqa: UP007
)
at_dialer: msgspec.msgpack.Decoder[ToDialer] = msgspec.msgpack.Decoder(
    Union[Trunk, Phone, Dial, Listen, Bridge, HangUp, Bind, Unbind, Reject, Cloud]  # noqa: UP007
)
at_dialer_from_media: msgspec.msgpack.Decoder[Done] = msgspec.msgpack.Decoder(Done)
at_desk_from_media: msgspec.msgpack.Decoder[FromMedia] = msgspec.msgpack.Decoder(
    Union[Prepared, Recorded, RecorderFailed, Silent, Played]  # noqa: UP007
)
at_desk_from_dialer: msgspec.msgpack.Decoder[FromDialer] = msgspec.msgpack.Decoder(
    Union[Open, Moved, Ended, PhoneSeen, TrunkSeen, Intruded, Bound, Rang, Turned]  # noqa: UP007
)
