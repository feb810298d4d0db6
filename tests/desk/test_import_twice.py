"""Payments that waited for approval while their file was loaded again: whoever is approved first books them, once."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from sqlalchemy import func, select

from access.store.schema import account, case_file, repayment
from console.desk.api.imports import (
    ApproveImport,
    ImportReport,
    ListSources,
    ProposeSource,
    ReadImport,
    RegisterSource,
    StartImport,
)
from console.desk.imports.jobs import Job
from tests.support.desk import WholeDesk
from tests.support.lender_files import SIX_FIELDS, people, row, write

pytestmark = pytest.mark.clause("C-5.4a", "S-4.6")

PAID = ("借据号", "账单期", "还款金额", "还款日期", "流水号")
SOURCE = "甲银行"
OTHER = "乙银行"
ONE = [["A1001", "202610", "300.00", "2026-11-21", "T900001"], ["A1001", "202610", "50.00", "2026-11-21", ""]]
NO_PERIOD = [["A1001", "", "300.00", "2026-11-21", "T900001"]]


async def waiting(
    desk: WholeDesk, folder: Path, rows: Sequence[Sequence[object]], headers: Sequence[str] = SIX_FIELDS, **more: str
) -> ImportReport:
    """A file of a lender that nobody registered waits."""
    report = await desk.load(write(folder / "file.csv", rows, headers), source=SOURCE, **more)
    assert report.state == "waiting", report.faults
    return report


def approval(report: ImportReport) -> ApproveImport:
    assert report.batch_id is not None
    return ApproveImport(batch_id=report.batch_id, approve=True)


async def on_the_desk(desk: WholeDesk, folder: Path, due: int = 100_000) -> None:
    """One case with one bill."""
    await desk.call("lina", ProposeSource(name=SOURCE))
    report = await waiting(desk, folder, [row(next(people(1, seed=5)), "A1001", due=due)])
    await desk.call("wugang", approval(report))


def booked(desk: WholeDesk) -> tuple[int, int, int]:
    """Payments, what they come to, and what is still owed."""
    with desk.running.parts.store.engine.connect() as connection:
        query = select(func.count(), func.coalesce(func.sum(repayment.c.paid), 0))
        many, paid = connection.execute(query).one()
        return many, int(paid), connection.execute(select(case_file.c.due)).scalar_one()


async def test_the_file_that_was_loaded_again_while_it_waited_books_once(any_desk: WholeDesk, tmp_path: Path) -> None:
    await on_the_desk(any_desk, tmp_path)
    first = await waiting(any_desk, tmp_path, ONE, PAID, kind="repayments")
    again = await waiting(any_desk, tmp_path, ONE, PAID, kind="repayments")
    assert (first.changed_accounts, again.changed_accounts) == (2, 2), "neither is on the books when the other is read"
    assert (await any_desk.call("wugang", approval(again))).state == "published"
    assert booked(any_desk) == (2, 35_000, 65_000)
    assert await any_desk.refused("wugang", approval(first)) == "import.overtaken"
    assert booked(any_desk) == (2, 35_000, 65_000)
    # Loaded once more it is known, and publishing it changes nothing.
    third = await waiting(any_desk, tmp_path, ONE, PAID, kind="repayments")
    assert (third.good_rows, third.changed_accounts) == (2, 0)
    assert (await any_desk.call("wugang", approval(third))).state == "published"
    assert booked(any_desk) == (2, 35_000, 65_000)


async def test_a_payment_without_a_period_is_not_booked_to_two_bills_of_its_loan(
    any_desk: WholeDesk, tmp_path: Path
) -> None:
    """Between the two readings the loan's open bill is another one, so the two put it to different bills."""
    await on_the_desk(any_desk, tmp_path)
    first = await waiting(any_desk, tmp_path, NO_PERIOD, PAID, kind="repayments")
    debtor = next(people(1, seed=5))
    later = [row(debtor, "A1001", due=0), row(debtor, "A1001", due=80_000, period="202611")]
    await any_desk.call("wugang", approval(await waiting(any_desk, tmp_path, later)))
    # Not the same file: by its content it is another, by what it says it is the same payment.
    more = [*NO_PERIOD, ["A1001", "202611", "1.00", "2026-11-22", "T900002"]]
    again = await waiting(any_desk, tmp_path, more, PAID, kind="repayments")
    await any_desk.call("wugang", approval(again))
    assert booked(any_desk) == (2, 30_100, 49_900)
    assert await any_desk.refused("wugang", approval(first)) == "import.overtaken"
    assert booked(any_desk) == (2, 30_100, 49_900)
    with any_desk.running.parts.store.engine.connect() as connection:
        dues = connection.execute(select(account.c.due).order_by(account.c.id)).scalars().all()
    assert dues == [0, 49_900]


