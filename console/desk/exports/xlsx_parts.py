"""A workbook with one part more: custom XML that says whose copy it is, bound to the book so that programs keep it.

The writer of workbooks has no such part of its own; it hands each part over as a small file before it packs them, and
there this one is put beside. Source: ECMA-376, part 1, 15.2.5 (custom XML data storage), 22.5 (its properties).
"""

from __future__ import annotations

from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

from xlsxwriter.packager import Packager
from xlsxwriter.workbook import Workbook

_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006/relationships"
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_ITEM: Final = '{head}<copy xmlns="urn:veildesk:copy"><number>{number}</number><mark>{mark}</mark></copy>'
_PROPERTIES: Final = (
    f'{_HEAD}<ds:datastoreItem ds:itemID="{{5A1B0D0E-7E57-4C0B-9D3A-56454C444553}}" '
    f'xmlns:ds="{_OFFICE}/customXml"><ds:schemaRefs><ds:schemaRef ds:uri="urn:veildesk:copy"/></ds:schemaRefs>'
    "</ds:datastoreItem>"
)
_BELONGS: Final = (
    f'{_HEAD}<Relationships xmlns="{_PACKAGE}"><Relationship Id="rId1" '
    f'Type="{_OFFICE}/relationships/customXmlProps" Target="itemProps1.xml"/></Relationships>'
)
_OF_BOOK: Final = (
    f'<Relationship Id="rIdCopy" Type="{_OFFICE}/relationships/customXml" Target="../customXml/item1.xml"/>'
)
_OF_KIND: Final = (
    '<Override PartName="/customXml/itemProps1.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.customXmlProperties+xml"/>'
)
_ADDED: Final = {
    "xl/_rels/workbook.xml.rels": ("</Relationships>", _OF_BOOK),
    "[Content_Types].xml": ("</Types>", _OF_KIND),
}


class MarkedWorkbook(Workbook):  # type: ignore[misc] # the writer has no types
    """A workbook that takes its mark along as custom XML.

    Args:
        path: where to.
        options: the writer's; not those that keep the book in memory.
        mark: the visible line; its first word is the export's number.
    """

    def __init__(self, path: Path, options: dict[str, object], mark: str) -> None:
        super().__init__(str(path), options)
        self._copy_mark = mark

    def _get_packager(self) -> Packager:
        return _MarkedPackager(self._copy_mark)


class _MarkedPackager(Packager):  # type: ignore[misc] # as above
    def __init__(self, mark: str) -> None:
        super().__init__()
        self._copy_mark = mark

    def _create_package(self) -> list[tuple[str, str, bool]]:
        parts: list[tuple[str, str, bool]] = super()._create_package()
        left = dict(_ADDED)
        for file, name, _ in list(parts):
            end, more = left.pop(name, ("", ""))
            if end:
                written = Path(file).read_text(encoding="utf-8")
                before, found, after = written.rpartition(end)
                Path(file).write_text(before + more + found + after, encoding="utf-8")
        mark = escape(self._copy_mark)
        item = _ITEM.format(head=_HEAD, number=escape(self._copy_mark.split(" ")[0]), mark=mark)
        self._part("customXml/item1.xml", item)
        self._part("customXml/itemProps1.xml", _PROPERTIES)
        self._part("customXml/_rels/item1.xml.rels", _BELONGS)
        return parts

    def _part(self, name: str, content: str) -> None:
        Path(self._filename(name)).write_text(content, encoding="utf-8")
