"""What a process of the service gives up for good: each fence where the kernel offers it, and said by name.

A session that is taken over must not read the desk's files, its memory or the network, start programs or signal its
neighbours, whatever user it runs as. The kernel's own means do it, without privileges: no new privileges, not dumpable,
Landlock on files, TCP and signals, a system-call filter, an empty network where that may be made. Linux only.

Sources: prctl(2), landlock(7), seccomp(2), unshare(2).
"""

from __future__ import annotations

import ctypes
import fcntl
import os
import platform
import resource
import socket
import struct
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path
from typing import Final

_PR_SET_DUMPABLE: Final = 4
_PR_SET_NO_NEW_PRIVS: Final = 38
_PR_SET_SECCOMP: Final = 22
_SECCOMP_MODE_FILTER: Final = 2
_CLONE_NEWIPC: Final = 0x08000000
_CLONE_NEWNET: Final = 0x40000000

_LANDLOCK_CREATE: Final = 444
_LANDLOCK_ADD: Final = 445
_LANDLOCK_RESTRICT: Final = 446
_READ_FILE: Final = 1 << 2
_READ_DIR: Final = 1 << 3
_FILES_BY_VERSION: Final = ((1, (1 << 13) - 1), (2, 1 << 13), (3, 1 << 14))
_TCP: Final = 0b11  # bind and connect; since version 4
_SCOPED: Final = 0b11  # abstract sockets and signals; since version 6

_AUDIT_ARCH: Final = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
# execve, execveat, socket, connect, bind, ptrace, process_vm_readv, process_vm_writev, pidfd_getfd, unshare, setns,
# mount, bpf, perf_event_open, keyctl, kexec_load, init_module, finit_module, userfaultfd, open_by_handle_at
_BY_MACHINE: Final = {
    "x86_64": (59, 322, 41, 42, 49, 101, 310, 311, 438, 272, 308, 165, 321, 298, 250, 246, 175, 313, 323, 304),
    "aarch64": (221, 281, 198, 203, 200, 117, 270, 271, 438, 97, 268, 40, 280, 241, 219, 104, 105, 273, 282, 265),
}
_URING: Final = (425, 426, 427)
"""io_uring_setup, io_uring_enter, io_uring_register: a ring makes sockets that no filter of calls sees, io_uring(7)."""
# kill, tkill, tgkill, rt_sigqueueinfo, rt_tgsigqueueinfo, prlimit64: sessions are one user's, and Landlock holds no
# signals back before its version 6, limits never. pidfd_send_signal has one number everywhere.
_NEIGHBOURS: Final = {
    "x86_64": (62, 200, 234, 129, 297, 302),
    "aarch64": (129, 130, 131, 138, 240, 261),
}
_PIDFD_SIGNAL: Final = 424
_FORBIDDEN: Final = {
    machine: (*numbers, *_URING, *_NEIGHBOURS[machine], _PIDFD_SIGNAL) for machine, numbers in _BY_MACHINE.items()
}
_X32: Final = 0x40000000
_ALLOW: Final = 0x7FFF0000
_DENY: Final = 0x00050000 | 1  # EPERM
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06
_OPEN_FILES: Final = 64
_MEMORY: Final = 4 << 30

_FLAGS_OF: Final = 0x8913  # SIOCGIFFLAGS, netdevice(7)
_UP: Final = 1

_libc: Final = ctypes.CDLL(None, use_errno=True)


class NoFence(RuntimeError):
    """The kernel refused a fence that every process must have."""


def harden() -> tuple[str, ...]:
    """Fences that cost nothing: no memory dump, not traced by neighbours, no privileges by programs.

    Raises:
        NoFence: the kernel refuses.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for option, value in ((_PR_SET_NO_NEW_PRIVS, 1), (_PR_SET_DUMPABLE, 0)):
        if _libc.prctl(option, value, 0, 0, 0) != 0:
            raise NoFence(option)
    return ("undumpable", "no-new-privileges")


def leave_network() -> None:
    """Stand in an empty network and apart from shared memory of others, where this process may; see `no_network`."""
    _libc.unshare(_CLONE_NEWNET | _CLONE_NEWIPC)


def no_network() -> bool:
    """Whether nothing can be reached from here, not even this machine itself: no interface is up."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        for _, name in socket.if_nameindex():
            said = fcntl.ioctl(asking, _FLAGS_OF, struct.pack("16sH14s", name.encode(), 0, b""))
            if struct.unpack("16sH14s", said)[1] & _UP:
                return False
    return True


