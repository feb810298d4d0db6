"""Worker processes of a large file: they read and seal in processes of their own, and tell the desk by their pipes.

A worker has no database and no way to open what it seals. The job and its keys come in as the first frame on its pipe
and are nowhere written; it ends when the pipe does, also when the desk is killed. What goes wrong is
told by the kind of error alone, since a message might quote a row.
"""

from __future__ import annotations

import contextlib
import gc
import os
import pickle
import queue
import resource
import signal
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import IO, Final

import msgspec

from access.context import SystemClock
from access.ids import UuidIds
from console import children
from console.desk.imports import bundle as b
from console.desk.imports.collector import resting
from console.desk.imports.filling import SealingKeys
from console.desk.imports.intake import Heard, Intake, consume_many
from console.desk.imports.produce import FileJob, produce
from console.desk.imports.scan import proved_encoding
from console.unreadable import UNREADABLE
from masking.catalogue import Catalogue

_LENGTH: Final = struct.Struct(">I")
_PATIENCE: Final = 10.0


class WorkerLost(Exception):
    """A worker ended without saying that it had."""


def _send(pipe: IO[bytes], body: bytes) -> None:
    pipe.write(_LENGTH.pack(len(body)))
    pipe.write(body)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> bytes:
    head = pipe.read(_LENGTH.size)
    body = pipe.read(_LENGTH.unpack(head)[0]) if len(head) == _LENGTH.size else b""
    if len(head) < _LENGTH.size or len(body) < _LENGTH.unpack(head)[0]:
        raise EOFError
    return body


class _Worker:
    """One process's pipes and the thread that listens to it.

    Attributes:
        ends: the two ends that the process itself is given, to read and to write; closed here once it has them.
    """

    def __init__(self, place: int, arrivals: queue.SimpleQueue[Heard]) -> None:
        theirs, mine = os.pipe()
        back, said = os.pipe()
        self.ends: tuple[int, ...] = (theirs, said)
        self._input, self._output = os.fdopen(mine, "wb"), os.fdopen(back, "rb")
        self._listener = threading.Thread(target=self._listen, args=(place, arrivals), daemon=True)

    def started(self) -> None:
        """The process has its ends: listen to it."""
        for end in self.ends:
            os.close(end)
        self.ends = ()
        self._listener.start()

    def begin(self, job: FileJob, keys: SealingKeys) -> None:
        """Hand it its job."""
        _send(self._input, pickle.dumps((job, keys)))

    def _listen(self, place: int, arrivals: queue.SimpleQueue[Heard]) -> None:
        # The protocol bounds what is under way: a worker never sends more than two frames without an answer.
        with contextlib.suppress(EOFError, OSError, ValueError, *UNREADABLE):
            while True:
                arrivals.put((place, b.decode(_receive(self._output))))
        arrivals.put((place, None))

    def answer(self, answer: b.Answer) -> None:
        """Hand it an answer."""
        _send(self._input, b.encode(answer))

    def end(self) -> None:
        """Let go of it; its process is stopped already."""
        for end in self.ends:
            os.close(end)
        if self._listener.is_alive():
            self._listener.join(_PATIENCE)
        with contextlib.suppress(OSError):
            self._input.close()
        self._output.close()


@contextlib.contextmanager
def _processes(workers: Sequence[_Worker]) -> Iterator[None]:
    """One process a worker, in a group of their own: the first loads the program, the others are forked off it.

    Loading takes as long as sealing two thousand cases.
    """
    ends = [end for one in workers for end in one.ends]
    first = subprocess.Popen(  # noqa: S603 - this very interpreter and a module of ours
        children.order(__name__, *ends),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=children.surroundings(),
        cwd=children.WHERE,
        pass_fds=ends,
        start_new_session=True,
    )
    try:
        for one in workers:
            one.started()
        yield
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(first.pid, signal.SIGKILL)
        first.wait(_PATIENCE)


@resting()
def work(job: FileJob, keys: SealingKeys, shares: int, intake: Intake, heard: Callable[[b.Message], bool]) -> None:
    """Read and seal a file in `shares` processes.

    Args:
        job: the file.
        keys: what to seal with.
        shares: how many processes.
        intake: takes their questions and bundles.
        heard: told `Opened` and `Ended` of each.

    Raises:
        WorkerLost: one of them died.
        FileRefused: its encoding is none.
    """
    arrivals: queue.SimpleQueue[Heard] = queue.SimpleQueue()
    workers: list[_Worker] = []
    try:
        workers += [_Worker(share, arrivals) for share in range(shares)]
        with _processes(workers):
            # They are a while in starting; what all would find out is found out meanwhile.
            path = Path(job.path).absolute()
            job = msgspec.structs.replace(job, path=str(path), shares=shares, encoding=proved_encoding(path))
            for share, one in enumerate(workers):
                one.begin(msgspec.structs.replace(job, share=share), keys)
            consume_many(arrivals, [one.answer for one in workers], intake, heard)
    except (BrokenPipeError, EOFError):
        raise WorkerLost from None
    finally:
        for one in workers:
            one.end()


def main() -> None:
    """Be the workers whose pipes the command line names, two descriptors each."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    ends = list(map(int, sys.argv[1:]))
    pairs = list(zip(ends[::2], ends[1::2], strict=True))
    catalogue = Catalogue.load()
    # Rows come and go by the chunk and hold no cycles: looking for some cost a tenth of the time.
    gc.freeze()
    gc.set_threshold(200_000, 20, 100)
    mine = next((pair for pair in pairs[1:] if os.fork() == 0), pairs[0])
    for end in ends:
        if end not in mine:
            os.close(end)
    with os.fdopen(mine[0], "rb") as incoming, os.fdopen(mine[1], "wb") as outgoing:
        _seal(incoming, outgoing, catalogue)


def _seal(incoming: IO[bytes], outgoing: IO[bytes], catalogue: Catalogue) -> None:
    """Do one share of a job, from its first frame to its end or the desk's."""
    try:
        job, keys = pickle.loads(_receive(incoming))  # noqa: S301 - from the desk that started this process
        running = produce(job, keys, UuidIds(SystemClock()), catalogue)
        answer: b.Answer | None = None
        while True:
            message = running.send(answer)
            answer = None
            if message is None:
                answer = b.decode_answer(_receive(incoming))
            else:
                _send(outgoing, b.encode(message))
    except (StopIteration, EOFError, BrokenPipeError):
        return
    except Exception as wrong:  # noqa: BLE001 - told by its kind: a message might quote a row
        _send(outgoing, b.encode(b.Ended([], failed=type(wrong).__name__)))


if __name__ == "__main__":
    main()
