"""Roads that a file takes on its way out, each with the tracer at its end: what is changed, and how it is read back.

Programs that are not installed are said to be missing, never counted as done.
"""

from __future__ import annotations

import csv
import io
import random
import shutil
import subprocess
import tempfile
import unicodedata
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from console.bench.trace.copies import House, Table
from console.fragments import FragmentRefused, read_fragment
from watermark.verdict import Finding

ROWS: Final = 60
HEADER: Final = ("案号", "姓名", "证件号", "地址", "电话", "本金", "逾期天数", "校验")
Road = Callable[[Table], bytes]
_WIDTH: Final = 24
_PAGE: Final = 30


class RoadClosed(Exception):
    """A program that the road takes is not installed."""


def travelled(house: House, road: str, trials: int) -> tuple[int, int]:
    """Return in how many trials the copy alone was named, and how many rows were recognised in the last one.

    Raises:
        RoadClosed: a program is missing.
    """
    named = recognised = 0
    for trial in range(trials):
        serial = 1 + trial * 7 % len(house.held)
        # Other rows each time, in the export's own order.
        held = house.held[serial]
        start = trial * 61 % (len(held) - ROWS)
        table = house.copy(serial, held[start : start + ROWS_OF.get(road, ROWS)])
        given = table if road in CHECKED else [row[:-1] for row in table]
        arrived = ROADS[road](given)
        try:
            fragment = read_fragment(arrived)
        except FragmentRefused:
            recognised = 0  # what cannot be read names nobody
            continue
        verdict = house.tracer.trace(fragment)
        copies = {one.serial for one in verdict.candidates if one.finding is Finding.COPY}
        named += copies == {serial}
        recognised = verdict.recognised
    return named, recognised


def _csv(table: Table, encoding: str = "utf-8-sig", delimiter: str = ",") -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows([HEADER[: len(table[0])], *table])
    return out.getvalue().encode(encoding)


def _each(change: Callable[[str], str]) -> Road:
    return lambda table: _csv([[change(cell) for cell in row] for row in table])


def _shuffled(table: Table) -> bytes:
    other = list(table)
    random.Random(3).shuffle(other)  # noqa: S311 - any order will do
    return _csv(other)


def _book(table: Table) -> bytes:
    import openpyxl  # noqa: PLC0415 - loaded for its road alone
    from openpyxl.worksheet.properties import PageSetupProperties  # noqa: PLC0415 - as above

    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (list(HEADER[: len(table[0])]), *table):
        sheet.append(row)
    for column in "ABCDEFGH":
        sheet.column_dimensions[column].width = _WIDTH
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _resaved_by_openpyxl(table: Table) -> bytes:
    import openpyxl  # noqa: PLC0415 - as above

    out = io.BytesIO()
    openpyxl.load_workbook(io.BytesIO(_book(table))).save(out)
    return out.getvalue()


def _by_office(source: str, target: str) -> Road:
    def go(table: Table) -> bytes:
        office = shutil.which("soffice")
        if office is None:
            raise RoadClosed("LibreOffice")
        with tempfile.TemporaryDirectory(prefix="veildesk-road-") as folder:
            given = Path(folder, f"in.{source}")
            given.write_bytes(_book(table) if source == "xlsx" else _csv(table))
            command = [office, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to", target]
            subprocess.run(  # noqa: S603 - our own words and a folder of ours
                [*command, "--outdir", f"{folder}/out", str(given)], check=True, capture_output=True, timeout=300
            )
            return Path(folder, "out", f"in.{target}").read_bytes()

    return go


def _by_eye(table: Table) -> bytes:
    """Printed, the first page drawn as a picture of 200 dpi; whoever reads it back reads by eye."""
    draw = shutil.which("pdftoppm")
    if draw is None or shutil.which("tesseract") is None:
        raise RoadClosed("pdftoppm or tesseract")
    page = [draw, "-r", "200", "-png", "-f", "1", "-l", "1", "-"]
    given = _by_office("xlsx", "pdf")(table[:_PAGE])
    return subprocess.run(page, input=given, check=True, capture_output=True, timeout=300).stdout  # noqa: S603 - as above


def _by_pandas(table: Table) -> bytes:
    if find_spec("pandas") is None:
        raise RoadClosed("pandas")
    pandas = __import__("pandas")
    text: str = pandas.read_csv(io.BytesIO(_csv(table))).sort_values("本金").to_csv(index=True)
    return text.encode()


ROADS: Final[dict[str, Road]] = {
    "as it is": _csv,
    "20 rows as they are": _csv,
    "shuffled": _shuffled,
    "sorted by amount": lambda table: _csv(sorted(table, key=lambda row: float(row[5]))),
    "case numbers cut": lambda table: _csv([row[1:] for row in table]),
    "only masks, amounts, days": lambda table: _csv([[*row[1:4], *row[5:]] for row in table]),
    "columns in reverse": lambda table: _csv([row[::-1] for row in table]),
    "NFKC": _each(lambda cell: unicodedata.normalize("NFKC", cell)),
    "full-width stars": _each(lambda cell: cell.replace("*", "＊")),
    "GBK": lambda table: _csv(table, "gbk"),
    "UTF-16, tabs": lambda table: _csv(table, "utf-16", "\t"),
    "zero-width characters put in": _each("\u200b".join),
    "zero-width characters stripped": _each(lambda cell: cell.replace("\u200b", "")),
    "pasted with tabs": lambda table: "\n".join("\t".join(row) for row in table).encode(),
    "pasted as words": lambda table: "\n".join(" ".join(row) for row in table).encode(),
    "a Markdown table": lambda table: "\n".join("| " + " | ".join(row) + " |" for row in table).encode(),
    "XLSX by openpyxl": _book,
    "XLSX saved again by openpyxl": _resaved_by_openpyxl,
    "CSV read, sorted and written by pandas": _by_pandas,
    "XLSX saved again by LibreOffice": _by_office("xlsx", "xlsx"),
    "XLSX saved as ODS by LibreOffice": _by_office("xlsx", "ods"),
    "XLSX printed to PDF by LibreOffice": _by_office("xlsx", "pdf"),
    "the PDF's first page as a picture, check column kept": _by_eye,
}
ROWS_OF: Final = {"20 rows as they are": 20}
"""Roads that take another number of rows."""
CHECKED: Final = frozenset({"the PDF's first page as a picture, check column kept"})
