"""Roles in the running desk: from person to person, never for oneself, gone at once, confirmed or lapsed."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import select, update

from access.people import staff
from access.people.deed import Hand
from access.store.base import UnitOfWork
from access.store.schema import role_application, role_step
from console.desk.api.base import DeskError
from console.desk.api.cases import FieldRef, ListQueue
from console.desk.api.reveal import AskReveal, DecideReveal, ListGrants, ReadInbox, ViewField
from console.desk.api.roles import (
    ApplicationView,
    Apply,
    DecideApplication,
    EndDeputy,
    ListApplications,
    ListChoices,
    ListDeputies,
    ListHeldRoles,
    MakeUnit,
    OpenRecertification,
    ReadRecertification,
    Recertify,
    RecordPost,
    RevokeRole,
    SetDeputy,
    WithdrawApplication,
)
from console.desk.api.session import WhoAmI
from tests.support.desk import WholeDesk

DAY = 86_400_000_000
WAY = ("lina", "zhenghao", "wugang", "hejie")


def newcomer(desk: WholeDesk, login: str = "xinren", unit: str = "one") -> str:
    """Somebody without a role."""
    parts = desk.running.parts

    def make(uow: UnitOfWork) -> str:
        deed = Hand(uow, parts.proofs)
        person_id = staff.create_person(
            deed,
            staff_no=f"N{login}",
            name=login,
            unit_id=desk.founded.units[unit],
            trained_until=uow.now + 365 * DAY,
            confidentiality_signed_at=uow.now,
        )
        staff.create_login(deed, person_id, login)
        return person_id

    return parts.store.run(make)


async def passed_on(desk: WholeDesk, view: ApplicationView, *names: str) -> ApplicationView:
    """Each of these takes the step whose turn it is."""
    for name in names:
        view = await desk.call(
            name, DecideApplication(application_id=view.application_id, verdict="approve", seen_version=view.version)
        )
    return view


@pytest.mark.clause("S-4.4", "S-3.3-7", "C-5.4c")
async def test_from_person_to_person_and_in_force_only_at_the_end(any_desk: WholeDesk) -> None:
    person = newcomer(any_desk)
    assert await any_desk.refused("xinren", ListQueue()) == "role.denied"
    view = await any_desk.call("zhenghao", Apply(role="agent", person_id=person, words="新人入职", days=180))
    assert (view.state, view.next, view.next_by, view.bootstrap) == ("requested", "endorse", ("李娜",), False)
    states = []
    for name in WAY:
        assert (name == "lina") == (view.next == "endorse")
        view = await passed_on(any_desk, view, name)
        states.append(view.state)
        held = await any_desk.call("wugang", ListHeldRoles(person_id=person)) if view.state == "active" else None
        assert (held is None) == (name != "hejie")
    assert states == ["endorsed", "entered", "approved", "active"]
    assert view.standing == "active"
    assert [(step.stage, step.person) for step in view.steps] == [
        ("endorse", "李娜"), ("enter", "郑浩"), ("approve", "吴刚"), ("file", "何洁"),
    ]  # fmt: skip
    assert (await any_desk.call("xinren", WhoAmI())).roles == ("agent",)
    assert (await any_desk.call("xinren", ListQueue())).rows == ()
    acts = [event.action for event in any_desk.events() if event.approval_id == view.application_id]
    assert [act for act in acts if act != "account:role:settle"] == [
        "account:role:apply",
        "account:role:endorse",
        "account:role:enter",
        "account:role:approve",
        "account:role:file",
    ]


@pytest.mark.clause("S-3.3-1", "S-3.3-7")
async def test_nobody_decides_out_of_turn_twice_or_for_themselves(desk: WholeDesk) -> None:
    person = newcomer(desk)
    view = await desk.call("lina", Apply(role="agent", person_id=person))
    # The applicant is the head, so another unit's head gives the head's word.
    assert set(view.next_by) == {"孙丽", "钱芳", "何洁"}
    ask = DecideApplication(application_id=view.application_id, verdict="approve", seen_version=view.version)
    assert await desk.refused("lina", ask) == "separation.own_request"
    assert await desk.refused("zhaoqiang", ask) == "role.qualified", "a supervisor who is nobody's head"
    for name in ("zhangwei", "machao", "liuyang"):
        assert await desk.refused(name, ask) == "application.not_found"
    view = await passed_on(desk, view, "sunli")
    stale = DecideApplication(application_id=view.application_id, verdict="approve", seen_version=1)
    assert await desk.refused("zhenghao", stale) == "separation.context_unseen"
    assert await desk.refused("wugang", stale) == "role.denied"
    view = await passed_on(desk, view, "zhenghao", "wugang", "hejie")
    assert view.standing == "active"
    again = DecideApplication(application_id=view.application_id, verdict="approve", seen_version=view.version)
    assert await desk.refused("hejie", again) == "roles.decided_already"


@pytest.mark.clause("S-3.3-7", "S-3.3-2", "S-3.3-3", "S-3.1")
@pytest.mark.parametrize(
    ("name", "call", "code"),
    [
        ("zhenghao", {"role": "reviewer", "person": "zhangwei"}, "role.without_work"),
        ("zhenghao", {"role": "agency_manager", "person": "machao"}, "role.without_work"),
        ("zhenghao", {"role": "king", "person": "zhangwei"}, "roles.role_unknown"),
        ("zhenghao", {"role": "auditor", "person": "zhangwei"}, "separation.admin_exclusive"),
        ("zhenghao", {"role": "auditor", "person": "wugang"}, "separation.admin_exclusive"),
        ("zhenghao", {"role": "compliance", "person": "fengxue"}, "separation.compliance_exclusive"),
        ("zhenghao", {"role": "agent", "person": "machao"}, "roles.unit_unfit"),
        ("zhenghao", {"role": "supervisor", "person": "machao", "unit": "one"}, "separation.agency_exclusive"),
        ("zhenghao", {"role": "agency_agent", "person": "zhangwei"}, "roles.unit_unfit"),
        ("zhenghao", {"role": "agent", "person": "chenjing"}, "roles.held_already"),
        ("zhenghao", {"role": "supervisor", "person": "chenjing", "days": 366}, "role.period_unfit"),
        ("zhenghao", {"role": "supervisor", "person": "chenjing", "days": 0}, "role.period_unfit"),
        ("zhenghao", {"role": "agent", "person": "chenjing", "unit": "two", "head": True}, "roles.head_unfit"),
        ("zhangwei", {"role": "agent", "person": "wangfang"}, "person.not_found"),
        ("lina", {"role": "agent", "person": "yangmin", "unit": "two"}, "person.not_found"),
        ("hejie", {"role": "agent", "person": "zhangwei"}, "person.not_found"),
    ],
)
async def test_what_cannot_be_applied_for_says_why(desk: WholeDesk, name: str, call: dict[str, str], code: str) -> None:
    known = desk.founded
    more = {key: value for key, value in call.items() if key not in {"person", "unit"}}
    unit = known.units[call["unit"]] if "unit" in call else ""
    request = Apply(person_id=known.persons[call["person"]], unit_id=unit, **more)  # type: ignore[arg-type]
    assert await desk.refused(name, request) == code


@pytest.mark.clause("S-3.3-7")
async def test_an_application_can_be_refused_with_a_reason_or_taken_back(desk: WholeDesk) -> None:
    view = await desk.call("zhangwei", Apply(role="supervisor", words="想带组, 电话 13800138000"))
    assert "13800138000" not in view.words
    assert await desk.refused("zhangwei", Apply(role="supervisor")) == "roles.applied_already"
    refusal = DecideApplication(application_id=view.application_id, verdict="refuse", seen_version=1)
    assert await desk.refused("lina", refusal) == "roles.reason_required"
    refusal = DecideApplication(application_id=view.application_id, verdict="refuse", seen_version=1, reason="资历不够")
    assert (await desk.call("lina", refusal)).state == "rejected"
    taken = WithdrawApplication(application_id=view.application_id)
    assert await desk.refused("zhangwei", taken) == "roles.decided_already"
    again = await desk.call("zhangwei", Apply(role="supervisor"))
    taken = WithdrawApplication(application_id=again.application_id)
    assert await desk.refused("wangfang", taken) == "application.not_found"
    assert (await desk.call("zhangwei", taken)).state == "withdrawn"
    assert not (await desk.call("zhangwei", ListApplications())).items
    both = (await desk.call("zhangwei", ListApplications(only_open=False))).items
    assert [one.state for one in both] == ["withdrawn", "rejected"]
    assert not (await desk.call("wangfang", ListApplications(only_open=False))).items


@pytest.mark.clause("S-3.3-7", "issue-3")
async def test_of_two_who_take_one_step_at_once_one_wins(any_desk: WholeDesk) -> None:
    person = newcomer(any_desk)
    view = await any_desk.call("lina", Apply(role="agent", person_id=person))
    ask = DecideApplication(application_id=view.application_id, verdict="approve", seen_version=view.version)

    async def click(name: str) -> str:
        try:
            return (await any_desk.call(name, ask)).state
        except DeskError as refused:
            return refused.code

    for name in ("sunli", "qianfang"):
        await any_desk.line(name)
    outcomes = await asyncio.gather(click("sunli"), click("qianfang"))
    assert sorted(outcomes) == ["endorsed", "roles.decided_already"]
    seen = (await any_desk.call("zhenghao", ListApplications())).items[0]
    assert len(seen.steps) == 1


@pytest.mark.clause("C-5.4c", "S-3.2-39", "J-22")
async def test_a_role_taken_away_takes_values_sessions_and_waiting_requests_at_once(
    any_desk: WholeDesk, tmp_path: Path
) -> None:
    desk = any_desk
    case_id = (await desk.with_cases(tmp_path))[1].case_id
    ask = AskReveal(case_id=case_id, fields=(FieldRef(name="home_address"),), reason="letter_or_visit", minutes=10)
    asked = await desk.call("zhangwei", ask)
    decided = await desk.call("lina", DecideReveal(request_id=asked.request_id, verdict="approve"))
    assert decided.grant is not None
    view = ViewField(case_id=case_id, grant_id=decided.grant.grant_id, field=FieldRef(name="home_address"))
    await desk.call("zhangwei", view)
    waiting = await desk.call("zhangwei", ask)
    held = (await desk.call("hejie", ListHeldRoles(person_id=desk.founded.persons["zhangwei"]))).items[0]
    assert await desk.refused("zhangwei", RevokeRole(grant_id=held.grant_id)) == "role.denied"
    assert await desk.refused("sunli", RevokeRole(grant_id=held.grant_id)) == "person.not_found"
    left = await desk.call("hejie", RevokeRole(grant_id=held.grant_id))
    assert [one.standing for one in left.items] == ["revoked"]
    assert await desk.refused("hejie", RevokeRole(grant_id=held.grant_id)) == "roles.revoked_already"
    desk.clock.advance(1)
    assert await desk.refused("zhangwei", view) == "session.ended"
    assert not (await desk.call("lina", ListGrants())).grants
    assert waiting.request_id not in {item.request.request_id for item in (await desk.call("lina", ReadInbox())).items}


@pytest.mark.clause("S-3.3-15")
async def test_the_last_admin_keeps_the_role(desk: WholeDesk) -> None:
    held = (await desk.call("hejie", ListHeldRoles(person_id=desk.founded.persons["fengxue"]))).items[0]
    assert await desk.refused("hejie", RevokeRole(grant_id=held.grant_id)) == "separation.last_admin"


@pytest.mark.clause("S-4.4", "issue-3")
async def test_what_waited_for_a_lost_supervisor_goes_to_whoever_else_may(desk: WholeDesk, tmp_path: Path) -> None:
    case_id = (await desk.with_cases(tmp_path))[1].case_id
    ask = AskReveal(case_id=case_id, fields=(FieldRef(name="home_address"),), reason="letter_or_visit", minutes=10)
    asked = await desk.call("zhangwei", ask)
    for name in ("zhaoqiang", "lina"):
        held = (await desk.call("wugang", ListHeldRoles(person_id=desk.founded.persons[name]))).items[0]
        if name == "zhaoqiang":
            await desk.call("wugang", RevokeRole(grant_id=held.grant_id))
    units = {unit.name: unit for unit in (await desk.call("zhenghao", ListChoices())).units}
    assert units["一组"].deputy == ""
    inbox = (await desk.call("lina", ReadInbox())).items
    assert [item.request.request_id for item in inbox] == [asked.request_id]


@pytest.mark.clause("S-4.4", "S-3.3-7")
async def test_a_role_is_announced_ends_by_itself_and_is_renewed_before(desk: WholeDesk) -> None:
    view = await desk.call("zhenghao", Apply(role="agent", person_id=newcomer(desk), days=20))
    view = await passed_on(desk, view, *WAY)
    await desk.beat()
    desk.clock.advance(7 * 86_400)
    await desk.beat()
    shown = (await desk.call("hejie", ListApplications(only_open=False))).items
    assert next(one for one in shown if one.number == view.number).standing == "expiring"
    assert len([event for event in desk.events() if event.action == "account:role:notice"]) == 1
    renewal = await desk.call("zhenghao", Apply(role="agent", person_id=view.person_id, days=30))
    await passed_on(desk, renewal, *WAY)
    desk.clock.advance(14 * 86_400)
    await desk.beat()
    held = (await desk.call("hejie", ListHeldRoles(person_id=view.person_id))).items
    assert sorted(one.standing for one in held) == ["active", "expired"]
    assert (await desk.call("xinren", WhoAmI())).roles == ("agent",)
    desk.clock.advance(20 * 86_400)
    await desk.beat()
    assert await desk.refused("xinren", WhoAmI()) == "session.ended"
    ended = [event for event in desk.events() if event.action == "account:role:expire"]
    assert len(ended) == 2


@pytest.mark.clause("S-4.4", "S-3.3-7", "R-43c")
async def test_recertification_confirms_removes_and_lapses(desk: WholeDesk) -> None:
    assert (await desk.call("hejie", ReadRecertification())).number == ""
    assert await desk.refused("zhenghao", OpenRecertification()) == "role.denied"
    campaign = await desk.call("wugang", OpenRecertification(days=10))
    assert await desk.refused("hejie", OpenRecertification()) == "recert.open_already"
    assert len(campaign.items) == 17
    own = next(one for one in campaign.items if one.person == "吴刚")
    assert (own.mine, own.why_not) == (False, "separation.own_request")
    seen = {one.person: one for one in (await desk.call("lina", ReadRecertification())).items}
    assert set(seen) == {"李娜", "赵强", "张伟", "王芳", "陈静"}
    assert {name for name, one in seen.items() if one.mine} == {"赵强", "张伟", "王芳", "陈静"}
    assert await desk.refused("sunli", Recertify(item_id=seen["张伟"].item_id, verdict="confirm")) == "person.not_found"
    await desk.call("lina", Recertify(item_id=seen["张伟"].item_id, verdict="confirm"))
    after = await desk.call("lina", Recertify(item_id=seen["陈静"].item_id, verdict="remove"))
    assert {one.person: one.state for one in after.items}["陈静"] == "removed"
    assert (
        await desk.refused("lina", Recertify(item_id=seen["张伟"].item_id, verdict="remove"))
        == "recert.decided_already"
    )
    desk.clock.advance(11 * 86_400)
    await desk.beat()
    now = await desk.call("fengxue", ReadRecertification())
    states = {one.person: one.state for one in now.items}
    assert now.state == "closed"
    assert states["张伟"] == "confirmed"
    assert states["王芳"] == states["郑浩"] == "lapsed"
    held = {one.person: one.standing for one in (await desk.call("fengxue", ListHeldRoles())).items}
    assert held["王芳"] == held["陈静"] == held["李娜"] == "revoked"
    assert held["张伟"] == held["郑浩"] == held["吴刚"] == held["冯雪"] == "active", (
        "the last admins stay, with an alert"
    )
    alerts = [event for event in desk.events() if event.action == "alert:role:last_admin"]
    assert len(alerts) == 3


@pytest.mark.clause("S-3.3-7")
async def test_the_desk_begins_a_recertification_by_itself_in_time(desk: WholeDesk) -> None:
    desk.clock.advance(151 * 86_400)
    await desk.beat()
    assert (await desk.call("hejie", ReadRecertification())).number == ""
    desk.clock.advance(2 * 86_400)
    await desk.beat()
    campaign = await desk.call("hejie", ReadRecertification())
    assert (campaign.state, len(campaign.items)) == ("open", 17)


@pytest.mark.clause("S-3.3-13")
async def test_approvals_are_delegated_for_a_week_and_shown_as_delegated(any_desk: WholeDesk, tmp_path: Path) -> None:
    desk = any_desk
    case_id = (await desk.with_cases(tmp_path))[1].case_id
    people, now = desk.founded.persons, desk.clock.now_us()
    for name, to, days, code in (
        ("lina", "lina", 3, "delegation.self"),
        ("lina", "zhangwei", 3, "delegation.lower_role"),
        ("lina", "zhoukai", 8, "delegation.period_unfit"),
        ("zhaoqiang", "zhoukai", 3, "delegation.not_head"),
        ("zhangwei", "zhoukai", 3, "role.denied"),
    ):
        call = SetDeputy(person_id=people[to], ends_at=now + days * DAY, unit_id=desk.founded.units["one"])
        assert await desk.refused(name, call) == code, (name, to)
    await desk.call("lina", SetDeputy(person_id=people["zhoukai"], ends_at=now + 3 * DAY))
    chain = SetDeputy(person_id=people["lina"], ends_at=now + 3 * DAY)
    assert await desk.refused("sunli", chain) == "delegation.chain", "who has handed on her own stands in for nobody"
    ask = AskReveal(case_id=case_id, fields=(FieldRef(name="home_address"),), reason="letter_or_visit", minutes=10)
    asked = await desk.call("zhangwei", ask)
    inbox = (await desk.call("zhoukai", ReadInbox())).items
    assert [item.request.request_id for item in inbox] == [asked.request_id], "at once"
    decided = await desk.call("zhoukai", DecideReveal(request_id=asked.request_id, verdict="approve"))
    assert decided.decided_by == ("S0032 代 S0021",)
    view = await desk.call("zhenghao", Apply(role="agent", person_id=newcomer(desk)))
    assert set(view.next_by) == {"李娜", "周凯 代 李娜"}
    view = await passed_on(desk, view, "zhoukai")
    assert (view.steps[0].person, view.steps[0].stands_for) == ("周凯", "李娜")
    one = (await desk.call("lina", ListDeputies())).items[0]
    assert (one.from_person, one.to_person, one.mine) == ("李娜", "周凯", True)
    await desk.call("lina", EndDeputy(delegation_id=one.delegation_id))
    later = await desk.call("zhangwei", ask)
    assert await desk.refused("zhoukai", DecideReveal(request_id=later.request_id, verdict="approve")) in {
        "request.not_found",
        "role.denied",
    }


@pytest.mark.clause("S-3.3-13")
async def test_a_delegation_ends_by_itself(desk: WholeDesk) -> None:
    people, now = desk.founded.persons, desk.clock.now_us()
    await desk.call("lina", SetDeputy(person_id=people["zhoukai"], ends_at=now + 2 * DAY))
    desk.clock.advance(2 * 86_400 + 1)
    assert not (await desk.call("lina", ListDeputies())).items
    await desk.beat()
    ended = [event for event in desk.events() if event.action == "account:delegation:end"]
    assert len(ended) == 1


@pytest.mark.clause("S-3.3-13", "S-3.3-1")
async def test_a_delegate_never_decides_for_whoever_is_above_them(desk: WholeDesk) -> None:
    """赵强 belongs to 李娜's team: in her place he decides for others, never for her."""
    people, now = desk.founded.persons, desk.clock.now_us()
    await desk.call("lina", SetDeputy(person_id=people["zhaoqiang"], ends_at=now + 2 * DAY))
    desk.clock.advance(355 * 86_400)
    renewal = await desk.call("zhenghao", Apply(role="supervisor", person_id=people["lina"]))
    assert "赵强" not in " ".join(renewal.next_by)
    ask = DecideApplication(application_id=renewal.application_id, verdict="approve", seen_version=renewal.version)
    assert await desk.refused("zhaoqiang", ask) in {"role.qualified", "application.not_found"}
    assert await desk.refused("lina", ask) == "separation.own_request"


