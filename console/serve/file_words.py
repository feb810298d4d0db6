"""What front door and desk say to each other about files: questions one way, one answer each, a descriptor beside it.

They travel in the link's envelopes (`messages.FileAsked`, `messages.FileSaid`). The front door never learns a path: the
desk opens a file and hands the descriptor over, to be written only or to be read only.
"""

from __future__ import annotations

from typing import Annotated, Final, Union

import msgspec

Name = Annotated[str, msgspec.Meta(max_length=128)]
Short = Annotated[str, msgspec.Meta(max_length=64)]
Handle = Annotated[int, msgspec.Meta(ge=0, lt=1 << 53)]


class _Asked(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag=True):
    """One question."""


class Admit(_Asked, frozen=True):
    """A visitor from `source` signed with `key`; is it a lender that may leave files?"""

    source: Short
    login: Short
    key: Annotated[bytes, msgspec.Meta(max_length=1024)]


class Put(_Asked, frozen=True):
    """A lender opens a new file; a descriptor to write to comes back, and how many bytes it takes."""

    name: Name


class See(_Asked, frozen=True):
    """Which file waits for the seated visitor?"""


class Take(_Asked, frozen=True):
    """The visitor opens it; a descriptor to read from comes back."""


class Close(_Asked, frozen=True):
    """The visitor has done with a file. whole: closed as it should be, and read to its end."""

    handle: Handle
    whole: bool


class Said(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The answer. handle: of the opened file; name and size: of the file that waits; size: also the limit in bytes."""

    ok: bool
    handle: Handle = 0
    name: Name = ""
    size: Handle = 0


Asked = Admit | Put | See | Take | Close
encode: Final = msgspec.msgpack.Encoder().encode
decode_asked: Final = msgspec.msgpack.Decoder(Union[Admit, Put, See, Take, Close]).decode  # noqa: UP007 - a value
decode_said: Final = msgspec.msgpack.Decoder(Said).decode
