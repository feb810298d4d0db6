"""A recording is played to a registered phone, marked with who listens, from any second on, and nowhere else."""

from __future__ import annotations

import os
import subprocess
from itertools import groupby, pairwise
from pathlib import Path

import pytest

from console.dial import g711, tones
from console.dial.messages import Ended, Listen, Moved, Played, PrepareListening, Seek
from console.dial.recording import CHUNK, PCMA, RATE, SILENCE, RecordingWriter
from console.dial.results import By, Result
from masking.recording import RecordingKey, new_recording_key
from tests.dial.conftest import Line
from tests.support import sip
from tests.support.sip import until

pytestmark = [pytest.mark.debian("sipp"), pytest.mark.clause("issue-5", "C-5.4g"), pytest.mark.slow]
MARK = "A1B2C3D4"
QUIET = bytes([SILENCE[PCMA]])


def second(number: int) -> bytes:
    """A second of both channels that no other sounds like: the agent one level, the customer silent."""
    both = bytearray(QUIET * CHUNK)
    both[0::2] = bytes([g711.byte_of(500 * (number + 1), PCMA)]) * RATE
    return bytes(both)


def level(number: int) -> int:
    """What a phone hears of it: both added, as its law has it."""
    added = g711.mixed(second(number)[:2], PCMA, PCMA)
    return added[0]


def written(path: Path, seconds: int, *, torn: int = 0) -> RecordingKey:
    """A recording of so many seconds; torn: bytes that its end lacks."""
    key = new_recording_key("rec-play")
    writer = RecordingWriter(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), key, PCMA)
    for number in range(seconds):
        writer.put(second(number), last=number == seconds - 1)
    writer.close()
    if torn:
        os.truncate(path, path.stat().st_size - torn)
    return key


