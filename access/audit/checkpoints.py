"""Signed checkpoints."""

from __future__ import annotations

from pathlib import Path

import msgspec

from masking.gm import Sm2PrivateKey


class LogKeys(msgspec.Struct, frozen=True):
    """What a log signs its checkpoints with, and where it leaves them.

    Attributes:
        origin: The log's name in every checkpoint, such as ``veildesk/<desk id>``.
        signer: The desk's log key; none: no checkpoints are written.
        witness: The append-only file outside the database; none: no checkpoints are written.
    """

    origin: str
    signer: Sm2PrivateKey | None = None
    witness: Path | None = None
