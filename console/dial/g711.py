"""G.711: what each byte of speech means, and tables that add two voices or carry one law over into the other. Pure.

Source: ITU-T G.711 (A-law and μ-law); a byte is chosen by the nearest value that there is one for.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable
from functools import cache
from typing import Final

from console.dial.recording import PCMA

_LOUDEST: Final = 32767
_BIAS: Final = 0x84


def _a_law(byte: int) -> int:
    byte ^= 0x55
    value, segment = (byte & 0x0F) << 4, (byte & 0x70) >> 4
    value += 8 if segment == 0 else 0x108
    if segment > 1:
        value <<= segment - 1
    return value if byte & 0x80 else -value


def _mu_law(byte: int) -> int:
    byte = ~byte & 0xFF
    value = (((byte & 0x0F) << 3) + _BIAS) << ((byte & 0x70) >> 4)
    return _BIAS - value if byte & 0x80 else value - _BIAS


@cache
def values(payload_type: int) -> tuple[int, ...]:
    """What each of the 256 bytes means, 16 bits signed. payload_type: PCMA or PCMU."""
    law = _a_law if payload_type == PCMA else _mu_law
    return tuple(law(byte) for byte in range(256))


@cache
def _ladder(payload_type: int) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Values from the lowest, and the byte of each; of two bytes for one value the first."""
    bytes_of: dict[int, int] = {}
    for byte, value in enumerate(values(payload_type)):
        bytes_of.setdefault(value, byte)
    steps = sorted(bytes_of)
    return tuple(steps), tuple(bytes_of[step] for step in steps)


def byte_of(value: int, payload_type: int) -> int:
    """The byte that means a value most nearly."""
    steps, chosen = _ladder(payload_type)
    at = bisect_left(steps, value)
    if at == len(steps) or (at and value - steps[at - 1] <= steps[at] - value):
        at -= 1
    return chosen[at]


def encode(samples: Iterable[int], payload_type: int) -> bytes:
    """Speech of 16 bits in bytes of a law."""
    return bytes(byte_of(one, payload_type) for one in samples)


@cache
def _carry(from_type: int, to_type: int) -> bytes:
    return bytes(byte_of(value, to_type) for value in values(from_type))


def carried(speech: bytes, from_type: int, to_type: int) -> bytes:
    """One channel's bytes in another law."""
    return speech if from_type == to_type else speech.translate(_carry(from_type, to_type))


@cache
def _sums(from_type: int, to_type: int) -> bytes:
    meant = values(from_type)
    return bytes(byte_of(max(-_LOUDEST, min(_LOUDEST, one + other)), to_type) for one in meant for other in meant)


def mixed(chunk: bytes, from_type: int, to_type: int) -> bytes:
    """Both channels of a recording's chunk as one voice.

    Args:
        chunk: interleaved, an even number of bytes.
        from_type: law of the chunk.
        to_type: law of what comes out.
    """
    # A sum does not ask which channel came first, so neither does the order of bytes in a word.
    sums = _sums(from_type, to_type)
    return bytes([sums[pair] for pair in array("H", chunk)])
