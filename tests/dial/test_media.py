"""The media process by itself: what the disk holds up holds up nobody else; without its dialer it ends."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import msgspec
import pytest

from console.dial import between, links, messages
from console.dial.between import Aim, AskMedia, Begin, Done, Drop, Take
from console.dial.media import Media
from console.dial.messages import Prepare, Prepared, Recorded
from console.dial.recording import Recording
from console.serve.link import pair
from masking.recording import RecordingKey, new_recording_key
from tests.support.sip import HOST, PATIENCE

T = TypeVar("T")
pytestmark = pytest.mark.clause("issue-5")


class Around:
    """What media speaks with: desk and dialer, both this test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.desk, desk = pair()
        self.dialer, dialer = pair()
        for end in (self.desk, self.dialer):
            end.settimeout(PATIENCE)
        self.keys: dict[str, RecordingKey] = {}
        self._ends = (desk, dialer)
        self.media = threading.Thread(target=Media(desk, dialer, HOST).run)
        self.media.start()

    def prepare(self, call_id: str) -> bool:
        key = self.keys[call_id] = new_recording_key(call_id)
        descriptor = os.open(self.folder / call_id, os.O_WRONLY | os.O_CREAT, 0o600)
        order = Prepare(call_id=call_id, recording_id=call_id, key=key.export_for_recorder())
        socket.send_fds(self.desk, [messages.encode(order)], [descriptor])
        os.close(descriptor)
        said = self.heard()
        assert isinstance(said, Prepared)
        return said.ready

    def stands(self, call_id: str) -> None:
        """Prepare a call and begin it, as if both had answered."""
        assert self.prepare(call_id)
        for agent in (True, False):
            aim = Aim(call_id=call_id, agent=agent, host=HOST, port=9000, peer=HOST, types=(8,))
            assert self.ask(aim).ok
        assert self.ask(Begin(call_id=call_id)).ok

    def ask(self, asked: AskMedia) -> Done:
        self.dialer.send(between.encode(asked))
        return _next(self.dialer, between.at_dialer)

    def heard(self) -> messages.FromMedia:
        return _next(self.desk, messages.at_desk_from_media)

    def over(self) -> None:
        self.media.join(PATIENCE)
        assert not self.media.is_alive()

    def close(self) -> None:
        for end in (self.desk, self.dialer):
            end.close()
        self.over()
        for end in self._ends:
            end.close()


def _next(link: socket.socket, decoder: msgspec.msgpack.Decoder[T]) -> T:
    came = links.read(link, decoder)
    assert came is not None
    return came[0]


@pytest.fixture
def around(tmp_path: Path) -> Iterator[Around]:
    around = Around(tmp_path)
    yield around
    around.close()


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """A disk that takes nothing for good until this is set. Whoever waits for it is counted by `waits`."""
    free, write = threading.Event(), os.fsync

    def waits(descriptor: int) -> None:
        assert free.wait(PATIENCE)
        write(descriptor)

    monkeypatch.setattr(os, "fsync", waits)
    yield free
    free.set()


def test_a_slow_disk_holds_up_no_other_call(around: Around, disk: threading.Event) -> None:
    for call_id in ("a", "b"):
        around.stands(call_id)
    assert around.ask(Drop(call_id="a")).ok
    # Nobody can take its ports any more, and everybody else is served while it waits for the disk.
    assert not around.ask(Take(call_id="a")).ok
    assert around.ask(Take(call_id="b")).ok
    assert around.prepare("c")
    disk.set()
    said = around.heard()
    assert isinstance(said, Recorded)
    assert (said.call_id, said.whole, said.chunks) == ("a", True, 1)


@pytest.mark.parametrize("goes", ["desk", "dialer"])
def test_whoever_goes_every_recording_is_ended_and_told_first(around: Around, disk: threading.Event, goes: str) -> None:
    for call_id in ("a", "b"):
        around.stands(call_id)
    assert around.ask(Drop(call_id="a")).ok
    getattr(around, goes).shutdown(socket.SHUT_WR)
    disk.set()
    said = [around.heard(), around.heard()]
    assert {one.call_id: one.whole for one in said if isinstance(one, Recorded)} == {"a": True, "b": True}
    # And then it is over.
    around.over()
    for call_id in ("a", "b"):
        with (around.folder / call_id).open("rb") as file:
            recording = Recording(file, around.keys[call_id])
            assert sum(1 for _ in recording.chunks()) <= 1
            assert recording.torn is False


def test_without_its_dialer_it_does_not_stay_to_be_asked_in_vain(around: Around) -> None:
    assert around.prepare("a")
    around.dialer.close()
    around.over()
    said = around.heard()
    assert isinstance(said, Recorded)
    assert (said.call_id, said.chunks) == ("a", 0)
