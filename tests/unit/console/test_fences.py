"""A process that was taken over, behind every fence: each thing it tries is refused, by the fence that is named."""

from __future__ import annotations

import ctypes
import errno
import json
import os
import resource
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from console.serve import fences

pytestmark = [pytest.mark.clause("issue-4", "T11")]

TRACE_ME = 0
TRACE = {"x86_64": 101, "aarch64": 117}
RING = {"io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427}
NEIGHBOURS = {  # signals, queued ones, and a limit on processor time, which ends who is over it
    "x86_64": {"tkill": 200, "tgkill": 234, "rt_sigqueueinfo": 129, "rt_tgsigqueueinfo": 297, "prlimit64": 302},
    "aarch64": {"tkill": 130, "tgkill": 131, "rt_sigqueueinfo": 138, "rt_tgsigqueueinfo": 240, "prlimit64": 261},
}
PIDFD_SIGNAL = 424
libc = ctypes.CDLL(None, use_errno=True)


def call(number: int, *words: object) -> None:
    """A system call.

    Raises:
        OSError: refused.
    """
    if libc.syscall(number, *words) < 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


def tries(key: Path, database: Path, sibling: int) -> dict[str, Callable[[], object]]:
    """What it tries, by name; the last would be the end of it."""
    ring, said = ctypes.create_string_buffer(120), ctypes.create_string_buffer(128)
    machine = os.uname().machine
    at = NEIGHBOURS[machine]
    return {
        "key": key.read_bytes,
        "file": lambda: (key.parent / "new").write_bytes(b""),
        "database": lambda: sqlite3.connect(database).execute("SELECT * FROM t").fetchall(),
        "socket": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).close(),
        "io_uring_setup": lambda: call(RING["io_uring_setup"], 4, ring),
        "io_uring_enter": lambda: call(RING["io_uring_enter"], -1, 0, 0, 0, None, 0),
        "io_uring_register": lambda: call(RING["io_uring_register"], -1, 0, None, 0),
        "ptrace": lambda: call(TRACE[machine], TRACE_ME, 0, 0, 0),
        "signal": lambda: os.kill(sibling, 0),
        "tkill": lambda: call(at["tkill"], sibling, 0),
        "tgkill": lambda: call(at["tgkill"], sibling, sibling, 0),
        "rt_sigqueueinfo": lambda: call(at["rt_sigqueueinfo"], sibling, 0, said),
        "rt_tgsigqueueinfo": lambda: call(at["rt_tgsigqueueinfo"], sibling, sibling, 0, said),
        "pidfd_send_signal": lambda: call(PIDFD_SIGNAL, -1, 0, None, 0),
        "prlimit64": lambda: call(at["prlimit64"], sibling, resource.RLIMIT_CPU, None, said),
        "execve": lambda: os.execv(sys.executable, [sys.executable, "-c", ""]),  # noqa: S606 - it must not
    }


def told(wanted: dict[str, Callable[[], object]]) -> dict[str, int | None]:
    """The error of each try; none where it was let."""
    found: dict[str, int | None] = {}
    for name, what in wanted.items():
        try:
            what()
        except sqlite3.OperationalError:
            found[name] = errno.EACCES
        except OSError as refused:
            found[name] = refused.errno
        else:
            found[name] = None
    return found


def behind(wanted: dict[str, Callable[[], object]]) -> tuple[list[str], dict[str, int | None]]:
    """Fences and what became of each try, in a child of its own."""
    out, into = os.pipe()
    process = os.fork()
    if process == 0:
        try:
            granted = fences.confine(fences.only_reading(fences.program_files()))
            os.write(into, json.dumps([granted, told(wanted)]).encode())
        finally:
            os._exit(0)
    os.close(into)
    with os.fdopen(out, "rb") as said:
        words = said.read()
    os.waitpid(process, 0)
    assert words, "it became another program, or died"
    granted, found = json.loads(words)
    return granted, found


@pytest.mark.skipif(os.uname().machine not in TRACE, reason="no filter for this machine")
def test_whatever_it_tries_is_refused_by_the_fence_that_is_named(tmp_path: Path) -> None:
    key, database = tmp_path / "key", tmp_path / "desk.db"
    key.write_bytes(b"\0" * 32)
    with sqlite3.connect(database) as connection:
        connection.execute("CREATE TABLE t (id INTEGER)")
    connection.close()
    sibling = subprocess.Popen(["sleep", "600"])
    try:
        wanted = tries(key, database, sibling.pid)
        open_to_us = [
            name
            for name in ("key", "file", "database", "socket", "signal", "tkill", "tgkill", "prlimit64")
            if told({name: wanted[name]})[name]
        ]
        assert open_to_us == [], "what is refused without a fence proves none"
        granted, found = behind(wanted)
    finally:
        sibling.kill()
        sibling.wait()
    if "seccomp" in granted:
        others = ("signal", *NEIGHBOURS[os.uname().machine], "pidfd_send_signal")
        by_filter = ("socket", *RING, "ptrace", *others, "execve")
        assert {name: found[name] for name in by_filter} == dict.fromkeys(by_filter, errno.EPERM)
    if "landlock" in granted:
        by_rules = ("key", "file", "database")
        assert {name: found[name] for name in by_rules} == dict.fromkeys(by_rules, errno.EACCES)
    assert {"undumpable", "no-new-privileges", "limits"} <= set(granted)
    assert {"seccomp", "landlock"} & set(granted), "no fence of the kernel's stands here"
