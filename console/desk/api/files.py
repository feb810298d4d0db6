"""What only the desk's own side of the front door may ask about files; no screen or command can send these.

They are not among `api.calls()`, so no socket decodes them. A lender is not a person on a line: each of its calls names
the registered key that let it in, and is judged by rows afresh.
"""

from __future__ import annotations

from console.desk.api.base import Call, Done, Value


class Admitted(Value, frozen=True, kw_only=True):
    """A lender came in by this registered key."""

    key_id: str


class AdmitLender(Call[Admitted], frozen=True, kw_only=True, tag="handing.admit"):
    """`key` is the SSH public key blob, in hex, whose signature the front door checked."""

    login: str
    key: str


class UploadPlace(Value, frozen=True, kw_only=True):
    """Where a new file may be written. path: of the desk's own making; limit: bytes."""

    path: str
    limit: int


class BeginUpload(Call[UploadPlace], frozen=True, kw_only=True, tag="handing.begin"):
    """A lender wants to leave a file. under_way: how many of its files are being written already."""

    key_id: str
    name: str
    under_way: int


class KeepUpload(Call[Done], frozen=True, kw_only=True, tag="handing.keep"):
    """The file is whole as far as its sender says; it enters the drop under its name."""

    key_id: str
    name: str
    path: str


class DropUpload(Call[Done], frozen=True, kw_only=True, tag="handing.discard"):
    """A file that was not finished, or could not be kept, is destroyed."""

    key_id: str
    name: str
    path: str


class Handout(Value, frozen=True, kw_only=True):
    """The one released file that waits for the person on the line. name: as it is shown; size: bytes."""

    handout_id: str
    name: str
    size: int


class SeeHandout(Call[Handout], frozen=True, kw_only=True, tag="handing.see"):
    """Which file waits for this person, if one does."""


class HandoutPath(Value, frozen=True, kw_only=True):
    """Where the desk keeps it; never told outside the desk, which opens it and hands on the descriptor."""

    path: str


class TakeHandout(Call[HandoutPath], frozen=True, kw_only=True, tag="handing.take"):
    """Open it, once; the event is committed before a byte is read."""

    handout_id: str


class EndHandout(Call[Done], frozen=True, kw_only=True, tag="handing.end"):
    """Reading is over; whole: every byte left the desk."""

    handout_id: str
    whole: bool
