"""When a side of a call counts as gone, and what counts as a sign of life, on a clock that the test holds."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.dial.relay import Leg
from console.dial.silence import Silence

pytestmark = pytest.mark.clause("issue-5")
HOST = "127.0.0.1"


@dataclass
class Side:
    alive: int = 0


def test_one_side_that_is_gone_is_told_once() -> None:
    agent, customer = Side(), Side()
    silence = Silence(60, (agent, customer), 100.0)
    told = []
    for second in range(400):
        customer.alive += 50
        agent.alive += 50 if second < 100 else 0
        told.append(silence.fell(100.0 + second))
    # The last of the agent's was found at the look of second 99.
    assert [at for at, one in enumerate(told) if one] == [159]


def test_nobody_who_ever_spoke_is_gone_as_well() -> None:
    assert [Silence(2, (Side(), Side()), 5.0).fell(now) for now in (5.0, 6.9, 7.0)][-1]
    assert not Silence(0, (Side(), Side()), 5.0).fell(1e9)


@given(st.integers(1, 3600), st.lists(st.tuples(st.floats(0.01, 100), st.booleans(), st.booleans()), max_size=60))
def test_it_is_told_exactly_when_a_side_sent_nothing_for_so_long(
    seconds: int, looks: list[tuple[float, bool, bool]]
) -> None:
    sides, heard, now, told = (Side(), Side()), [0.0, 0.0], 0.0, False
    silence = Silence(seconds, sides, now)
    for after, *speaks in looks:
        now += after
        for at, spoke in enumerate(speaks):
            sides[at].alive += spoke
            heard[at] = now if spoke else heard[at]
        due = any(now - since >= seconds for since in heard)
        assert silence.fell(now) is (due and not told)
        told = told or due


@pytest.fixture
def ends() -> Iterator[tuple[Leg, socket.socket]]:
    leg = Leg(HOST)
    phone = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    phone.bind((HOST, 0))
    leg.sock.setblocking(True)  # noqa: FBT003 - its only argument
    leg.sock.settimeout(10)
    yield leg, phone
    leg.close()
    phone.close()


def test_silence_and_rtcp_on_the_port_of_speech_are_signs_of_life_and_a_strangers_words_are_not(
    ends: tuple[Leg, socket.socket],
) -> None:
    leg, phone = ends
    assert leg.aim(phone.getsockname(), HOST, (8,))
    rtp = bytes([0x80, 8]) + b"\0\1" + bytes(4) + b"SSRC"
    report = bytes([0x81, 201, 0, 7]) + bytes(28)  # a receiver report of one block (RFC 3550 §6.4.2)
    comfort = bytes([0x80, 13]) + b"\0\2" + bytes(4) + b"SSRC" + b"\x40"
    for number, packet in enumerate((rtp + b"\xd5" * 160, report, comfort), start=1):
        phone.sendto(packet, (HOST, leg.port))
        leg.read()
        assert leg.alive == number
    assert (leg.packets, leg.dropped) == (1, 2)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        stranger.bind((HOST, 0))
        stranger.sendto(rtp + b"\xd5" * 160, (HOST, leg.port))
        assert leg.read() is None
    phone.sendto(b"nothing of RTP's", (HOST, leg.port))
    assert leg.read() is None
    assert leg.alive == 3
