"""What a process holds in memory, read as its core dump would hold it: every private writable page, as root."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

_PAGE = 4096
_CHUNK = 1 << 20
_MAPPING = re.compile(r"^([0-9a-f]+)-([0-9a-f]+) (\S{4}) \S+ \S+ \S+ *(.*)$")


def writable(process: int) -> list[tuple[int, int]]:
    """Begin and end of each writable mapping."""
    found = []
    for line in Path(f"/proc/{process}/maps").read_text(encoding="utf-8").splitlines():
        match = _MAPPING.match(line)
        if match is not None and match[3][1] == "w" and match[4] not in {"[vvar]", "[vsyscall]"}:
            found.append((int(match[1], 16), int(match[2], 16)))
    return found


def pages(process: int, unlike: int) -> Iterator[tuple[int, bytes]]:
    """Address and bytes of runs of pages that are not as they are in another process, from which it was forked."""
    with Path(f"/proc/{process}/mem").open("rb", 0) as mine, Path(f"/proc/{unlike}/mem").open("rb", 0) as theirs:
        for begin, end in writable(process):
            for at in range(begin, end, _CHUNK):
                size = min(_CHUNK, end - at)
                yield from _runs(at, _read(mine, at, size), _read(theirs, at, size))


def _read(memory: object, at: int, size: int) -> bytes:
    try:
        memory.seek(at)  # type: ignore[attr-defined]
        return bytes(memory.read(size))  # type: ignore[attr-defined]
    except OSError:
        return b""


def _runs(at: int, mine: bytes, theirs: bytes) -> Iterator[tuple[int, bytes]]:
    start = None
    for place in range(0, len(mine) + _PAGE, _PAGE):
        page = mine[place : place + _PAGE]
        other = bool(page) and page != theirs[place : place + _PAGE]
        if other and start is None:
            start = place
        elif not other and start is not None:
            yield at + start, mine[start:place]
            start = None
