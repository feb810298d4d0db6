"""A PDF file written front to back: each object leaves memory as soon as it is written; only its place is kept.

Elsewhere: what stands on a page. Source: ISO 32000-1, 7.3 (objects), 7.5 (file structure), 7.7.3 (page tree).
"""

from __future__ import annotations

import zlib
from array import array
from typing import BinaryIO, Final

_HEAD: Final = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"
_LEVEL: Final = 6
_LEAF: Final = 100


class ObjectFile:
    """Objects of one file, numbered from 1.

    Args:
        out: Where to; written forward only.
    """

    __slots__ = ("_at", "_offsets", "_out")

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._at = 0
        self._offsets = array("Q")
        self._put(_HEAD)

    def reserve(self) -> int:
        """Return a number for an object that is written later."""
        self._offsets.append(0)
        return len(self._offsets)

    def write(self, number: int, body: bytes) -> None:
        """Write the object of that number."""
        self._offsets[number - 1] = self._at
        self._put(b"%d 0 obj\n%b\nendobj\n" % (number, body))

    def add(self, body: bytes) -> int:
        """Write an object and return its number."""
        number = self.reserve()
        self.write(number, body)
        return number

    def stream(self, data: bytes, entries: bytes = b"", *, number: int = 0, plain: bool = False) -> int:
        """Write a stream and return its number.

        Args:
            data: What is in it.
            entries: More entries of its dictionary.
            number: Its number, where it has one already.
            plain: Not compressed, so that any program can read it.
        """
        packed = data if plain else zlib.compress(data, _LEVEL)
        how = b"" if plain else b"/Filter/FlateDecode"
        body = b"<<%b%b/Length %d>>\nstream\n%b\nendstream" % (entries, how, len(packed), packed)
        number = number or self.reserve()
        self.write(number, body)
        return number

    def finish(self, root: int, info: int, file_id: bytes) -> None:
        """Write where everything is. file_id: 16 bytes that tell this file from others."""
        start = self._at
        self._put(b"xref\n0 %d\n0000000000 65535 f \n" % (len(self._offsets) + 1))
        for offset in self._offsets:
            self._put(b"%010d 00000 n \n" % offset)
        name = file_id.hex().encode()
        trailer = b"trailer\n<</Size %d/Root %d 0 R/Info %d 0 R/ID[<%b><%b>]>>\nstartxref\n%d\n%%%%EOF\n"
        self._put(trailer % (len(self._offsets) + 1, root, info, name, name, start))

    def _put(self, data: bytes) -> None:
        self._out.write(data)
        self._at += len(data)


class PageTree:
    """The tree of a file's pages, a hundred to a leaf, so that neither memory nor a reader meets one long list.

    Args:
        file: Whose.
        attributes: What all pages have, e.g. their size.
    """

    __slots__ = ("_attributes", "_file", "_kids", "_leaf", "_leaves", "_root", "count")

    def __init__(self, file: ObjectFile, attributes: bytes) -> None:
        self._file = file
        self._attributes = attributes
        self._root = file.reserve()
        self._leaf = file.reserve()
        self._kids = array("L")
        self._leaves: list[tuple[int, int]] = []
        self.count = 0

    def add(self, entries: bytes) -> None:
        """Write a page with these entries."""
        if len(self._kids) == _LEAF:
            self._close()
            self._leaf = self._file.reserve()
        self._kids.append(self._file.add(b"<</Type/Page/Parent %d 0 R%b>>" % (self._leaf, entries)))
        self.count += 1

    def finish(self) -> int:
        """Write the tree and return its root."""
        self._close()
        kids = b" ".join(b"%d 0 R" % number for number, _ in self._leaves)
        body = b"<</Type/Pages/Count %d/Kids[%b]%b>>" % (self.count, kids, self._attributes)
        self._file.write(self._root, body)
        return self._root

    def _close(self) -> None:
        kids = b" ".join(b"%d 0 R" % number for number in self._kids)
        body = b"<</Type/Pages/Parent %d 0 R/Count %d/Kids[%b]>>" % (self._root, len(self._kids), kids)
        self._file.write(self._leaf, body)
        self._leaves.append((self._leaf, len(self._kids)))
        self._kids = array("L")


def text_string(text: str) -> bytes:
    """Return a text as PDF writes texts outside of pages: UTF-16 with its mark, hexadecimal (7.9.2.2)."""
    return b"<FEFF%b>" % text.encode("utf-16-be", "replace").hex().upper().encode()
