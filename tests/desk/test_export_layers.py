"""A workbook says whose copy it is in every layer it has; tracing reads each back, and takes none for evidence."""

from __future__ import annotations

import io
import re
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from PIL import Image

from console.desk.exports import writers
from console.desk.exports.header_picture import header_picture
from console.fragments import read_fragment
from console.fragments.packing import pack, unpack
from masking.imprint import Imprint
from tests.desk.test_export_files import MARK, lines, sheet
from watermark.finders import finders
from watermark.fragment import Fragment
from watermark.registry import MemoryRegistry
from watermark.shades import serials_of, shades
from watermark.trace import Tracer
from watermark.verdict import Finding, Layer, Said, Verdict
from watermark.visible import serials_in

BESIDE = (Layer.PROPERTIES, Layer.NAMES, Layer.HEADER, Layer.FONTS)
KEYED = Imprint(b"k" * 32, "exports")


def workbook(folder: Path, count: int = 40) -> Path:
    path = folder / "copy.xlsx"
    path.touch()
    assert writers.write("xlsx", path, sheet(), [lines(count)]) == count
    return path


def changed(path: Path, change: Callable[[str, bytes], bytes | None]) -> bytes:
    """The container with each entry changed, or left out."""
    out = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = change(name, old.read(name))
            if content is not None:
                new.writestr(name, content)
    return out.getvalue()


def traced(fragment: Fragment) -> Verdict:
    """The tracer's answer, where exports 1 to 40 hold the same forty rows, the seventh being the copy."""
    registry = MemoryRegistry()
    numbers = [registry.add_row(one.row_id, finders(KEYED, numbers=[one.number])) for one in lines(40)]
    for serial in range(1, 41):
        registry.issue(serial, asker="somebody", asked_at=0, numbers=numbers)
    return Tracer({1: KEYED}, registry).trace(unpack(pack(fragment)[0]))


def said(verdict: Verdict, serial: int) -> dict[Layer, Said]:
    (one,) = [each for each in verdict.candidates if each.serial == serial]
    return {each.layer: each.said for each in one.layers}


@pytest.mark.clause("issue-6")
def test_every_layer_is_there_and_read_back(tmp_path: Path) -> None:
    path = workbook(tmp_path)
    book = load_workbook(path)
    assert {book.properties.title, book.properties.subject, book.properties.description} == {MARK}
    assert [(one.name, one.value) for one in book.custom_doc_props.props] == [("veildesk_copy", MARK)]  # type: ignore[attr-defined]
    assert book.defined_names["veildesk_copy"].value == f'"{MARK}"'
    page = book.worksheets[0]
    assert page.oddHeader is not None
    assert page.oddFooter is not None
    assert MARK in str(page.oddHeader.left.text)
    assert "&G" in str(page.oddHeader.right.text)
    assert MARK in str(page.oddFooter.left.text)
    book.close()
    fragment = read_fragment(path.read_bytes())
    assert {*fragment.told} == {*BESIDE}
    for layer in BESIDE:
        assert serials_in(fragment.told[layer]) == [7], layer
    assert sum(MARK in text for text in fragment.told["header"]) == 3, "header, footer and picture"
    verdict = traced(fragment)
    assert [(one.serial, one.finding) for one in verdict.candidates] == [(7, Finding.COPY)]
    assert all(said(verdict, 7)[layer] is Said.FITS for layer in BESIDE)


@pytest.mark.clause("issue-6")
def test_what_a_file_says_of_itself_accuses_nobody(tmp_path: Path) -> None:
    """Another export's number in every layer: the copy is still named, and whoever was put there is not."""
    path = workbook(tmp_path)

    def forge(name: str, content: bytes) -> bytes:
        for mine, other in (("VX-000007", "VX-000008"), *zip(shades(7), shades(8), strict=True)):
            content = content.replace(mine.encode(), other.encode()) if name.endswith((".xml", ".png")) else content
        return content

    verdict = traced(read_fragment(changed(path, forge)))
    assert [(one.serial, one.finding) for one in verdict.candidates] == [(7, Finding.COPY)]
    assert {said(verdict, 7)[layer] for layer in (*BESIDE, Layer.VISIBLE)} == {Said.DIFFERS}
    one_row = Fragment([["nothing", "of any", "export"]], told={layer: ["VX-000008"] for layer in BESIDE})
    verdict = traced(one_row)
    assert verdict.finding is Finding.UNDETERMINED
    assert [one.serial for one in verdict.candidates] == [8]
    assert verdict.candidates[0].p == 1.0


@pytest.mark.clause("issue-6")
def test_each_layer_goes_without_the_others(tmp_path: Path) -> None:
    path = workbook(tmp_path)
    gone: dict[Layer, Callable[[str, bytes], bytes | None]] = {
        Layer.PROPERTIES: lambda name, content: None if name.startswith(("docProps", "customXml")) else content,
        Layer.FONTS: lambda name, content: re.sub(rb'rgb="[0-9A-F]{8}"', b"", content) if "styles" in name else content,
        Layer.NAMES: lambda _, content: content.replace(b"definedName", b"x"),
        Layer.HEADER: lambda name, content: (
            None if name.endswith(".png") else content.replace(b"<oddHeader", b"<x").replace(b"<oddFooter", b"<x")
        ),
    }
    for layer, change in gone.items():
        fragment = read_fragment(changed(path, change))
        assert {*fragment.told} == {*BESIDE} - {layer}
    assert said(traced(Fragment(read_fragment(path.read_bytes()).rows)), 7)[Layer.PROPERTIES] is Said.ABSENT


