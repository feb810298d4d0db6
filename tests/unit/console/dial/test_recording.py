"""A recording plays as it was written, and what is not as it was written does not play."""

from __future__ import annotations

import io
import os
from pathlib import Path

import pytest

from console.dial.recording import CHUNK, PCMA, Recording, RecordingWriter, channels, counted
from masking.case_keys import Kek, Purpose
from masking.errors import PurposeRefused, SealBroken
from masking.recording import RecordingKey, new_recording_key, unwrap_recording, wrap_recording

HEAD = 13
FRAME = 4 + CHUNK + 16
pytestmark = pytest.mark.clause("issue-5")


def chunk(number: int) -> bytes:
    return bytes([number, 255 - number]) * (CHUNK // 2)


def written(path: Path, key: RecordingKey, whole: int = 3, last: bytes | None = b"end!") -> bytes:
    writer = RecordingWriter(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), key, PCMA)
    for number in range(whole):
        writer.put(chunk(number))
    if last is not None:
        writer.put(last, last=True)
    writer.close()
    return path.read_bytes()


def played(data: bytes, key: RecordingKey, start: int = 0) -> tuple[list[bytes], bool | None]:
    recording = Recording(io.BytesIO(data), key)
    return list(recording.chunks(start)), recording.torn


def test_it_plays_whole_and_from_any_second(tmp_path: Path) -> None:
    key = new_recording_key("rec-1")
    data = written(tmp_path / "a", key)
    assert played(data, key) == ([chunk(0), chunk(1), chunk(2), b"end!"], False)
    assert played(data, key, 2) == ([chunk(2), b"end!"], False)
    assert channels(chunk(1)) == (b"\x01" * 8000, b"\xfe" * 8000)


def test_nothing_of_it_is_plain(tmp_path: Path) -> None:
    key = new_recording_key("rec-1")
    assert b"\x00\xff\x00\xff" not in written(tmp_path / "a", key)


@pytest.mark.parametrize("cut", [HEAD, HEAD + 2, HEAD + FRAME, HEAD + FRAME + 900, HEAD + 3 * FRAME, -1])
def test_torn_it_plays_to_its_last_whole_chunk_and_says_so(tmp_path: Path, cut: int) -> None:
    key = new_recording_key("rec-1")
    data = written(tmp_path / "a", key)[:cut]
    chunks, torn = played(data, key)
    assert torn is True
    assert chunks == [chunk(number) for number in range((len(data) - HEAD) // FRAME)]
    assert counted(io.BytesIO(data)) == (len(chunks), False), "the same is known without the key"


@pytest.mark.parametrize("last", [b"", b"end!", b"x" * CHUNK])
def test_how_much_is_there_is_known_without_the_key(tmp_path: Path, last: bytes) -> None:
    key = new_recording_key("rec-1")
    data = written(tmp_path / "a", key, last=last)
    assert counted(io.BytesIO(data)) == (4, True)
    assert counted(io.BytesIO(data + b"x")) == (4, False)
    assert counted(io.BytesIO(data[: HEAD + FRAME] + bytes(FRAME))) == (1, False)
    assert counted(io.BytesIO(b"")) == (0, False)


def test_without_its_last_chunk_it_is_torn(tmp_path: Path) -> None:
    key = new_recording_key("rec-1")
    assert played(written(tmp_path / "a", key, 2, None), key) == ([chunk(0), chunk(1)], True)


@pytest.mark.parametrize("place", [4, 5, HEAD, HEAD + 4, HEAD + 700, HEAD + FRAME + 50, HEAD + 3 * FRAME + 5, -1])
def test_a_flipped_bit_is_found(tmp_path: Path, place: int) -> None:
    key = new_recording_key("rec-1")
    data = bytearray(written(tmp_path / "a", key))
    data[place] ^= 1
    with pytest.raises(SealBroken):
        played(bytes(data), key)


def test_swapped_dropped_doubled_and_foreign_chunks_are_found(tmp_path: Path) -> None:
    key = new_recording_key("rec-1")
    data = written(tmp_path / "a", key)
    again = written(tmp_path / "b", key)
    head, frames, end = data[:HEAD], [data[HEAD + n * FRAME : HEAD + (n + 1) * FRAME] for n in range(3)], data[-24:]
    foreign = again[HEAD : HEAD + FRAME]
    for order in (
        [frames[1], frames[0], frames[2], end],
        [frames[0], frames[2], end],
        [frames[0], frames[0], frames[1], frames[2], end],
        [foreign, frames[1], frames[2], end],
        [frames[0], end],
        [frames[0], frames[1], frames[2], end, frames[2]],
    ):
        with pytest.raises(SealBroken):
            played(head + b"".join(order), key)


def test_a_chunk_in_the_midst_is_not_told_as_the_last(tmp_path: Path) -> None:
    key = new_recording_key("rec-1")
    data = bytearray(written(tmp_path / "a", key)[: HEAD + FRAME])
    data[HEAD] |= 0x80
    with pytest.raises(SealBroken):
        played(bytes(data), key)


def test_another_id_and_another_key_play_nothing(tmp_path: Path) -> None:
    key = new_recording_key("rec-1")
    data = written(tmp_path / "a", key)
    for other in (RecordingKey(key.export_for_recorder(), "rec-2"), new_recording_key("rec-1")):
        with pytest.raises(SealBroken):
            played(data, other)


@pytest.mark.parametrize("data", [b"", b"VDR1", b"RIFF" + bytes(60), b"VDR1\x12" + bytes(60)])
def test_what_is_no_recording(data: bytes) -> None:
    with pytest.raises(SealBroken):
        Recording(io.BytesIO(data), new_recording_key("rec-1"))


def test_its_key_is_wrapped_for_one_recording_of_one_tenant() -> None:
    kek, key = Kek(b"k" * 16, 3), new_recording_key("rec-1")
    wrapped = wrap_recording(kek, key, "t1")
    assert unwrap_recording(kek, wrapped, "t1", "rec-1").export_for_recorder() == key.export_for_recorder()
    for other, tenant, recording in ((Kek(b"x" * 16, 3), "t1", "rec-1"), (kek, "t2", "rec-1"), (kek, "t1", "rec-2")):
        with pytest.raises(SealBroken):
            unwrap_recording(other, wrapped, tenant, recording)
    with pytest.raises(SealBroken):
        unwrap_recording(kek, wrapped[:-1], "t1", "rec-1")
    with pytest.raises(PurposeRefused):
        unwrap_recording(Kek(b"k" * 16, 3, purposes=frozenset({Purpose.IMPORT})), wrapped, "t1", "rec-1")
