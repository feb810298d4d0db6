"""Which rows an export holds, as a compact string: sorted row numbers in the manner of Roaring bitmaps.

Numbers share their upper 16 bits in a chunk; a chunk of more than 4,096 rows is a bitmap of 8 KB, another one a list of
16-bit numbers. 5,000 rows of a million take about 10 KB. Read and searched without a loop over rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from struct import Struct
from typing import Final

import numpy as np
from numpy.typing import NDArray

from watermark.errors import RowSetBroken

_MAGIC: Final = b"VR1\0"
_DENSE: Final = 4096
_BITMAP: Final = 8192
_HEAD: Final = Struct("<HI")

Rows = NDArray[np.uint32]
_Sorted = NDArray[np.uint8] | NDArray[np.uint16] | NDArray[np.uint32]


def pack(rows: Iterable[int]) -> bytes:
    """Return the row set of these numbers, each 0 to 2³² - 1; order and repetition do not matter.

    Raises:
        RowSetBroken: a number is out of range.
    """
    given = np.fromiter(rows, np.int64)
    if given.size and (given.min() < 0 or given.max() >= 1 << 32):
        raise RowSetBroken("watermark.row_set")
    numbers = np.unique(given.astype(np.uint32))
    highs, starts, counts = np.unique(numbers >> 16, return_index=True, return_counts=True)
    heads = [_HEAD.pack(*head) for head in zip(highs.tolist(), counts.tolist(), strict=True)]
    bodies = []
    for start, count in zip(starts, counts, strict=True):
        lows = (numbers[start : start + count] & 0xFFFF).astype("<u2")
        if count > _DENSE:
            bits = np.zeros(1 << 16, np.uint8)
            bits[lows] = 1
            bodies.append(np.packbits(bits).tobytes())
        else:
            bodies.append(lows.tobytes())
    return b"".join([_MAGIC, len(highs).to_bytes(4, "little"), *heads, *bodies])


def unpack(packed: bytes) -> Rows:
    """Return the numbers of a row set, ascending.

    Raises:
        RowSetBroken: it is not what `pack` made.
    """
    heads, dense, at = _heads(packed)
    if not dense:
        return _lists(packed, heads, at)
    parts = []
    for high, is_dense, body in _chunks(packed, heads, at):
        lows = np.flatnonzero(np.unpackbits(body.astype(np.uint8))) if is_dense else body
        parts.append(lows.astype(np.uint32) | np.uint32(high << 16))
    return np.concatenate(parts)


def size(packed: bytes) -> int:
    """Return how many numbers a row set holds.

    Raises:
        RowSetBroken: it is not what `pack` made.
    """
    return sum(count for _, count in _heads(packed)[0])


class Wanted:
    """Rows that many row sets are searched for.

    Args:
        rows: row numbers, ascending, each once.
    """

    __slots__ = ("_by_high", "_rows")
    _by_high: dict[int, tuple[slice, Rows]]

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        highs, starts = np.unique(rows >> 16, return_index=True)
        stops = [*starts.tolist(), len(rows)][1:]
        self._by_high = {
            high: (slice(start, stop), rows[start:stop] & np.uint32(0xFFFF))
            for high, start, stop in zip(highs.tolist(), starts.tolist(), stops, strict=True)
        }

    def __len__(self) -> int:
        return len(self._rows)

    def held_by(self, packed: bytes) -> NDArray[np.bool_]:
        """Return which of the rows a row set holds, in their order.

        Raises:
            RowSetBroken: it is not what `pack` made.
        """
        heads, dense, at = _heads(packed)
        if not dense:
            return _among(_lists(packed, heads, at), self._rows)
        held = np.zeros(len(self._rows), np.bool_)
        for high, is_dense, body in _chunks(packed, heads, at):
            if high not in self._by_high:
                continue
            where, lows = self._by_high[high]
            held[where] = (body[lows >> 3] >> (7 - (lows & 7))) & 1 if is_dense else _among(body, lows)
        return held


def _among(numbers: _Sorted, wanted: Rows) -> NDArray[np.bool_]:
    if not len(numbers):
        return np.zeros(len(wanted), np.bool_)
    at = np.minimum(np.searchsorted(numbers, wanted.astype(numbers.dtype)), len(numbers) - 1)
    found: NDArray[np.bool_] = numbers[at] == wanted
    return found


def _heads(packed: bytes) -> tuple[list[tuple[int, int]], bool, int]:
    """Return the chunks' upper bits and counts, whether any is a bitmap, and where the bodies begin."""
    start = len(_MAGIC) + 4
    at = start + int.from_bytes(packed[len(_MAGIC) : start], "little") * _HEAD.size
    if not packed.startswith(_MAGIC) or len(packed) < at:
        raise RowSetBroken("watermark.row_set")
    heads = [(high, count) for high, count in _HEAD.iter_unpack(packed[start:at])]
    size = sum(_BITMAP if count > _DENSE else 2 * count for _, count in heads)
    if len(packed) != at + size:
        raise RowSetBroken("watermark.row_set")
    return heads, any(count > _DENSE for _, count in heads), at


def _lists(packed: bytes, heads: Sequence[tuple[int, int]], at: int) -> Rows:
    lows = np.frombuffer(packed, np.dtype("<u2"), -1, at)
    given = np.array(heads, np.uint32).reshape(-1, 2)
    highs: Rows = np.repeat(given[:, 0] << 16, given[:, 1])
    return highs | lows.astype(np.uint32)


def _chunks(packed: bytes, heads: Iterable[tuple[int, int]], at: int) -> Iterator[tuple[int, bool, _Sorted]]:
    """Return each chunk's upper bits, whether it is a bitmap, and its body."""
    for high, count in heads:
        dense = count > _DENSE
        size = _BITMAP if dense else 2 * count
        part = packed[at : at + size]
        yield high, dense, np.frombuffer(part, np.uint8) if dense else np.frombuffer(part, "<u2").astype(np.uint16)
        at += size
