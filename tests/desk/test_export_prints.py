"""One case as a page: asked for, agreed to and released like any file, masked, and named again by two of its lines."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest

from console.desk.api.exports import DraftExport, GetExportOptions, ReadExport, Rule
from console.desk.api.trace import FragmentTrace, TraceFragment
from console.desk.exports import writers
from console.fragments import read_fragment
from console.fragments.packing import pack
from tests.support.desk import ROWS, WholeDesk
from tests.support.exports import asked, fetched, submitted
from watermark.fragment import Fragment

pytestmark = pytest.mark.clause("issue-6", "C-5.4d-1")

PLAIN = tuple(value for row in ROWS for value in (row[0], row[1], row[2], row[8], row[10]))
FIELDS = ("full_name", "id_number", "mobile", "home_address", "product", "principal", "due_amount", "days_past_due")


def printed(case: str, **more: Any) -> dict[str, Any]:
    """What a request for a printout says."""
    return {"template": "case", "rule": Rule(case=case), "row_cap": 1, "fields": FIELDS, **more}


async def traced(desk: WholeDesk, fragment: Fragment) -> FragmentTrace:
    return await desk.call("fengxue", TraceFragment(packed=pack(fragment)[0]))


@pytest.mark.parametrize("kind", writers.FORMATS)
async def test_a_page_leaves_masked_and_is_known_again(kind: str, desk: WholeDesk, tmp_path: Path) -> None:
    cases = await desk.with_cases(tmp_path)
    view, path = await fetched(desk, **printed(cases[0].number, format=kind))
    assert (view.template, view.case, view.rows, view.row_cap) == ("case", cases[0].number, 1, 1)
    assert [one.role for one in view.chain] == ["supervisor", "compliance", "security_admin"]
    fragment = read_fragment(path.read_bytes())
    said = " ".join(" ".join(row) for row in fragment.rows)
    assert not [value for value in PLAIN if value in said]
    for number in range(1, len(FIELDS) + 1):
        assert f"{cases[0].number}-{number:02d}" in said
    found = await traced(desk, fragment)
    assert found.finding == "copy"
    assert [one.number for one in found.candidates] == [view.number]
    assert found.recognised == len(FIELDS)


async def test_two_of_its_lines_name_it_and_one_suspects(desk: WholeDesk, tmp_path: Path) -> None:
    """Its lines as somebody might copy them from the page; another copy of the same case is not named."""
    cases = await desk.with_cases(tmp_path)
    view, path = await fetched(desk, **printed(cases[0].number))
    await fetched(desk, **printed(cases[0].number))
    rows = list(csv.reader(io.StringIO(path.read_bytes().decode("utf-8-sig"))))[1:]
    assert [row[1:3] for row in rows][-3:] == [["本金", "88,000.00"], ["应催金额", rows[-2][2]], ["逾期天数", "203"]]
    for count, finding in ((2, "copy"), (1, "suspect")):
        found = await traced(desk, Fragment(rows[3 : 3 + count]))
        assert found.finding == finding
        assert [one.number for one in found.candidates] == [view.number]
    without_check = await traced(desk, Fragment([row[:-1] for row in rows]))
    assert without_check.finding == "undetermined"
    assert {one.number for one in without_check.candidates} == {view.number, "VX-000002"}


async def test_whose_case_it_is_decides(desk: WholeDesk, tmp_path: Path) -> None:
    cases = await desk.with_cases(tmp_path)
    number = cases[0].number
    for name, said in (("sunli", "case.not_found"), ("zhangwei", "role.denied"), ("machao", "case.not_found")):
        assert await desk.refused(name, asked(**printed(number))) == said
    missing = await desk.refused("lina", asked(**printed("C-2026-0999999")))
    assert missing == "case.not_found"
    for wrong in (
        {"template": "list"},
        {"rule": Rule()},
        {"row_cap": 2},
        {"reach": "external", "basis": "contract", "assessment": "PG-1", "notice": "order"},
    ):
        assert await desk.refused("lina", asked(**{**printed(number), **wrong})) == "export.template_unfit"
    never = asked(**printed(number, fields=("full_name", "card_verification")))
    assert await desk.refused("lina", never) == "export.field_never"


async def test_a_printout_stands_in_its_cases_timeline(desk: WholeDesk, tmp_path: Path) -> None:
    cases = await desk.with_cases(tmp_path)
    view, _ = await fetched(desk, **printed(cases[0].case_id))
    made = [one for one in desk.events() if one.action == "export:file:make" and one.case_id == cases[0].case_id]
    assert [one.object_id for one in made] == [view.number]
    assert (await desk.call("zhenghao", ReadExport(export_id=view.export_id))).case == cases[0].number


async def test_all_that_may_be_asked_for_fits_one_request(desk: WholeDesk, tmp_path: Path) -> None:
    cases = await desk.with_cases(tmp_path)
    options = await desk.call("lina", GetExportOptions())
    whole = tuple(one.name for one in options.fields)
    assert (await submitted(desk, **printed(cases[0].number, fields=whole))).fields == whole
    assert isinstance(asked(**printed("x")), DraftExport)
