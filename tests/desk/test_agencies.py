"""Agencies on a whole desk: three people engage one until a day, and from the day after nobody contacts its cases."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
import pytest_asyncio
from msgspec.structs import replace
from sqlalchemy import select, text

from access.errors import AccessError
from access.people.agencies import TermState, engage
from access.people.deed import Hand
from access.roles import Role
from access.store.schema import agency_term, org_unit
from console.demo.cast import CAST
from console.desk.api.agencies import AgencyView, DecideTerm, ListAgencies, ProposeTerm, TermView, WithdrawTerm
from console.desk.api.base import DeskError, Refusal
from console.desk.api.calling import StartCall
from console.desk.api.cases import FieldRef
from console.desk.api.contact import CheckContacts, RecordConsent
from console.desk.api.people import ReadHealth
from console.desk.api.roles import ListChoices
from console.desk.api.visits import PlanVisit
from console.desk.contact import recorder
from console.desk.work.calendar import starts
from console.dial.results import Result
from console.founding import FoundingRefused, Plan, Unit, found
from tests.desk.test_notes import agency_case
from tests.support.calls import Line
from tests.support.clock import FakeClock
from tests.support.consents import agreed
from tests.support.desk import WholeDesk, opened
from tests.support.sending import POST, PostOffice

pytestmark = pytest.mark.clause("S-5-15", "C-5.8b2", "issue-5")

NAME, NEW = "启明外包", "新程服务"
SHANGHAI = "Asia/Shanghai"
TODAY = date(2026, 11, 20)
HOUR_US = 3_600_000_000
HOME = FieldRef(name="home_address")


@pytest.fixture(autouse=True)
def _recorder() -> Iterator[None]:
    before = list(recorder._probes)
    yield
    recorder._probes[:] = before


@pytest_asyncio.fixture(params=["sqlite", "postgresql"])
async def whole(request: pytest.FixtureRequest, tmp_path: Path, clock: FakeClock) -> AsyncIterator[WholeDesk]:
    """A desk on each engine that may write to customers as well as call them."""
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    async with opened(tmp_path / "h", clock, url=url, message=replace(POST, provider="")) as desk:
        yield desk


async def agency(desk: WholeDesk, name: str = NAME, viewer: str = "hejie") -> AgencyView:
    found = (await desk.call(viewer, ListAgencies())).agencies
    return next(one for one in found if one.name == name)


def wanted(one: AgencyView) -> TermView:
    assert one.wanted is not None
    return one.wanted


def decision(one: AgencyView, *, approve: bool = True) -> DecideTerm:
    return DecideTerm(term_id=wanted(one).term_id, version=wanted(one).version, approve=approve)


async def engaged_until(desk: WholeDesk, day: date) -> AgencyView:
    """The agency of the demo, by the three who may."""
    one = await desk.call("qianfang", ProposeTerm(unit_id=desk.founded.units["agency"], last_day=day.isoformat()))
    one = await desk.call("hejie", decision(one))
    return await desk.call("wugang", decision(one))


def go_to(desk: WholeDesk, day: date, hours: int) -> None:
    """To an hour of a day where the desk is."""
    desk.clock.advance((starts(day, SHANGHAI) + hours * HOUR_US - desk.clock.now_us()) / 1_000_000)


async def agreed_to_visits(desk: WholeDesk, case_id: str) -> None:
    """From nine to six."""
    consent = RecordConsent(
        case_id=case_id,
        means="visit",
        from_minute=9 * 60,
        until_minute=18 * 60,
        expires_at=desk.clock.now_us() + 20 * 24 * HOUR_US,
        evidence="letter",
        reference="LETTER-visit",
    )
    await agreed(desk, consent, "machao", "hejie")


def visit(case_id: str, day: date, start: int) -> PlanVisit:
    """For two hours of a day, by the agency's supervisors."""
    hours = {"from_minute": start * 60, "until_minute": (start + 2) * 60}
    return PlanVisit(case_id=case_id, field=HOME, day=day.isoformat(), visitors=("S0041", "S0042"), **hours)