@pytest.mark.clause("S-3.3-7", "S-3.3-5")
async def test_a_unit_gets_its_head_by_an_application_and_loses_it_with_the_role(desk: WholeDesk) -> None:
    units = (await desk.call("zhenghao", MakeUnit(name="三组"))).units
    third = next(unit for unit in units if unit.name == "三组")
    assert (third.kind, third.parent, third.head) == ("team", "总部", "")
    assert await desk.refused("wugang", MakeUnit(name="四组")) == "role.denied"
    assert await desk.refused("zhenghao", MakeUnit(name="三组")) == "unit.name_taken"
    view = await desk.call(
        "zhenghao",
        Apply(role="supervisor", person_id=desk.founded.persons["chenjing"], unit_id=third.unit_id, head=True),
    )
    view = await passed_on(desk, view, "sunli", "zhenghao", "wugang", "hejie")
    units = (await desk.call("zhenghao", ListChoices())).units
    assert next(unit for unit in units if unit.name == "三组").head == "陈静"
    held = (await desk.call("wugang", ListHeldRoles(person_id=view.person_id))).items
    grant = next(one for one in held if one.role == "supervisor")
    await desk.call("wugang", RevokeRole(grant_id=grant.grant_id))
    units = (await desk.call("zhenghao", ListChoices())).units
    assert next(unit for unit in units if unit.name == "三组").head == ""


