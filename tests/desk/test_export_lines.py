"""How high a PDF's rows stand is a layer of its own: it names a copy whose other marks are gone, and no other one."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pikepdf
import pytest

from console.desk.exports import writers
from console.fragments import read_fragment
from console.fragments.packing import pack, unpack
from tests.desk.test_export_files import lines, sheet
from tests.desk.test_export_layers import KEYED
from watermark.finders import finders
from watermark.fragment import Fragment, observe
from watermark.registry import MemoryRegistry
from watermark.trace import Tracer
from watermark.verdict import Finding, Layer, Said, Verdict

pytestmark = pytest.mark.clause("Y-5.2.3a", "issue-6")
COUNT = 80


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("pdf") / "a.pdf"
    path.touch()
    writers.write("pdf", path, sheet(), [lines(COUNT)])
    return path.read_bytes()


def traced(fragment: Fragment) -> Verdict:
    """The answer where exports 1 to 40 hold the same rows, the seventh being the copy."""
    registry = MemoryRegistry()
    numbers = [registry.add_row(one.row_id, finders(KEYED, numbers=[one.number])) for one in lines(COUNT)]
    for serial in range(1, 41):
        registry.issue(serial, asker="somebody", asked_at=0, numbers=numbers)
    return Tracer({1: KEYED}, registry).trace(unpack(pack(fragment)[0]))


def bare(fragment: Fragment, rows: int = COUNT) -> Fragment:
    """Case numbers and the places of their lines alone: no mask, no check, no visible number."""
    kept = [place for place, row in enumerate(fragment.rows) if row[0].startswith("C-2026")][:rows]
    return Fragment([fragment.rows[place][:1] for place in kept], heights=[fragment.heights[place] for place in kept])


def said(verdict: Verdict, layer: Layer) -> Said:
    return next(one.said for one in verdict.candidates[0].layers if one.layer is layer)


def moved(data: bytes, scale: str) -> bytes:
    """Every page drawn smaller or larger, and elsewhere."""
    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as document:
        for page in document.pages:
            page.contents_add(f"q {scale} 0 0 {scale} 11.7 -3.3 cm".encode(), prepend=True)
            page.contents_add(b"Q")
        document.save(out)
    return out.getvalue()


def test_every_row_s_height_is_the_last_bit_of_its_check(data: bytes) -> None:
    for copy in (data, moved(data, ".73"), moved(data, "1.4142")):
        rows = [one for one in observe(read_fragment(copy)) if one.check is not None]
        assert len(rows) == COUNT
        assert [one.height for one in rows] == [(one.check or 0) & 1 for one in rows]


def test_lines_alone_name_the_copy_and_fewer_do_not(data: bytes) -> None:
    found = traced(bare(read_fragment(data)))
    assert [(one.serial, one.finding) for one in found.candidates] == [(7, Finding.COPY)]
    assert said(found, Layer.LINES) is Said.NAMES
    assert {said(found, Layer.RUNS), said(found, Layer.CHECK), said(found, Layer.VISIBLE)} == {Said.ABSENT}
    assert len(found.candidates[0].rows) == COUNT
    assert traced(bare(read_fragment(data), 10)).finding is Finding.UNDETERMINED


def test_lines_together_with_all_else_are_not_counted_twice(data: bytes) -> None:
    fragment = read_fragment(data)
    one = next(place for place, row in enumerate(fragment.rows) if row[0].startswith("C-2026"))
    row = [*fragment.rows[one]]
    masks = [cell.replace("*", "") for cell in row]
    given = Fragment([masks], heights=[fragment.heights[one]])
    # One row's check suspects; its line's height is part of that check, and must not make it more.
    without = traced(replace(given, heights=()))
    assert without.finding is Finding.SUSPECT
    assert traced(given).candidates[0].p >= without.candidates[0].p / 2
    whole = traced(fragment)
    assert [each.serial for each in whole.candidates] == [7]
    assert said(whole, Layer.LINES) is Said.NAMES


def test_lines_put_elsewhere_name_nobody_else(data: bytes) -> None:
    fragment = bare(read_fragment(data))
    turned = replace(fragment, heights=[1 - (one or 0) for one in fragment.heights])
    level = replace(fragment, heights=[1] * COUNT)
    for given in (turned, level):
        assert traced(given).finding is Finding.UNDETERMINED


def test_a_workbook_or_text_has_no_lines(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.touch()
    writers.write("csv", path, sheet(), [lines(COUNT)])
    found = traced(read_fragment(path.read_bytes()))
    assert [one.serial for one in found.candidates] == [7]
    assert said(found, Layer.LINES) is Said.ABSENT
