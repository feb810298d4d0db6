"""Nothing of a packet's header passes but its order and time; what is no packet is nothing."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.dial import rtp

NEEDLE = b"13800138000"
pytestmark = pytest.mark.clause("issue-5")


def packet(first: int = 0x80, rest: bytes = b"v" * 160, second: int = 8) -> bytes:
    return struct.pack(">BBHI4s", first, second, 7, 800, b"1380") + rest


def test_contributors_extension_and_padding_stay_behind() -> None:
    contributors = b"1380" * 2
    extension = struct.pack(">HH", 0xBEDE, 3) + NEEDLE + b"\0"
    padding = NEEDLE + bytes([len(NEEDLE) + 1])
    data = packet(0x80 | 0x20 | 0x10 | 2, contributors + extension + b"v" * 160 + padding, 0x88)
    found = rtp.parse(data)
    assert found is not None
    assert found.payload == b"v" * 160
    built = rtp.build(found, b"ours")
    assert built == packet(second=0x88)[:8] + b"ours" + b"v" * 160
    assert b"1380" not in built


@pytest.mark.parametrize(
    "data",
    [
        b"",
        packet()[:12],
        packet(0x40),
        packet(0x90, b"\0\0\0\xff" + b"v" * 20),
        packet(0xA0, b"v" * 20 + b"\xff"),
        packet(0x8F, b"v" * 20),
        packet(rest=b"v" * 481),
    ],
)
def test_what_is_no_packet(data: bytes) -> None:
    assert rtp.parse(data) is None


@given(st.binary(max_size=600))
def test_nothing_breaks_it(data: bytes) -> None:
    found = rtp.parse(data)
    if found is not None:
        again = rtp.parse(rtp.build(found, found.source))
        assert again == found
