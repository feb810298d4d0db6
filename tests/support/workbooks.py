"""Small workbooks that would make their reader take all the memory there is, written by hand."""

from __future__ import annotations

import io
import zipfile
from typing import Final

_OFFICE: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE: Final = "http://schemas.openxmlformats.org/package/2006"
CELL: Final = "<c><v>1</v></c>"
FAR_ROW: Final = f'<row r="1">{CELL}</row><row r="1048576">{CELL * 16384}</row>'
"""Cells that do not say where they stand, in a row that says it is the last one."""
FAR_CELL: Final = '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'


def zipped(entries: dict[str, str | bytes]) -> bytes:
    """A container of these."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as container:
        for name, data in entries.items():
            container.writestr(name, data)
    return out.getvalue()


def xlsx(rows: str, sheet: str = "sheet1.xml") -> bytes:
    """A workbook of one sheet whose rows are given as markup, and whose part may have any name."""
    return zipped({
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" '
        'ContentType="application/xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
        '<sheet name="s" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="rId1" '
        f'Type="{_OFFICE}/worksheet" Target="worksheets/{sheet}"/></Relationships>',
        f"xl/worksheets/{sheet}": f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData></worksheet>',
    })  # fmt: skip


def ods(rows: int, columns: int) -> bytes:
    """An ODS table of one cell that stands for so many."""
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in ("office", "table", "text")
    )
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": "<manifest/>",
            "content.xml": f"<office:document-content {spaces}><office:body><office:spreadsheet>"
            f'<table:table table:name="s"><table:table-row table:number-rows-repeated="{rows}"><table:table-cell '
            f'office:value-type="string" table:number-columns-repeated="{columns}"><text:p>x</text:p>'
            "</table:table-cell></table:table-row></table:table></office:spreadsheet></office:body></office:document-content>",
        }
    )