class Listener:
    """A phone that is played to."""

    def __init__(self, line: Line, path: Path, key: RecordingKey) -> None:
        self.line, self.path, self.key = line, path, key
        self.voice = sip.Voice()
        self.call_id = "listening-1"

    async def prepared(self, start: int = 0) -> bool:
        descriptor = os.open(self.path, os.O_RDONLY)
        order = PrepareListening(
            call_id=self.call_id,
            recording_id=self.key.recording_id,
            key=self.key.export_for_recorder(),
            second=start,
            mark=MARK,
        )
        try:
            return await self.line.dialer.prepare_listening(order, descriptor)
        finally:
            os.close(descriptor)

    async def begin(self, start: int = 0) -> sip.Wire:
        wire = await self.line.phone(sip.answered(self.voice.port))
        assert await self.prepared(start)
        self.line.dialer.listen(Listen(call_id=self.call_id, phone="ag01", alias="rec-case-7", no_reply_seconds=60))
        return wire

    def states(self) -> list[str]:
        self.voice.listen()
        return [one.state for one in self.line.of(Played, self.call_id)]

    def heard(self) -> bytes:
        return b"".join(packet[12:] for packet in self.voice.listen())

    def levels(self) -> list[int]:
        """Which seconds sounded, in the order in which they did."""
        found = {level(number): number for number in range(30)}
        runs = ((one, sum(1 for _ in run)) for one, run in groupby(self.heard()))
        return [found[one] for one, size in runs if one in found and size > RATE // 4]


@pytest.mark.debian("multimon-ng", "sox")
@pytest.mark.clause("C-5.4d-1")
async def test_a_recording_is_played_whole_and_says_who_listens(line: Line, tmp_path: Path) -> None:
    path = tmp_path / "one.vdr"
    listener = Listener(line, path, written(path, 3))
    try:
        wire = await listener.begin()
        await until(lambda: "ended" in listener.states(), lambda: f"played: {line.heard}")
        line.dialer.hang_up(listener.call_id)
        ended = await line.ended(listener.call_id)
        assert (ended.result, ended.by) == (Result.ANSWERED, By.DESK)
        assert listener.levels() == [0, 1, 2]
        # The mark comes before the first second; a decoder that is not ours reads it.
        assert tones.mark(MARK, PCMA) in listener.heard()
        raw = tmp_path / "heard.raw"
        raw.write_bytes(b"".join(g711.values(PCMA)[one].to_bytes(2, "little", signed=True) for one in listener.heard()))
        assert decoded(raw) == MARK
        # The packets follow each other as a phone needs it.
        numbers = [int.from_bytes(packet[2:4], "big") for packet in listener.voice.heard]
        stamps = [int.from_bytes(packet[4:8], "big") for packet in listener.voice.heard]
        assert all((other - one) % (1 << 16) == 1 for one, other in pairwise(numbers))
        assert all((other - one) % (1 << 32) == 160 for one, other in pairwise(stamps))
        # The phone is shown the alias, and there was no other leg.
        assert b"rec-case-7" in wire.to_peer[-1] or any(b"rec-case-7" in one for one in wire.to_peer)
        assert [one.state for one in line.of(Moved, listener.call_id)][-1] == "talking"
        # What was played is as it was, and was written nowhere.
        assert [one.name for one in tmp_path.iterdir() if one.suffix == ".vdr"] == ["one.vdr"]
    finally:
        listener.voice.close()


def decoded(raw: Path) -> str:
    """What multimon-ng makes of it; it takes 22,050 samples a second."""
    fast = raw.with_name("fast.raw")
    form = ["-e", "signed", "-b", "16", "-c", "1"]
    subprocess.run(
        ["sox", "-t", "raw", "-r", str(RATE), *form, str(raw), "-t", "raw", "-r", "22050", *form, str(fast)], check=True
    )
    said = subprocess.run(
        ["multimon-ng", "-q", "-t", "raw", "-a", "DTMF", str(fast)], check=True, capture_output=True, text=True
    )
    return "".join(one.rpartition(" ")[2] for one in said.stdout.splitlines() if one.startswith("DTMF"))


async def test_it_goes_on_from_where_the_listener_says_and_stands_still(line: Line, tmp_path: Path) -> None:
    path = tmp_path / "two.vdr"
    listener = Listener(line, path, written(path, 25))
    try:
        await listener.begin(start=20)
        await until(lambda: 20 in listener.levels(), "from the twentieth second on")
        line.dialer.seek(Seek(call_id=listener.call_id, second=5))
        await until(lambda: 5 in listener.levels(), "back")
        line.dialer.seek(Seek(call_id=listener.call_id, second=7, paused=True))
        await until(lambda: "paused" in listener.states(), "stands")
        before = len(listener.heard())
        await until(lambda: len(listener.heard()) > before + 10 * 160, "silence is sent meanwhile")
        assert set(listener.heard()[-5 * 160 :]) == set(QUIET)
        line.dialer.seek(Seek(call_id=listener.call_id, second=23))
        await until(lambda: "ended" in listener.states(), "to its end")
        assert listener.levels()[-2:] == [23, 24]
        # Each move was marked anew.
        assert listener.heard().count(tones.mark(MARK, PCMA)) == 3
    finally:
        listener.voice.close()


async def test_a_torn_recording_plays_to_its_last_whole_second(line: Line, tmp_path: Path) -> None:
    path = tmp_path / "torn.vdr"
    listener = Listener(line, path, written(path, 3, torn=100))
    try:
        await listener.begin()
        await until(lambda: "torn" in listener.states(), lambda: f"{line.heard}")
        assert listener.levels() == [0, 1]
    finally:
        listener.voice.close()


async def test_what_was_changed_does_not_play(line: Line, tmp_path: Path) -> None:
    path = tmp_path / "changed.vdr"
    key = written(path, 3)
    data = bytearray(path.read_bytes())
    data[CHUNK + 1000] ^= 1
    path.write_bytes(bytes(data))
    listener = Listener(line, path, key)
    try:
        await listener.begin()
        await until(lambda: "broken" in listener.states(), lambda: f"{line.heard}")
        assert listener.levels() == [0]
        other = Listener(line, path, new_recording_key("another"))
        other.call_id = "listening-2"
        path.write_bytes(b"VDR0" + bytes(data[4:]))
        assert not await other.prepared()
        other.voice.close()
    finally:
        listener.voice.close()


async def test_the_phone_hangs_up_or_is_not_there(line: Line, tmp_path: Path) -> None:
    path = tmp_path / "three.vdr"
    listener = Listener(line, path, written(path, 3))
    try:
        hangs_up = [sip.RECV_INVITE, sip.send("200 OK", body=sip.sdp(listener.voice.port)), sip.acked(), sip.nudged()]
        hangs_up += [sip.ask("BYE", 1), '<recv response="200"/>']
        wire = await line.phone(hangs_up)
        assert await listener.prepared()
        line.dialer.listen(Listen(call_id=listener.call_id, phone="ag01", alias="rec", no_reply_seconds=60))
        await until(lambda: "playing" in listener.states(), "plays")
        await wire.nudge()
        ended = await line.ended(listener.call_id)
        assert (ended.result, ended.by) == (Result.ANSWERED, By.AGENT)
        said = len(line.of(Played, listener.call_id))
        again = Listener(line, path, listener.key)
        again.call_id = "listening-2"
        assert await again.prepared()
        line.dialer.listen(Listen(call_id=again.call_id, phone="nobody", alias="rec"))
        assert (await line.ended(again.call_id)).result is Result.AGENT_UNREACHABLE
        assert len(line.of(Played, listener.call_id)) == said
        again.voice.close()
    finally:
        listener.voice.close()


async def test_media_that_dies_ends_a_listening_once(line: Line, tmp_path: Path) -> None:
    path = tmp_path / "four.vdr"
    listener = Listener(line, path, written(path, 20))
    try:
        await listener.begin()
        await until(lambda: "playing" in listener.states(), "plays")
        os.kill(line.dialer.processes["media"], 9)
        await line.ended(listener.call_id)
        await line.dialer.gone.wait()
        assert len(line.of(Ended, listener.call_id)) == 1
    finally:
        listener.voice.close()
