"""Every format says the same, marks nothing but masks, opens in a spreadsheet, and survives a crash and a full disk."""

from __future__ import annotations

import asyncio
import csv
import io
import itertools
import os
import signal
import subprocess
import sys
import unicodedata
import zipfile
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from access.roles import Role
from console import bootstrap
from console.desk.api.exports import ReadExport
from console.desk.api.session import SignInAs
from console.desk.exports import csv_file, making, recording, writers
from console.desk.exports.chain import Reach
from console.desk.exports.columns import OFFERED, columns, offered
from console.desk.exports.gather import Line
from console.desk.exports.sheet import Sheet, plain
from console.desk.exports.states import ENDED, ExportState, may_step
from console.home import Home
from console.texts import Texts
from masking.catalogue import Catalogue
from masking.imprint import Imprint
from masking.masks import MaskCode, render
from tests.support.clock import FakeClock
from tests.support.desk import WholeDesk, around
from tests.support.exports import approved, fetched, reaches, ready, submitted
from tests.support.pdf import printed_cells

CATALOGUE = Catalogue.load()
NAMES = ("full_name", "id_number", "mobile", "home_address", "due_amount", "days_past_due", "due_date", "product")
MARK = "VX-000007 · S0021李 · 2026-11-23 03:00 · 某某律所"


def sheet(*, marked: bool = True, serial: int = 7) -> Sheet:
    """A sheet of every kind of column."""
    found = columns(CATALOGUE, NAMES, Role.SUPERVISOR, Reach.INTERNAL, "display")
    assert found is not None
    return Sheet(found, Texts("zh_CN"), MARK, Imprint(b"k" * 32, "exports") if marked else None, serial)


def lines(count: int) -> list[Line]:
    """Rows of a made-up table, already masked."""
    return [
        Line(
            f"{number:032x}",
            f"C-2026-{number:07d}",
            (
                "王*",
                "1****************X",
                "138****8000",
                "上海市浦东新区****",
                86_000 + number,
                12,
                "2026-10-05",
                "=cmd()",
            ),
        )
        for number in range(count)
    ]


