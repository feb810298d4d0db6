"""PDF for printing: every page says whose it is, its text is the rows' own, and a page or a row names it."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest
from pypdf import PdfReader, PdfWriter

from access.roles import Role
from console.desk.api.trace import FragmentTrace, TraceFragment
from console.desk.exports import pdf_file, pdf_layout
from console.desk.exports.chain import Reach
from console.desk.exports.columns import columns
from console.desk.exports.gather import Line
from console.desk.exports.sheet import Cell, Sheet
from console.fragments import read_fragment
from console.fragments.packing import pack
from console.pdf.face import Face
from console.texts import Texts
from masking.catalogue import Catalogue
from masking.imprint import Imprint
from tests.support.desk import ROWS, WholeDesk
from tests.support.exports import fetched
from tests.support.pdf import lines_of, printed_cells
from watermark.check import value_of

pytestmark = pytest.mark.clause("issue-6")
CATALOGUE = Catalogue.load()
NAMES = ("full_name", "id_number", "home_address", "due_amount", "days_past_due", "product")
MARK = "VX-000007 · S0021李 · 2026-11-23 03:00 · 某某律所 <&>"
COUNT = 100


def sheet(*, marked: bool = True) -> Sheet:
    found = columns(CATALOGUE, NAMES, Role.SUPERVISOR, Reach.INTERNAL, "display")
    assert found is not None
    return Sheet(found, Texts("zh_CN"), MARK, Imprint(b"k" * 32, "exports") if marked else None, 7)


def lines(count: int = COUNT) -> list[Line]:
    values = ("欧阳*", "1****************X", "上海市浦东新区****", 86_000, 12, "消费贷")
    return [Line(f"{number:032x}", f"C-2026-{number:07d}", values) for number in range(count)]


def written(path: Path, made: Sheet, rows: Sequence[Line]) -> bytes:
    path.touch()
    assert pdf_file.write(path, made, made.rows([rows])) == len(rows)
    return path.read_bytes()


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return written(tmp_path_factory.mktemp("pdf") / "a.pdf", sheet(), lines())


def test_every_page_lies_and_says_whose_it_is_and_which_of_how_many(data: bytes) -> None:
    pages = PdfReader(io.BytesIO(data)).pages
    assert len(pages) == -(-COUNT // pdf_layout.ROWS) == 3
    titles = sheet().titles()
    for number, page in enumerate(pages, 1):
        assert (round(page.mediabox.width), round(page.mediabox.height)) == (842, 595)
        said = page.extract_text()
        # Above, below, and once more as text that is not drawn.
        assert said.count(MARK) == 3
        assert " ".join(titles) in said
        assert f"{number}/3" in said.replace("\n", "")
    with pikepdf.open(io.BytesIO(data)) as document:
        drawn = document.pages[0].resources.XObject.D.read_bytes()
    # Four times across, twelve hundredths of the way from white.
    assert drawn.startswith(b".88 g")
    assert drawn.count(b" cm ") == 4


def test_text_that_is_not_drawn_hides_nothing_else(data: bytes) -> None:
    with pikepdf.open(io.BytesIO(data)) as document:
        for page in document.pages:
            modes, hidden = [0], 0
            for step in pikepdf.parse_content_stream(page):
                match str(step.operator):
                    case "q":
                        modes.append(modes[-1])
                    case "Q":
                        modes.pop()
                    case "Tr":
                        modes[-1] = int(step.operands[0])
                    case "Tj":
                        hidden += modes[-1] == 3
            assert (modes, hidden) == ([0], 1)


def test_its_properties_name_the_export(data: bytes) -> None:
    reader = PdfReader(io.BytesIO(data))
    assert reader.metadata is not None
    assert reader.metadata.title == MARK
    assert reader.xmp_metadata is not None
    assert list((reader.xmp_metadata.dc_title or {}).values()) == [MARK]
    assert reader.xmp_metadata.dc_identifier == "VX-000007"
    with pikepdf.open(io.BytesIO(data)) as document:
        assert document.check_pdf_syntax() == []


def test_text_is_what_other_formats_say(data: bytes) -> None:
    """A page's text is the rows' own, so that copying, searching and `pdftotext` give it back."""
    rows = [["" if cell is None else str(cell) for cell in row] for page in sheet().rows([lines()]) for row in page]
    assert printed_cells(data) == [sheet().titles(), *rows]
    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(data)).pages)
    assert all(" ".join(row) in text for row in rows)


def test_a_row_stands_higher_or_lower_by_its_check(data: bytes) -> None:
    rows = printed_cells(data)[1:]
    for place, (cells, y) in enumerate(zip(rows, lines_of(data), strict=True)):
        value = value_of(str(cells[-1]))
        assert value is not None
        shift = pdf_layout.SHIFT if value & 1 else -pdf_layout.SHIFT
        assert y == pytest.approx(pdf_layout.row_y(place % pdf_layout.ROWS) + shift, abs=0.011)


def test_what_the_face_cannot_draw_is_still_its_own_text(tmp_path: Path) -> None:
    """Rare characters, characters that look alike, and text wider than its column."""
    product = "𠮷㐂😀龘\u2f08·人" + "很长的产品名称" * 12
    rows = [replace(one, values=(*one.values[:-1], product)) for one in lines(3)]
    found = printed_cells(written(tmp_path / "b.pdf", sheet(), rows))
    assert {row[-2] for row in found[1:]} == {product.replace("\u2f08", "人")}
    assert Face().width("a") < Face().width("人") == Face().width("😀") == 1000


def test_an_empty_export_is_a_page(tmp_path: Path) -> None:
    found = PdfReader(io.BytesIO(written(tmp_path / "c.pdf", sheet(), [])))
    assert len(found.pages) == 1
    assert MARK in found.pages[0].extract_text()


def test_an_unmarked_file_says_nobody(tmp_path: Path) -> None:
    body = written(tmp_path / "d.pdf", sheet(marked=False), lines(3))
    assert "VX-" not in PdfReader(io.BytesIO(body)).pages[0].extract_text()
    assert lines_of(body) == pytest.approx([pdf_layout.row_y(place) for place in range(3)], abs=0.011)


def test_pages_leave_memory_as_they_are_set(tmp_path: Path) -> None:
    path = tmp_path / "e.pdf"
    path.touch()
    sizes: list[int] = []

    def pages() -> Iterator[Sequence[Sequence[Cell]]]:
        for page in sheet().rows([lines(500)] * 8):
            sizes.append(path.stat().st_size)
            yield page

    pdf_file.write(path, sheet(), pages())
    assert sizes[-1] > sizes[0] + 20_000


def one_page(data: bytes, number: int = 0) -> bytes:
    out = io.BytesIO()
    with PdfWriter() as writer:
        writer.add_page(PdfReader(io.BytesIO(data)).pages[number])
        writer.write(out)
    return out.getvalue()


async def traced(desk: WholeDesk, data: bytes) -> FragmentTrace:
    packed, left_out = pack(read_fragment(data))
    return await desk.call("fengxue", TraceFragment(packed=packed, left_out=left_out))


@pytest.mark.clause("Y-5.2.3a")
async def test_whole_a_page_or_rows_of_it_name_the_export(desk: WholeDesk, tmp_path: Path) -> None:
    await desk.with_cases(tmp_path)
    first, path = await fetched(desk, format="pdf")
    await fetched(desk, format="pdf")
    assert path.suffix == ".pdf"
    whole = path.read_bytes()
    page = one_page(whole)
    text = PdfReader(io.BytesIO(whole)).pages[0].extract_text()
    copied = "\n".join(line for line in text.splitlines() if line.startswith("C-"))
    assert len(copied.splitlines()) == len(ROWS)
    for part in (whole, page, copied.encode()):
        found = await traced(desk, part)
        assert found.finding == "copy"
        assert [one.number for one in found.candidates] == [first.number]
        assert found.recognised == len(ROWS)
        assert found.candidates[0].p <= 1e-9
    layers = {one.layer: one.said for one in (await traced(desk, page)).candidates[0].layers}
    assert (layers["check"], layers["visible"]) == ("names", "fits")