async def refusal(desk: WholeDesk, name: str, call: StartCall | PlanVisit) -> Refusal:
    with pytest.raises(DeskError) as refused:
        await desk.call(name, call)
    return refused.value.refusal


def is_the_rules_own(said: Refusal) -> bool:
    why = (said.code, said.params["contact_why"], said.clause, said.ask)
    return why == ("contact.refused", "agency_not_in_date", "S-5-15", ("supervisor",)) and not said.params["contact_at"]


async def test_on_the_last_day_it_calls_writes_and_is_visited_for_and_on_the_next_not(
    whole: WholeDesk, tmp_path: Path
) -> None:
    desk = whole
    case_id = await agency_case(desk, tmp_path)
    last = TODAY + timedelta(days=2)
    done = await engaged_until(desk, last)
    assert (done.last_day, done.in_date, done.days_left, done.wanted) == (last.isoformat(), True, 2, None)
    await agreed_to_visits(desk, case_id)
    post, line = PostOffice(desk), Line(desk)
    await post.open()
    await line.open("machao")

    # What is planned is judged as it will stand then.
    assert is_the_rules_own(await refusal(desk, "qianfang", visit(case_id, last + timedelta(days=1), 10)))
    go_to(desk, last, 18)
    call = await line.start("machao", case_id)
    line.dialer.end(call.call_id, Result.BUSY)
    await line.over(call.call_id)
    order = await post.order("machao", case_id)
    assert (await post.send("machao", case_id)).case_id == case_id
    desk.clock.advance(2 * 3600)
    assert (await agency(desk)).days_left == 0

    go_to(desk, last + timedelta(days=1), 9)
    assert is_the_rules_own(await refusal(desk, "machao", StartCall(case_id=case_id)))
    seen = await post.preview("machao", case_id)
    assert not seen.allowed
    with pytest.raises(DeskError) as refused:
        await desk.call("machao", replace(order, digest=seen.digest))
    assert is_the_rules_own(refused.value.refusal)
    assert is_the_rules_own(await refusal(desk, "qianfang", visit(case_id, last + timedelta(days=1), 10)))
    check = await desk.call("machao", CheckContacts(case_id=case_id))
    assert {(one.rule, one.why) for one in check.contacts[0].rules if one.verdict == "refused"} == {
        ("agency", "agency_not_in_date")
    }
    logged = [one.rule for one in desk.events() if one.action == "contact:slot:reserve" and one.result == "refused"]
    assert logged == ["contact.agency_not_in_date"] * 2
    one = await agency(desk)
    assert (one.in_date, one.days_left, one.last_day) == (False, None, last.isoformat())
    health = {check.name: check for check in (await desk.call("zhenghao", ReadHealth())).checks}["agencies"]
    assert (health.state, health.detail) == ("warn", f"{NAME} {last.isoformat()}")

    # Engaged anew, it works again at once.
    await engaged_until(desk, last + timedelta(days=90))
    call = await line.start("machao", case_id)
    line.dialer.end(call.call_id, Result.BUSY)
    await line.over(call.call_id)
    assert len(line.dialer.dialled) == 2


async def test_a_visit_is_planned_while_the_agency_is_in_date(any_desk: WholeDesk, tmp_path: Path) -> None:
    desk = any_desk
    case_id = await agency_case(desk, tmp_path)
    await engaged_until(desk, TODAY)
    await agreed_to_visits(desk, case_id)
    assert (await desk.call("qianfang", visit(case_id, TODAY, 16))).state == "planned"


