"""PDF for reading and printing: A4 lying, the titles and the mark on every page, page numbers, text that can be copied.

The mark stands above and below every page, lightly across it, in the document's properties (also as XMP), and once more
as text that is not drawn; the runs of masks and the check column are those of every format, and a row's line lies
higher or lower by its check value. A page cut out of the file keeps all but the properties. Memory is one page.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

from console.desk.exports import pdf_layout as layout
from console.desk.exports.columns import Kind
from console.desk.exports.sheet import Cell, Sheet
from console.pdf.face import Face
from console.pdf.objects import ObjectFile, PageTree, text_string
from masking.gm import sm3
from watermark.check import value_of

_RIGHT: Final = frozenset({Kind.MONEY, Kind.COUNT})
_SMALL: Final = 7.0
_TINY: Final = 2.0
_ACROSS: Final = 17.0
_ACROSS_LENGTH: Final = 360.0
_SLANT: Final = (0.9063, 0.4226)  # cosine and sine of 25 degrees
_ACROSS_AT: Final = ((60.0, 70.0), (60.0, 320.0), (430.0, 70.0), (430.0, 320.0))
_XMP: Final = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdf="http://ns.adobe.com/pdf/1.3/">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{mark}</rdf:li></rdf:Alt></dc:title>
<dc:identifier>{number}</dc:identifier><pdf:Keywords>{mark}</pdf:Keywords>
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>"""


def write(path: Path, sheet: Sheet, pages: Iterable[Sequence[Sequence[Cell]]]) -> int:
    """Write a document over an empty file; returns how many rows it has.

    Raises:
        OSError: The disk is full.
    """
    with path.open("wb") as out:
        document = _Document(ObjectFile(out), sheet)
        for part in pages:
            document.rows(part)
        return document.finish()


