"""Attacks on scope, separation and narrowing through the desk's own calls."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from access.people import staff
from access.people.deed import Hand
from access.roles import Role
from access.store.base import UnitOfWork
from console.desk.api.base import AnyCall, DeskError, Refusal
from console.desk.api.cases import (
    AssignCases,
    ExactSearch,
    FieldRef,
    LiftFreeze,
    ListQueue,
    OpenCase,
    ReadTimeline,
)
from console.desk.api.imports import (
    ApproveImport,
    CancelImport,
    ListImports,
    ListSources,
    ReadFaults,
    ReadImport,
    RegisterSource,
)
from console.desk.api.log import ReadLog
from console.desk.api.reveal import (
    AskReveal,
    DecideReveal,
    GetRevealOptions,
    ListMyReveals,
    ReadInbox,
    RequestView,
    ReviewReveal,
    RevokeGrant,
    ViewField,
    WithdrawReveal,
)
from tests.support.desk import ROWS, WholeDesk, lender_file

ADDRESS = FieldRef(name="home_address")
EMPLOYER = FieldRef(name="employer_name")
MISSING = "0" * 32


async def answer(desk: WholeDesk, name: str, call: AnyCall) -> Refusal | None:
    """The whole refusal, none when it was answered."""
    try:
        await desk.call(name, call)
    except DeskError as error:
        return error.refusal
    return None


async def asked(desk: WholeDesk, case_id: str, *fields: FieldRef, minutes: int = 10) -> RequestView:
    return await desk.call(
        "zhangwei",
        AskReveal(case_id=case_id, fields=fields or (ADDRESS,), reason="letter_or_visit", minutes=minutes),
    )


# -- what is not there and what is another's --------------------------------------------------------------------------
BY_CASE: tuple[Callable[[str], AnyCall], ...] = (
    lambda case: OpenCase(case_id=case),
    lambda case: ReadTimeline(case_id=case),
    lambda case: ReadTimeline(case_id=case, looks_only=True),
    lambda case: GetRevealOptions(case_id=case),
    lambda case: AskReveal(case_id=case, fields=(ADDRESS,), reason="letter_or_visit", minutes=10),
    lambda case: AskReveal(case_id=case, fields=(), reason="nonsense", minutes=-1),
    lambda case: ViewField(case_id=case, grant_id=MISSING, field=ADDRESS),
    lambda case: AssignCases(assignee_id=None, case_ids=(case,)),
)
OUTSIDE = ("wangfang", "liuyang", "sunli", "machao", "qianfang", "zhenghao", "wugang", "fengxue", "hejie")


@pytest.mark.clause("Y-4.2.1")
async def test_anothers_case_and_a_missing_one_are_refused_in_the_same_words(
    any_desk: WholeDesk, tmp_path: Path
) -> None:
    rows = await any_desk.with_cases(tmp_path)
    for name in OUTSIDE:
        for call in BY_CASE:
            there = await answer(any_desk, name, call(rows[0].case_id))
            numbered = await answer(any_desk, name, call(rows[0].number))
            missing = await answer(any_desk, name, call(MISSING))
            assert there == missing == numbered, (name, type(call(MISSING)).__name__)
            assert there is not None


@pytest.mark.clause("Y-4.2.1", "C-5.4f")
async def test_a_refused_look_up_is_logged_with_the_case_as_it_was_named(any_desk: WholeDesk, tmp_path: Path) -> None:
    row = (await any_desk.with_cases(tmp_path))[0]
    calls = (
        OpenCase(case_id=row.number),
        OpenCase(case_id=row.case_id),
        AssignCases(assignee_id=None, case_ids=(row.number,)),
        ExactSearch(kind="case_number", value=f" {row.number.lower()} "),
        OpenCase(case_id="C-2099-9999999"),
        # No number of the desk: nobody writes a customer's into the log that way.
        OpenCase(case_id="C-1380-0138000"),
        OpenCase(case_id=f"{row.number}13800138000"),
        ExactSearch(kind="mobile", value=row.number),
    )
    before = len(any_desk.events())
    for call in calls:
        assert await answer(any_desk, "machao", call) is not None, call
    refused = [one for one in any_desk.events()[before:] if one.result == "refused"]
    named = [row.number, row.case_id, row.number, row.number, "C-2099-9999999", None, None, None]
    assert [one.object_id for one in refused] == named
    assert {one.object_kind for one in refused if one.object_id} == {"case"}


@pytest.mark.clause("Y-4.2.1")
async def test_other_peoples_requests_grants_and_imports_are_missing_ones(any_desk: WholeDesk, tmp_path: Path) -> None:
    desk = any_desk
    case_id = (await desk.with_cases(tmp_path))[0].case_id
    first = await asked(desk, case_id)
    decided = await desk.call("lina", DecideReveal(request_id=first.request_id, verdict="approve"))
    assert decided.grant is not None
    grant = decided.grant.grant_id
    await desk.call("zhangwei", ViewField(case_id=case_id, grant_id=grant, field=ADDRESS))
    waiting = (await asked(desk, case_id, EMPLOYER)).request_id
    batch = (await desk.call("lina", ListImports())).imports[0].job_id
    source = (await desk.call("lina", ListSources())).sources[0].source_id
    calls: tuple[tuple[tuple[str, ...], str, Callable[[str], AnyCall]], ...] = (
        (("wangfang", "liuyang", "sunli", "machao", "zhenghao", "fengxue"), waiting,
         lambda one: DecideReveal(request_id=one, verdict="approve")),
        (("wangfang", "liuyang", "sunli", "machao", "zhenghao", "fengxue"), waiting,
         lambda one: DecideReveal(request_id=one, verdict="refuse", reason="not for you")),
        (("wangfang", "liuyang", "sunli", "machao"), waiting, lambda one: WithdrawReveal(request_id=one)),
        (("wangfang", "liuyang", "sunli", "machao", "zhenghao", "fengxue"), grant,
         lambda one: RevokeGrant(grant_id=one)),
        (("wangfang", "liuyang", "machao", "zhenghao"), grant,
         lambda one: ReviewReveal(grant_id=one, verdict="justified")),
        (("sunli", "zhangwei", "machao", "zhenghao"), batch, lambda one: ReadImport(job_id=one)),
        (("sunli", "zhangwei", "machao", "zhenghao"), batch, lambda one: ReadFaults(batch_id=one)),
        (("sunli", "zhangwei", "machao", "zhenghao"), batch, lambda one: CancelImport(job_id=one)),
        (("sunli", "zhangwei", "lina", "zhenghao"), batch, lambda one: ApproveImport(batch_id=one, approve=True)),
        (("sunli", "zhangwei", "lina", "zhenghao"), source, lambda one: RegisterSource(source_id=one)),
        (("sunli", "zhangwei", "lina", "fengxue"), MISSING, lambda one: LiftFreeze(freeze_id=one)),
    )  # fmt: skip
    for names, there, call in calls:
        for name in names:
            got, missing = await answer(desk, name, call(there)), await answer(desk, name, call("f" * 32))
            assert got == missing, (name, type(call(there)).__name__, got, missing)
            assert got is not None


@pytest.mark.clause("Y-4.2.1")
async def test_two_creditors_with_one_case_number_are_kept_apart(any_desk: WholeDesk, tmp_path: Path) -> None:
    desk = any_desk
    mine = await desk.with_cases(tmp_path)
    others = [(*row[:3], f"B{row[3]}", *row[4:]) for row in ROWS]
    report = await desk.load(lender_file(tmp_path / "other.csv", others), source="乙消金", head="sunli")
    assert report.state == "published", report
    await desk.call("sunli", AssignCases(assignee_id=desk.founded.persons["liuyang"], count=3))
    theirs = (await desk.call("liuyang", ListQueue())).rows
    assert {row.number for row in theirs} == {row.number for row in mine}
    assert not {row.case_id for row in theirs} & {row.case_id for row in mine}
    for name, rows in (("zhangwei", mine), ("lina", mine), ("liuyang", theirs), ("sunli", theirs)):
        for row in rows:
            assert (await desk.call(name, OpenCase(case_id=row.number))).row.case_id == row.case_id
            found = await desk.call(name, ExactSearch(kind="case_number", value=row.number))
            assert [one.case_id for one in found.rows] == [row.case_id]
    looked = await desk.log("case:file:open", case_number=mine[0].number)
    assert {entry.staff_no for entry in looked} == {"A0173", "S0021", "A0201", "S0031"}
    for name, rows in (("zhangwei", mine), ("liuyang", theirs)):
        found = await desk.call(name, ExactSearch(kind="mobile", value="13800138000"))
        assert {one.case_id for one in found.rows} <= {row.case_id for row in rows}
        assert len(found.rows) == 1


@pytest.mark.clause("C-5.4c")
async def test_an_agent_reads_their_own_log_and_nobody_elses(any_desk: WholeDesk, tmp_path: Path) -> None:
    await any_desk.with_cases(tmp_path)
    for name, number in (("zhangwei", "A0173"), ("machao", "G0001"), ("lina", "S0021")):
        await any_desk.line(name)
        await any_desk.log()
        page = await any_desk.call(name, ReadLog())
        assert {entry.staff_no for entry in page.entries} == {number}
        assert (await any_desk.call(name, ReadLog(staff_no="E0001"))).entries == ()
    for name, number in (("zhenghao", "E0001"), ("hejie", "E0004")):
        await any_desk.line(name)
        await any_desk.log()
        # A record of one's own doings is everybody's; nothing of others comes with it.
        assert {entry.staff_no for entry in (await any_desk.call(name, ReadLog())).entries} == {number}


async def test_the_agencys_head_in_the_house_reads_inbox_and_search(any_desk: WholeDesk) -> None:
    assert (await any_desk.call("qianfang", ReadInbox())).items == ()
    assert (await any_desk.call("qianfang", ListMyReveals())).requests == ()
    assert (await any_desk.call("qianfang", ExactSearch(kind="mobile", value="13800138000"))).rows == ()


# -- narrowing --------------------------------------------------------------------------------------------------------
@pytest.mark.clause("C-5.4d-2", "R-43a")
@pytest.mark.parametrize(
    "fields",
    [
        (FieldRef(name="mobile"),),
        (ADDRESS, FieldRef(name="mobile")),
        (FieldRef(name="cvv"),),
        (FieldRef(name="password"),),
        (FieldRef(name="pin"),),
        (FieldRef(name="no_such_field"),),
        (FieldRef(name="home_address,full_name"),),
        (FieldRef(name="ＨOME_ADDRESS"),),
        (FieldRef(name="home_address", ordinal=0),),
        (FieldRef(name="home_address", ordinal=-1),),
        (FieldRef(name="home_address", ordinal=100),),
        (FieldRef(name="home_address#2", ordinal=2),),
        (),
        tuple(FieldRef(name="home_address", ordinal=place) for place in range(1, 10)),
    ],
)
async def test_what_is_never_revealed_cannot_be_asked_for(
    desk: WholeDesk, tmp_path: Path, fields: tuple[FieldRef, ...]
) -> None:
    case_id = (await desk.with_cases(tmp_path))[0].case_id
    ask = AskReveal(case_id=case_id, fields=fields, reason="letter_or_visit", minutes=10)
    assert await desk.refused("zhangwei", ask) in {"tier.never", "reveal.fields", "reveal.not_offered"}


@pytest.mark.clause("C-5.4d-2")
@pytest.mark.parametrize("minutes", [0, -1, -(2**40), 2**40, 10_000])
async def test_minutes_beyond_the_catalogue_cannot_be_asked_for(desk: WholeDesk, tmp_path: Path, minutes: int) -> None:
    case_id = (await desk.with_cases(tmp_path))[0].case_id
    ask = AskReveal(case_id=case_id, fields=(ADDRESS,), reason="letter_or_visit", minutes=minutes)
    assert await desk.refused("zhangwei", ask) == "reveal.minutes"


@pytest.mark.clause("C-5.4d-2")
async def test_a_decision_only_ever_makes_less_of_it(any_desk: WholeDesk, tmp_path: Path) -> None:
    desk = any_desk
    case_id = (await desk.with_cases(tmp_path))[0].case_id
    request = await asked(desk, case_id, ADDRESS, EMPLOYER, minutes=5)
    for wider in (
        {"minutes": 6},
        {"minutes": -1},
        {"fields": (FieldRef(name="full_name"),)},
        {"fields": (ADDRESS, FieldRef(name="mobile"))},
        {"fields": (FieldRef(name="home_address", ordinal=2),)},
        {"fields": (FieldRef(name="home_address,employer_name"),)},
    ):
        call = DecideReveal(request_id=request.request_id, verdict="approve", **wider)
        assert await desk.refused("lina", call) in {"reveal.not_narrower", "reveal.fields"}, wider
    less = await desk.call(
        "lina",
        DecideReveal(request_id=request.request_id, verdict="approve", fields=(ADDRESS, ADDRESS), minutes=1),
    )
    assert less.grant is not None
    assert less.grant.fields == (ADDRESS,)
    view = ViewField(case_id=case_id, grant_id=less.grant.grant_id, field=ADDRESS)
    for other in (
        EMPLOYER,
        FieldRef(name="home_address", ordinal=2),
        FieldRef(name="home_address#2"),
        FieldRef(name="home_address,employer_name"),
        FieldRef(name="full_name"),
        FieldRef(name="mobile"),
    ):
        refused = await desk.refused("zhangwei", ViewField(case_id=case_id, grant_id=view.grant_id, field=other))
        assert refused in {"grant.not_live", "reveal.fields", "tier.never"}, other
    assert (await desk.call("zhangwei", view)).ends_at is not None
    desk.clock.advance(60)
    assert await desk.refused("zhangwei", view) == "grant.not_live"


async def test_a_grant_opens_its_own_case_only(desk: WholeDesk, tmp_path: Path) -> None:
    rows = await desk.with_cases(tmp_path)
    request = await asked(desk, rows[0].case_id)
    decided = await desk.call("lina", DecideReveal(request_id=request.request_id, verdict="approve"))
    assert decided.grant is not None
    for case_id in (rows[1].case_id, rows[2].number, rows[0].number):
        view = ViewField(case_id=case_id, grant_id=decided.grant.grant_id, field=ADDRESS)
        assert await desk.refused("zhangwei", view) in {"grant.not_live", "case.not_found"}


# -- approving one's own ----------------------------------------------------------------------------------------------
@pytest.mark.clause("C-5.4d-2", "R-28a")
async def test_nobody_approves_their_own_by_any_route(any_desk: WholeDesk, tmp_path: Path) -> None:
    desk = any_desk
    people, parts = desk.founded.persons, desk.running.parts
    case_id = (await desk.with_cases(tmp_path))[0].case_id
    request = await asked(desk, case_id)
    approve = DecideReveal(request_id=request.request_id, verdict="approve")

    def promote(uow: UnitOfWork) -> None:
        hand, unit = Hand(uow, parts.proofs), desk.founded.units["one"]
        staff.set_unit_heads(hand, unit, head_id=people["zhangwei"], deputy_id=people["zhangwei"])
        staff.create_login(hand, people["zhangwei"], "second")

    desk.give("zhangwei", Role.SUPERVISOR, "one")
    parts.store.run(promote)
    desk.clock.advance(301)
    await desk.beat()
    assert [item.request.request_id for item in (await desk.call("zhangwei", ReadInbox())).items] == []
    for name in ("zhangwei", "second"):
        assert await desk.refused(name, approve) == "separation.own_request"
    assert (await desk.call("sunli", approve)).grant is not None


@pytest.mark.clause("C-5.4c")
async def test_an_approver_who_lost_the_role_decides_nothing(any_desk: WholeDesk, tmp_path: Path) -> None:
    desk = any_desk
    case_id = (await desk.with_cases(tmp_path))[0].case_id
    request = await asked(desk, case_id)
    item = (await desk.call("lina", ReadInbox())).items[0]
    held = await desk.call("lina", ReadInbox())
    assert held.items
    desk.lose("lina", Role.SUPERVISOR)
    desk.clock.advance(1)
    decide = DecideReveal(request_id=request.request_id, verdict="approve", seen_version=item.request.version)
    assert await desk.refused("lina", decide) in {"role.denied", "request.not_found"}
    assert await desk.refused("lina", ReadInbox()) == "role.denied"
    assert (await desk.call("zhaoqiang", decide)).grant is not None
