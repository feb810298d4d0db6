"""What a database administrator writes past the desk, on both engines: no sight and no right comes of it."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from sqlalchemy import text

from console.desk.api.base import DeskError
from console.desk.api.cases import CaseRow, ExactSearch, FieldRef, ListQueue, OpenCase
from console.desk.api.imports import ApproveImport, ListImports, ProposeSource
from console.desk.api.people import ListPeople
from console.desk.api.reveal import AskReveal, DecideReveal, ListMyReveals, ReadInbox, ViewField
from tests.support.desk import ROWS, WholeDesk, lender_file
from tests.support.seals import move_seal

ADDRESS = FieldRef(name="home_address")
MOVE_KEY = "UPDATE case_file SET wrapped_key = (SELECT wrapped_key FROM case_file WHERE id = :of) WHERE id = :to"
MOVE_DISPLAY = "UPDATE case_file SET display = (SELECT display FROM case_file WHERE id = :of) WHERE id = :to"
PHONES = ("13600136000", "13500135000", "13400134000")


def sql(desk: WholeDesk, statement: str, **values: object) -> int:
    """Write past the desk; returns how many rows were touched."""
    with desk.running.parts.store.engine.begin() as connection:
        return connection.execute(text(statement), values).rowcount


def scalar(desk: WholeDesk, statement: str, **values: object) -> str:
    """Read past the desk."""
    with desk.running.parts.store.engine.connect() as connection:
        return str(connection.execute(text(statement), values).scalar_one())


async def waiting_batch(desk: WholeDesk, folder: Path) -> str:
    """A batch of a lender that nobody registered yet: it waits for the security admin."""
    await desk.call("lina", ProposeSource(name="乙消金"))
    others = [(*row[:1], *row[1:2], phone, f"B{row[3]}", *row[4:]) for row, phone in zip(ROWS, PHONES, strict=True)]
    report = await desk.load(lender_file(folder / "waiting.csv", others), source="乙消金")
    assert report.state == "waiting", report
    assert report.batch_id is not None
    return report.batch_id


async def pool(desk: WholeDesk) -> tuple[CaseRow, ...]:
    return (await desk.call("lina", ListQueue(scope="pool"))).rows


async def nothing_of_it(desk: WholeDesk, case_id: str, number: str) -> None:
    """Nobody lists, opens or finds the case."""
    assert await pool(desk) == ()
    for name in ("lina", "zhangwei"):
        assert await desk.refused(name, OpenCase(case_id=case_id)) == "case.not_found"
    found = await desk.call("lina", ExactSearch(kind="mobile", value=PHONES[0]))
    assert found.rows == ()
    # Another creditor's case may bear the number.
    with contextlib.suppress(DeskError):
        numbered = await desk.call("lina", ExactSearch(kind="case_number", value=number))
        assert case_id not in {row.case_id for row in numbered.rows}


@pytest.mark.clause("R-28a", "F-3")
async def test_a_batch_published_by_sql_is_not_published(any_desk: WholeDesk, tmp_path: Path) -> None:
    desk = any_desk
    await desk.with_cases(tmp_path)
    batch_id = await waiting_batch(desk, tmp_path)
    case_id = scalar(desk, "SELECT min(id) FROM case_file WHERE batch_id = :id", id=batch_id)
    number = scalar(desk, "SELECT number FROM case_file WHERE id = :id", id=case_id)
    await nothing_of_it(desk, case_id, number)
    assert sql(desk, "UPDATE import_batch SET state = 'published', published_at = 1 WHERE id = :id", id=batch_id) == 1
    await nothing_of_it(desk, case_id, number)
    assert desk.running.parts.broken.count() >= 1
    # Approved by who may approve, and as it was, it is.
    sql(desk, "UPDATE import_batch SET state = 'waiting', published_at = NULL WHERE id = :id", id=batch_id)
    await desk.call("wugang", ApproveImport(batch_id=batch_id, approve=True))
    assert len(await pool(desk)) == 3


@pytest.mark.clause("R-28a", "F-3")
async def test_a_case_slipped_into_a_published_batch_stays_unseen(any_desk: WholeDesk, tmp_path: Path) -> None:
    desk = any_desk
    await desk.with_cases(tmp_path)
    batch_id = await waiting_batch(desk, tmp_path)
    case_id = scalar(desk, "SELECT min(id) FROM case_file WHERE batch_id = :id", id=batch_id)
    number = scalar(desk, "SELECT number FROM case_file WHERE id = :id", id=case_id)
    published = next(one.job_id for one in (await desk.call("lina", ListImports())).imports if one.state == "published")
    assert sql(desk, "UPDATE case_file SET batch_id = :to WHERE batch_id = :id", to=published, id=batch_id) == 3
    await nothing_of_it(desk, case_id, number)


@pytest.mark.clause("R-28a", "Y-4.2.1")
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE case_file SET assignee_id = :me WHERE id = :id",
        "UPDATE case_file SET assignee_id = :me, unit_id = :unit WHERE id = :id",
        "UPDATE case_file SET agency_id = :me WHERE id = :id",
        "UPDATE case_file SET number = :number WHERE id = :id",
        "UPDATE case_file SET tenant_id = :me WHERE id = :id",
        "UPDATE case_file SET version = version + 1 WHERE id = :id",
        "UPDATE case_file SET event_id = (SELECT max(event_id) FROM import_batch) WHERE id = :id",
    ],
)
async def test_a_case_given_by_sql_is_nobodys(any_desk: WholeDesk, tmp_path: Path, change: str) -> None:
    desk = any_desk
    rows = await desk.with_cases(tmp_path)
    values = {
        "me": desk.founded.persons["liuyang"],
        "unit": desk.founded.units["two"],
        "number": "C-2026-0000777",
        "id": rows[0].case_id,
    }
    assert sql(desk, change, **{name: value for name, value in values.items() if f":{name}" in change}) == 1
    assert await desk.refused("zhangwei", OpenCase(case_id=rows[0].case_id)) == "case.not_found"
    assert {row.case_id for row in (await desk.call("zhangwei", ListQueue())).rows} == {
        rows[1].case_id,
        rows[2].case_id,
    }
    for name in ("liuyang", "sunli"):
        assert (await desk.call(name, ListQueue(scope="own"))).rows == ()
        for row in rows:
            assert await desk.refused(name, OpenCase(case_id=row.case_id)) == "case.not_found"
            assert await desk.refused(name, ExactSearch(kind="case_number", value="C-2026-0000777")) == "case.not_found"


@pytest.mark.clause("C-5.4d-2", "Y-4.1.1")
async def test_sealed_fields_and_blobs_open_only_where_they_belong(any_desk: WholeDesk, tmp_path: Path) -> None:
    desk = any_desk
    rows = await desk.with_cases(tmp_path)
    mine, other = rows[0].case_id, rows[1].case_id
    asked = await desk.call("zhangwei", AskReveal(case_id=mine, fields=(ADDRESS,), reason="letter_or_visit", minutes=9))
    decided = await desk.call("lina", DecideReveal(request_id=asked.request_id, verdict="approve"))
    assert decided.grant is not None
    view = ViewField(case_id=mine, grant_id=decided.grant.grant_id, field=ADDRESS)
    # Another case's address, another field of this case, another case's key with it.
    engine = desk.running.parts.store.engine
    move_seal(engine, (mine, "home_address"), (other, "home_address"))
    assert (await desk.refused("zhangwei", view)).startswith("masking.")
    move_seal(engine, (mine, "home_address"), (mine, "id_number"))
    assert (await desk.refused("zhangwei", view)).startswith("masking.")
    assert sql(desk, MOVE_KEY, to=mine, of=other) == 1
    assert (await desk.refused("zhangwei", view)).startswith("masking.")
    assert sql(desk, MOVE_DISPLAY, to=mine, of=other) == 1
    assert (await desk.refused("zhangwei", OpenCase(case_id=mine))).startswith("masking.")
    assert {row.case_id for row in (await desk.call("zhangwei", ListQueue())).rows} == {other, rows[2].case_id}


@pytest.mark.clause("R-28a")
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE reveal_request SET words = 'the court asks for it'",
        "UPDATE reveal_request SET reason = 'legal_request'",
        "UPDATE reveal_request SET minutes = 30",
    ],
)
async def test_what_an_approver_reads_is_what_was_asked(any_desk: WholeDesk, tmp_path: Path, change: str) -> None:
    desk = any_desk
    case_id = (await desk.with_cases(tmp_path))[0].case_id
    asked = await desk.call(
        "zhangwei", AskReveal(case_id=case_id, fields=(ADDRESS,), reason="letter_or_visit", minutes=9)
    )
    assert sql(desk, change) == 1
    assert (await desk.call("lina", ReadInbox())).items == ()
    assert await desk.refused("lina", DecideReveal(request_id=asked.request_id, verdict="approve")) == (
        "request.not_found"
    )
    assert (await desk.call("zhangwei", ListMyReveals())).requests == ()


@pytest.mark.clause("R-28a")
async def test_nobody_passes_under_another_name(any_desk: WholeDesk, tmp_path: Path) -> None:
    desk = any_desk
    case_id = (await desk.with_cases(tmp_path))[0].case_id
    await desk.call("zhangwei", AskReveal(case_id=case_id, fields=(ADDRESS,), reason="letter_or_visit", minutes=9))
    assert sql(desk, "UPDATE person SET name = '王芳' WHERE id = :id", id=desk.founded.persons["zhangwei"]) == 1
    desk.clock.advance(1)
    item = next(iter((await desk.call("lina", ReadInbox())).items), None)
    assert item is None or (item.request.person, item.request.staff_no) == ("", "")
    assert "张伟" not in {card.name for card in (await desk.call("wugang", ListPeople())).people}
    assert len([card for card in (await desk.call("wugang", ListPeople())).people if card.name == "王芳"]) == 1
    assert await desk.refused("zhangwei", ListQueue()) == "session.ended"
