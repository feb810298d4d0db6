"""Signed notes: the layout, what is refused, and the witness file that keeps them."""

from __future__ import annotations

import base64
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from access.audit.notes import Checkpoint, key_id, parse, sign, verify_note
from access.audit.witness import Witness
from access.errors import WitnessBroken
from masking.gm import Sm2PrivateKey, sm3

pytestmark = pytest.mark.clause("design-4")

KEY = Sm2PrivateKey(bytes(31) + b"\x07")
OTHER = Sm2PrivateKey(bytes(31) + b"\x09")
FIRST = Checkpoint("veildesk/test", 3, bytes(range(32)), 1_795_136_400_000_000)
NOTE = sign(FIRST, KEY)

checkpoints = st.builds(
    Checkpoint,
    st.from_regex(r"[a-z0-9/.-]{1,40}", fullmatch=True),
    st.integers(0, 2**60),
    st.binary(min_size=32, max_size=32),
    st.integers(0, 2**60),
    st.sampled_from([b"", bytes(32), sm3(b"x")]),
)


def test_layout() -> None:
    text, _, signature = NOTE.decode().partition("\n\n")
    assert text.split("\n") == [
        "veildesk/test",
        "3",
        base64.b64encode(bytes(range(32))).decode(),
        "time 1795136400000000",
    ]
    assert signature.endswith("\n")
    mark, name, blob = signature.removesuffix("\n").split(" ")
    assert (mark, name) == ("\u2014", "veildesk/test")
    raw = base64.b64decode(blob)
    assert raw[:4] == key_id("veildesk/test", KEY.public_key)
    assert KEY.public_key.verify(raw[4:], (text + "\n").encode())


def test_signature_is_checked() -> None:
    assert verify_note(NOTE, [KEY.public_key])
    assert verify_note(NOTE, [OTHER.public_key, KEY.public_key])
    assert not verify_note(NOTE, [OTHER.public_key])
    assert not verify_note(NOTE, [])
    for garbage in (b"", b"\xff", b"a\n\nb", NOTE.replace(b"\n3\n", b"\n4\n"), NOTE.partition(b"\n\n")[0]):
        assert not verify_note(garbage, [KEY.public_key])


@given(checkpoint=checkpoints)
def test_text_reads_back(checkpoint: Checkpoint) -> None:
    note = (checkpoint.text() + "\n\u2014 x y\n").encode()
    assert parse(note) == checkpoint


@given(at=st.integers(0, len(NOTE) - 1), flip=st.integers(1, 255))
def test_no_changed_byte_verifies(at: int, flip: int) -> None:
    changed = NOTE[:at] + bytes([NOTE[at] ^ flip]) + NOTE[at + 1 :]
    # A line end after the signature is no part of what is signed.
    assert not verify_note(changed, [KEY.public_key]) or changed.split() == NOTE.split()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a\n1",
        "a b\n1\nAAAA\ntime 5",
        "a\n01\nx\ntime 5",
        "a\n1\n!\ntime 5",
        "a\n1\nAAAA\ntime 5",
        "a\n-1\nAAAA\ntime x",
    ],
)
def test_what_is_no_note_is_none(text: str) -> None:
    assert parse(text.encode() + b"\n\nsig\n") is None


def test_an_origin_with_spaces_is_refused() -> None:
    with pytest.raises(ValueError, match="origin"):
        sign(Checkpoint("a b", 1, bytes(32), 1), KEY)


def test_witness_keeps_notes_in_order(tmp_path: Path) -> None:
    witness = Witness(tmp_path / "w" / "checkpoints")
    assert witness.read() == ([], [])
    assert witness.newest() is None
    second = sign(Checkpoint("veildesk/test", 9, bytes(32), 5, sm3(NOTE)), KEY)
    witness.append(NOTE)
    witness.append(second)
    notes, faults = witness.read()
    assert [noted.note for noted in notes] == [NOTE, second]
    assert faults == []
    newest = witness.newest()
    assert newest is not None
    assert newest.note == second
    assert witness.path.stat().st_mode & 0o777 == 0o600
    assert witness.path.parent.stat().st_mode & 0o777 == 0o700


def test_newest_needs_the_end_of_the_file_only(tmp_path: Path) -> None:
    witness = Witness(tmp_path / "checkpoints")
    for size in range(1, 80):
        witness.append(sign(Checkpoint("veildesk/test", size, bytes(32), size), KEY) if size in {1, 79} else NOTE)
    newest = witness.newest()
    assert newest is not None
    assert newest.checkpoint.size == 79


@settings(max_examples=25)
@given(cut=st.integers(1, len(NOTE)))
def test_a_torn_note_hides_no_other(tmp_path_factory: pytest.TempPathFactory, cut: int) -> None:
    witness = Witness(tmp_path_factory.mktemp("torn") / "checkpoints")
    witness.append(NOTE)
    with witness.path.open("ab") as file:
        file.write(NOTE[:cut])
    witness.append(NOTE)
    notes, _faults = witness.read()
    good = [noted.note for noted in notes if verify_note(noted.note, [KEY.public_key])]
    assert good[0] == NOTE
    assert good[-1] == NOTE
    newest = witness.newest()
    assert newest is not None
    assert newest.note == NOTE


def test_an_unsafe_file_is_refused(tmp_path: Path) -> None:
    shared = Witness(tmp_path / "shared")
    shared.append(NOTE)
    shared.path.chmod(0o640)
    with pytest.raises(WitnessBroken):
        shared.append(NOTE)
    link = Witness(tmp_path / "link")
    link.path.symlink_to(shared.path)
    with pytest.raises(WitnessBroken):
        link.append(NOTE)
    folder = Witness(tmp_path / "folder")
    folder.path.mkdir()
    with pytest.raises(WitnessBroken):
        folder.append(NOTE)
    with pytest.raises(WitnessBroken):
        folder.read()
    pipe = Witness(tmp_path / "pipe")
    os.mkfifo(pipe.path, 0o600)
    reader = os.open(pipe.path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        with pytest.raises(WitnessBroken):
            pipe.append(NOTE)
    finally:
        os.close(reader)
    assert len(shared.read()[0]) == 1