@pytest.mark.clause("issue-6")
def test_saved_again_by_another_program_it_still_says_it(tmp_path: Path) -> None:
    path = workbook(tmp_path)
    book = load_workbook(path)
    book.save(tmp_path / "again.xlsx")
    book.close()
    fragment = read_fragment((tmp_path / "again.xlsx").read_bytes())
    assert {layer: serials_in(texts) for layer, texts in fragment.told.items()} == {layer: [7] for layer in BESIDE}


@pytest.mark.clause("issue-6")
def test_custom_xml_belongs_to_the_book_and_says_the_mark(tmp_path: Path) -> None:
    path = workbook(tmp_path)
    with zipfile.ZipFile(path) as container:
        item = container.read("customXml/item1.xml").decode()
        assert MARK in item
        assert "<number>VX-000007</number>" in item
        assert b"../customXml/item1.xml" in container.read("xl/_rels/workbook.xml.rels")
        assert b"itemProps1.xml" in container.read("customXml/_rels/item1.xml.rels")
        assert b"/customXml/itemProps1.xml" in container.read("[Content_Types].xml")
    load_workbook(path).close()
    alone = changed(path, lambda name, content: None if name.startswith("docProps") else content)
    assert serials_in(read_fragment(alone).told["properties"]) == [7]


@pytest.mark.clause("issue-6")
@given(serial=st.integers(1, (1 << 28) - 1), other=st.integers(1, (1 << 28) - 1))
def test_shades_are_dark_and_say_the_serial(serial: int, other: int) -> None:
    colours = shades(serial)
    assert len(set(colours)) == 4
    assert all(max(bytes.fromhex(one)) < 0x20 for one in colours)
    assert serials_of(["000000", "FFFFFF", *reversed(colours), "x", "123"]) == [serial]
    assert serials_of(colours[:3]) == []
    assert {serial, other} <= set(serials_of([*colours, *shades(other)]))


@pytest.mark.clause("issue-6")
def test_the_colours_stay_where_the_first_line_and_the_titles_are_cut(tmp_path: Path) -> None:
    book = load_workbook(workbook(tmp_path))
    page = book.worksheets[0]
    page.delete_rows(1, 2)
    assert {page.cell(1, column).font.color.rgb[2:] for column in range(1, 5)} == set(shades(7))
    book.save(tmp_path / "cut.xlsx")
    book.close()
    assert serials_in(read_fragment((tmp_path / "cut.xlsx").read_bytes()).told["fonts"]) == [7]


@pytest.mark.clause("issue-6")
def test_an_unmarked_book_has_no_colours(tmp_path: Path) -> None:
    path = tmp_path / "bare.xlsx"
    path.touch()
    writers.write("xlsx", path, sheet(marked=False), [lines(3)])
    assert "fonts" not in read_fragment(path.read_bytes()).told


@pytest.mark.clause("issue-6")
def test_the_picture_shows_and_says_the_mark() -> None:
    with Image.open(header_picture(MARK)) as picture:
        picture.load()
        assert picture.info["Comment"] == MARK
        assert picture.height < 40 < picture.width
        assert len(picture.getcolors() or ()) > 1, "something is written on it"


@pytest.mark.clause("issue-6")
def test_a_broken_picture_or_header_is_no_reason_to_stop(tmp_path: Path) -> None:
    path = workbook(tmp_path)
    for junk in (b"", b"\x89PNG\r\n\x1a\n" + b"\xff" * 8, b"\x89PNG\r\n\x1a\n\0\0\0\0tEXt", b"VX-000009"):

        def spoil(name: str, content: bytes, junk: bytes = junk) -> bytes:
            return junk if name.endswith(".png") else content

        assert serials_in(read_fragment(changed(path, spoil)).told["header"]) == [7]


@pytest.mark.clause("issue-6", "S-4.3")
def test_money_has_two_decimals_everywhere(tmp_path: Path) -> None:
    book = load_workbook(workbook(tmp_path, 2))
    money = book.worksheets[0]["F3"]
    assert (money.value, money.number_format, money.data_type) == (860, "#,##0.00", "n")
    assert book.worksheets[0]["G3"].number_format == "0"
    assert book.worksheets[0]["H3"].number_format == "yyyy-mm-dd"
    book.close()
    path = tmp_path / "copy.csv"
    path.touch()
    writers.write("csv", path, sheet(), [lines(2)])
    assert [row.split(",")[5] for row in path.read_text("utf-8-sig").splitlines()[1:]] == ["860.00", "860.01"]


@pytest.mark.slow
@pytest.mark.clause("issue-6")
def test_memory_is_one_page_however_long_the_file(tmp_path: Path) -> None:
    """Ten times the rows take no more memory: the writer keeps one row, and nothing of the layers grows."""

    def most(count: int) -> int:
        path = tmp_path / f"{count}.xlsx"
        path.touch()
        tracemalloc.start()
        pages = (lines(500) for _ in range(count))
        writers.write("xlsx", path, sheet(), pages)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    most(1)
    assert most(20) < 1.2 * most(2)