@pytest.mark.clause("S-3.2", "S-3.3")
async def test_three_people_of_three_roles_engage_an_agency(any_desk: WholeDesk) -> None:
    desk, unit_id = any_desk, any_desk.founded.units["agency"]
    longer = ProposeTerm(unit_id=unit_id, last_day="2028-01-31")
    # Whoever supervises that agency, and nobody else.
    for name in ("lina", "zhangwei", "machao", "zhenghao", "wugang", "fengxue", "hejie"):
        assert await desk.refused(name, longer) in {"role.denied", "scope.denied"}, name
    for name in ("zhangwei", "machao", "zhenghao"):
        assert await desk.refused(name, ListAgencies()) == "role.denied"
    for day in ("", "2028-1-31", "soon", "2099-01-01"):
        assert await desk.refused("qianfang", replace(longer, last_day=day)) == "agency.day_unfit"
    # A team is no agency, whoever leads it.
    assert await desk.refused("lina", replace(longer, unit_id=desk.founded.units["one"])) == "agency.not_found"
    before = await agency(desk)
    one = await desk.call("qianfang", longer)
    assert (one.last_day, wanted(one).state, wanted(one).own, wanted(one).mine) == (
        before.last_day,
        "proposed",
        True,
        False,
    )
    assert await desk.refused("hanmei", longer) == "agency.waits"
    for name in ("qianfang", "hanmei", "lina", "wugang", "zhenghao", "fengxue", "machao"):
        assert await desk.refused(name, decision(one)), name
    assert wanted(await agency(desk)).mine
    checked = await desk.call("hejie", decision(one))
    assert (wanted(checked).state, wanted(checked).checked_by, checked.last_day) == ("checked", "何洁", before.last_day)
    assert await desk.refused("wugang", decision(one)) == "agency.changed"
    # Somebody who holds both roles does not agree twice.
    desk.give("hanmei", Role.COMPLIANCE)
    for name in ("hejie", "qianfang", "hanmei"):
        assert await desk.refused(name, decision(checked)), name
    done = await desk.call("wugang", decision(checked))
    assert (done.last_day, done.in_date, done.wanted) == ("2028-01-31", True, None)
    assert await desk.refused("wugang", decision(checked)) == "agency.no_such_proposal"
    units = {one.name: one.until for one in (await desk.call("lina", ListChoices())).units}
    assert (units[NAME], units["一组"]) == ("2028-01-31", "")
    acts = [one.action for one in desk.events() if one.action.startswith("account:agency") and one.result == "ok"]
    assert [act for act in acts if not act.endswith("list")][-4:] == [
        "account:agency:propose",
        "account:agency:check",
        "account:agency:approve",
        "account:agency:approve",
    ]


async def test_what_is_refused_or_taken_back_changes_nothing(any_desk: WholeDesk) -> None:
    desk, unit_id = any_desk, any_desk.founded.units["agency"]
    shorter = ProposeTerm(unit_id=unit_id, last_day=TODAY.isoformat())
    before = await agency(desk)
    one = await desk.call("qianfang", shorter)
    for name in ("hanmei", "hejie", "wugang", "lina"):
        assert await desk.refused(name, WithdrawTerm(term_id=wanted(one).term_id)), name
    assert (await desk.call("qianfang", WithdrawTerm(term_id=wanted(one).term_id))).wanted is None
    assert await desk.refused("qianfang", WithdrawTerm(term_id=wanted(one).term_id)) == "agency.no_such_proposal"
    one = await desk.call("hanmei", shorter)
    assert (await desk.call("hejie", decision(one, approve=False))).wanted is None
    one = await desk.call("hejie", decision(await desk.call("qianfang", shorter)))
    assert (await desk.call("wugang", decision(one, approve=False))).wanted is None
    assert await agency(desk) == before
    # A day that is over ends it.
    over = TODAY - timedelta(days=1)
    assert (await engaged_until(desk, over)).in_date is False


