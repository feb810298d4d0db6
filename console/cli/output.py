"""What a command prints: JSON for programs, plain aligned text for people; wide characters count two cells.

Text is stripped of control and direction marks, so that a name in a file cannot steer the terminal.
"""

from __future__ import annotations

import sys
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Any, Final

_STEERING: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def clean(text: object) -> str:
    """The text without characters that move, hide or turn others."""
    return "".join(mark for mark in str(text) if unicodedata.category(mark) not in _STEERING)


def width(text: str) -> int:
    """Cells that the text takes in a terminal."""
    from rich.cells import cell_len

    return cell_len(text)


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> list[str]:
    """Columns aligned by cells, two blanks between them; no column is cut."""
    cells = [[clean(cell) for cell in row] for row in (heads, *rows)]
    wide = [max(width(row[column]) for row in cells) for column in range(len(heads))]
    return ["  ".join(cell + " " * (wide[at] - width(cell)) for at, cell in enumerate(row)).rstrip() for row in cells]


def pairs(items: Iterable[tuple[str, object]]) -> list[str]:
    """Name and value, one a line, values aligned."""
    said = [(clean(name), clean(value)) for name, value in items]
    wide = max((width(name) for name, _ in said), default=0)
    return [f"{name}{' ' * (wide - width(name))}  {value}".rstrip() for name, value in said]


def say(lines: Iterable[str] | str) -> None:
    """Data, on stdout."""
    for line in [lines] if isinstance(lines, str) else lines:
        print(line)


def tell(text: str) -> None:
    """A word to the person, on stderr."""
    print(clean(text), file=sys.stderr)


def as_json(value: Any) -> str:  # noqa: ANN401 - any frozen reply
    """A reply as indented JSON."""
    import msgspec

    return msgspec.json.format(msgspec.json.encode(value), indent=2).decode()
