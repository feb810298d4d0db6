"""XLSX with typed cells, written row by row: one sheet, the visible mark above it, a frozen header with filters.

Text is written as text: nothing in it becomes a formula, a link or a number. The mark also stands in the printed header
and footer, there as a picture too, in the document's properties, its own and the usual ones, in a defined name, in
custom XML, and in near-black colours of all letters, so that a copy that lost its first line still says it.
`console.fragments.beside` reads them back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from console.desk.exports.columns import Kind
from console.desk.exports.header_picture import header_picture
from console.desk.exports.sheet import Cell, Sheet
from watermark.shades import shades

_OPTIONS: Final = {
    "constant_memory": True,
    "strings_to_numbers": False,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "nan_inf_to_errors": False,
}
_FORMATS: Final = {
    kind: {"num_format": shown}
    for kind, shown in ((Kind.MONEY, "#,##0.00"), (Kind.COUNT, "0"), (Kind.DATE, "yyyy-mm-dd"))
}
_WIDTHS: Final = {Kind.TEXT: 22, Kind.MONEY: 15, Kind.COUNT: 9, Kind.DATE: 12}
_HEADER_ROW: Final = 1
_A4: Final = 9
_LONGEST_HEADER: Final = 200  # Excel takes 255 characters with its own codes


def write(path: Path, sheet: Sheet, pages: Iterable[Sequence[Sequence[Cell]]]) -> int:
    """Write a workbook over an empty file; returns how many rows it has.

    Raises:
        OSError: The disk is full.
    """
    from xlsxwriter.exceptions import FileCreateError  # noqa: PLC0415 - only workbooks need it

    from console.desk.exports.xlsx_parts import MarkedWorkbook  # noqa: PLC0415 - as above

    book = MarkedWorkbook(path, {**_OPTIONS, "tmpdir": str(path.parent)}, sheet.mark)
    try:
        kinds = sheet.kinds
        page = book.add_worksheet()
        _mark(book, page, sheet.mark)
        colours = [{"font_color": f"#{one}"} for one in shades(sheet.serial)] if sheet.keyed is not None else [{}]
        formats = [
            book.add_format({**colours[column % len(colours)], **_FORMATS.get(kind, {})})
            for column, kind in enumerate(kinds)
        ]
        for column, kind in enumerate(kinds):
            page.set_column(column, column, _WIDTHS[kind])
        page.write_string(0, 0, sheet.mark, book.add_format(colours[0]))
        for column, title in enumerate(sheet.header()):
            # Counted back from the last colour: between them, titles and cells of three columns say all four.
            bold = book.add_format({"bold": True, **colours[-1 - column % len(colours)]})
            page.write_string(_HEADER_ROW, column, title, bold)
        row = _HEADER_ROW
        for part in pages:
            for cells in part:
                row += 1
                for column, (kind, cell, form) in enumerate(zip(kinds, cells, formats, strict=False)):
                    _write(page, (row, column), kind, cell, form)
        # On paper a row stays one line: readable, and traceable when it was printed to a PDF.
        page.set_landscape()
        page.set_paper(_A4)
        page.fit_to_pages(1, 0)
        page.freeze_panes(_HEADER_ROW + 1, 1)
        page.autofilter(_HEADER_ROW, 0, max(row, _HEADER_ROW), len(sheet.header()) - 1)
    except BaseException:
        _abandon(book)
        raise
    try:
        book.close()
    except FileCreateError as full:
        raise OSError(str(path)) from full
    return row - _HEADER_ROW


def _abandon(book: Any) -> None:  # noqa: ANN401 - the writer has no types
    """Let go of what the writer holds open, without writing."""
    for page in book.worksheets():
        if getattr(page, "row_data_fh", None) is not None:
            page.row_data_fh.close()
    book.fileclosed = True


def _mark(book: Any, page: Any, mark: str) -> None:  # noqa: ANN401 - as above
    escaped = mark.replace("&", "&&")[:_LONGEST_HEADER]
    picture = {"image_right": f"{mark[:9]}.png", "image_data_right": header_picture(mark)}
    page.set_header(f"&L&8{escaped}&R&G", picture)
    page.set_footer(f"&L&8{escaped}&R&8&P / &N")
    page.repeat_rows(_HEADER_ROW)
    core = dict.fromkeys(("title", "subject", "keywords", "comments"), mark)
    book.set_properties({**core, "company": mark, "created": datetime(2000, 1, 1, tzinfo=UTC)})
    book.set_custom_property("veildesk_copy", mark, "text")
    book.define_name("veildesk_copy", f'="{mark.replace(chr(34), "")}"')


def _write(
    page: Any,  # noqa: ANN401 - as above
    place: tuple[int, int],
    kind: Kind,
    cell: Cell,
    form: Any,  # noqa: ANN401 - as above
) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, Decimal | int):
        page.write_number(*place, cell, form)
    elif kind is Kind.DATE and (day := _day(cell)) is not None:
        page.write_datetime(*place, day, form)
    else:
        page.write_string(*place, cell, form)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
