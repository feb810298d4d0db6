"""The acts that answer to a hidden value by design have budgets, and the budgets run out.

Exact search, a dry run and a file that comes to nothing tell whether somebody is known; whoever guesses with them must
soon stop: 20 an hour for a person, three misses on one value for everybody, until somebody else lifts it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from console.desk.api.base import DeskError
from console.desk.api.cases import ExactSearch, LiftFreeze, ListFrozen, ListQueue
from console.desk.api.imports import ImportReport
from tests.leak.canaries import HEADERS, Customer, Maker, all_rows, write
from tests.leak.seats import Stage, staged
from tests.support.clock import FakeClock
from tests.support.desk import HEADERS as PLAIN_HEADERS
from tests.support.desk import ROWS, WholeDesk

MISSING = "15900000000"
HOUR = 3600
BUDGET = 20


@pytest.mark.clause("design-4", "issue-2", "C-5.4b", "C-5.4h")
async def test_the_third_miss_freezes_a_value_for_everybody_until_another_lifts_it(
    any_desk: WholeDesk, tmp_path: Path
) -> None:
    desk = any_desk
    await desk.with_cases(tmp_path)
    miss = ExactSearch(kind="mobile", value=MISSING)
    for name in ("zhangwei", "wangfang", "lina"):
        assert (await desk.call(name, miss)).rows == ()
    for name in ("chenjing", "zhangwei", "lina"):
        assert await desk.refused(name, miss) == "oracle.frozen"
    for spelled in ("159 0000 0000", "+86-159-0000-0000", "１５９００００００００", "0086 15900000000"):
        assert await desk.refused("zhangwei", ExactSearch(kind="mobile", value=spelled)) == "oracle.frozen"
    frozen = (await desk.call("wugang", ListFrozen())).items
    assert len(frozen) == 1
    assert frozen[0].tripped_by == "李娜"
    assert MISSING not in repr(frozen)
    lift = LiftFreeze(freeze_id=frozen[0].freeze_id)
    assert await desk.refused("zhangwei", lift) == "role.denied"
    assert await desk.refused("lina", lift) in {"role.denied", "separation.own_request"}
    assert (await desk.call("wugang", lift)).items == ()
    assert (await desk.call("zhangwei", miss)).rows == ()


@pytest.mark.clause("design-4", "C-5.4b")
async def test_days_pass_and_a_freeze_stays(any_desk: WholeDesk, tmp_path: Path) -> None:
    desk = any_desk
    await desk.with_cases(tmp_path)
    miss = ExactSearch(kind="id_number", value="11010519491231002X")
    found = await desk.call("zhangwei", miss)
    assert len(found.rows) == 1
    gone = ExactSearch(kind="bank_card", value="6222021234567890029")
    for _ in range(3):
        await desk.call("zhangwei", gone)
    desk.clock.advance(25 * HOUR)
    assert await desk.refused("zhangwei", gone) == "oracle.frozen"


@pytest.mark.clause("design-4", "issue-2", "C-5.4h")
async def test_twenty_searches_an_hour_hits_and_misses_and_spellings_alike(desk: WholeDesk, tmp_path: Path) -> None:
    await desk.with_cases(tmp_path)
    left = []
    for nth in range(BUDGET):
        value = "138 0013 8000" if nth % 2 else f"159000{nth:05d}"
        left.append((await desk.call("zhangwei", ExactSearch(kind="mobile", value=value))).searches_left)
    assert left == list(range(BUDGET - 1, -1, -1))
    for kind, value in (("mobile", "13800138000"), ("loan_number", "T202600000001"), ("id_number", "x")):
        assert await desk.refused("zhangwei", ExactSearch(kind=kind, value=value)) == "quota.spent"
    assert (await desk.call("wangfang", ExactSearch(kind="mobile", value=MISSING))).searches_left == BUDGET - 1
    desk.clock.advance(HOUR + 1)
    assert (await desk.call("zhangwei", ExactSearch(kind="mobile", value="13800138000"))).rows


@pytest.mark.clause("C-5.4b")
@pytest.mark.parametrize(
    "value", ["138*", "1380013800", "138%", "138????8000", "_3800138000", "138****8000", "13800138000*", "8000"]
)
async def test_no_part_of_a_value_is_ever_answered(desk: WholeDesk, tmp_path: Path, value: str) -> None:
    await desk.with_cases(tmp_path)
    for kind in ("mobile", "bank_card", "id_number", "loan_number"):
        call = ExactSearch(kind=kind, value=value)
        try:
            assert (await desk.call("zhangwei", call)).rows == ()
        except DeskError as refused:
            assert refused.code == "search.not_exact"  # noqa: PT017 - either answer will do


@pytest.mark.clause("design-4", "Y-4.2.1")
async def test_strangers_values_are_answered_like_missing_ones(desk: WholeDesk, tmp_path: Path) -> None:
    await desk.with_cases(tmp_path)
    held = await desk.call("liuyang", ExactSearch(kind="mobile", value="13800138000"))
    missing = await desk.call("yangmin", ExactSearch(kind="mobile", value=MISSING))
    assert (held.rows, held.searches_left) == (missing.rows, missing.searches_left) == ((), BUDGET - 1)
    for _ in range(2):
        await desk.call("liuyang", ExactSearch(kind="mobile", value="13800138000"))
    assert await desk.refused("liuyang", ExactSearch(kind="mobile", value="13800138000")) == "oracle.frozen"


async def tried(stage: Stage, folder: Path, rows: Sequence[Sequence[str]], nth: int, **more: object) -> ImportReport:
    path = write(folder / f"guess{nth}.csv", rows, HEADERS)
    return await stage.load("lina", path, source="来源甲", **more)


def guesses(one: Customer, count: int) -> list[list[str]]:
    """Rows that each guess a loan number, on somebody else's name."""
    row = next(iter(one.rows()))
    place = HEADERS.index("借据号")
    return [[*row[:place], f"VK{nth:012d}{row[place][-4:]}", *row[place + 1 :]] for nth in range(count)]


