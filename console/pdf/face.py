"""The face that Chinese pages are set in: Noto Sans SC, from a package of its own; only glyphs that were used leave.

Every character has a code, also one that the face cannot draw: its place stays blank, but its text is right when it is
copied or searched for. Codes are the face's own CIDs, so pages are written before it is known what they use. Source:
ISO 32000-1, 9.7.4 (CIDFonts), 9.10.3 (ToUnicode).
"""

from __future__ import annotations

import logging
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from console.pdf.objects import ObjectFile
from console.pdf.outline import outline

_NAME: Final = b"VDKSUB+NotoSansSC-Regular"
_KEPT: Final = frozenset({"CFF ", "head", "hhea", "hmtx", "maxp", "cmap", "OS/2", "post", "name"})
_EM: Final = 1000
_LAST_CODE: Final = 0xFFFE
_PART: Final = 100
_CMAP: Final = (
    b"/CIDInit/ProcSet findresource begin\n12 dict begin\nbegincmap\n"
    b"/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def\n"
    b"/CMapName/Adobe-Identity-UCS def\n/CMapType 2 def\n"
    b"1 begincodespacerange\n<0000><FFFF>\nendcodespacerange\n"
)
_CMAP_END: Final = b"endcmap\nCMapName currentdict/CMap defineresource pop\nend\nend\n"


# What the subsetter says of its progress lists the glyphs that were used.
logging.getLogger("fontTools").setLevel(logging.ERROR)


@dataclass(frozen=True, slots=True)
class _Known:
    """Codes of characters, advances that are no whole em, all codes, bounds of all glyphs, ascent and descent."""

    codes: dict[int, int]
    widths: dict[int, int]
    taken: frozenset[int]
    box: tuple[int, int, int, int]
    reach: tuple[int, int]


class _Codes(dict[int, str]):
    """The code of a character, as the character with that number; filled as characters are met."""

    def __init__(self, known: dict[int, int], taken: frozenset[int]) -> None:
        super().__init__()
        self._known = known
        self._taken = taken
        self._free = _LAST_CODE
        self.drawn: set[int] = set()
        self.texts: dict[int, str] = {}

    def __missing__(self, ordinal: int) -> str:
        code = self._known.get(ordinal)
        if code is None:
            code = self._blank()
        else:
            self.drawn.add(code)
        self.texts.setdefault(code, self._usual(ordinal, code))
        self[ordinal] = found = chr(code)
        return found

    def _usual(self, ordinal: int, code: int) -> str:
        """The character that a code stands for, where several look the same: the one that is usual."""
        folded = unicodedata.normalize("NFKC", chr(ordinal))
        return folded if len(folded) == 1 and self._known.get(ord(folded)) == code else chr(ordinal)

    def _blank(self) -> int:
        while self._free in self._taken:
            self._free -= 1
        self._free -= 1
        return self._free + 1


