"""However packets arrive, what is recorded is what was said, with silence where nothing came."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.dial.recording import PCMA, RATE, SILENCE
from console.dial.timeline import WINDOW, Channel, Timeline

QUIET = SILENCE[PCMA]
PACKET = 160
pytestmark = pytest.mark.clause("issue-5")


def voice(number: int) -> bytes:
    return bytes([number % 200 + 1]) * PACKET


@given(
    start=st.integers(0, 2**32 - 1),
    delays=st.lists(st.integers(0, WINDOW // 2), min_size=3, max_size=60),
    lost=st.sets(st.integers(1, 59)),
    doubled=st.booleans(),
)
def test_late_lost_and_doubled_packets_find_their_place(
    *, start: int, delays: list[int], lost: set[int], doubled: bool
) -> None:
    sent = [
        (number * PACKET + delay, number) for number, delay in enumerate(delays) if number not in lost or number == 0
    ]
    sent[0] = (PACKET, 0)  # the first packet says where the sender's clock stands
    channel = Channel(QUIET)
    for arrives, number in sorted(sent, key=lambda one: (one[1] != 0, one[0])):
        for _ in range(2 if doubled else 1):
            channel.put(b"ssrc", (start + number * PACKET) % 2**32, voice(number), max(PACKET, arrives))
    heard = channel.take(len(delays) * PACKET)
    for number in range(len(delays)):
        here = heard[number * PACKET : (number + 1) * PACKET]
        assert here == (voice(number) if number == 0 or number not in lost else bytes([QUIET]) * PACKET)


def test_what_comes_after_its_second_was_taken_is_counted_not_kept() -> None:
    channel = Channel(QUIET)
    channel.put(b"a", 0, voice(1), PACKET)
    channel.take(RATE)
    channel.put(b"a", PACKET, voice(2), RATE)
    assert channel.late == 1
    assert channel.take(RATE + PACKET) == bytes([QUIET]) * PACKET


def test_a_new_source_and_a_leap_of_stamps_begin_where_they_arrive() -> None:
    channel = Channel(QUIET)
    channel.put(b"a", 1000, voice(1), PACKET)
    channel.put(b"b", 77, voice(2), 1000 + PACKET)
    channel.put(b"b", 77 + 2**31 - 5, voice(3), 2000 + PACKET)
    heard = channel.take(3000)
    assert heard[:PACKET] == voice(1)
    assert heard[1000 : 1000 + PACKET] == voice(2)
    assert heard[2000 : 2000 + PACKET] == voice(3)
    assert len(heard) == 3000


def test_seconds_are_taken_once_nothing_can_come_to_them() -> None:
    timeline = Timeline(QUIET)
    timeline.agent.put(b"a", 0, voice(7), PACKET)
    timeline.customer.put(b"b", 0, voice(9), RATE)
    assert timeline.ready(RATE + WINDOW - 1) == []
    (second,) = timeline.ready(RATE + WINDOW)
    assert len(second) == 2 * RATE
    assert second[0 : 2 * PACKET : 2] == voice(7)
    assert second[1::2][RATE - PACKET :] == voice(9)
    rest = timeline.end(2 * RATE + 100)
    assert [len(one) for one in rest] == [2 * RATE, 200]


def test_a_call_that_ends_at_once_has_an_empty_end() -> None:
    assert Timeline(QUIET).end(0) == [b""]