def cells(path: Path) -> list[list[object]]:
    """What a reader finds in a file, without the line above the header."""
    if path.suffix == ".csv":
        return [list(row) for row in csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig")))]
    if path.suffix == ".pdf":
        return printed_cells(path.read_bytes())
    book = load_workbook(path)
    found: list[list[object]] = [list(row) for row in book.worksheets[0].iter_rows(min_row=2, values_only=True)]
    book.close()
    return found


def written(folder: Path, kind: str, made: Sheet, count: int = 40) -> list[list[object]]:
    path = folder / f"{made.keyed is not None}-{made.serial}.{kind}"
    path.touch()
    whole = lines(count)
    assert writers.write(kind, path, made, [whole[:25], whole[25:]]) == count
    return cells(path)


@pytest.mark.clause("issue-6")
@pytest.mark.parametrize("kind", writers.FORMATS)
def test_marks_change_nothing_but_masks(kind: str, tmp_path: Path) -> None:
    """Cell by cell: what is not a mask is what the unmarked writer writes, byte for byte."""
    bare, marked = written(tmp_path, kind, sheet(marked=False)), written(tmp_path, kind, sheet())
    masks = {1, 2, 4}
    assert marked[0][:-1] == bare[0]
    assert MARK in str(marked[0][-1]) or kind == "pdf"
    changed = set()
    for one, other in zip(bare[1:], marked[1:], strict=True):
        assert len(other) == len(one) + 1
        for place, cell in enumerate(one):
            if place in masks:
                assert str(cell).replace("*", "") == str(other[place]).replace("*", "")
                changed |= {place} if cell != other[place] else set()
            else:
                assert cell == other[place]
        assert len(str(other[-1])) == 6
    assert changed == masks
    again = written(tmp_path, kind, sheet(serial=8))
    assert [row[1:5] for row in again[1:]] != [row[1:5] for row in marked[1:]]


@pytest.mark.clause("S-4.3", "issue-6")
@pytest.mark.parametrize("kind", writers.FORMATS)
def test_nothing_is_a_formula(kind: str, tmp_path: Path) -> None:
    for row in written(tmp_path, kind, sheet())[1:]:
        assert row[8] == "'=cmd()"


SIGNS = "=+-@＝＋－＠﹦﹢﹣﹫⁺₌⩵"


@given(st.text() | st.builds(str.__add__, st.sampled_from(["", " ", "\t", "\r\n", "\u3000", "\u200b"]), st.text(SIGNS)))
@pytest.mark.clause("S-4.3")
def test_no_text_begins_like_a_formula(text: str) -> None:
    assert not unicodedata.normalize("NFKC", plain(text)).startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


@pytest.mark.clause("S-4.3")
@pytest.mark.parametrize("sign", SIGNS)
def test_a_sign_of_any_width_is_neutralised(sign: str) -> None:
    assert plain(f"{sign}cmd()") == f"'{sign}cmd()" == plain(f"\t {sign}cmd()")


@pytest.mark.clause("S-4.3", "issue-6")
@pytest.mark.parametrize(("name", "left"), [("甲;=cmd()", "甲;'=cmd()"), ("a; ＋1;b", "a;' ＋1;b"), ("a;b-c", "a;b-c")])
def test_no_cell_of_a_csv_cut_at_semicolons_is_a_formula(name: str, left: str, tmp_path: Path) -> None:
    path = tmp_path / "s.csv"
    path.touch()
    csv_file.write(path, sheet(), [[["C-1", name, None, 5]]])
    (row,) = list(csv.reader(io.StringIO(path.read_text("utf-8-sig"))))[1:]
    assert row == ["C-1", left, "", "5"]


@pytest.mark.clause("S-4.3")
@pytest.mark.parametrize("text", ["欧阳建国", "（浙江）公司", "１２３", "a=b", "Ａ＋Ｂ", "①", "", "—", "−5", "'"])
def test_other_text_stays_as_it_is(text: str) -> None:
    assert plain(text) == text


@pytest.mark.clause("issue-6")
def test_a_workbook_is_typed_frozen_filtered_and_says_whose_it_is(tmp_path: Path) -> None:
    rows = written(tmp_path, "xlsx", sheet())
    assert isinstance(rows[1][5], float | int | Decimal)
    assert rows[1][6] == 12
    assert isinstance(rows[1][7], date | datetime)
    path = tmp_path / "True-7.xlsx"
    book = load_workbook(path)
    page = book.worksheets[0]
    assert page["A1"].value == MARK
    assert page.freeze_panes == "B3"
    assert page.auto_filter.ref == "A2:J42"
    assert page.oddHeader is not None
    assert "VX-000007" in str(page.oddHeader.left.text)
    assert book.properties.title == MARK
    assert "veildesk_copy" in book.defined_names
    assert page.column_dimensions["B"].width > 9
    book.close()
    assert not [name for name in zipfile.ZipFile(path).namelist() if "vba" in name.lower()]


@pytest.mark.clause("issue-6")
async def test_a_workbook_goes_all_the_way(desk: WholeDesk, tmp_path: Path) -> None:
    await desk.with_cases(tmp_path)
    view, path = await fetched(desk, format="xlsx")
    assert path.suffix == ".xlsx"
    rows = cells(path)
    assert len(rows) == 1 + (view.rows or 0)
    home = desk.running.parts.home
    assert home is not None
    assert not list(home.temporary.rglob("*.*"))


@pytest.mark.clause("Y-4.8.2")
@given(number=st.from_regex(r"[1-9]\d{16}[\dX]", fullmatch=True))
def test_the_analytics_mask_hides_what_the_plan_wants_hidden(number: str) -> None:
    shown = offered(CATALOGUE, Role.SUPERVISOR, Reach.INTERNAL, "analytics")
    assert "bank_card" not in shown
    assert not {"full_name", "mobile", "email", "employer_name"} & set(shown)
    found = columns(CATALOGUE, ("id_number",), Role.SUPERVISOR, Reach.INTERNAL, "analytics")
    assert found is not None
    masked = render(found[0].code, number)
    assert found[0].code is MaskCode.I11
    assert set(masked[1:-1]) == {"*"}


@pytest.mark.clause("J-8", "C-5.4d-1")
def test_an_agency_is_offered_no_more_than_an_agency_sees() -> None:
    inside = set(offered(CATALOGUE, Role.SUPERVISOR, Reach.INTERNAL, "display"))
    agency = set(offered(CATALOGUE, Role.SUPERVISOR, Reach.AGENCY, "display"))
    assert agency < inside <= set(OFFERED)
    assert not {"id_number", "bank_card", "employer_name", "email"} & agency
    found = columns(CATALOGUE, ("full_name", "mobile"), Role.SUPERVISOR, Reach.AGENCY, "display")
    assert found is not None
    assert [one.code for one in found] == [MaskCode.N0, MaskCode.P0]


@given(st.lists(st.sampled_from(list(ExportState)), max_size=12))
@pytest.mark.clause("S-4.3")
def test_no_way_leads_around_an_approval(wishes: list[ExportState]) -> None:
    """Whatever is tried in whatever order: made only after agreed, fetched only after released, ended for good."""
    state, passed = ExportState.DRAFT, [ExportState.DRAFT]
    for wish in wishes:
        if may_step(state, wish):
            assert state not in ENDED
            state = wish
            passed.append(wish)
    order = [ExportState.PENDING, ExportState.APPROVED, ExportState.GENERATING, ExportState.READY]
    order += [ExportState.RELEASED, ExportState.FETCHED]
    for before, after in itertools.pairwise(order):
        assert after not in passed or before in passed
    assert not may_step("nonsense", ExportState.APPROVED)


@pytest.mark.clause("C-5.4d-1", "issue-6")
async def test_nothing_of_a_customer_stays_beside_the_file(desk: WholeDesk, tmp_path: Path) -> None:
    """Plain values nowhere on disk; not even masks of the file outside it, once it is sealed and gone."""
    await desk.with_cases(tmp_path)
    view, path = await fetched(desk)
    masks = {str(row[1]) for row in cells(path)[1:]} | {str(row[2]) for row in cells(path)[1:]}
    path.unlink()
    home = desk.running.parts.home
    assert home is not None
    await asyncio.to_thread(desk.running.parts.store.settle)
    for event in desk.events():
        assert not any(mask in repr(event) for mask in masks)
    for file in home.root.rglob("*"):
        if file.is_file():
            body = file.read_bytes()
            assert not [mask for mask in masks if len(mask) > 3 and mask.encode() in body], file
    assert view.number in repr([event.object_id for event in desk.events()])


@pytest.mark.clause("design-3", "issue-6")
@pytest.mark.parametrize(("where", "what"), [(making, "write"), (recording, "finish")])
async def test_a_full_disk_leaves_no_file_and_says_so(
    where: object, what: str, desk: WholeDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await desk.with_cases(tmp_path)

    def full(*_: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(where, what, full)
    view = await reaches(desk, await approved(desk, await submitted(desk)), "failed")
    home = desk.running.parts.home
    assert home is not None
    assert not list(home.exports.iterdir())
    assert not list((home.temporary / "exports").iterdir())
    assert view.rows is None
    monkeypatch.undo()
    assert (await ready(desk)).state == "ready"


def killed_desk(root: Path) -> str:
    """A desk of its own that is killed while it makes a file; which one."""
    worker = Path(__file__).with_name("export_crash_worker.py")
    command = [sys.executable, str(worker), str(root)]
    folder = Path(__file__).parents[2]
    around_here = {**os.environ, "PYTHONPATH": str(folder)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=folder, env=around_here) as process:
        assert process.stdout is not None
        export_id = process.stdout.readline().strip()
        os.kill(process.pid, signal.SIGKILL)
    return export_id


@pytest.mark.slow
@pytest.mark.clause("design-3", "issue-6")
async def test_killed_while_making_it_goes_on_with_one_file(tmp_path: Path) -> None:
    """Kill -9 in the middle: the next start makes the same export once, and nothing is left of the first try."""
    root = tmp_path / "h"
    export_id = await asyncio.to_thread(killed_desk, root)
    assert len(export_id) == 32
    home = Home(root)
    assert list((home.temporary / "exports").iterdir())
    clock = FakeClock()
    clock.advance(3600)
    running = await bootstrap.RunningDesk.start(home, around=around(clock))
    try:
        line = running.line("pts/9")
        await line.call(SignInAs(name="lina"))
        async with asyncio.timeout(60):
            while (view := await line.call(ReadExport(export_id=export_id))).state != "ready":
                await asyncio.sleep(0.01)
        assert [file.name for file in home.exports.iterdir()] == [f"{view.number}.csv"]
        assert not list((home.temporary / "exports").iterdir())
    finally:
        await running.stop()