@pytest.mark.parametrize("rows", [ONE, NO_PERIOD])
async def test_a_payment_of_another_source_is_of_no_bill_here(
    desk: WholeDesk, tmp_path: Path, rows: Sequence[Sequence[object]]
) -> None:
    """Each source is a creditor of its own: its loan numbers, and what is paid for them, are nobody else's."""
    await on_the_desk(desk, tmp_path)
    await desk.call("lina", ProposeSource(name=OTHER))
    file = write(tmp_path / "paid.csv", rows, PAID)
    report = await desk.load(file, source=OTHER, kind="repayments")
    assert report.state == "refused"
    assert [(one.row, one.column, one.code) for one in report.faults] == [
        (number, "借据号", "bill.unknown") for number in range(1, len(rows) + 1)
    ]
    assert booked(desk) == (0, 0, 100_000)
    await desk.call("wugang", approval(await waiting(desk, tmp_path, rows, PAID, kind="repayments")))
    assert booked(desk)[0] == len(rows), "through its own source it counts"


async def test_figures_that_waited_do_not_undo_newer_ones(any_desk: WholeDesk, tmp_path: Path) -> None:
    """The file was loaded again, and a newer one after it; what still waits of it is old."""
    await on_the_desk(any_desk, tmp_path)
    debtor = next(people(1, seed=5))
    old, new = [row(debtor, "A1001", due=90_000)], [row(debtor, "A1001", due=10_000)]
    first = await waiting(any_desk, tmp_path, old)
    for rows in (old, new):
        await any_desk.call("wugang", approval(await waiting(any_desk, tmp_path, rows)))
    assert await any_desk.refused("wugang", approval(first)) == "import.overtaken"
    assert booked(any_desk) == (0, 0, 10_000)


async def test_one_is_approved_while_the_other_is_about_to_be_published(
    any_desk: WholeDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lender was registered meanwhile: the second publishes itself, and was read before the first was approved."""
    await on_the_desk(any_desk, tmp_path)
    first = await waiting(any_desk, tmp_path, ONE, PAID, kind="repayments")
    origin = next(one for one in (await any_desk.call("lina", ListSources())).sources if one.name == SOURCE)
    await any_desk.call("wugang", RegisterSource(source_id=origin.source_id))
    read, go_on = threading.Event(), threading.Event()
    judge: Callable[[Job], None] = Job._require_good

    def wait_once(job: Job) -> None:
        judge(job)
        if not read.is_set():
            read.set()
            assert go_on.wait(60)

    monkeypatch.setattr(Job, "_require_good", wait_once)
    file = write(tmp_path / "again.csv", ONE, PAID)
    report = await any_desk.call("lina", StartImport(path=str(file), source=SOURCE, kind="repayments"))
    assert await asyncio.to_thread(read.wait, 60)
    assert (await any_desk.call("wugang", approval(first))).state == "published"
    go_on.set()
    async with asyncio.timeout(60):
        while report.state == "running":
            await asyncio.sleep(0.01)
            report = await any_desk.call("lina", ReadImport(job_id=report.job_id))
    assert (report.state, report.good_rows, report.changed_accounts) == ("published", 2, 0)
    assert booked(any_desk) == (2, 35_000, 65_000)
