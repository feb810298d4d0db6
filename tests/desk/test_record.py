"""Who saw what and why: one's own record, the team's, one customer's; read from the log, and logged itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from access.audit.events import DetailKey
from access.store.engine import open_engine
from access.store.migrations import migrate
from console.desk.api.cases import FieldRef, OpenCase
from console.desk.api.record import ReadCustomerRecord, ReadOwnRecord, ReadTeamRecord, RecordEntry
from console.desk.api.reveal import AskReveal, DecideReveal, ViewField
from tests.support.desk import WholeDesk

ADDRESS = FieldRef(name="home_address")


def about(
    value: str, *, kind: str = "case_number", reason: str = "complaint", reference: str = "TS-2026-0012"
) -> ReadCustomerRecord:
    return ReadCustomerRecord(kind=kind, value=value, reason=reason, reference=reference)


async def settled(desk: WholeDesk) -> None:
    desk.running.parts.store.settle()


async def looked(desk: WholeDesk, folder: Path) -> str:
    """One case opened and one field of it seen by its agent; the case's number."""
    rows = await desk.with_cases(folder)
    case_id = rows[0].case_id
    await desk.call("zhangwei", OpenCase(case_id=case_id))
    ask = AskReveal(case_id=case_id, fields=(ADDRESS,), reason="letter_or_visit", minutes=5)
    asked = await desk.call("zhangwei", ask)
    decided = await desk.call("lina", DecideReveal(request_id=asked.request_id, verdict="approve"))
    assert decided.grant is not None
    await desk.call("zhangwei", ViewField(case_id=case_id, grant_id=decided.grant.grant_id, field=ADDRESS))
    await settled(desk)
    return rows[0].number


def acts(entries: tuple[RecordEntry, ...]) -> list[str]:
    return [entry.action for entry in entries]


@pytest.mark.clause("S-6-26")
async def test_everybody_sees_what_they_opened_and_why(any_desk: WholeDesk, tmp_path: Path) -> None:
    number = await looked(any_desk, tmp_path)
    mine = (await any_desk.call("zhangwei", ReadOwnRecord())).entries
    assert acts(mine) == ["case:field:reveal", "case:file:open"]
    reveal, opened = mine
    assert (reveal.case_number, reveal.fields, reveal.why) == (number, ("home_address",), "letter_or_visit")
    assert reveal.approval.startswith("R-")
    assert opened.why == "collection"
    everything = (await any_desk.call("zhangwei", ReadOwnRecord(everything=True))).entries
    assert "reveal:request:ask" in acts(everything)
    assert {entry.staff_no for entry in everything} == {"A0173"}
    assert (await any_desk.call("wangfang", ReadOwnRecord())).entries == ()
    for name in ("zhenghao", "wugang", "fengxue", "hejie", "machao"):
        assert (await any_desk.call(name, ReadOwnRecord())).entries == ()


@pytest.mark.clause("S-3.2-43", "Y-4.2.1")
async def test_a_team_is_read_by_whoever_runs_it_and_in_summary_only(any_desk: WholeDesk, tmp_path: Path) -> None:
    await looked(any_desk, tmp_path)
    page = await any_desk.call("lina", ReadTeamRecord())
    assert acts(page.entries) == ["case:field:reveal", "case:file:open"]
    one = await any_desk.call("lina", ReadTeamRecord(person_id=any_desk.founded.persons["zhangwei"]))
    assert one.entries == page.entries
    assert (await any_desk.call("lina", ReadTeamRecord(person_id=any_desk.founded.persons["wangfang"]))).entries == ()
    assert (await any_desk.call("sunli", ReadTeamRecord())).entries == ()
    outsider = ReadTeamRecord(person_id=any_desk.founded.persons["zhangwei"])
    assert await any_desk.refused("sunli", outsider) == "team.not_member"
    for name in ("zhangwei", "zhenghao", "hejie", "machao"):
        assert await any_desk.refused(name, ReadTeamRecord()) == "scope.denied"
    assert not {"source", "terminal", "session", "detail"} & set(RecordEntry.__struct_fields__)


