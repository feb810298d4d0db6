"""Files that leave are opened by the programs people have: LibreOffice and pdftotext, and what those save is traced."""

from __future__ import annotations

import asyncio
import csv
import io
import os
from pathlib import Path

import pytest
from openpyxl import load_workbook

from console.desk.api.exports import ExportView
from console.desk.api.trace import FragmentTrace, TraceFragment
from console.fragments import read_fragment
from console.fragments.packing import pack
from tests.support.desk import ROWS, WholeDesk
from tests.support.exports import fetched

pytestmark = [pytest.mark.slow, pytest.mark.clause("Y-4.8.3", "Y-5.2.3a", "issue-6")]
_SECONDS = 300
_CSV = "csv:Text - txt - csv (StarCalc):44,34,76,1"  # comma, quote, UTF-8, from the first line


async def ran(*command: str, home: Path) -> bytes:
    """What a program says, started with a home of its own."""
    environment = {**os.environ, "HOME": str(home), "LC_ALL": "C.UTF-8"}
    async with asyncio.timeout(_SECONDS):
        done = await asyncio.create_subprocess_exec(
            *command, env=environment, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
        )
        said, wrong = await done.communicate()
    assert done.returncode == 0, wrong
    return said


async def saved_as(target: str, file: Path, *more: str) -> bytes:
    """What LibreOffice makes of a file, saved as another kind."""
    ending, home = target.partition(":")[0], file.parent
    profile = f"-env:UserInstallation={(home / 'profile').as_uri()}"
    out = home / ending
    await ran(
        "soffice", profile, "--headless", *more, "--convert-to", target, "--outdir", str(out), str(file), home=home
    )
    return (out / f"{file.stem}.{ending}").read_bytes()


async def copy_of(desk: WholeDesk, view: ExportView, data: bytes) -> FragmentTrace:
    """Traced, and found to be this export's copy."""
    packed, left_out = pack(read_fragment(data))
    found = await desk.call("fengxue", TraceFragment(packed=packed, left_out=left_out))
    assert found.finding == "copy"
    assert [one.number for one in found.candidates] == [view.number]
    assert {one.layer: one.said for one in found.candidates[0].layers}["check"] == "names"
    assert found.recognised == len(ROWS)
    return found


def table(data: bytes) -> list[list[str]]:
    """The cells of a CSV."""
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


async def taken(desk: WholeDesk, folder: Path, kind: str) -> tuple[ExportView, Path]:
    """An export's file, in a folder of its own."""
    await desk.with_cases(folder)
    view, path = await fetched(desk, format=kind)
    (folder / "office").mkdir()
    return view, path.rename(folder / "office" / path.name)


@pytest.mark.debian("soffice")
async def test_libreoffice_opens_a_csv_with_chinese_intact(desk: WholeDesk, tmp_path: Path) -> None:
    view, path = await taken(desk, tmp_path, "csv")
    # Comma, quote, UTF-8: what its window of import offers by itself and a converter has to be told.
    data = await saved_as("ods", path, "--infilter=CSV:44,34,76")
    await copy_of(desk, view, data)
    assert [row[:4] for row in read_fragment(data).rows] == [row[:4] for row in table(path.read_bytes())]


@pytest.mark.debian("soffice", "pdftotext")
async def test_what_libreoffice_makes_of_a_workbook_is_traced(desk: WholeDesk, tmp_path: Path) -> None:
    view, path = await taken(desk, tmp_path, "xlsx")
    again = await saved_as("xlsx", path)
    await copy_of(desk, view, again)
    first, saved = (load_workbook(one).worksheets[0] for one in (path, io.BytesIO(again)))
    assert list(saved.iter_rows(values_only=True)) == list(first.iter_rows(values_only=True))
    assert [type(cell.value) for cell in saved[3]][4:6] == [float, int]
    await copy_of(desk, view, await saved_as(_CSV, path))
    await copy_of(desk, view, await saved_as("pdf", path))
    printed = path.parent / "pdf" / f"{path.stem}.pdf"
    await copy_of(desk, view, await ran("pdftotext", "-raw", str(printed), "-", home=path.parent))


@pytest.mark.debian("pdftotext")
async def test_what_pdftotext_reads_of_a_pdf_is_traced(desk: WholeDesk, tmp_path: Path) -> None:
    view, path = await taken(desk, tmp_path, "pdf")
    words = await ran("pdftotext", "-raw", str(path), "-", home=tmp_path)
    await copy_of(desk, view, words)
    for part in (view.number, "上海市浦东新区", "欧", "1200.50"):
        assert part in words.decode()
