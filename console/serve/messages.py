"""What the three kinds of process say to each other besides a session's own calls: two closed schemas.

Desk and front door: how to open, who wants to come in, what was answered, what was refused, who has gone. Front door
and zygote: which session to start on which terminal, when to end it. Descriptors travel beside a message, never in it.
No message carries anything of a customer.
"""

from __future__ import annotations

from typing import Annotated, Final, Union

import msgspec

Count = Annotated[int, msgspec.Meta(ge=0, lt=1 << 53)]
Short = Annotated[str, msgspec.Meta(max_length=64)]
Long = Annotated[str, msgspec.Meta(max_length=1024)]
Text = Annotated[str, msgspec.Meta(max_length=8192)]

LIMIT: Final = 32 * 1024
"""Bytes of one message."""


class _Said(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag=True):
    """One message."""


# -- desk to front door ----------------------------------------------------------------------------------------------
class Open(_Said, frozen=True):
    """Listen. `host_key`: OpenSSH private key. `banner`, `password`, `code`: words for people.

    `partings`: what whoever is sent away is told, by language and reason (`console.serve.partings`).
    """

    host: Long
    port: Annotated[int, msgspec.Meta(ge=0, le=65535)]
    host_key: bytes
    banner: Text
    password: Long
    code: Long
    partings: Annotated[dict[Short, Long], msgspec.Meta(max_length=64)] = {}


class Answered(_Said, frozen=True):
    """Whether the three factors of a visitor hold; no more is ever said, and `language` only of who came in."""

    visit: Count
    seated: bool
    language: Short = ""


class Ended(_Said, frozen=True):
    """A visitor's line is over. `why`: for what reason other than their own leaving; `language`: what they read."""

    visit: Count
    why: Short = ""
    language: Short = ""


class FileSaid(_Said, frozen=True):
    """The answer to a question about files (`file_words`), perhaps with a descriptor beside it."""

    visit: Count
    number: Count
    body: Annotated[bytes, msgspec.Meta(max_length=4096)]


# -- front door to desk ----------------------------------------------------------------------------------------------
class Listening(_Said, frozen=True):
    """The port that was opened, and what each session stands behind."""

    port: Count
    fences: tuple[Short, ...]


class Prove(_Said, frozen=True):
    """A visitor signed with `key` (an SSH public key blob) and typed password and code; do the three hold?"""

    visit: Count
    source: Short
    login: Long
    key: Annotated[bytes, msgspec.Meta(max_length=1024)]
    password: Long = ""
    code: Long = ""

    def __repr__(self) -> str:
        return f"Prove(visit={self.visit})"


class Enter(_Said, frozen=True):
    """The seated visitor's session is the other end of the socket that comes with this."""

    visit: Count


class Return(_Said, frozen=True):
    """A visitor's session lost its line with the desk that was; the other end of the socket beside this is its new one.

    Nobody sits on it yet. The connection is still the one on which `login` signed with `key`; password and code are
    asked for again.
    """

    visit: Count
    source: Short
    login: Long
    key: Annotated[bytes, msgspec.Meta(max_length=1024)]


class SideDoor(_Said, frozen=True):
    """A visitor asked for something that is no desk, `count` times: `what` is a code of `SIDE_DOORS`."""

    visit: Count
    source: Short
    what: Short
    count: Annotated[int, msgspec.Meta(ge=1, lt=1 << 31)] = 1


class FileAsked(_Said, frozen=True):
    """A visitor's question about files (`file_words`)."""

    visit: Count
    number: Count
    body: Annotated[bytes, msgspec.Meta(max_length=4096)]


class Typed(_Said, frozen=True):
    """Somebody types at a visitor's terminal; said now and then, never what."""

    visit: Count


class Gone(_Said, frozen=True):
    """A visitor's connection is over."""

    visit: Count


# -- front door to zygote --------------------------------------------------------------------------------------------
class Start(_Said, frozen=True):
    """Fork a session; with it come its terminal, its socket to the desk and where a later one comes, in this order."""

    number: Count
    terminal: Short
    language: Short


class Finish(_Said, frozen=True):
    """Tell a session to end; one that does not is killed."""

    number: Count


# -- zygote to front door --------------------------------------------------------------------------------------------
class Warm(_Said, frozen=True):
    """Everything is imported; `fences` is what every session will stand behind."""

    fences: tuple[Short, ...]


class Dead(_Said, frozen=True):
    """A session ended. `well`: by itself, without an error."""

    number: Count
    well: bool


SIDE_DOORS: Final = frozenset(
    {
        "agent",
        "answers",
        "away",
        "environment",
        "exec",
        "file_change",
        "file_failed",
        "file_list",
        "file_long",
        "file_many",
        "file_read",
        "garbled",
        "key_kind",
        "local_user",
        "method",
        "no_files",
        "no_terminal",
        "out_of_turn",
        "port_in",
        "port_out",
        "protocol",
        "route",
        "second_session",
        "sign_in",
        "signature",
        "subsystem",
        "too_many",
        "tunnel",
        "unknown",
        "x11",
    }
)
"""What a visitor may ask for besides one terminal, and is refused.

`answers`: to come in with other than the two answers that were asked for; `away`: while there was no desk; `key_kind`:
with a key that counts nowhere; `method`: in a way that is not open, or not yet; `route`: on a route that the door does
not have; `signature`: with one that the key shown did not make. `file_failed`: the desk's disk did not take it.
`garbled`: what a line said that is no call; `local_user`: an account of this machine that may not speak to the desk;
`out_of_turn`: what was asked before an earlier answer was there, or could follow none; `protocol`: what broke SSH's
own rules.
"""

FromDesk = Open | Answered | Ended | FileSaid
ToDesk = Listening | Prove | Enter | Return | SideDoor | FileAsked | Typed | Gone
ToZygote = Start | Finish
FromZygote = Warm | Dead
Message = FromDesk | ToDesk | ToZygote | FromZygote

encode = msgspec.msgpack.Encoder().encode
at_door_from_desk: msgspec.msgpack.Decoder[FromDesk] = msgspec.msgpack.Decoder(
    Union[Open, Answered, Ended, FileSaid]  # noqa: UP007 - a value
)
at_desk: msgspec.msgpack.Decoder[ToDesk] = msgspec.msgpack.Decoder(
    Union[Listening, Prove, Enter, Return, SideDoor, FileAsked, Typed, Gone]  # noqa: UP007
)
at_zygote: msgspec.msgpack.Decoder[ToZygote] = msgspec.msgpack.Decoder(Union[Start, Finish])  # noqa: UP007
at_door_from_zygote: msgspec.msgpack.Decoder[FromZygote] = msgspec.msgpack.Decoder(Union[Warm, Dead])  # noqa: UP007