@pytest.mark.clause("design-4", "issue-2")
async def test_dry_runs_run_out(tmp_path: Path, clock: FakeClock) -> None:
    async with staged(tmp_path / "h", clock) as stage:
        customers = Maker(5).customers(6)
        await stage.furnish(tmp_path, customers)
        rows = all_rows(customers[:1])
        for nth in range(BUDGET):
            assert (await tried(stage, tmp_path, rows, nth, dry_run=True)).state == "dry"
        with pytest.raises(AssertionError, match=r"quota\.spent"):
            await tried(stage, tmp_path, rows, 99, dry_run=True)
        clock.advance(HOUR + 1)
        assert (await tried(stage, tmp_path, rows, 100, dry_run=True)).state == "dry"


@pytest.mark.clause("design-4", "issue-2")
async def test_files_that_come_to_nothing_cost_as_much_as_dry_runs(tmp_path: Path, clock: FakeClock) -> None:
    async with staged(tmp_path / "h", clock) as stage:
        customers = Maker(5).customers(6)
        await stage.furnish(tmp_path, customers)
        # One row is bad on purpose, so that the file is refused and only its report stays: a dry run by another name.
        bad = guesses(customers[1], 1)
        bad[0][HEADERS.index("身份证号码")] = "11010519491231002"
        rows = [*guesses(customers[1], 5), *bad]
        for nth in range(BUDGET):
            assert (await tried(stage, tmp_path, rows, nth)).state == "refused"
        with pytest.raises(AssertionError, match=r"quota\.spent"):
            await tried(stage, tmp_path, rows, 99)


@pytest.mark.clause("design-4")
async def test_files_that_are_published_cost_nothing(tmp_path: Path, clock: FakeClock) -> None:
    async with staged(tmp_path / "h", clock) as stage:
        customers = Maker(5).customers(6)
        await stage.furnish(tmp_path, customers)
        for nth in range(BUDGET + 2):
            assert (await tried(stage, tmp_path, all_rows(customers[:1]), nth)).state == "published"
        assert (await tried(stage, tmp_path, all_rows(customers[:1]), 99, dry_run=True)).state == "dry"


@pytest.mark.clause("design-4")
async def test_guessing_by_rows_of_a_lenders_file_is_seen_in_the_log(desk: WholeDesk, tmp_path: Path) -> None:
    await desk.with_cases(tmp_path)
    assert PLAIN_HEADERS[3] == "借据号"
    other = [(*ROWS[1][:3], ROWS[0][3], *ROWS[1][4:])]
    path = tmp_path / "guess.csv"
    path.write_text("\n".join(",".join(row) for row in (PLAIN_HEADERS, *other)) + "\n", encoding="utf-8")
    report = await desk.load(path)
    assert [fault.code for fault in report.faults] == ["bill.other_debtor"]
    assert (await desk.call("zhangwei", ListQueue())).rows, "and nothing changed"
