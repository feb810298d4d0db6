"""The worker process of a large file: reads and seals in a process of its own, tells the desk by its pipe.

It has no database and no way to open what it seals. The job and its keys come in as the first frame on its standard
input and are nowhere written; it ends when the pipe does, also when the desk is killed. What goes wrong is told by the
kind of error alone, since a message might quote a row.
"""

from __future__ import annotations

import os
import pickle
import queue
import resource
import struct
import subprocess
import sys
import threading
from typing import IO, Final

from access.context import SystemClock
from access.ids import UuidIds
from console.desk.imports import bundle as b
from console.desk.imports.filling import SealingKeys
from console.desk.imports.produce import FileJob, Stream, produce
from masking.catalogue import Catalogue

_LENGTH: Final = struct.Struct(">I")
_READ_AHEAD: Final = 2
_PATIENCE: Final = 10.0


class WorkerLost(Exception):
    """The worker ended without saying that it had."""


def _send(pipe: IO[bytes], body: bytes) -> None:
    pipe.write(_LENGTH.pack(len(body)))
    pipe.write(body)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> bytes:
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    body = pipe.read(_LENGTH.unpack(head)[0])
    if len(body) < _LENGTH.unpack(head)[0]:
        raise EOFError
    return body


def stream(job: FileJob, keys: SealingKeys) -> Stream:
    """The same stream as `produce`, made by a process of its own.

    Raises:
        WorkerLost: the process died.
    """
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
    process = subprocess.Popen(  # noqa: S603 - this very interpreter and a module of ours
        [sys.executable, "-m", __name__],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
    )
    if process.stdin is None or process.stdout is None:
        raise WorkerLost
    frames: queue.Queue[bytes | None] = queue.Queue(_READ_AHEAD)
    reader = threading.Thread(target=_pump, args=(process.stdout, frames), name="veildesk-import-pipe", daemon=True)
    reader.start()
    try:
        _send(process.stdin, pickle.dumps((job, keys)))
        yield from _relay(process.stdin, frames)
    except (BrokenPipeError, EOFError):
        raise WorkerLost from None
    finally:
        process.stdin.close()
        process.kill()
        process.wait(_PATIENCE)
        _drain(frames)
        reader.join(_PATIENCE)
        process.stdout.close()


def _relay(pipe: IO[bytes], frames: queue.Queue[bytes | None]) -> Stream:
    while (frame := frames.get()) is not None:
        message = b.decode(frame)
        if isinstance(message, b.Question):
            yield message
            answer = yield None
            _send(pipe, b.encode(answer))
        else:
            yield message
            if isinstance(message, b.Ended):
                return
    raise EOFError


def _pump(pipe: IO[bytes], frames: queue.Queue[bytes | None]) -> None:
    try:
        while True:
            frames.put(_receive(pipe))
    except (EOFError, OSError, ValueError):
        frames.put(None)


def _drain(frames: queue.Queue[bytes | None]) -> None:
    while True:
        try:
            if frames.get(timeout=_PATIENCE) is None:
                return
        except queue.Empty:
            return


def main() -> None:
    """Be the worker."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    incoming, outgoing = sys.stdin.buffer, sys.stdout.buffer
    try:
        job, keys = pickle.loads(_receive(incoming))  # noqa: S301 - from the desk that started this process
        running = produce(job, keys, UuidIds(SystemClock()), Catalogue.load())
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
