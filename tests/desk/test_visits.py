"""Field visits on a whole desk: two people, the customer's consent, one a day, agreed to by somebody else, counted."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text

from console.desk.api.cases import CaseRow, FieldRef
from console.desk.api.contact import CheckContacts, RecordConsent, WithdrawConsent
from console.desk.api.visits import CancelVisit, DecideVisit, ListVisits, PlanVisit, SetOut, Visit, WriteVisit
from console.desk.api.work import PlaceHold
from tests.support.consents import agreed
from tests.support.desk import ROWS, WholeDesk

HOME = FieldRef(name="home_address")
DAY_US = 86_400_000_000
TWO = ("A0173", "A0174")
TODAY, TOMORROW = "2026-11-20", "2026-11-21"


async def consented(desk: WholeDesk, case: CaseRow, opens: int = 9, closes: int = 18) -> str:
    """The customer agreed to be visited between these hours."""
    call = RecordConsent(
        case_id=case.case_id,
        means="visit",
        from_minute=opens * 60,
        until_minute=closes * 60,
        expires_at=desk.clock.now_us() + 5 * DAY_US,
        evidence="letter",
        reference="LETTER-visit",
    )
    return (await agreed(desk, call)).consent_id


def plan(case: CaseRow, **more: object) -> PlanVisit:
    call = {"case_id": case.case_id, "field": HOME, "day": TODAY, "visitors": TWO} | more
    hours = {"from_minute": 10 * 60, "until_minute": 12 * 60}
    return PlanVisit(**hours | call)  # type: ignore[arg-type]


def yes(one: Visit, *, approve: bool = True, words: str = "") -> DecideVisit:
    return DecideVisit(visit_id=one.visit_id, version=one.version, approve=approve, words=words)


def written(one: Visit, **more: object) -> WriteVisit:
    call = {"result": "met", "went": TWO, "ids_shown": True, "note": "本人在家"} | more
    return WriteVisit(visit_id=one.visit_id, **call)  # type: ignore[arg-type]


@pytest.mark.clause("S-5-10")
async def test_every_minute_of_a_visit_is_one_that_the_customer_agreed_to(desk: WholeDesk, tmp_path: Path) -> None:
    case = (await desk.with_cases(tmp_path))[0]
    await consented(desk, case, 20, 10)  # from the evening into the morning: both ends of the day below are in it
    whole_day = plan(case, from_minute=9 * 60 + 30, until_minute=20 * 60 + 30)
    assert await desk.refused("zhangwei", whole_day) == "visit.no_consent"


@pytest.mark.clause("S-5-10", "issue-5")
async def test_from_plan_to_result_and_it_counts(any_desk: WholeDesk, tmp_path: Path) -> None:
    desk = any_desk
    case = (await desk.with_cases(tmp_path))[0]
    assert await desk.refused("zhangwei", plan(case)) == "visit.no_consent"
    await consented(desk, case)
    one = await desk.call("zhangwei", plan(case))
    assert (one.state, one.may, one.consent) == ("planned", ("cancel",), "LETTER-visit")
    assert {person.staff_no for person in one.visitors} == set(TWO)
    assert await desk.refused("zhangwei", SetOut(visit_id=one.visit_id)) == "visit.state"
    one = await desk.call("lina", yes(one))
    assert one.state == "approved"
    one = await desk.call("zhangwei", SetOut(visit_id=one.visit_id))
    assert one.state == "under_way"
    check = await desk.call("zhangwei", CheckContacts(case_id=case.case_id, means="visit"))
    rule = next(rule for rule in check.contacts[0].rules if rule.rule == "visits")
    assert (rule.used, rule.verdict, check.contacts[0].contact.field) == (1, "refused", "home_address")
    done = await desk.call("zhangwei", written(one, note="本人 13800138000 在家"))
    assert (done.state, done.result, len(done.went), done.ids_shown) == ("done", "met", 2, True)
    assert "13800138000" not in done.note
    assert await desk.refused("zhangwei", plan(case, from_minute=14 * 60, until_minute=15 * 60)) in {
        "visit.one_a_day",
        "contact.refused",
    }
    # A visit is no call: what counts calls does not count it.
    calls = await desk.call("zhangwei", CheckContacts(case_id=case.case_id))
    assert next(rule for rule in calls.contacts[0].rules if rule.rule == "connected").used == 0
    settled = [event for event in desk.events() if event.action == "contact:slot:settle"]
    assert len(settled) == 1
    address = {row[8] for row in ROWS}
    assert not [event for event in desk.events() if any(value in repr(event) for value in address)]
    assert not any(value in repr((one, done)) for value in address)


@pytest.mark.clause("S-5-10", "S-3.3")
async def test_two_names_and_never_agreed_to_by_who_goes_or_planned(desk: WholeDesk, tmp_path: Path) -> None:
    case = (await desk.with_cases(tmp_path))[0]
    await consented(desk, case)
    for two in ((), ("A0173",), ("A0173", "A0173"), ("A0173", "A0174", "A0175"), ("A0173", "nobody")):
        assert await desk.refused("zhangwei", plan(case, visitors=two)) == "visit.two_needed", two
    for two in (("A0173", "G0001"), ("A0173", "E0002"), ("A0173", "E0001")):
        assert await desk.refused("zhangwei", plan(case, visitors=two)) == "visit.visitor_unfit", two
    for name in ("wangfang", "liuyang", "machao", "wugang", "fengxue", "hejie"):
        assert await desk.refused(name, plan(case)) in {"case.not_found", "role.denied"}, name
    one = await desk.call("zhangwei", plan(case, visitors=("A0173", "S0021")))
    # The supervisor goes along, so another one agrees.
    assert await desk.refused("lina", yes(one)) == "separation.own_request"
    for name in ("zhangwei", "wangfang", "sunli", "fengxue", "machao"):
        assert await desk.refused(name, yes(one)), name
    assert (await desk.call("zhaoqiang", yes(one))).state == "approved"
    await desk.call("zhangwei", CancelVisit(visit_id=one.visit_id, words="客户改期"))
    own = await desk.call("lina", plan(case))
    assert await desk.refused("lina", yes(own)) == "separation.own_request"
    stale = DecideVisit(visit_id=own.visit_id, version=9, approve=True)
    assert await desk.refused("sunli", stale) == "separation.context_unseen"
    assert (await desk.call("sunli", yes(own))).state == "approved"


@pytest.mark.clause("S-5-1", "S-5-10")
async def test_what_no_longer_holds_stops_it_before_they_go(desk: WholeDesk, tmp_path: Path) -> None:
    first, second, third = await desk.with_cases(tmp_path)
    consent = await consented(desk, first)
    one = await desk.call("lina", yes(await desk.call("zhangwei", plan(first))))
    await desk.call("zhangwei", WithdrawConsent(consent_id=consent))
    assert await desk.refused("zhangwei", SetOut(visit_id=one.visit_id)) == "visit.no_consent"
    await consented(desk, second)
    two = await desk.call("lina", yes(await desk.call("zhangwei", plan(second))))
    await desk.call("lina", PlaceHold(case_id=second.case_id, reason="illness", words="住院"))
    assert (await desk.refused("zhangwei", SetOut(visit_id=two.visit_id))).startswith("held.")
    await consented(desk, third)
    late = plan(third, from_minute=22 * 60, until_minute=23 * 60)
    assert await desk.refused("zhangwei", late) == "visit.no_consent"
    three = await desk.call("lina", yes(await desk.call("zhangwei", plan(third))))
    desk.suspend("wangfang")
    assert await desk.refused("zhangwei", SetOut(visit_id=three.visit_id)) == "visit.visitor_unfit"


@pytest.mark.clause("S-5-10")
async def test_one_a_day_and_of_two_plans_at_once_one(any_desk: WholeDesk, tmp_path: Path) -> None:
    desk = any_desk
    case = (await desk.with_cases(tmp_path))[0]
    await consented(desk, case)
    said = await asyncio.gather(
        *(desk.call(name, plan(case, day=TOMORROW)) for name in ("zhangwei", "lina")), return_exceptions=True
    )
    (kept,) = [one for one in said if isinstance(one, Visit)]
    assert await desk.refused("zhangwei", plan(case, day=TOMORROW)) == "visit.one_a_day"
    assert await desk.refused("zhangwei", SetOut(visit_id=kept.visit_id)) in {"visit.state", "visit.not_found"}
    planner = "lina" if kept.planner == "李娜" else "zhangwei"
    await desk.call(planner, CancelVisit(visit_id=kept.visit_id, words="改期" + "再约"))
    again = await desk.call("zhangwei", plan(case, day=TOMORROW))
    refused = await desk.call("lina", yes(again, approve=False, words="先电话联系"))
    assert refused.state == "refused"
    third = await desk.call("lina", yes(await desk.call("zhangwei", plan(case, day=TOMORROW))))
    assert await desk.refused("zhangwei", SetOut(visit_id=third.visit_id)) == "visit.too_early"


@pytest.mark.clause("S-5-10")
async def test_what_nobody_agreed_to_or_set_out_on_is_over_by_itself(desk: WholeDesk, tmp_path: Path) -> None:
    first, second, _ = await desk.with_cases(tmp_path)
    await consented(desk, first)
    await consented(desk, second)
    await desk.call("zhangwei", plan(first))
    two = await desk.call("lina", yes(await desk.call("zhangwei", plan(second))))
    desk.clock.advance(4 * 3600)
    states = {one.case_id: one.state for one in (await desk.call("zhangwei", ListVisits())).visits}
    assert states == {first.case_id: "lapsed", second.case_id: "undone"}
    assert await desk.refused("zhangwei", SetOut(visit_id=two.visit_id)) == "visit.state"
    await desk.beat()
    acts = [event.action for event in desk.events()]
    assert (acts.count("visit:plan:lapse"), acts.count("visit:plan:miss")) == (1, 1)
    assert not (await desk.call("sunli", ListVisits())).visits


@pytest.mark.clause("S-5-10")
async def test_who_went_is_written_as_it_was_and_one_alone_is_told(desk: WholeDesk, tmp_path: Path) -> None:
    case = (await desk.with_cases(tmp_path))[0]
    await consented(desk, case)
    one = await desk.call("lina", yes(await desk.call("zhangwei", plan(case))))
    assert await desk.refused("zhangwei", written(one)) == "visit.state"
    one = await desk.call("zhangwei", SetOut(visit_id=one.visit_id))
    for went in ((), ("A0175",), ("A0173", "A0175"), ("nobody",)):
        assert await desk.refused("zhangwei", written(one, went=went)) == "visit.went_unfit"
    assert await desk.refused("zhangwei", written(one, result="fine")) == "visit.result_unknown"
    assert await desk.refused("zhangwei", CancelVisit(visit_id=one.visit_id, words="不去了吧")) == "visit.state"
    done = await desk.call("zhangwei", written(one, went=("A0173",), result="not_in"))
    assert done.went == ("张伟",)
    assert "alert:visit:alone" in {event.action for event in desk.events()}


@pytest.mark.clause("R-43", "design-4")
async def test_a_row_changed_in_the_database_is_no_visit(desk: WholeDesk, tmp_path: Path) -> None:
    case = (await desk.with_cases(tmp_path))[0]
    await consented(desk, case)
    one = await desk.call("zhangwei", plan(case))
    desk.running.parts.store.run(
        lambda uow: uow.connection.execute(
            text("UPDATE visit_plan SET state = 'approved' WHERE id = :i"), {"i": one.visit_id}
        )
    )
    assert await desk.refused("zhangwei", SetOut(visit_id=one.visit_id)) == "visit.not_found"
