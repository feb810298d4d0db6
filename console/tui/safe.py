"""Data on its way into a cell: no control, bidirectional or zero-width characters, measured and cut in cells."""

from __future__ import annotations

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


def wrap(text: str, width: int) -> list[str]:
    """The text in lines of at most `width` cells, broken at blanks where there are some and anywhere in Chinese."""
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
                lines.append(line.rstrip())
                line = ""
            taken, blank = cell_len(line), -1
            if char == " ":
                continue
        if char == " ":
            blank = len(line)
        line += char
        taken += size
    lines.append(line)
    return lines