async def test_a_new_agency_comes_into_being_with_its_last_day(any_desk: WholeDesk) -> None:
    desk = any_desk
    new = ProposeTerm(name=f" {NEW} ", last_day="2027-06-30")
    assert await desk.refused("lina", replace(new, name="")) == "unit.unfit"
    assert await desk.refused("lina", replace(new, name="一组")) == "unit.name_taken"
    assert await desk.refused("lina", replace(new, last_day="2026-11-19")) == "agency.day_unfit"
    assert await desk.refused("zhenghao", new) == "role.denied"
    one = await desk.call("lina", new)
    assert (one.unit_id, one.name, one.last_day, one.in_date) == ("", NEW, "", False)
    assert await desk.refused("sunli", new) == "agency.waits"
    one = await desk.call("hejie", decision(await agency(desk, NEW)))
    assert NEW not in {unit.name for unit in (await desk.call("lina", ListChoices())).units}
    one = await desk.call("wugang", decision(one))
    assert (bool(one.unit_id), one.last_day, one.in_date) == (True, "2027-06-30", True)
    (unit,) = [unit for unit in (await desk.call("lina", ListChoices())).units if unit.name == NEW]
    assert (unit.unit_id, unit.kind, unit.parent, unit.until) == (one.unit_id, "agency", "总部", "2027-06-30")
    assert await agency(desk, NEW) == one


async def test_what_somebody_writes_past_the_desk_engages_nobody(any_desk: WholeDesk) -> None:
    desk = any_desk
    engine = desk.running.parts.store.engine
    with engine.connect() as connection:
        old = connection.execute(select(agency_term)).mappings().one()
    assert old["state"] == TermState.ACTIVE
    await engaged_until(desk, TODAY + timedelta(days=1))
    for change in (
        "UPDATE agency_term SET ends_at = ends_at + 86400000000 WHERE state = 'active'",
        "UPDATE agency_term SET state = 'active' WHERE state = 'replaced'",
        "DELETE FROM agency_term WHERE state = 'active'",
    ):
        with engine.begin() as connection:
            connection.execute(text(change))
        assert not (await agency(desk)).in_date, change
    # An older row put back whole is older than the log knows.
    with engine.begin() as connection:
        connection.execute(agency_term.delete())
        connection.execute(agency_term.insert(), dict(old))
    assert not (await agency(desk)).in_date
    assert desk.running.parts.broken.count()


async def test_an_agency_from_before_is_in_date_once_it_is_engaged(any_desk: WholeDesk, tmp_path: Path) -> None:
    desk = any_desk
    case_id = await agency_case(desk, tmp_path)
    with desk.running.parts.store.engine.begin() as connection:
        # As a desk that was migrated has it: the unit is there, a term never was.
        connection.execute(agency_term.delete())
        held = connection.execute(select(org_unit.c.proof)).scalars().all()
    one = await agency(desk)
    assert (one.last_day, one.in_date, one.days_left) == ("", False, None)
    line = Line(desk)
    await line.open("machao")
    assert is_the_rules_own(await refusal(desk, "machao", StartCall(case_id=case_id)))
    await engaged_until(desk, TODAY)
    call = await line.start("machao", case_id)
    line.dialer.end(call.call_id, Result.BUSY)
    await line.over(call.call_id)
    with desk.running.parts.store.engine.connect() as connection:
        assert connection.execute(select(org_unit.c.proof)).scalars().all() == held


def test_no_desk_is_founded_with_an_agency_that_is_engaged_until_no_day() -> None:
    for unit in (Unit("x", "外包", "agency"), Unit("x", "部门", "team", days=3)):
        with pytest.raises(FoundingRefused, match=r"founding\.agency"):
            found(None, Plan(units=(*CAST.units, unit), posts=CAST.posts))  # type: ignore[arg-type]


async def test_two_people_are_not_three(desk: WholeDesk) -> None:
    people = desk.founded.persons
    keys = (people["lina"], people["hejie"], people["lina"])
    with pytest.raises(AccessError, match=r"separation\.own_request"):
        desk.running.parts.store.run(
            lambda uow: engage(
                Hand(uow, desk.running.parts.proofs),
                unit_id=desk.founded.units["agency"],
                name=NAME,
                last_day="2027-01-01",
                zone=SHANGHAI,
                ends_at=uow.now + 1,
                keys=keys,
            )
        )
