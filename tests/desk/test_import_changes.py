"""What later files do to what is on the desk: further loans, new figures, repayments, recalls, promises."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, update

from access.store.schema import (
    account,
    blind_entry,
    case_file,
    import_batch,
    promise,
    repayment,
    reveal_grant,
    reveal_request,
    staged_blind,
    staged_case,
    staged_change,
)
from console.desk.api.cases import AssignCases, FieldRef, OpenCase
from console.desk.api.imports import ReadFaults
from console.desk.api.reveal import AskReveal, DecideReveal, GetRevealOptions, ViewField
from console.desk.cases.states import CaseState
from masking.blind import BlindKind
from tests.support.desk import WholeDesk
from tests.support.lender_files import SIX_FIELDS, Person, people, row, write
from tests.support.seals import seals_of

PAID = ("借据号", "账单期", "还款金额", "还款日期", "流水号")
BACK = ("借据号", "账单期", "退案原因")


def rows_of(desk: WholeDesk, query: Any) -> list[dict[str, Any]]:
    """Rows straight from the store."""
    with desk.running.parts.store.engine.connect() as connection:
        return [dict(one) for one in connection.execute(query).mappings()]


def one_case(desk: WholeDesk) -> dict[str, Any]:
    """The only case."""
    found = rows_of(desk, select(case_file))
    assert len(found) == 1
    return found[0]


async def load(
    desk: WholeDesk, folder: Path, rows: Sequence[Sequence[object]], headers: Sequence[str] = SIX_FIELDS, **more: Any
) -> Any:
    """Import some rows and expect them published."""
    report = await desk.load(write(folder / "file.csv", rows, headers), **more)
    assert report.state == "published", report.faults
    return report


@pytest.fixture
def debtor() -> Person:
    """Somebody who owes."""
    return next(people(1, seed=5))


@pytest.mark.clause("C-5.4b")
async def test_two_loans_of_one_debtor_are_one_case(any_desk: WholeDesk, tmp_path: Path, debtor: Person) -> None:
    report = await load(any_desk, tmp_path, [row(debtor, "A1001", days=10), row(debtor, "A1002", days=40)])
    assert (report.new_cases, report.new_accounts) == (1, 2)
    case = one_case(any_desk)
    assert (case["accounts"], case["due"], case["days_past_due"]) == (2, 200_000, 40)
    sealed = seals_of(any_desk.running.parts.store.engine)
    assert sorted(one.ordinal for one in sealed if one.field == "loan_number") == [1, 2]
    assert sum(one.field == "mobile" for one in sealed) == 1


@pytest.mark.clause("C-5.4b")
async def test_debtor_met_again_in_a_far_chunk_is_the_same_case(
    any_desk: WholeDesk, tmp_path: Path, debtor: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.desk.imports.produce.CHUNK", 3)
    others = list(people(12, seed=9))
    rows = [row(one, f"B{number:04}") for number, one in enumerate(others)]
    for place, loan in ((1, "A1001"), (4, "A1002"), (5, "A1003"), (14, "A1004")):
        rows.insert(place, row(debtor, loan))
    report = await load(any_desk, tmp_path, rows)
    assert (report.new_cases, report.new_accounts) == (13, 16)
    cases = rows_of(any_desk, select(case_file).where(case_file.c.accounts > 1))
    assert [(one["accounts"], one["due"]) for one in cases] == [(4, 400_000)]
    sealed = seals_of(any_desk.running.parts.store.engine, cases[0]["id"])
    assert sorted(one.ordinal for one in sealed if one.field == "loan_number") == [1, 2, 3, 4]


async def test_bill_repeated_in_a_far_chunk_is_a_fault(
    desk: WholeDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.desk.imports.produce.CHUNK", 3)
    rows = [row(one, f"B{number:04}") for number, one in enumerate(people(12, seed=9))]
    rows.append([*rows[1][:-1], "202610"])
    wishes: tuple[dict[str, Any], ...] = ({}, {"accept_good": True}, {"dry_run": True})
    for more in wishes:
        report = await desk.load(write(tmp_path / "file.csv", rows), **more)
        assert [(one.row, one.column, one.code, one.hint) for one in report.faults] == [
            (13, "借据号", "bill.repeated", "2")
        ]
    assert len(rows_of(desk, select(case_file))) == 12


@pytest.mark.clause("C-5.4b", "issue-2")
async def test_a_known_debtors_new_address_takes_the_place_of_the_old(
    any_desk: WholeDesk, tmp_path: Path, debtor: Person
) -> None:
    engine = any_desk.running.parts.store.engine
    there = SIX_FIELDS.index("家庭住址")
    first = row(debtor, "A1001")
    await load(any_desk, tmp_path, [first])
    (old,) = [one for one in seals_of(engine) if one.field == "home_address"]
    agent = any_desk.founded.persons["zhangwei"]
    await any_desk.call("lina", AssignCases(assignee_id=agent, count=1))
    case_id = one_case(any_desk)["id"]

    async def shown() -> str:
        view = await any_desk.call("zhangwei", OpenCase(case_id=case_id))
        (found,) = [one.masked for one in view.fields if one.name == "home_address"]
        return found

    before = await shown()
    same, moved = [*first], [*first]
    moved[there] = "黑龙江省哈尔滨市南岗区西大直街92号"
    await load(any_desk, tmp_path, [same])
    assert [one for one in seals_of(engine) if one.field == "home_address"] == [old]
    assert not [one for one in any_desk.events() if one.action == "import:contact:renew"]
    await load(any_desk, tmp_path, [moved])
    new, kept = [one for one in seals_of(engine) if one.field == "home_address"]
    assert kept == old, "what it took the place of stays sealed behind it"
    assert (new.ordinal, new.lawful_source) == (1, "contract")
    assert await shown() != before
    assert [one.rows for one in any_desk.events() if one.action == "import:contact:renew"] == [1]
    for again in (same, moved):
        await load(any_desk, tmp_path, [again])
    assert [one for one in seals_of(engine) if one.field == "home_address"] == [new, kept], "nothing new was said"
    entries = {bytes(one["blind"]) for one in rows_of(any_desk, select(blind_entry))}
    assert not {new.blind, kept.blind} & entries, "no address is found by search"


@pytest.mark.clause("C-5.4b")
async def test_same_id_under_another_name_is_never_merged(desk: WholeDesk, tmp_path: Path, debtor: Person) -> None:
    stranger = [*row(debtor, "A1002")]
    stranger[0] = "欧阳不同"
    report = await load(desk, tmp_path, [row(debtor, "A1001"), stranger])
    assert (report.new_cases, report.new_accounts) == (2, 2)


async def test_without_id_number_nothing_is_merged(desk: WholeDesk, tmp_path: Path, debtor: Person) -> None:
    first, second = row(debtor, "A1001"), row(debtor, "A1002")
    first[1] = second[1] = ""
    report = await load(desk, tmp_path, [first, second])
    assert report.new_cases == 2


@pytest.mark.clause("C-5.4b")
async def test_further_loan_and_phone_join_the_case_on_the_desk(
    any_desk: WholeDesk, tmp_path: Path, debtor: Person
) -> None:
    await load(any_desk, tmp_path, [row(debtor, "A1001", days=10)])
    before = one_case(any_desk)
    later = row(debtor, "A1002", days=50)
    later[2] = "13912345678"
    report = await load(any_desk, tmp_path, [later, row(debtor, "A1003")])
    assert (report.new_cases, report.new_accounts, report.changed_accounts) == (0, 2, 0)
    case = one_case(any_desk)
    assert (case["id"], case["accounts"], case["due"], case["days_past_due"]) == (before["id"], 3, 300_000, 50)
    sealed = seals_of(any_desk.running.parts.store.engine, case["id"])
    assert sorted(one.ordinal for one in sealed if one.field == "mobile") == [1, 2]
    view = await any_desk.call("lina", OpenCase(case_id=case["id"]))
    assert [(one.ordinal, one.masked) for one in view.fields if one.name == "mobile"] == [
        (1, f"{debtor.mobile[:3]}****{debtor.mobile[-4:]}"),
        (2, "139****5678"),
    ]
    assert len(view.accounts) == 3
    for table in (staged_case, staged_blind, staged_change):
        assert rows_of(any_desk, select(table)) == []


async def test_known_bill_has_its_figures_refreshed(any_desk: WholeDesk, tmp_path: Path, debtor: Person) -> None:
    await load(any_desk, tmp_path, [row(debtor, "A1001", due=100_000, days=10)])
    report = await load(any_desk, tmp_path, [row(debtor, "A1001", due=150_000, days=41)])
    assert (report.new_cases, report.new_accounts, report.changed_accounts) == (0, 0, 1)
    case = one_case(any_desk)
    assert (case["due"], case["days_past_due"], case["priority"], case["accounts"]) == (150_000, 41, 41, 1)


async def test_same_file_again_changes_nothing_that_is_counted_as_new(
    desk: WholeDesk, tmp_path: Path, debtor: Person
) -> None:
    rows = [row(one, f"B{number:04}") for number, one in enumerate(people(9, seed=9))]
    await load(desk, tmp_path, rows)
    entries = len(rows_of(desk, select(blind_entry)))
    again = await load(desk, tmp_path, rows)
    assert (again.new_cases, again.new_accounts, again.changed_accounts) == (0, 0, 9)
    assert len(rows_of(desk, select(blind_entry))) == entries


async def test_bill_of_another_debtor_is_refused(desk: WholeDesk, tmp_path: Path) -> None:
    first, second = people(2, seed=3)
    await load(desk, tmp_path, [row(first, "A1001")])
    report = await desk.load(write(tmp_path / "file.csv", [row(second, "A1001")]))
    assert [(one.row, one.column, one.code) for one in report.faults] == [(1, "借据号", "bill.other_debtor")]


async def test_absence_closes_nothing(desk: WholeDesk, tmp_path: Path) -> None:
    first, second = people(2, seed=3)
    await load(desk, tmp_path, [row(first, "A1001"), row(second, "A1002")])
    await load(desk, tmp_path, [row(first, "A1001")])
    assert {one["state"] for one in rows_of(desk, select(case_file))} == {CaseState.NEW}


async def test_repayments_move_balances_once(any_desk: WholeDesk, tmp_path: Path, debtor: Person) -> None:
    await load(any_desk, tmp_path, [row(debtor, "A1001", due=100_000), row(debtor, "A1002", due=50_000)])
    paid = [
        ["A1001", "202610", "300.00", "2026-11-21", "T900001"],
        ["A1001", "202610", "￥200.00", "2026年11月22日", "T900002"],
        ["A1002", "", "500", "20261122", "T900003"],
    ]
    report = await load(any_desk, tmp_path, paid, PAID, kind="repayments")
    assert (report.good_rows, report.changed_accounts, report.new_cases) == (3, 3, 0)
    accounts = rows_of(any_desk, select(account).order_by(account.c.id))
    assert [(one["due"], one["state"], one["last_paid"], one["last_paid_on"]) for one in accounts] == [
        (50_000, "open", 20_000, "2026-11-22"),
        (0, "settled", 50_000, "2026-11-22"),
    ]
    assert one_case(any_desk)["due"] == 50_000
    again = await load(any_desk, tmp_path, paid, PAID, kind="repayments")
    assert (again.good_rows, again.changed_accounts) == (3, 0)
    assert len(rows_of(any_desk, select(repayment))) == 3
    assert one_case(any_desk)["due"] == 50_000
    rest = [["A1001", "202610", "500", "2026-11-23", "T900004"]]
    await load(any_desk, tmp_path, rest, PAID, kind="repayments")
    case = one_case(any_desk)
    assert (case["due"], case["state"]) == (0, CaseState.SETTLED)


async def test_repayments_without_references_count_by_what_they_say(
    desk: WholeDesk, tmp_path: Path, debtor: Person
) -> None:
    await load(desk, tmp_path, [row(debtor, "A1001", due=100_000)])
    twice = [["A1001", "202610", "100", "2026-11-21", ""], ["A1001", "202610", "100", "2026-11-21", ""]]
    await load(desk, tmp_path, twice, PAID, kind="repayments")
    assert one_case(desk)["due"] == 80_000
    await load(desk, tmp_path, twice, PAID, kind="repayments")
    assert one_case(desk)["due"] == 80_000


@pytest.mark.clause("issue-2")
async def test_one_transfer_pays_two_loans(any_desk: WholeDesk, tmp_path: Path, debtor: Person) -> None:
    await load(any_desk, tmp_path, [row(debtor, "A1001", due=100_000), row(debtor, "A1002", due=50_000)])
    paid = [
        ["A1001", "202610", "300.00", "2026-11-21", "T900001"],
        ["A1002", "202610", "200.00", "2026-11-21", "T900001"],
    ]
    report = await load(any_desk, tmp_path, paid, PAID, kind="repayments")
    assert (report.good_rows, report.changed_accounts) == (2, 2)
    assert one_case(any_desk)["due"] == 100_000
    for again in (paid, [[one[0], "", *one[2:]] for one in paid]):
        report = await load(any_desk, tmp_path, again, PAID, kind="repayments")
        assert (report.good_rows, report.changed_accounts) == (2, 0)
    assert sorted(one["paid"] for one in rows_of(any_desk, select(repayment))) == [20_000, 30_000]
    assert one_case(any_desk)["due"] == 100_000


@pytest.mark.clause("issue-2")
@pytest.mark.parametrize("chunk", [1, 1500])
async def test_one_reference_that_says_two_things_of_a_bill_is_a_fault(
    any_desk: WholeDesk, tmp_path: Path, debtor: Person, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    monkeypatch.setattr("console.desk.imports.produce.CHUNK", chunk)
    await load(any_desk, tmp_path, [row(debtor, "A1001", due=100_000)])
    first, other = ["A1001", "202610", "100", "2026-11-21", "T900009"], ["A1001", "", "200", "2026-11-21", "T900009"]
    wishes: tuple[dict[str, Any], ...] = ({"dry_run": True}, {}, {"accept_good": True})
    for more in wishes:
        file = write(tmp_path / "file.csv", [first, first, other], PAID)
        report = await any_desk.load(file, kind="repayments", **more)
        assert [(one.row, one.column, one.code, one.hint) for one in report.faults] == [
            (3, "流水号", "reference.other_payment", "1")
        ]
        assert (report.good_rows, report.changed_accounts) == (2, 1)
    assert one_case(any_desk)["due"] == 90_000
    for wrong in (other, [*first[:3], "2026-11-22", "T900009"]):
        report = await any_desk.load(write(tmp_path / "file.csv", [wrong], PAID), kind="repayments")
        assert [(one.column, one.code) for one in report.faults] == [("流水号", "reference.other_payment")]
    assert one_case(any_desk)["due"] == 90_000


@pytest.mark.clause("issue-2")
async def test_what_an_older_desk_booked_under_the_reference_alone_is_known(
    any_desk: WholeDesk, tmp_path: Path, debtor: Person
) -> None:
    await load(any_desk, tmp_path, [row(debtor, "A1001", due=100_000), row(debtor, "A1002", due=50_000)])
    paid = [
        ["A1001", "202610", "300.00", "2026-11-21", "T900001"],
        ["A1002", "202610", "200.00", "2026-11-21", "T900001"],
    ]
    await load(any_desk, tmp_path, paid[:1], PAID, kind="repayments")
    parts = any_desk.running.parts
    (source_id,) = {one["source_id"] for one in rows_of(any_desk, select(import_batch))}
    tenant_id = one_case(any_desk)["tenant_id"]
    alone = parts.blind.entry(tenant_id, BlindKind.BILL, f"{source_id}\x1fref\x1fT900001")
    changed = parts.store.run(lambda uow: uow.connection.execute(update(repayment).values(reference=alone)).rowcount)
    assert changed == 1
    report = await load(any_desk, tmp_path, paid, PAID, kind="repayments")
    assert (report.good_rows, report.changed_accounts) == (2, 1), "the one that was lost then is booked now"
    assert one_case(any_desk)["due"] == 100_000


@pytest.mark.slow
@pytest.mark.clause("issue-2")
async def test_equal_payments_far_apart_in_a_large_file_are_two(
    desk: WholeDesk, tmp_path: Path, debtor: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.desk.imports.jobs._INLINE_BYTES", 0)
    monkeypatch.setattr("console.desk.imports.jobs.os.cpu_count", lambda: 2)
    await load(desk, tmp_path, [row(debtor, "A1001", due=100_000_000), row(debtor, "A1002")])
    twice = ["A1001", "202610", "1000", "2026-11-21", ""]
    # The second stands in another chunk than the first.
    paid = [twice, *([*twice[:2], str(2000 + number), *twice[3:]] for number in range(1500)), twice]
    for _ in range(2):
        report = await load(desk, tmp_path, paid, PAID, kind="repayments")
        assert report.good_rows == len(paid)
    assert [one["paid"] for one in rows_of(desk, select(repayment))].count(100_000) == 2
    back = ["A1002", "202610", "x"]
    recalls = [back, *([f"ZZ{number}", "202610", "x"] for number in range(1500)), back]
    report = await desk.load(write(tmp_path / "file.csv", recalls, BACK), kind="recalls")
    assert report.bad_rows == len(recalls) - 1, "the second is a fault too"
    assert report.batch_id is not None
    told = (await desk.call("lina", ReadFaults(batch_id=report.batch_id, after=1490))).faults[-1]
    assert (told.row, told.code, told.hint) == (len(recalls), "bill.repeated", "1"), "a chunk away; the first is named"


async def test_faults_of_repayments(desk: WholeDesk, tmp_path: Path, debtor: Person) -> None:
    await load(desk, tmp_path, [row(debtor, "A1001", period="202609"), row(debtor, "A1001", period="202610")])
    wrong = [
        ["ZZ99", "", "1", "2026-11-21", ""],
        ["A1001", "", "1", "2026-11-21", ""],
        ["A1001", "202609", "-5", "2026-11-21", ""],
        ["A1001", "202609", "5", "21/11/2026", ""],
        ["A1001", "202609", "", "2026-11-21", ""],
    ]
    report = await desk.load(write(tmp_path / "file.csv", wrong, PAID), kind="repayments")
    assert [(one.row, one.column, one.code) for one in report.faults] == [
        (1, "借据号", "bill.unknown"),
        (2, "借据号", "bill.period_needed"),
        (3, "还款金额", "amount.negative"),
        (4, "还款日期", "date.not_a_date"),
        (5, "还款金额", "cell.missing"),
    ]


async def test_recall_takes_back_accounts_and_at_last_the_case(
    any_desk: WholeDesk, tmp_path: Path, debtor: Person
) -> None:
    await load(any_desk, tmp_path, [row(debtor, "A1001"), row(debtor, "A1002")])
    await load(any_desk, tmp_path, [["A1001", "202610", "x"]], BACK, kind="recalls")
    case = one_case(any_desk)
    assert (case["due"], case["state"]) == (100_000, CaseState.NEW)
    await load(any_desk, tmp_path, [["A1002", "202610", "x"]], BACK, kind="recalls")
    case = one_case(any_desk)
    assert (case["due"], case["state"]) == (0, CaseState.RECALLED)
    await load(any_desk, tmp_path, [row(debtor, "A1002")])
    case = one_case(any_desk)
    assert (case["due"], case["state"]) == (100_000, CaseState.NEW)


@pytest.mark.clause("C-5.4d-2", "issue-2")
@pytest.mark.parametrize("how", ["recall", "repayment"])
async def test_what_is_shown_of_a_case_that_a_file_ends_is_taken_back(
    any_desk: WholeDesk, tmp_path: Path, debtor: Person, how: str
) -> None:
    await load(any_desk, tmp_path, [row(debtor, "A1001")])
    case_id = one_case(any_desk)["id"]
    await any_desk.call("lina", AssignCases(assignee_id=any_desk.founded.persons["zhangwei"], case_ids=(case_id,)))

    def ask(field: FieldRef) -> AskReveal:
        return AskReveal(case_id=case_id, fields=(field,), reason="legal_request", minutes=5)

    options = await any_desk.call("zhangwei", GetRevealOptions(case_id=case_id))
    field, other = [one.field for one in options.options if one.tier == "U2"][:2]
    asked = await any_desk.call("zhangwei", ask(field))
    given = (await any_desk.call("lina", DecideReveal(request_id=asked.request_id, verdict="approve"))).grant
    assert given is not None
    look = ViewField(case_id=case_id, grant_id=given.grant_id, field=field)
    assert (await any_desk.call("zhangwei", look)).value
    waiting = await any_desk.call("zhangwei", ask(other))
    if how == "recall":
        await load(any_desk, tmp_path, [["A1001", "202610", "x"]], BACK, kind="recalls")
    else:
        await load(any_desk, tmp_path, [["A1001", "202610", "1000", "2026-10-02", "LS00001"]], PAID, kind="repayments")
    assert one_case(any_desk)["state"] in {CaseState.RECALLED, CaseState.SETTLED}
    states = {one["id"]: one["state"] for one in rows_of(any_desk, select(reveal_grant))}
    assert states[given.grant_id] == "revoked"
    requests = {one["id"]: one["state"] for one in rows_of(any_desk, select(reveal_request))}
    assert requests[waiting.request_id] == "withdrawn"
    assert await any_desk.refused("zhangwei", look) == "grant.not_live"


@pytest.mark.parametrize(
    ("paid", "due_on", "state", "case_state"),
    [
        ("300", "2099-01-01", "kept", CaseState.WORKING),
        ("299.99", "2099-01-01", "open", CaseState.PROMISED),
        ("299.99", "2020-01-02", "broken", CaseState.BROKEN),
    ],
)
async def test_promises_are_kept_or_broken(
    any_desk: WholeDesk, tmp_path: Path, debtor: Person, paid: str, due_on: str, state: str, case_state: CaseState
) -> None:
    await load(any_desk, tmp_path, [row(debtor, "A1001", due=100_000)])
    case = one_case(any_desk)
    parts = any_desk.running.parts
    now = parts.clock.now_us()
    today = datetime.fromtimestamp(now / 1_000_000, UTC).date().isoformat()
    values = {
        "id": parts.ids.new(), "tenant_id": case["tenant_id"], "case_id": case["id"], "amount": 30_000,
        "currency": "CNY", "due_on": due_on, "channel": "call", "paid": 0, "state": "open", "made_by": "0" * 32,
        "made_at": now,
    }  # fmt: skip
    parts.store.run(lambda uow: uow.connection.execute(insert(promise).values(values)))
    parts.store.run(
        lambda uow: uow.connection.execute(update(case_file).values(state=CaseState.PROMISED.value)).rowcount
    )
    await load(any_desk, tmp_path, [["A1001", "202610", paid, today, "T101"]], PAID, kind="repayments")
    assert [one["state"] for one in rows_of(any_desk, select(promise))] == [state]
    assert one_case(any_desk)["state"] == case_state


async def test_longest_pause_is_reported_and_kept(desk: WholeDesk, tmp_path: Path, debtor: Person) -> None:
    report = await load(desk, tmp_path, [row(debtor, "A1001")])
    assert report.longest_pause > 0
    kept = rows_of(desk, select(import_batch.c.longest_pause))
    assert kept == [{"longest_pause": report.longest_pause}]
