"""A process's core dump as a debugger takes it: every mapping, those kept out of the kernel's own dumps included."""

from __future__ import annotations

import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path

_AHEAD = ("set debuginfod enabled off", "set auto-solib-add off")
_THEN = ("set use-coredump-filter off", "set dump-excluded-mappings on")
_PAGE = 4096
_CORE, _LOAD = 4, 1


def dump(process: int, file: Path) -> bytes:
    """The dump, which is an ELF core file; the process goes on. Needs gdb, and root for what may not be dumped."""
    order = ["gdb", "--batch", "-nx"]
    for words in _AHEAD:
        order += ["-iex", words]
    order += ["-p", str(process)]
    for words in (*_THEN, f"generate-core-file {file}"):
        order += ["-ex", words]
    done = subprocess.run(order, check=False, capture_output=True, stdin=subprocess.DEVNULL)
    assert file.exists(), done.stderr.decode(errors="replace")
    data = file.read_bytes()
    file.unlink()
    return data


def segments(core: bytes) -> Iterator[memoryview]:
    """What was in memory, mapping by mapping (elf(5), 64 bits)."""
    assert core[:5] == b"\x7fELF\x02"
    (kind,) = struct.unpack_from("<H", core, 16)
    assert kind == _CORE
    (headers,) = struct.unpack_from("<Q", core, 32)
    size, count = struct.unpack_from("<HH", core, 54)
    for at in range(headers, headers + size * count, size):
        what, _, offset, _, _, length = struct.unpack_from("<IIQQQQ", core, at)
        if what == _LOAD and length:
            yield memoryview(core)[offset : offset + length]


def unlike(core: bytes, other: bytes) -> Iterator[bytes]:
    """Runs of pages that stand nowhere in the other's dump."""
    known = {bytes(part[at : at + _PAGE]) for part in segments(other) for at in range(0, len(part), _PAGE)}
    for part in segments(core):
        start = None
        for at in range(0, len(part) + _PAGE, _PAGE):
            page = bytes(part[at : at + _PAGE])
            new = bool(page) and page not in known
            if new and start is None:
                start = at
            elif not new and start is not None:
                yield bytes(part[start:at])
                start = None
