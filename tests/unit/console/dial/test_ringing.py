"""Ringing made by ourselves: a stream that a phone can play, as the standard has it."""

from __future__ import annotations

from itertools import pairwise

import pytest

from console.dial import g711
from console.dial.pacing import FRAME
from console.dial.recording import PCMA, PCMU, SILENCE
from console.dial.ringing import Ringing

pytestmark = pytest.mark.clause("issue-5")


@pytest.mark.parametrize("law", [PCMA, PCMU])
def test_one_second_sounds_and_four_do_not(law: int) -> None:
    ringing = Ringing(law, 0.0)
    packets = [one for tick in range(1000) for one in ringing.due(tick / 100)]
    assert len(packets) == 500
    assert all(one.payload_type == law and len(one.payload) == FRAME for one in packets)
    silent = [set(one.payload) == {SILENCE[law]} for one in packets]
    assert silent == ([False] * 50 + [True] * 200) * 2
    for one, two in pairwise(packets):
        assert (two.number - one.number) % (1 << 16) == 1
        assert (two.stamp - one.stamp) % (1 << 32) == FRAME
    wave = [g711.values(law)[byte] for byte in packets[0].payload]
    crossings = sum(one < 0 <= two for one, two in zip(wave, wave[1:] + wave[:1], strict=True))
    assert crossings == 9, "450 Hz"


def test_a_standstill_is_not_made_up_for() -> None:
    ringing = Ringing(PCMA, 0.0)
    assert len(ringing.due(0.0)) == 1
    assert 1 <= len(ringing.due(60.0)) <= 5
    assert ringing.due(60.0) == []