class _Document:
    """One file. Rows wait until there is a page of them."""

    def __init__(self, file: ObjectFile, sheet: Sheet) -> None:
        self._file = file
        self._sheet = sheet
        self._face = Face()
        self._font, self._last, self._drawn = file.reserve(), file.reserve(), file.reserve()
        size = b"/MediaBox[0 0 %.2f %.2f]" % (layout.WIDTH, layout.HEIGHT)
        has = b"/Resources<</Font<</F %d 0 R>>/XObject<</N %d 0 R/D %d 0 R>>>>" % (self._font, self._last, self._drawn)
        self._tree = PageTree(file, size + has)
        self._waiting: list[Sequence[Cell]] = []
        self._grid: layout.Grid | None = None
        self._count = 0
        self._frame: tuple[bytes, bytes] = (b"", b"")

    def rows(self, part: Sequence[Sequence[Cell]]) -> None:
        """Set rows."""
        if self._grid is None:
            self._lay_out(part)
        self._waiting.extend(part)
        while len(self._waiting) >= layout.ROWS:
            self._page(self._waiting[: layout.ROWS])
            del self._waiting[: layout.ROWS]

    def finish(self) -> int:
        """Write the last page, the face, the tree; returns how many rows there are."""
        if self._grid is None:
            self._lay_out([])
        if self._waiting or not self._count:
            self._page(self._waiting)
        file, mark = self._file, self._sheet.mark if self._sheet.keyed is not None else ""
        number = b"BT /F %.1f Tf %b Tj ET" % (_SMALL, self._face.shown(str(self._tree.count)))
        box = b"/Type/XObject/Subtype/Form/BBox[0 -3 60 10]/Resources<</Font<</F %d 0 R>>>>" % self._font
        file.stream(number, box, number=self._last)
        self._across(*self._face.write(file, self._font, mark))
        root = self._tree.finish()
        xmp = _XMP.format(mark=escape(mark), number=escape(mark.split(" ")[0]))
        metadata = file.stream(xmp.encode(), b"/Type/Metadata/Subtype/XML", plain=True)
        said = text_string(mark)
        info = file.add(b"<</Title %b/Subject %b/Keywords %b/Producer(veildesk)>>" % (said, said, said))
        view = b"/ViewerPreferences<</DisplayDocTitle true>>/Lang(zh-CN)"
        catalog = file.add(b"<</Type/Catalog/Pages %d 0 R/Metadata %d 0 R%b>>" % (root, metadata, view))
        file.finish(catalog, info, sm3(mark.encode())[:16])
        return self._count

    def _lay_out(self, part: Sequence[Sequence[Cell]]) -> None:
        """Widths from the first rows; what is wider later on is set narrower."""
        titles, width = self._sheet.titles(), self._face.width
        widest = [
            max([width(title), *(width(_text(row[place])) for row in part)]) for place, title in enumerate(titles)
        ]
        self._grid = layout.grid(widest)
        self._frame = self._above(titles, self._grid), self._below()

    def _above(self, titles: Sequence[str], grid: layout.Grid) -> bytes:
        """What stands on every page before its rows: the mark across it and above, the titles, a rule."""
        parts: list[bytes] = []
        if self._sheet.keyed is not None:
            parts += [b"/D Do 0 g", self._line(_SMALL, layout.MARGIN, layout.HEADER_Y, self._sheet.mark)]
        rule = b".6 G .5 w %.2f %.2f m %.2f %.2f l S"
        parts.append(rule % (layout.MARGIN, layout.TITLES_Y - 5, layout.WIDTH - layout.MARGIN, layout.TITLES_Y - 5))
        parts.append(b"0 g BT /F %.1f Tf" % grid.size)
        y = b"%.2f" % layout.TITLES_Y
        kinds = self._sheet.kinds
        parts += [
            self._cell(title, kind, place, grid.size, y)
            for title, kind, place in zip(titles, kinds, grid.places, strict=False)
        ]
        return b"\n".join(parts)

    def _across(self, drawing: bytes, width: float) -> None:
        """The mark lightly across the page, drawn and not written: it is in the way of no copied text."""
        parts = [b".88 g"]
        if width:
            cosine, sine = _SLANT
            size = min(_ACROSS, _ACROSS_LENGTH * 1000 / width) / 1000
            turned = b"%.6f %.6f %.6f %.6f" % (size * cosine, size * sine, -size * sine, size * cosine)
            parts += [b"q %b %.1f %.1f cm %b Q" % (turned, x, y, drawing) for x, y in _ACROSS_AT]
        box = b"/Type/XObject/Subtype/Form/BBox[0 0 %.2f %.2f]" % (layout.WIDTH, layout.HEIGHT)
        self._file.stream(b"\n".join(parts), box, number=self._drawn)

    def _below(self) -> bytes:
        """What stands on every page after its rows: the mark, and the mark once more that is not drawn.

        How text is drawn outlives the text; saved and restored around it, it is as it was.
        """
        if self._sheet.keyed is None:
            return b"ET"
        mark = self._sheet.mark
        hidden = self._line(_TINY, layout.MARGIN, layout.HIDDEN_Y, mark)
        return b"ET\n%b\nq 3 Tr %b Q" % (self._line(_SMALL, layout.MARGIN, layout.FOOTER_Y, mark), hidden)

    def _line(self, size: float, x: float, y: float, text: str) -> bytes:
        return b"BT /F %.1f Tf %.2f %.2f Td %b Tj ET" % (size, x, y, self._face.shown(text))

    def _page(self, rows: Sequence[Sequence[Cell]]) -> None:
        assert self._grid is not None  # noqa: S101 - laid out before any page, for the type checker
        size, kinds, places = self._grid.size, self._sheet.kinds, self._grid.places
        marked = self._sheet.keyed is not None
        parts = [self._frame[0]]
        for place, cells in enumerate(rows):
            y = layout.row_y(place)
            if marked:
                y += layout.SHIFT if (value_of(str(cells[-1])) or 0) & 1 else -layout.SHIFT
            at = b"%.2f" % y
            parts += [
                self._cell(_text(cell), kind, column, size, at)
                for cell, kind, column in zip(cells, kinds, places, strict=False)
                if cell is not None and cell != ""
            ]
        parts.append(self._frame[1])
        parts.append(self._numbered(self._tree.count + 1))
        content = self._file.stream(b"\n".join(parts))
        self._tree.add(b"/Contents %d 0 R" % content)
        self._count += len(rows)

    def _numbered(self, number: int) -> bytes:
        """The page's number, and the last page's, which is written when it is known."""
        said = f"{number}/"
        x = layout.WIDTH - layout.MARGIN - 40
        after = x + self._face.width(said) * _SMALL / 1000
        return b"%b q 1 0 0 1 %.2f %.2f cm /N Do Q" % (
            self._line(_SMALL, x, layout.FOOTER_Y, said),
            after,
            layout.FOOTER_Y,
        )

    def _cell(self, text: str, kind: Kind, place: layout.Place, size: float, y: bytes) -> bytes:
        """One cell: set narrower where it is too wide, and to the right where it is a number."""
        width = self._face.width(text) * size / 1000
        if width > place.width + 0.01:
            narrow = max(100 * place.width / width, 1)
            return b"%.1f Tz 1 0 0 1 %.2f %b Tm %b Tj 100 Tz" % (narrow, place.left, y, self._face.shown(text))
        left = place.left + place.width - width if kind in _RIGHT else place.left
        return b"1 0 0 1 %.2f %b Tm %b Tj" % (left, y, self._face.shown(text))


def _text(cell: Cell) -> str:
    return "" if cell is None else str(cell)
