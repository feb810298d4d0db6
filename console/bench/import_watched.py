"""An import that is watched: what memory it takes, and how long another writer really waits meanwhile.

A desk in a process of its own loads one file. The kernel counts the most that it and each of its workers ever held;
together that is the most they can have held at once. Another writer asks for its turn a hundred times a second, does
nothing with it, and notes how long it took to get it. Both cost time, so speed is measured elsewhere.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import msgspec

from access.store.base import Store
from console.bench.desks import empty_desk, import_into
from console.bench.measure import most_memory

_EVERY: Final = 0.01


class Watched(msgspec.Struct, frozen=True):
    """memory: of the desk and its workers together, MB. wait: the longest of another writer, ms."""

    memory: float
    wait: float


def watch(file: Path) -> Watched:
    """Load a file into a new desk, in a new process.

    Raises:
        subprocess.CalledProcessError: it could not.
    """
    with tempfile.TemporaryDirectory(prefix="veildesk-watched-") as folder:
        command = [sys.executable, "-m", __name__, str(Path(folder, "home")), str(file)]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE)  # noqa: S603 - our own interpreter
    return msgspec.json.decode(done.stdout.splitlines()[-1], type=Watched)


@contextmanager
def _again_and_again(what: Callable[[], None]) -> Iterator[None]:
    """Do something all the while, on a thread of its own."""
    over = threading.Event()

    def work() -> None:
        while not over.wait(_EVERY):
            what()

    thread = threading.Thread(target=work, name="bench-watch")
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


class _Workers:
    """The most memory that each child of this process was seen to have held, MB."""

    def __init__(self) -> None:
        self.most: dict[str, float] = {}

    def look(self) -> None:
        for task in Path("/proc/self/task").iterdir():
            # A task or a child may be gone by the time it is looked at.
            with suppress(OSError, IndexError):
                for child in (task / "children").read_text(encoding="ascii").split():
                    self.most[child] = most_memory(child)


class _Other:
    """A writer with nothing to write."""

    def __init__(self, store: Store) -> None:
        self.longest = 0.0
        self._store = store

    def ask(self) -> None:
        asked = time.perf_counter()
        self._store.run(lambda _: None)
        self.longest = max(self.longest, time.perf_counter() - asked)


async def _load(home: Path, file: Path) -> Watched:
    desk = await empty_desk(home)
    workers, other = _Workers(), _Other(desk.parts.store)
    try:
        with _again_and_again(workers.look), _again_and_again(other.ask):
            await import_into(desk, file)
    finally:
        await desk.stop()
    return Watched(memory=most_memory() + sum(workers.most.values()), wait=other.longest * 1000)


if __name__ == "__main__":
    sys.stdout.buffer.write(msgspec.json.encode(asyncio.run(_load(Path(sys.argv[1]), Path(sys.argv[2])))) + b"\n")