def become(user: int, group: int) -> None:
    """Be another user for good, in no further group; whoever is not root stays who they are.

    Raises:
        OSError: the kernel refuses.
    """
    if os.geteuid() == 0 and user != 0:
        os.setgroups([])
        os.setresgid(group, group, group)
        os.setresuid(user, user, user)


def become_said(said: str) -> None:
    """`become` whoever `USER:GROUP` means, two numbers; nobody else for nothing.

    Raises:
        ValueError: it means nobody.
        OSError: as `become`.
    """
    if said:
        user, _, group = said.partition(":")
        become(int(user), int(group))


def confine(ruleset: int | None) -> tuple[str, ...]:
    """Everything a session can do without, on top of `harden`; returns what the kernel granted, by name.

    From here on: no file but the program's own to read, none to write, no network, no program, no foreign process.

    Args:
        ruleset: of `only_reading`; closed.
    """
    standing = list(harden())
    for limit, most in (
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, _OPEN_FILES),
        (resource.RLIMIT_AS, _MEMORY),
        (resource.RLIMIT_MEMLOCK, 0),
    ):
        resource.setrlimit(limit, (most, most))
    standing.append("limits")
    if os.geteuid() != 0:
        standing.append("not-root")
    if no_network():
        standing.append("no-network")
    if ruleset is not None:
        if _libc.syscall(_LANDLOCK_RESTRICT, ruleset, 0) == 0:
            standing.append("landlock")
        os.close(ruleset)
    if _filter_calls():
        standing.append("seccomp")
    return tuple(standing)


def program_files() -> tuple[Path, ...]:
    """What the running program is read from: Python, its packages, our four; the zone files."""
    ours = Path(__file__).resolve().parents[2]
    found = [Path(sysconfig.get_path(name)) for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    found += [ours / name for name in ("console", "access", "masking", "watermark")]
    found += [Path(entry) for entry in sys.path if entry.endswith(("-packages", "lib-dynload"))]
    found.append(Path("/usr/share/zoneinfo"))
    return tuple(dict.fromkeys(path.resolve() for path in found if path.is_dir()))


def only_reading(readable: Iterable[Path]) -> int | None:
    """A descriptor of the rule that only these trees can be read, nothing written or run (landlock(7)).

    None where the kernel has no such rules. Made while the trees can be opened; obeyed from `confine` on.
    """
    version = _libc.syscall(_LANDLOCK_CREATE, None, 0, 1)
    if version < 1:
        return None
    files = sum(bits for since, bits in _FILES_BY_VERSION if version >= since)
    tcp = _TCP if version >= 4 else 0  # noqa: PLR2004 - landlock(7)
    scoped = _SCOPED if version >= 6 else 0  # noqa: PLR2004 - landlock(7)
    # Older kernels know a shorter structure and refuse a longer one only if what they do not know is set.
    attributes = struct.pack("=QQQ", files, tcp, scoped)
    ruleset = int(_libc.syscall(_LANDLOCK_CREATE, attributes, len(attributes), 0))
    if ruleset < 0:
        return None
    for path in readable:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
        rule = struct.pack("=Qi", _READ_FILE | _READ_DIR, descriptor)
        added = _libc.syscall(_LANDLOCK_ADD, ruleset, 1, rule, 0)
        os.close(descriptor)
        if added != 0:
            os.close(ruleset)
            return None
    return ruleset


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def _filter_calls() -> bool:
    """Refuse the system calls that a session never needs; a foreign architecture's are refused whole."""
    machine = platform.machine()
    if machine not in _FORBIDDEN or sys.byteorder != "little":
        return False
    forbidden = _FORBIDDEN[machine]
    deny = 4 + len(forbidden) + 1  # index of the denying instruction

    def jump(code: int, value: int, here: int, *, when: bool) -> bytes:
        ahead = deny - here - 1
        return struct.pack("=HBBI", code, ahead if when else 0, 0 if when else ahead, value)

    steps = [
        struct.pack("=HBBI", _LOAD, 0, 0, 4),
        jump(_EQUAL, _AUDIT_ARCH[machine], 1, when=False),
        struct.pack("=HBBI", _LOAD, 0, 0, 0),
        jump(_AT_LEAST, _X32, 3, when=True),
    ]
    steps += [jump(_EQUAL, number, 4 + at, when=True) for at, number in enumerate(forbidden)]
    steps += [struct.pack("=HBBI", _RETURN, 0, 0, _ALLOW), struct.pack("=HBBI", _RETURN, 0, 0, _DENY)]
    code = b"".join(steps)
    program = _Program(len(steps), code)
    return bool(_libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(program), 0, 0) == 0)
