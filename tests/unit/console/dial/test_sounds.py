"""G.711 as the standard has it, voices added, tones that are what they should be, announcements that can be heard."""

from __future__ import annotations

import subprocess
from array import array
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.dial import announcing, g711, tones
from console.dial.pacing import Announcement, Pace, frames
from console.dial.recording import PCMA, PCMU, RATE, SILENCE

pytestmark = pytest.mark.clause("issue-5")
LAWS = (PCMA, PCMU)


@pytest.mark.debian("sox")
@pytest.mark.parametrize(("law", "name"), [(PCMA, "al"), (PCMU, "ul")])
def test_every_byte_means_what_sox_says(law: int, name: str, tmp_path: Path) -> None:
    raw = tmp_path / f"all.{name}"
    raw.write_bytes(bytes(range(256)))
    said = subprocess.run(
        ["sox", "-r", "8000", "-c", "1", "-t", name, str(raw), "-t", "raw", "-e", "signed", "-b", "16", "-"],
        check=True,
        capture_output=True,
    ).stdout
    theirs = array("h", said)
    assert tuple(theirs) == g711.values(law)


@pytest.mark.parametrize("law", LAWS)
def test_a_byte_is_chosen_by_the_nearest_value(law: int) -> None:
    for value in range(-33000, 33000, 37):
        chosen = g711.values(law)[g711.byte_of(value, law)]
        assert abs(chosen - value) == min(abs(one - value) for one in set(g711.values(law)))


@given(st.binary(min_size=2, max_size=64).filter(lambda one: len(one) % 2 == 0), st.sampled_from(LAWS))
def test_two_voices_are_added(chunk: bytes, law: int) -> None:
    meant = g711.values(law)
    for target in LAWS:
        got = g711.mixed(chunk, law, target)
        assert len(got) == len(chunk) // 2
        for at, one in enumerate(got):
            both = max(-32767, min(32767, meant[chunk[2 * at]] + meant[chunk[2 * at + 1]]))
            assert one == g711.byte_of(both, target)


@pytest.mark.parametrize("law", LAWS)
def test_silence_added_to_a_voice_leaves_it(law: int) -> None:
    quiet = SILENCE[law]
    for byte in range(256):
        meant = g711.values(law)[g711.mixed(bytes([byte, quiet]), law, law)[0]]
        assert abs(meant - g711.values(law)[byte]) <= max(8, abs(meant) // 16)


def test_marks_and_announcements_can_be_heard_in_both_laws() -> None:
    for law in LAWS:
        for name in (*announcing.WORDS, announcing.TONE):
            sound = announcing.speech(name, law)
            loud = max(abs(g711.values(law)[byte]) for byte in sound)
            assert RATE // 2 < len(sound) < 5 * RATE
            assert 4000 < loud <= 32767
        one, other = tones.mark("A1", law), tones.mark("A2", law)
        assert len(one) == len(other)
        assert one != other
    assert announcing.speech("", PCMA) == announcing.speech("../x", PCMA) == b""
    with pytest.raises(ValueError, match="substring"):
        tones.mark("Z", PCMA)


def test_packets_come_every_twenty_milliseconds_and_a_standstill_is_not_made_up_for() -> None:
    pace = Pace(10.0)
    assert [pace.due(at) for at in (9.9, 10.0, 10.01, 10.021, 10.05)] == [0, 1, 0, 1, 1]
    assert pace.due(20.0) == 5
    assert pace.due(20.0) == 0
    one, other = pace.packet(b"x" * 160, PCMA), pace.packet(b"x" * 160, PCMA)
    assert ((other.number - one.number) % (1 << 16), (other.stamp - one.stamp) % (1 << 32)) == (1, 160)
    assert (one.marked, other.marked) == (True, False)
    speech = Announcement(b"x" * 400, PCMA, 0.0)
    said = speech.due(0.0) + speech.due(0.05) + speech.due(5.0)
    assert [packet.payload for packet in said] == frames(b"x" * 400, SILENCE[PCMA])
    assert said[-1].payload == b"x" * 80 + bytes([SILENCE[PCMA]]) * 80
    assert speech.over
    assert speech.due(6.0) == []
