"""Every usual spelling of a personal value, as bytes to look for.

A value that leaked seldom leaked as it was typed: it was prefixed, grouped, escaped, encoded. What is shorter than
`SHORTEST` bytes is left out, because chance alone would find it in ciphertext.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from typing import Final

from masking.masks.names import COMPOUND_SURNAMES

SHORTEST: Final = 6

_FULL_WIDTH: Final = str.maketrans("0123456789", "０１２３４５６７８９")
_PHONE: Final = re.compile(r"(?:\+?86)?(1\d{10})\Z")
_HAN: Final = re.compile(r"[\u3400-\u9fff]")
_ADDRESS_HEAD: Final = re.compile(r"^.*?(?:自治州|地区|[省市区县旗])(?:.{1,12}?[市区县旗])*")
_GROUPS: Final = {11: (3, 4, 4), 15: (6, 6, 3), 16: (4, 4, 4, 4), 18: (6, 8, 4), 19: (4, 4, 4, 4, 3)}


def spellings(value: str) -> Iterator[tuple[str, bytes]]:
    """Ways in which the value may stand in a file.

    Args:
        value: a phone, ID, card, name, address or any other text.

    Yields:
        Name of the spelling, and its bytes; at least `SHORTEST` of them.
    """
    for name, text in _texts(value):
        yield from _long_enough(name, text.encode())
    plain = _core(value)
    for name, data in (("hex", plain.encode().hex()), ("HEX", plain.encode().hex().upper())):
        yield from _long_enough(name, data.encode())
    for shift in range(3):
        yield from _long_enough("base64", base64_core(plain.encode(), shift))
    if _HAN.search(plain):
        yield from _long_enough("gb18030", plain.encode("gb18030"))
        yield from _long_enough("escaped", plain.encode("unicode_escape"))


def base64_core(data: bytes, shift: int) -> bytes:
    """The part of the value's base64 that does not depend on its neighbours, `shift` bytes behind a boundary."""
    encoded = base64.b64encode(bytes(shift) + data).rstrip(b"=")
    first = (0, 2, 3)[shift]
    last = len(encoded) if (shift + len(data)) % 3 == 0 else len(encoded) - 1
    return encoded[first:last]


def _long_enough(name: str, data: bytes) -> Iterator[tuple[str, bytes]]:
    # Base64 and hex characters carry fewer bits than bytes do.
    shortest = SHORTEST + 2 if name in {"hex", "HEX", "base64"} else SHORTEST
    if len(data) >= shortest:
        yield name, data


def _core(value: str) -> str:
    """What identifies: a phone without prefix, an address without province and city, which a mask may show."""
    phone = _PHONE.match(value)
    if phone:
        return phone[1]
    if len(value) > len("省市区") and _HAN.search(value):
        tail = _ADDRESS_HEAD.sub("", value)
        return tail if len(tail.encode()) >= SHORTEST else value
    return value


def _texts(value: str) -> Iterator[tuple[str, str]]:
    core = _core(value)
    yield "plain", core
    digits = core.replace("X", "0").replace("x", "0")
    if digits.isascii() and digits.isdigit():
        yield from _numbers(core)
    elif _HAN.search(core) or " " in core:
        yield from _names(core)
    if "@" in core:
        yield "upper", core.upper()


def _numbers(core: str) -> Iterator[tuple[str, str]]:
    yield "full_width", core.translate(_FULL_WIDTH)
    if core.upper() != core or core.lower() != core:
        yield "case", core.swapcase()
    if _PHONE.match(core):
        yield "+86", f"+86{core}"
    sizes = _GROUPS.get(len(core))
    if sizes:
        parts, at = [], 0
        for size in sizes:
            parts.append(core[at : at + size])
            at += size
        yield "spaced", " ".join(parts)
        yield "dashed", "-".join(parts)
        yield "dotted", ".".join(parts)


def _names(core: str) -> Iterator[tuple[str, str]]:
    if " " in core:
        words = core.split()
        yield "order", " ".join(reversed(words))
        yield "order", ", ".join(reversed(words))
        yield "upper", core.upper()
        return
    if len(core) <= len("欧阳建国华"):
        cut = 2 if core[:2] in COMPOUND_SURNAMES else 1
        yield "spaced", f"{core[:cut]} {core[cut:]}"
        yield "order", f"{core[cut:]}{core[:cut]}"
        yield "order", f"{core[cut:]} {core[:cut]}"
