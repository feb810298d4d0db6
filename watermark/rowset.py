"""Which rows an export holds, as a compact string: sorted row numbers in the manner of Roaring bitmaps.

Numbers share their upper 16 bits in a chunk; a chunk of more than 4,096 rows is a bitmap of 8 KB, another one a list of
16-bit numbers. 5,000 rows of a million take about 10 KB. Read whole, without a loop over rows.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from watermark.errors import RowSetBroken

_MAGIC: Final = b"VR1\0"
_DENSE: Final = 4096
_BITMAP: Final = 8192
_HEAD: Final = np.dtype([("high", "<u2"), ("count", "<u4")])


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
    heads = np.zeros(len(highs), _HEAD)
    heads["high"], heads["count"] = highs, counts
    bodies = []
    for start, count in zip(starts, counts, strict=True):
        lows = (numbers[start : start + count] & 0xFFFF).astype("<u2")
        if count > _DENSE:
            bits = np.zeros(1 << 16, np.uint8)
            bits[lows] = 1
            bodies.append(np.packbits(bits).tobytes())
        else:
            bodies.append(lows.tobytes())
    return b"".join([_MAGIC, len(highs).to_bytes(4, "little"), heads.tobytes(), *bodies])


def unpack(packed: bytes) -> NDArray[np.uint32]:
    """Return the numbers of a row set, ascending.

    Raises:
        RowSetBroken: it is not what `pack` made.
    """
    start = len(_MAGIC) + 4
    chunks = int.from_bytes(packed[len(_MAGIC) : start], "little")
    at = start + chunks * _HEAD.itemsize
    if not packed.startswith(_MAGIC) or len(packed) < at:
        raise RowSetBroken("watermark.row_set")
    heads = np.frombuffer(packed, _HEAD, chunks, start)
    if not (heads["count"] > _DENSE).any():
        total = int(heads["count"].sum())
        if len(packed) != at + 2 * total:
            raise RowSetBroken("watermark.row_set")
        lows = np.frombuffer(packed, "<u2", total, at)
        highs: NDArray[np.uint32] = np.repeat(heads["high"].astype(np.uint32) << 16, heads["count"])
        return highs | lows.astype(np.uint32)
    parts = []
    for high, count in heads.tolist():
        size = _BITMAP if count > _DENSE else 2 * count
        body = packed[at : at + size]
        if len(body) != size:
            raise RowSetBroken("watermark.row_set")
        at += size
        if count > _DENSE:
            lows = np.flatnonzero(np.unpackbits(np.frombuffer(body, np.uint8)))
        else:
            lows = np.frombuffer(body, "<u2")
        if len(lows) != count:
            raise RowSetBroken("watermark.row_set")
        parts.append(lows.astype(np.uint32) | np.uint32(high << 16))
    if at != len(packed):
        raise RowSetBroken("watermark.row_set")
    return np.concatenate(parts) if parts else np.zeros(0, np.uint32)
