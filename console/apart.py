"""Having a stranger's file read by a process that may die of it, in a parent and in that process."""

from __future__ import annotations

import resource
import subprocess
import sys
from collections.abc import Callable
from typing import Final

from console import children

BROKEN: Final = 3
"""Exit code: it is no such file, or a damaged one."""
BOMB: Final = 4
"""Exit code: it is too large. Any other end but 0 says the same."""
_MOST_ANSWER: Final = 256 << 20
"""Bytes that the process answers with."""


class Broken(Exception):
    """It is no such file, a damaged one, or none can be opened here."""


class Bomb(Exception):
    """Whoever opened it would need more memory or time than a file is worth."""


class TooLarge(Exception):
    """In the process: there is more of it than may be."""


def run(module: str, data: bytes, seconds: float, *how: object) -> bytes:
    """Return what a process of ours answers about a file.

    Args:
        module: whose `main` calls `answer`.
        data: the file.
        seconds: after which it is ended, whatever it waits for.
        how: its command line.

    Raises:
        Broken: the file cannot be opened.
        Bomb: it must not be.
    """
    try:
        done = subprocess.run(  # noqa: S603 - this very interpreter and a module of ours
            children.order(module, *how),
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=seconds,
            check=False,
            env=children.surroundings(),
            cwd=children.WHERE,
        )
    except subprocess.TimeoutExpired:
        raise Bomb from None
    except OSError:
        raise Broken from None
    if done.returncode == BROKEN:
        raise Broken
    if done.returncode:
        raise Bomb
    return done.stdout


def answer(read: Callable[[bytes], bytes], memory: int, seconds: int) -> int:
    """In the process: read what comes on standard input within limits, write the answer, and return the exit code.

    Args:
        read: what is to be done with the file.
        memory: bytes of all that is mapped.
        seconds: of the processor.
    """
    _limit(memory, seconds)
    try:
        said = read(sys.stdin.buffer.read())
        if len(said) > _MOST_ANSWER:
            return BOMB
        sys.stdout.buffer.write(said)
        sys.stdout.buffer.flush()
    except (MemoryError, TooLarge):
        return BOMB
    except BaseException:  # noqa: BLE001 - readers' panics are no Exception, and bad files show as nearly any error
        return BROKEN
    return 0


def _limit(memory: int, seconds: int) -> None:
    for what, most in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(what)[1]
        least = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (least, least))
