"""What stands in the cells of a PDF that the desk made, by another reader than the desk's; and PDFs of strangers."""

from __future__ import annotations

import io
import re
import zlib

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


def letter(lines: list[str]) -> bytes:
    """A page of text."""
    return _page(b"BT /F 10 Tf 14 TL 40 800 Td " + b" T* ".join(b"(%b) Tj" % line.encode() for line in lines) + b" ET")


def bomb(size: int) -> bytes:
    """A few kilobytes that unpack to that many bytes, and to many more on the way there."""
    return _page(zlib.compress(b"z" * (size // 4) + b"~>"), b"/Filter[/FlateDecode/ASCII85Decode]")


def slow(words: int) -> bytes:
    """A page of very many words, each of which takes its time."""
    return _page(zlib.compress(b"BT /F 10 Tf" + b" 0 1 Td (a) Tj" * words + b" ET"), b"/Filter/FlateDecode")


def _page(content: bytes, how: bytes = b"") -> bytes:
    bodies = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>",
        b"<</Length %d%b>>\nstream\n%b\nendstream" % (len(content), how, content),
        b"<</Type/Font/Subtype/Type1/BaseFont/Courier>>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, body in enumerate(bodies, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%b\nendobj\n" % (number, body)
    table = b"xref\n0 6\n0000000000 65535 f \n" + b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + table + b"trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % len(out)


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