@pytest.mark.clause("C-5.4f", "S-6-26")
async def test_compliance_sees_who_saw_one_customer_and_says_for_what(any_desk: WholeDesk, tmp_path: Path) -> None:
    number = await looked(any_desk, tmp_path)
    page = await any_desk.call("hejie", about(number))
    assert page.cases == (number,)
    assert acts(page.entries) == ["case:field:reveal", "case:file:open"]
    assert page.entries[0].staff_no == "A0173"
    by_phone = await any_desk.call("hejie", about("137 0013 7000", kind="mobile"))
    assert by_phone.cases == (number,)
    assert "case:file:open" in acts(by_phone.entries)
    (event, *_) = [one for one in reversed(any_desk.events()) if one.action == "audit:record:read"]
    assert (event.reason, dict(event.detail)[DetailKey.REFERENCE]) == ("complaint", "TS/2026/0012")
    assert event.case_id is not None
    assert not [one for one in any_desk.events() if "13700137000" in repr(one)]


@pytest.mark.clause("C-5.4b", "C-5.4h")
async def test_asking_about_a_customer_is_no_way_to_guess(desk: WholeDesk, tmp_path: Path) -> None:
    number = await looked(desk, tmp_path)
    assert await desk.refused("hejie", about("C-2099-0000001")) == "case.not_found"
    assert await desk.refused("hejie", about(number, reason="curious")) == "record.reason_unknown"
    for bad in ("", "1", "13800138000", "138-0013-8000", "投诉", "x" * 60):
        assert await desk.refused("hejie", about(number, reference=bad)) == "record.reference_unfit"
    assert await desk.refused("hejie", about("138001380", kind="full_name")) == "search.kind_unknown"
    assert await desk.refused("hejie", about("138*", kind="mobile")) == "search.not_exact"
    for name in ("zhangwei", "lina", "machao", "zhenghao"):
        assert await desk.refused(name, about(number)) == "scope.denied"
    assert await desk.refused("wugang", about("13800138000", kind="mobile")) == "role.denied"
    assert (await desk.call("fengxue", about(number, reason="audit"))).cases == (number,)
    for _ in range(3):
        assert (await desk.call("hejie", about("13911112222", kind="mobile"))).cases == ()
    assert await desk.refused("hejie", about("13911112222", kind="mobile")) == "oracle.frozen"


async def test_pages_go_on_where_the_last_one_ended(any_desk: WholeDesk, tmp_path: Path) -> None:
    rows = await any_desk.with_cases(tmp_path)
    for _ in range(60):
        await any_desk.call("zhangwei", OpenCase(case_id=rows[0].case_id))
    await settled(any_desk)
    first = await any_desk.call("zhangwei", ReadOwnRecord())
    assert len(first.entries) == 50
    assert first.cursor == first.entries[-1].seq
    second = await any_desk.call("zhangwei", ReadOwnRecord(before=first.cursor))
    assert len(second.entries) == 10
    assert second.cursor is None
    seen = [entry.seq for entry in (*first.entries, *second.entries)]
    assert seen == sorted(set(seen), reverse=True)
    team = await any_desk.call("lina", ReadTeamRecord(before=first.cursor))
    assert [entry.seq for entry in team.entries] == [entry.seq for entry in second.entries]


def test_no_page_scans_the_log(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path / 'plan.db'}")
    migrate(engine)
    queries = {
        "person_id = 'x' AND case_id IS NOT NULL AND action IN ('a','b') AND seq < 9": "ix_audit_event_record",
        "case_id = 'x' AND action IN ('a','b') AND seq < 9": "ix_audit_event_case",
    }
    with engine.connect() as connection:
        for where, index in queries.items():
            plan = connection.exec_driver_sql(
                f"EXPLAIN QUERY PLAN SELECT seq, body FROM audit_event WHERE {where} ORDER BY seq DESC LIMIT 51"  # noqa: S608
            ).all()
            said = " ".join(str(row) for row in plan)
            assert "SEARCH" in said
            assert "audit_event_" in said
            assert "TEMP B-TREE" not in said, (index, said)
    engine.dispose()
