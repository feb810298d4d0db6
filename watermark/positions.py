"""Code positions: for every row and every export five symbols and a check value, drawn by keyed functions.

No codeword is stored and any subset of rows decodes. A symbol is 1 with a probability that is itself drawn per row and
slot, shared by all exports and as likely low as high (the two-point distribution of Nuida et al., Des. Codes Cryptogr.
52, 2009), so that a merge of copies by majority, minority or at will still shows who took part.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from watermark.errors import SerialRefused
from watermark.keyed import BLOCK, Keyed

Bytes = NDArray[np.uint8]
Words = NDArray[np.uint32]

SLOTS: Final = 5
DIGEST: Final = 12
"""Bytes of a row's keyed digest; the rest of a block says for what the digest is used."""

LOW: Final = 54
HIGH: Final = 202
"""The two thresholds out of 256 below which a drawn byte is a 1."""

CHECK_BITS: Final = 30
LARGEST_SERIAL: Final = (1 << 28) - 1
_A_BLOCK: Final = BLOCK // SLOTS
_CHECKS_A_BLOCK: Final = BLOCK // 4
_SYMBOLS, _CHECK, _ROW = range(3)
_HALF: Final = 128


def row_digests(keyed: Keyed, rows: Iterable[str]) -> Bytes:
    """Return the keyed digests of row ids, shape (rows, 12).

    CBC-MAC over a block that says the length, then the id: no id's blocks begin another's, so it is a pseudo-random
    function for ids of any length (Bellare, Kilian, Rogaway, J. Comput. Syst. Sci. 61, 2000). All ids of one length
    go through the cipher at once, which a file's writer feels.
    """
    encoded = [row.encode() for row in rows]
    lengths = np.array([len(one) for one in encoded], np.int64)
    out = np.empty((len(encoded), DIGEST), np.uint8)
    for length in np.unique(lengths).tolist():
        same = np.flatnonzero(lengths == length)
        joined = b"".join(encoded if len(same) == len(encoded) else [encoded[place] for place in same.tolist()])
        text = np.zeros((len(same), -(-length // BLOCK) * BLOCK), np.uint8)
        text[:, :length] = np.frombuffer(joined, np.uint8).reshape(len(same), length)
        begin = length.to_bytes(DIGEST, "big") + (_ROW << 28).to_bytes(BLOCK - DIGEST, "big")
        state = np.frombuffer(keyed.blocks(begin) * len(same), np.uint8).reshape(-1, BLOCK)
        for at in range(0, text.shape[1], BLOCK):
            mixed = (state ^ text[:, at : at + BLOCK]).tobytes()
            state = np.frombuffer(keyed.blocks(mixed), np.uint8).reshape(-1, BLOCK)
        out[same] = state[:, :DIGEST]
    return out


def _drawn(keyed: Keyed, digests: Bytes, use: int, groups: Sequence[int]) -> Bytes:
    """Return the blocks of every group and row, shape (groups, rows, 16)."""
    blocks = np.empty((len(groups), len(digests), BLOCK), np.uint8)
    blocks[:, :, :DIGEST] = digests[None]
    words = np.array([use << 28 | group for group in groups], ">u4").view(np.uint8).reshape(-1, 1, BLOCK - DIGEST)
    blocks[:, :, DIGEST:] = words
    return np.frombuffer(keyed.blocks(blocks.tobytes()), np.uint8).reshape(blocks.shape)


def biases(digests: Bytes) -> Bytes:
    """Return the threshold of every row and slot, shape (rows, 5): `LOW` or `HIGH`, by the digest's last bytes."""
    return np.where(digests[:, -SLOTS:] < _HALF, np.uint8(LOW), np.uint8(HIGH))


def symbols(keyed: Keyed, digests: Bytes, thresholds: Bytes, serials: Sequence[int]) -> Bytes:
    """Return what exports show at rows, 0 or 1, shape (serials, rows, 5).

    Raises:
        SerialRefused: a serial is not one.
    """
    groups, lanes = _places(serials, _A_BLOCK)
    drawn = _drawn(keyed, digests, _SYMBOLS, groups)[:, :, : _A_BLOCK * SLOTS]
    ones = drawn.reshape(len(groups), len(digests), _A_BLOCK, SLOTS) < thresholds[None, :, None]
    every: Bytes = ones.view(np.uint8).transpose(0, 2, 1, 3).reshape(len(groups) * _A_BLOCK, len(digests), SLOTS)
    return every[lanes]


def checks(keyed: Keyed, digests: Bytes, serials: Sequence[int]) -> Words:
    """Return the check values of exports at rows, 30 bits each, shape (serials, rows).

    Raises:
        SerialRefused: a serial is not one.
    """
    groups, lanes = _places(serials, _CHECKS_A_BLOCK)
    words = _drawn(keyed, digests, _CHECK, groups).view(">u4")
    every = words.transpose(0, 2, 1).reshape(len(groups) * _CHECKS_A_BLOCK, len(digests))
    return every[lanes].astype(np.uint32) & np.uint32((1 << CHECK_BITS) - 1)


def _places(serials: Sequence[int], a_block: int) -> tuple[list[int], NDArray[np.intp]]:
    """Return the groups that serials share blocks in, and where each serial is among the groups' lanes."""
    if any(not 0 < serial <= LARGEST_SERIAL for serial in serials):
        raise SerialRefused("watermark.serial")
    groups = sorted({serial // a_block for serial in serials})
    at = {group: index for index, group in enumerate(groups)}
    return groups, np.array([at[serial // a_block] * a_block + serial % a_block for serial in serials], np.intp)
