"""What stands in the cells of a PDF that the desk made, each as it is written, by another reader than the desk's."""

from __future__ import annotations

import io
import re

import pikepdf

_PAIR = re.compile(rb"<([0-9A-F]{4})><([0-9A-F]+)>")


def printed_cells(data: bytes) -> list[list[object]]:
    """The titles once, then every row; empty cells are not written."""
    rows: list[list[object]] = []
    with pikepdf.open(io.BytesIO(data)) as document:
        texts = _texts(document.pages[0])
        for number, page in enumerate(document.pages):
            rows += _rows(page, texts)[1 if number else 0 :]
    return rows


def lines_of(data: bytes) -> list[float]:
    """How high every row stands, without the titles: all pages, one after the other."""
    with pikepdf.open(io.BytesIO(data)) as document:
        return [y for page in document.pages for y in sorted(_heights(page), reverse=True)[1:]]


def _cells(page: pikepdf.Page) -> list[tuple[float, bytes]]:
    """Cells of a page: how high, and what is written. Marks are placed otherwise than cells."""
    found: list[tuple[float, bytes]] = []
    height: float | None = None
    for step in pikepdf.parse_content_stream(page):
        operator = str(step.operator)
        if operator == "Tm":
            height = float(step.operands[5])
        elif operator == "Tj" and height is not None:
            found.append((height, bytes(step.operands[0])))
        elif operator == "ET":
            height = None
    return found


def _heights(page: pikepdf.Page) -> set[float]:
    return {height for height, _ in _cells(page)}


def _rows(page: pikepdf.Page, texts: dict[bytes, str]) -> list[list[object]]:
    rows: dict[float, list[object]] = {}
    for height, shown in _cells(page):
        codes = [shown[start : start + 2] for start in range(0, len(shown), 2)]
        rows.setdefault(height, []).append("".join(texts[code] for code in codes))
    return [rows[height] for height in sorted(rows, reverse=True)]


def _texts(page: pikepdf.Page) -> dict[bytes, str]:
    stream = page.resources.Font.F.ToUnicode.read_bytes()
    return {
        bytes.fromhex(code.decode()): bytes.fromhex(text.decode()).decode("utf-16-be")
        for code, text in _PAIR.findall(stream)
    }
