"""A fragment on its way to the desk: small enough for one frame, and unpacked within a limit on the other side."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from typing import Final

import msgspec

from watermark.fragment import Fragment
from watermark.visible import export_number, serials_in

MOST_PACKED: Final = 900_000
MOST_UNPACKED: Final = 24 * 1024 * 1024
MOST_CELL: Final = 120
MOST_CELLS: Final = 64
_MOST_TEXTS: Final = 50
_UNKNOWN: Final = 2
_MOST_UNREAD: Final = 1 << 31


class _Carried(msgspec.Struct, array_like=True, forbid_unknown_fields=True):
    rows: list[list[str]]
    loose: bool
    texts: list[str]
    digest: bytes
    told: dict[str, list[str]]
    heights: bytes
    unread: int = 0


class Unpackable(Exception):
    """What arrived is not a packed fragment, or would be too large."""


def pack(fragment: Fragment) -> tuple[bytes, int]:
    """Return a fragment as bytes, and how many of its rows stayed out: when it was read, or for want of room here.

    Long cells are cut, and texts are kept as far as an export's number stands in them; of what a file says beside its
    cells the numbers alone.
    """
    rows = [[cell[:MOST_CELL] for cell in row[:MOST_CELLS]] for row in fragment.rows]
    texts = [text[:MOST_CELL] for text in map(_around, fragment.texts) if text][:_MOST_TEXTS]
    told = {layer: _numbers(said) for layer, said in fragment.told.items()}
    heights = bytes(_UNKNOWN if one is None else one for one in fragment.heights)
    step = 1
    while True:
        kept = rows[::step]
        carried = _Carried(kept, fragment.loose, texts, fragment.digest, told, heights[::step], fragment.unread)
        packed = zlib.compress(msgspec.msgpack.encode(carried))
        if len(packed) <= MOST_PACKED and _size(kept) <= MOST_UNPACKED // 2:
            return packed, fragment.left_out + len(rows) - len(kept)
        step *= 2


def unpack(packed: bytes) -> Fragment:
    """Return a packed fragment.

    Raises:
        Unpackable: it is none, or too large.
    """
    reader = zlib.decompressobj()
    try:
        plain = reader.decompress(packed, MOST_UNPACKED)
        if not reader.eof:
            raise Unpackable
        carried = msgspec.msgpack.decode(plain, type=_Carried)
    except (zlib.error, msgspec.MsgspecError):
        raise Unpackable from None
    if len(carried.heights) not in {0, len(carried.rows)} or max(carried.heights, default=0) > _UNKNOWN:
        raise Unpackable
    if not 0 <= carried.unread < _MOST_UNREAD:
        raise Unpackable
    heights = tuple(None if one == _UNKNOWN else one for one in carried.heights)
    return Fragment(
        carried.rows, carried.loose, carried.texts, carried.digest, carried.told, heights, unread=carried.unread
    )


def _around(text: str) -> str:
    at = text.find("VX-")
    return text[max(0, at - 4) : at + 16] if at >= 0 else ""


def _numbers(texts: Iterable[str]) -> list[str]:
    return [export_number(serial) for serial in serials_in(texts)[:_MOST_TEXTS]]


def _size(rows: list[list[str]]) -> int:
    return sum(4 * sum(map(len, row)) + 3 * len(row) for row in rows)
