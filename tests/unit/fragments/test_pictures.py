"""Printouts that come back as pictures: a PDF of pictures, a photograph, pages of both kinds, read by real programs."""

from __future__ import annotations

import io
import os
import subprocess
from pathlib import Path

import pikepdf
import pytest
from PIL import Image

from console.desk.exports import writers
from console.fragments import pictures, read_fragment
from tests.desk.test_export_files import lines, sheet
from tests.desk.test_export_lines import traced
from watermark.verdict import Finding, Layer, Said

pytestmark = [pytest.mark.clause("Y-5.2.3a", "issue-6"), pytest.mark.debian("tesseract", "pdftoppm")]
COUNT = 6


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("print") / "a.pdf"
    path.touch()
    writers.write("pdf", path, sheet(), [lines(COUNT)])
    return path.read_bytes()


@pytest.fixture(scope="module")
def page(printed: bytes) -> Image.Image:
    """The page as a scanner sees it."""
    draw = ["pdftoppm", "-r", "200", "-gray", "-png", "-"]
    drawn = subprocess.run(draw, input=printed, check=True, capture_output=True).stdout
    return Image.open(io.BytesIO(drawn)).crop((0, 0, 2339, 520))


def saved(page: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    page.save(out, kind, resolution=200, dpi=(200, 200))
    return out.getvalue()


def names_the_copy(data: bytes) -> None:
    found = traced(read_fragment(data))
    assert found.finding is Finding.COPY
    assert [one.serial for one in found.candidates] == [7]
    said = {one.layer: one.said for one in found.candidates[0].layers}
    assert (said[Layer.CHECK], said[Layer.VISIBLE]) == (Said.NAMES, Said.FITS)
    assert found.recognised >= 2


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["PDF", "JPEG", "TIFF"])
def test_a_page_that_is_only_a_picture_names_its_copy(page: Image.Image, kind: str) -> None:
    names_the_copy(saved(page, kind))


@pytest.mark.slow
def test_a_picture_behind_a_page_of_text_is_read_as_well(page: Image.Image) -> None:
    names_the_copy(with_text(page))


def with_text(page: Image.Image) -> bytes:
    """A letter of one page, and the scanned page behind it."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(saved(page, "PDF"))) as document:
        document.add_blank_page()
        letter = document.pages[-1]
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Courier)
        letter.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font))
        words = " Tj T* ".join(f"(line {number} of a letter that has quite a few words)" for number in range(9))
        letter.Contents = document.make_stream(f"BT /F 10 Tf 12 TL 40 500 Td {words} Tj ET".encode())
        document.pages.insert(0, letter)
        del document.pages[-1]
        document.save(out)
    return out.getvalue()


def test_where_nothing_reads_pictures_the_text_beside_them_is_traced(
    page: Image.Image, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    data = with_text(page)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert not pictures.installed()
    found = read_fragment(data)
    assert any("line 3 of a letter" in text for text in found.texts)
    assert found.unread == 1


@pytest.mark.slow
def test_of_a_long_document_pages_are_read_evenly_and_the_others_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.fragments.pages.MOST_PAGES", 3)
    out = io.BytesIO()
    with pikepdf.new() as document:
        font = pikepdf.Dictionary(Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Courier)
        for number in range(7):
            page = document.add_blank_page()
            page.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F=font))
            page.Contents = document.make_stream(f"BT /F 10 Tf 40 500 Td (page number {number}) Tj ET".encode())
        document.save(out)
    found = read_fragment(out.getvalue())
    assert [text.split()[-1] for text in found.texts] == ["0", "3", "6"]
    assert found.unread == 4


def test_the_programs_run_on_one_thread_and_are_told_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OMP_THREAD_LIMIT", raising=False)
    assert pictures._around() == {**os.environ, "OMP_THREAD_LIMIT": "1"}
