"""What the dialer asks of media over the link between them, each answered by `Done`; see `console.dial.messages`."""

from __future__ import annotations

from typing import Union

import msgspec

from console.dial.words import Name, Patience, Port, Said


class Take(Said, frozen=True):
    """Ask for the two ports of a prepared call."""

    call_id: Name


class Aim(Said, frozen=True):
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


class Ring(Said, frozen=True):
    """The customer's phone rings: let the agent hear that, until `Begin`."""

    call_id: Name


class Begin(Said, frozen=True):
    """Both legs stand: let speech through and record it. `silent_seconds`: see `Dial`."""

    call_id: Name
    silent_seconds: Patience = 0


class Drop(Said, frozen=True):
    """The call is over."""

    call_id: Name


class Done(Said, frozen=True):
    """Whether it was done; the ports of agent's and customer's leg after `Take`."""

    ok: bool
    agent_port: Port = 0
    customer_port: Port = 0


AskMedia = Take | Aim | Ring | Begin | Drop

encode = msgspec.msgpack.Encoder().encode
at_media: msgspec.msgpack.Decoder[AskMedia] = msgspec.msgpack.Decoder(
    Union[Take, Aim, Ring, Begin, Drop]  # noqa: UP007 - a value
)
at_dialer: msgspec.msgpack.Decoder[Done] = msgspec.msgpack.Decoder(Done)