class Face:
    """The face, as one file uses it."""

    __slots__ = ("_codes", "_known", "_widths")

    def __init__(self) -> None:
        self._known = _opened()
        self._codes = _Codes(self._known.codes, self._known.taken)
        self._widths = _Widths(self._known)

    def shown(self, text: str) -> bytes:
        """Return a text's codes as a string of a page."""
        return b"<%b>" % text.translate(self._codes).encode("utf-16-be", "surrogatepass").hex().encode()

    def width(self, text: str) -> int:
        """Return how wide a text is, in thousandths of its size."""
        return sum(map(self._widths.__getitem__, text))

    def write(self, file: ObjectFile, number: int, across: str = "") -> tuple[bytes, float]:
        """Write the font's objects under that number, with what was used until now.

        Args:
            file: where to.
            number: the font's.
            across: a text, all of it shown before, whose outlines are wanted besides.

        Returns:
            The drawing of that text, as `outline` has it: taken from what leaves, because reading the face whole a
            second time costs more than setting a thousand rows.
        """
        cff, drawing = _subset(self._codes.drawn, [self._glyph(char) for char in across])
        data = file.stream(cff, b"/Subtype/CIDFontType0C")
        texts = file.stream(self._to_unicode())
        describes = b"/FontName/%b/Flags 4/FontBBox[%d %d %d %d]/ItalicAngle 0/Ascent %d/Descent %d/CapHeight 733" % (
            _NAME,
            *self._known.box,
            *self._known.reach,
        )
        descriptor = file.add(b"<</Type/FontDescriptor%b/StemV 80/FontFile3 %d 0 R>>" % (describes, data))
        system = b"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"
        cid = file.add(
            b"<</Type/Font/Subtype/CIDFontType0/BaseFont/%b%b/FontDescriptor %d 0 R/DW %d/W[%b]>>"
            % (_NAME, system, descriptor, _EM, self._all_widths())
        )
        file.write(
            number,
            b"<</Type/Font/Subtype/Type0/BaseFont/%b-Identity-H/Encoding/Identity-H/DescendantFonts[%d 0 R]"
            b"/ToUnicode %d 0 R>>" % (_NAME, cid, texts),
        )
        return drawing

    def _glyph(self, char: str) -> str | None:
        code = self._known.codes.get(ord(char))
        return _glyph(code) if code is not None else None

    def _all_widths(self) -> bytes:
        found = {ord(code): self._widths[chr(ordinal)] for ordinal, code in self._codes.items()}
        return b" ".join(b"%d[%d]" % (code, width) for code, width in sorted(found.items()) if width != _EM)

    def _to_unicode(self) -> bytes:
        pairs = sorted(self._codes.texts.items())
        parts = [_CMAP]
        for start in range(0, len(pairs), _PART):
            part = pairs[start : start + _PART]
            parts.append(b"%d beginbfchar\n" % len(part))
            parts += [
                b"<%04X><%b>\n" % (code, text.encode("utf-16-be", "surrogatepass").hex().upper().encode())
                for code, text in part
            ]
            parts.append(b"endbfchar\n")
        return b"".join([*parts, _CMAP_END])


class _Widths(dict[str, int]):
    """How wide a character is; filled as characters are met."""

    def __init__(self, known: _Known) -> None:
        super().__init__()
        self._known = known

    def __missing__(self, char: str) -> int:
        code = self._known.codes.get(ord(char))
        self[char] = found = self._known.widths.get(code, _EM) if code is not None else _EM
        return found


@lru_cache(maxsize=1)
def _opened() -> _Known:
    """What is known of the face before anything is set in it; read once."""
    from fontTools.ttLib import TTFont  # noqa: PLC0415 - only a PDF needs it

    with TTFont(path(), lazy=True) as font:
        head, line = font["head"], font["hhea"]
        advances = font["hmtx"].metrics.items()
        widths = {int(name[3:]): int(advance) for name, (advance, _) in advances if name.startswith("cid")}
        codes = {ordinal: int(name[3:]) for ordinal, name in font.getBestCmap().items() if name.startswith("cid")}
        return _Known(
            codes=codes,
            widths={code: width for code, width in widths.items() if width != _EM},
            taken=frozenset(widths),
            box=(head.xMin, head.yMin, head.xMax, head.yMax),
            reach=(line.ascent, line.descent),
        )


def path() -> str:
    """Return where the face lies."""
    from pylopdf_fonts_zh_cn import sans_path  # noqa: PLC0415 - as above

    return str(sans_path())


def _glyph(code: int) -> str:
    return f"cid{code:05d}"


def _subset(codes: set[int], across: list[str | None]) -> tuple[bytes, tuple[bytes, float]]:
    """Return the face's outlines of these codes alone, as a CFF table, and the drawing of some of them."""
    from fontTools.subset import Options, Subsetter  # noqa: PLC0415 - as above
    from fontTools.ttLib import TTFont  # noqa: PLC0415 - as above

    options = Options(layout_features=[], name_IDs=[], notdef_outline=True, layout_closure=False)
    with TTFont(path(), lazy=True) as font:
        options.drop_tables = [name for name in font.keys() if name not in _KEPT]  # noqa: SIM118 - no mapping
        subsetter = Subsetter(options)
        subsetter.populate(glyphs=[_glyph(code) for code in sorted(codes)])
        subsetter.subset(font)
        drawing = outline(font, across)
        return bytes(font["CFF "].compile(font)), drawing