@pytest.mark.clause("S-3.3-4", "J-23")
async def test_technical_posts_exclude_each_other(desk: WholeDesk) -> None:
    person = desk.founded.persons["chenjing"]
    await desk.call("zhenghao", RecordPost(person_id=person, kind="dev"))
    assert await desk.refused("zhenghao", RecordPost(person_id=person, kind="test")) == "separation.post_exclusive"
    await desk.call("zhenghao", RecordPost(person_id=person))
    await desk.call("zhenghao", RecordPost(person_id=person, kind="ops"))
    assert await desk.refused("lina", RecordPost(person_id=person, kind="dev")) == "role.denied"


@pytest.mark.clause("design-4", "S-3.3-7")
async def test_rows_written_past_the_desk_carry_nobody_on(desk: WholeDesk) -> None:
    """A database administrator moves an application on, and invents a step: both count as absent."""
    view = await desk.call("zhenghao", Apply(role="agent", person_id=newcomer(desk)))
    view = await passed_on(desk, view, "lina")
    with desk.running.parts.store.engine.begin() as connection:
        step = connection.execute(select(role_step)).mappings().one()
        invented = {**step, "id": "e" * 32, "stage": "enter", "person_id": desk.founded.persons["zhenghao"]}
        connection.execute(role_step.insert(), invented)
    seen = (await desk.call("wugang", ListApplications())).items[0]
    assert [one.stage for one in seen.steps] == ["endorse"]
    with desk.running.parts.store.engine.begin() as connection:
        connection.execute(update(role_application).values(state="approved"))
    call = DecideApplication(application_id=view.application_id, verdict="approve", seen_version=view.version)
    assert await desk.refused("hejie", call) == "application.not_found"
    assert not (await desk.call("wugang", ListApplications())).items
