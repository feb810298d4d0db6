"""Every way in which a number could be written down, and a hunt for them in whatever a desk says, keeps and runs.

A part of a number (its first seven digits, its last eight) is also found by chance in ids, digests and times, which are
long runs of such signs: parts are hunted outside those, whole numbers everywhere.
"""

from __future__ import annotations

import base64
import contextlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from sqlalchemy import Engine, inspect, text

_RUN = re.compile(rb"[0-9a-fA-F]{14,}")
_WIDE = str.maketrans("0123456789", "０１２３４５６７８９")


def wholes(number: str) -> frozenset[bytes]:
    """The number, in every spelling: plain, backwards, spaced, dashed, hex, base64, BCD, and as text of other kinds."""
    plain, first, middle, last = number.encode(), number[:3], number[3:7], number[7:]
    nibbles = number + "f"
    return frozenset(
        {
            plain,
            plain[::-1],
            f"{first} {middle} {last}".encode(),
            f"{first}-{middle}-{last}".encode(),
            f"{number[:4]} {number[4:8]} {number[8:]}".encode(),
            plain.hex().encode(),
            *(base64.b64encode(b"x" * shift + plain)[4 if shift else 0 : 14] for shift in range(3)),
            bytes.fromhex(nibbles),
            bytes(int(nibbles[i + 1] + nibbles[i], 16) for i in range(0, 12, 2)),
            number.encode("utf-16-le"),
            number.translate(_WIDE).encode(),
            int(number).to_bytes(5, "big"),
            int(number).to_bytes(5, "little"),
        }
    )


def parts(number: str) -> frozenset[bytes]:
    """What is as good as the number beside what a mask shows."""
    return frozenset({number[-8:].encode(), number[:7].encode()})


def needles(number: str) -> frozenset[bytes]:
    """All of it."""
    return wholes(number) | parts(number)


class Hunt:
    """For these numbers. Args: numbers: of eleven digits each."""

    def __init__(self, *numbers: str) -> None:
        self._wholes = frozenset[bytes]().union(*map(wholes, numbers))
        self._parts = frozenset[bytes]().union(*map(parts, numbers))

    def of(self, data: bytes) -> set[bytes]:
        """What of them is in there."""
        thin = _RUN.sub(b" ", data)
        return {one for one in self._wholes if one in data} | {one for one in self._parts if one in thin}

    def through(self, said: Iterable[tuple[str, bytes]]) -> dict[str, set[bytes]]:
        """Where something was found, and what."""
        return {where: found for where, data in said if (found := self.of(data))}


def files(root: Path) -> Iterator[tuple[str, bytes]]:
    """Every file below, its name too; one that goes meanwhile is gone."""
    for path in sorted(root.rglob("*")):
        name = str(path.relative_to(root))
        yield f"name of {name}", name.encode()
        with contextlib.suppress(FileNotFoundError):
            if path.is_file():
                yield name, path.read_bytes()


def rows(engine: Engine) -> Iterator[tuple[str, bytes]]:
    """Every value of every row of every table."""
    with engine.connect() as connection:
        for table in inspect(connection).get_table_names():
            for at, row in enumerate(connection.execute(text(f'SELECT * FROM "{table}"')).mappings()):  # noqa: S608
                for column, value in row.items():
                    if value is not None:
                        kept = bytes(value) if isinstance(value, bytes | memoryview) else str(value).encode()
                        yield f"{table}.{column} of row {at}", kept


def process_list() -> Iterator[tuple[str, bytes]]:
    """What every process of this machine is called, with its arguments: what anybody may read of it."""
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            for name in (*(f"task/{one}/comm" for one in _threads(folder)), "cmdline"):
                with contextlib.suppress(FileNotFoundError, ProcessLookupError):
                    yield f"{name} of {folder.name}", (folder / name).read_bytes()


def environments(*processes: int) -> Iterator[tuple[str, bytes]]:
    """What these processes were started with; nothing of one that may not be looked at."""
    for process in processes:
        with contextlib.suppress(PermissionError):
            yield f"environ of {process}", Path(f"/proc/{process}/environ").read_bytes()


def _threads(folder: Path) -> list[str]:
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        return [one.name for one in (folder / "task").iterdir()]
    return []
