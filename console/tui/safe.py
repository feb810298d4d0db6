"""Data on its way into a cell: no control, bidirectional or zero-width characters, measured and cut in cells."""

from __future__ import annotations

from typing import Final

from textual._cells import cell_len  # the same measure that the compositor lays out with

from masking.text import scrub

__all__ = ["cell_len", "clip", "fit", "plain", "wrap"]


def plain(value: object) -> str:
    """Any value as text that a terminal only ever prints."""
    return scrub(str(value))


def clip(text: str, width: int) -> str:
    """At most `width` cells of the text; what was cut is said by an ellipsis."""
    if cell_len(text) <= width:
        return text
    kept, taken = [], 0
    for char in text:
        size = cell_len(char)
        if taken + size > width - 1:
            break
        kept.append(char)
        taken += size
    return "".join(kept) + "…" if width > 0 else ""


def fit(text: str, width: int, *, right: bool = False) -> str:
    """Exactly `width` cells: clipped, or padded with blanks on one side."""
    shown = clip(text, width)
    padding = " " * (width - cell_len(shown))
    return padding + shown if right else shown + padding


_WIDE: Final = 2
_MOST_ALONG: Final = 3
_NEVER_FIRST: Final = frozenset("，。、；：！？）」』】》〉…％%")
"""Marks that close what stands before them: no line begins with one (GB/T 15834, 5.1)."""


def wrap(text: str, width: int) -> list[str]:
    """The text in lines of at most `width` cells, broken at blanks where there are some and anywhere in Chinese.

    A mark that closes a clause takes the character before it along rather than begin a line.
    """
    lines: list[str] = []
    line, taken, blank = "", 0, -1
    for char in text:
        if char == "\n":
            lines.append(line)
            line, taken, blank = "", 0, -1
            continue
        size = cell_len(char)
        if taken + size > width:
            if char != " " and blank > 0 and char.isascii():
                lines.append(line[:blank])
                line = line[blank + 1 :]
            else:
                kept = len(line) - _taken_along(line, char)
                lines.append(line[:kept].rstrip())
                line = line[kept:]
            taken, blank = cell_len(line), -1
            if char == " ":
                continue
        if char == " ":
            blank = len(line)
        line += char
        taken += size
    lines.append(line)
    return lines


def _taken_along(line: str, char: str) -> int:
    """How many characters at a full line's end go on to the next with `char`: a wide one and the marks behind it."""
    if char not in _NEVER_FIRST:
        return 0
    before = line.rstrip("".join(_NEVER_FIRST))
    moved = len(line) - len(before) + 1
    return moved if before[:-1].strip() and cell_len(before[-1]) == _WIDE and moved <= _MOST_ALONG else 0
