"""The life of an account: asked for, made, checked, invited, signed up, stopped, brought back, moved, gone."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select

from access.people import staff, totp
from access.people.deed import Hand
from access.roles import Role
from access.store.schema import case_file, factor, login, person, reveal_grant, role_grant, staff_session
from console.desk.api.base import DeskError
from console.desk.api.cases import FieldRef, ListQueue
from console.desk.api.people import ListPeople, PersonView, ReadPerson, StaffCard
from console.desk.api.reveal import AskReveal, DecideReveal, ReadInbox, ViewField
from console.desk.api.session import SignIn, SignInAs, WhoAmI
from console.desk.api.staff import (
    AskReactivation,
    AskReset,
    CarryOutDeparture,
    ConfirmDeparture,
    ConfirmSignUp,
    DecideOrder,
    EndSession,
    InvitePerson,
    ListOrders,
    ListSessions,
    MakePerson,
    NoteDeparture,
    RequestPerson,
    SignUp,
    SuspendPerson,
    UnlockPerson,
    WithdrawDeparture,
)
from tests.support.desk import WholeDesk

ADDRESS = FieldRef(name="home_address")
PASSWORD = "xK9#mV2pLq7w"
DAY = 86_400


async def card(desk: WholeDesk, login_name: str, viewer: str = "zhenghao") -> StaffCard:
    people = (await desk.call(viewer, ListPeople())).people
    return next(one for one in people if one.login == login_name)


async def view(desk: WholeDesk, name: str) -> PersonView:
    return await desk.call("zhenghao", ReadPerson(person_id=desk.founded.persons[name]))


async def revealed(desk: WholeDesk, folder: Path) -> ViewField:
    """A value of the agent's first case, seen and still in force; another request of hers waits."""
    case_id = (await desk.with_cases(folder))[0].case_id
    ask = AskReveal(case_id=case_id, fields=(ADDRESS,), reason="letter_or_visit", minutes=10)
    asked = await desk.call("zhangwei", ask)
    decided = await desk.call("lina", DecideReveal(request_id=asked.request_id, verdict="approve"))
    assert decided.grant is not None
    seen = ViewField(case_id=case_id, grant_id=decided.grant.grant_id, field=ADDRESS)
    assert (await desk.call("zhangwei", seen)).value
    await desk.call("zhangwei", ask)
    return seen


def left_over(desk: WholeDesk, name: str) -> dict[str, int]:
    """What somebody still has: seats, live grants, waiting requests, open sessions, cases."""
    person_id = desk.founded.persons[name]
    queries = {
        "seats": select(func.count()).where(role_grant.c.person_id == person_id, role_grant.c.state == "active"),
        "grants": select(func.count()).where(
            reveal_grant.c.person_id == person_id, reveal_grant.c.state.in_(("approved", "active"))
        ),
        "sessions": select(func.count()).where(
            staff_session.c.person_id == person_id, staff_session.c.closed_at.is_(None)
        ),
        "cases": select(func.count()).where(case_file.c.assignee_id == person_id),
    }
    with desk.running.parts.store.engine.connect() as connection:
        found = {name: int(connection.execute(query).scalar_one()) for name, query in queries.items()}
    return {name: count for name, count in found.items() if count}


@pytest.mark.clause("S-3.2-37", "Y-4.2.2", "issue-3")
async def test_hired_invited_and_signed_up(any_desk: WholeDesk) -> None:
    desk = any_desk
    wish = RequestPerson(staff_no="A0301", name="新人", login="xinren", reason="扩编 13800138000")
    order = await desk.call("lina", wish)
    assert "13800138000" not in order.reason
    assert await desk.refused("zhangwei", wish) == "role.denied"
    (waiting,) = (await desk.call("zhenghao", ListOrders())).orders
    assert (waiting.kind, waiting.name, waiting.asked_by) == ("hire", "新人", "李娜")
    make = MakePerson(staff_no="A0301", name="新人", login="xinren", unit_id=waiting.unit_id, order_id=waiting.order_id)
    assert await desk.refused("lina", make) == "role.denied"
    made = await desk.call("zhenghao", make)
    assert made.card.unit == "一组"
    assert made.card.roles == ()
    assert (await desk.call("zhenghao", ListOrders())).orders == ()
    assert await desk.refused("zhenghao", make) == "person.staff_no_taken"
    assert await desk.refused("wugang", InvitePerson(person_id=made.card.person_id)) == "role.denied"
    handed = await desk.call("zhenghao", InvitePerson(person_id=made.card.person_id))
    assert (await card(desk, "xinren")).standing == "invited"
    line = desk.running.line("pts/3")
    for bad in ("AAAAA-AAAAA-AAAAA-AAAAA", ""):
        with pytest.raises(DeskError, match=r"ticket\.refused"):
            await line.call(SignUp(login="xinren", invitation=bad, password=PASSWORD))
    with pytest.raises(DeskError, match=r"password\.short"):
        await line.call(SignUp(login="xinren", invitation=handed.code, password="kurz"))
    signing = await line.call(SignUp(login="xinren", invitation=handed.code, password=PASSWORD))
    assert signing.seed in signing.uri
    code = totp.code_at(signing.seed, totp.step_of(desk.clock.now_us()))
    await line.call(ConfirmSignUp(login="xinren", invitation=handed.code, code=code))
    desk.clock.advance(30)
    code = totp.code_at(signing.seed, totp.step_of(desk.clock.now_us()))
    me = await line.call(SignIn(login="xinren", password=PASSWORD, code=code))
    assert me.gates == ("agreement", "training")
    assert me.acts == ("account:session:sign_in", "account:training:list")
    assert await desk.refused("zhenghao", InvitePerson(person_id=made.card.person_id)) == "person.has_factors"


@pytest.mark.clause("S-3.2-37", "S-3.3-1")
async def test_a_privileged_account_waits_for_the_security_admin(desk: WholeDesk) -> None:
    house = desk.founded.units["house"]
    made = await desk.call(
        "zhenghao", MakePerson(staff_no="E0009", name="备用", login="beiyong", unit_id=house, privileged=True)
    )
    assert made.card.standing == "pending"
    assert await desk.refused("zhenghao", InvitePerson(person_id=made.card.person_id)) == "person.not_active"
    (order,) = (await desk.call("wugang", ListOrders())).orders
    assert await desk.refused("zhenghao", DecideOrder(order_id=order.order_id, verdict="approve")) == "role.denied"
    await desk.call("wugang", DecideOrder(order_id=order.order_id, verdict="approve"))
    assert (await card(desk, "beiyong")).standing in {"no_agreement", "uninvited"}
    again = DecideOrder(order_id=order.order_id, verdict="approve")
    assert await desk.refused("wugang", again) == "order.decided_already"


@pytest.mark.clause("C-5.4c", "S-3.2-39", "issue-3")
async def test_suspension_takes_everything_in_one_act(any_desk: WholeDesk, tmp_path: Path) -> None:
    desk = any_desk
    seen = await revealed(desk, tmp_path)
    assert await desk.refused("lina", SuspendPerson(person_id=desk.founded.persons["liuyang"])) == "person.not_found"
    assert await desk.refused("zhangwei", SuspendPerson(person_id=desk.founded.persons["wangfang"])) == "role.denied"
    await desk.call("lina", SuspendPerson(person_id=desk.founded.persons["zhangwei"], reason="investigation"))
    assert await desk.refused("zhangwei", seen) == "session.ended"
    assert left_over(desk, "zhangwei") == {}
    assert (await desk.call("lina", ReadInbox())).items == ()
    pool = (await desk.call("lina", ListQueue(scope="pool"))).rows
    assert seen.case_id in {row.case_id for row in pool}
    with pytest.raises(DeskError, match=r"actor\.not_active"):
        await desk.running.line().call(SignInAs(name="zhangwei"))
    assert (await card(desk, "zhangwei", "lina")).standing == "suspended"
    assert await desk.refused("lina", SuspendPerson(person_id=desk.founded.persons["zhangwei"])) == "person.not_active"


@pytest.mark.clause("S-3.3-1", "S-3.3-15")
async def test_coming_back_takes_two_people_and_brings_the_seats_back(desk: WholeDesk) -> None:
    person_id = desk.founded.persons["zhangwei"]
    await desk.call("wugang", SuspendPerson(person_id=person_id, reason="containment"))
    ask = AskReactivation(person_id=person_id, reason="核查完毕")
    assert await desk.refused("wugang", ask) == "role.denied"
    assert await desk.refused("lina", ask) == "role.denied"
    order = await desk.call("zhenghao", ask)
    assert await desk.refused("zhenghao", ask) == "order.open_already"
    assert await desk.refused("zhenghao", DecideOrder(order_id=order.order_id, verdict="approve")) == "role.denied"
    await desk.call("wugang", DecideOrder(order_id=order.order_id, verdict="approve"))
    me = await desk.running.line().call(SignInAs(name="zhangwei"))
    assert me.roles == ("agent",)


@pytest.mark.clause("S-3.3-15")
async def test_the_last_admins_stay(desk: WholeDesk) -> None:
    for name, by in (("zhenghao", "wugang"), ("wugang", "zhenghao"), ("fengxue", "zhenghao")):
        person_id = desk.founded.persons[name]
        assert await desk.refused(by, SuspendPerson(person_id=person_id)) == "separation.last_admin"
        if by == "zhenghao":
            leave = NoteDeparture(person_id=person_id, kind="leave")
            assert await desk.refused(by, leave) == "separation.last_admin"
            move = NoteDeparture(person_id=person_id, kind="transfer", to_unit_id=desk.founded.units["one"])
            assert await desk.refused(by, move) == "separation.last_admin"
        assert (await card(desk, name)).standing == "active"
    own = SuspendPerson(person_id=desk.founded.persons["zhenghao"])
    assert await desk.refused("zhenghao", own) == "separation.own_request"


@pytest.mark.clause("S-4.5", "C-5.4c", "S-3.2-40", "issue-3")
async def test_leaving_from_notice_to_archive(any_desk: WholeDesk, tmp_path: Path) -> None:
    desk = any_desk
    seen = await revealed(desk, tmp_path)
    person_id = desk.founded.persons["zhangwei"]
    noted = await desk.call("lina", NoteDeparture(person_id=person_id, kind="leave", reason="个人原因"))
    assert (noted.state, noted.mine) == ("notified", True)
    assert await desk.refused("lina", NoteDeparture(person_id=person_id, kind="leave")) == "departure.under_way"
    assert await desk.refused("lina", CarryOutDeparture(departure_id=noted.departure_id)) == "role.denied"
    assert (await desk.call("zhangwei", seen)).value
    done = await desk.call("zhenghao", CarryOutDeparture(departure_id=noted.departure_id))
    assert (done.state, done.cases) == ("credentials_revoked", 3)
    assert await desk.refused("zhangwei", seen) == "session.ended"
    assert left_over(desk, "zhangwei") == {}
    again = CarryOutDeparture(departure_id=noted.departure_id)
    assert await desk.refused("zhenghao", again) == "departure.state"
    assert await desk.refused("zhenghao", ConfirmDeparture(departure_id=noted.departure_id)) == "role.denied"
    archived = await desk.call("wugang", ConfirmDeparture(departure_id=noted.departure_id))
    assert archived.state == "archived"
    assert (await card(desk, "zhangwei")).standing == "left"
    steps = [event for event in desk.events() if event.action == "account:departure:step"]
    assert [dict(event.detail)["to"] for event in steps] == [  # type: ignore[index]
        "frozen", "sessions_killed", "unmasks_revoked", "cases_reassigned", "approvals_rerouted",
        "credentials_revoked", "confirmed", "archived",
    ]  # fmt: skip
    with desk.running.parts.store.engine.connect() as connection:
        states = connection.execute(select(login.c.state).where(login.c.person_id == person_id)).scalars().all()
        kept = connection.execute(
            select(func.count()).where(factor.c.person_id == person_id, factor.c.state != "replaced")
        ).scalar_one()
    assert (states, kept) == (["disabled"], 0)


@pytest.mark.clause("S-4.5")
async def test_a_last_day_freezes_at_midnight_by_the_desk_itself(desk: WholeDesk) -> None:
    person_id = desk.founded.persons["wangfang"]
    past = NoteDeparture(person_id=person_id, kind="leave", last_day="2026-11-19")
    assert await desk.refused("zhenghao", past) == "departure.day_unfit"
    noted = await desk.call("zhenghao", NoteDeparture(person_id=person_id, kind="leave", last_day="2026-11-21"))
    assert noted.state == "notified"
    assert (await card(desk, "wangfang")).standing == "leaving"
    await desk.call("wangfang", WhoAmI())
    # 2026-11-20 09:00 in Shanghai; the last day ends 39 hours later.
    desk.clock.advance(39 * 3600 - 1)
    await desk.beat()
    await desk.call("wangfang", WhoAmI())
    desk.clock.advance(1)
    await desk.beat()
    assert await desk.refused("wangfang", WhoAmI()) == "session.ended"
    assert left_over(desk, "wangfang") == {}
    assert (await card(desk, "wangfang")).standing == "frozen"


@pytest.mark.clause("S-4.5")
async def test_a_noted_departure_can_be_withdrawn_until_it_begins(desk: WholeDesk) -> None:
    person_id = desk.founded.persons["wangfang"]
    noted = await desk.call("lina", NoteDeparture(person_id=person_id, kind="leave", last_day="2026-12-31"))
    assert await desk.refused("sunli", WithdrawDeparture(departure_id=noted.departure_id)) == "person.not_found"
    assert (await desk.call("lina", WithdrawDeparture(departure_id=noted.departure_id))).state == "withdrawn"
    done = await desk.call("zhenghao", NoteDeparture(person_id=person_id, kind="leave"))
    assert await desk.refused("lina", WithdrawDeparture(departure_id=done.departure_id)) == "departure.state"


@pytest.mark.clause("S-3.3-15", "S-4.5")
async def test_the_last_admins_last_day_passes_without_effect_until_another_is_there(desk: WholeDesk) -> None:
    desk.give("hejie", Role.SECURITY_ADMIN)
    person_id = desk.founded.persons["wugang"]
    await desk.call("zhenghao", NoteDeparture(person_id=person_id, kind="leave", last_day="2026-11-20"))
    desk.lose("hejie", Role.SECURITY_ADMIN)
    desk.clock.advance(DAY)
    await desk.beat()
    await desk.beat()
    assert (await card(desk, "wugang")).standing == "leaving"
    kept = [event for event in desk.events() if event.rule == "separation.last_admin"]
    assert len(kept) == 1, "logged once an hour"
    desk.give("hejie", Role.SECURITY_ADMIN)
    desk.clock.advance(3600)
    await desk.beat()
    assert (await card(desk, "wugang")).standing == "frozen"


@pytest.mark.clause("C-5.4c", "S-3.3-3", "issue-3")
async def test_a_transfer_leaves_no_grant_and_the_new_unit(any_desk: WholeDesk, tmp_path: Path) -> None:
    desk = any_desk
    seen = await revealed(desk, tmp_path)
    person_id, units = desk.founded.persons["zhangwei"], desk.founded.units
    away = NoteDeparture(person_id=person_id, kind="transfer", to_unit_id=units["agency"])
    assert await desk.refused("zhenghao", away) == "separation.agency_fixed"
    inside = NoteDeparture(person_id=desk.founded.persons["machao"], kind="transfer", to_unit_id=units["two"])
    assert await desk.refused("zhenghao", inside) == "separation.agency_fixed"
    move = NoteDeparture(person_id=person_id, kind="transfer", to_unit_id=units["two"])
    done = await desk.call("zhenghao", move)
    assert (done.state, done.unit, done.to_unit, done.cases) == ("approvals_rerouted", "一组", "二组", 3)
    assert await desk.refused("zhangwei", seen) == "session.ended"
    assert left_over(desk, "zhangwei") == {}
    assert (await desk.call("wugang", ConfirmDeparture(departure_id=done.departure_id))).state == "archived"
    moved = await card(desk, "zhangwei")
    assert (moved.unit, moved.roles, moved.standing) == ("二组", (), "active")
    me = await desk.running.line().call(SignInAs(name="zhangwei"))
    assert me.roles == ()
    assert not [act for act in me.acts if not act.startswith(("account:role:", "account:session:", "account:training"))]


@pytest.mark.clause("S-6-14", "S-3.3-5", "issue-3")
async def test_what_waits_for_a_stopped_supervisor_goes_to_another_at_once(desk: WholeDesk, tmp_path: Path) -> None:
    case_id = (await desk.with_cases(tmp_path))[0].case_id
    ask = AskReveal(case_id=case_id, fields=(ADDRESS,), reason="letter_or_visit", minutes=10)
    asked = await desk.call("zhangwei", ask)
    await desk.call("zhenghao", SuspendPerson(person_id=desk.founded.persons["lina"]))
    assert [item.request.request_id for item in (await desk.call("zhaoqiang", ReadInbox())).items] == [asked.request_id]
    decided = await desk.call("zhaoqiang", DecideReveal(request_id=asked.request_id, verdict="approve"))
    assert decided.state == "approved"


@pytest.mark.clause("S-6-14", "S-3.3-5")
async def test_a_team_without_supervisor_is_its_deputys_at_once(desk: WholeDesk, tmp_path: Path) -> None:
    parts, people, unit = desk.running.parts, desk.founded.persons, desk.founded.units["one"]
    parts.store.run(
        lambda uow: staff.set_unit_heads(
            Hand(uow, parts.proofs), unit, head_id=people["lina"], deputy_id=people["sunli"]
        )
    )
    await desk.call("zhenghao", NoteDeparture(person_id=people["zhaoqiang"], kind="leave"))
    case_id = (await desk.with_cases(tmp_path))[0].case_id
    ask = AskReveal(case_id=case_id, fields=(ADDRESS,), reason="letter_or_visit", minutes=10)
    asked = await desk.call("zhangwei", ask)
    assert (await desk.call("sunli", ReadInbox())).items == ()
    await desk.call("zhenghao", SuspendPerson(person_id=people["lina"]))
    assert [item.request.request_id for item in (await desk.call("sunli", ReadInbox())).items] == [asked.request_id]
    decided = await desk.call("sunli", DecideReveal(request_id=asked.request_id, verdict="approve"))
    assert decided.state == "approved"


@pytest.mark.clause("S-3.3-1", "Y-4.2.2")
async def test_new_factors_take_two_people_and_end_what_the_old_ones_opened(desk: WholeDesk) -> None:
    person_id = desk.founded.persons["zhangwei"]
    await desk.call("zhangwei", WhoAmI())
    order = await desk.call("zhenghao", AskReset(person_id=person_id, reason="手机遗失"))
    assert await desk.refused("zhenghao", AskReset(person_id=desk.founded.persons["zhenghao"])) == (
        "separation.own_request"
    )
    await desk.call("zhangwei", WhoAmI())
    await desk.call("wugang", DecideOrder(order_id=order.order_id, verdict="approve"))
    assert await desk.refused("zhangwei", WhoAmI()) == "session.ended"
    assert (await desk.call("zhenghao", InvitePerson(person_id=person_id))).login == "zhangwei"


@pytest.mark.clause("Y-4.2.2")
async def test_unlocking_forgets_failed_attempts(desk: WholeDesk) -> None:
    person_id = desk.founded.persons["zhangwei"]
    assert await desk.refused("zhenghao", UnlockPerson(person_id=person_id)) == "person.not_locked"
    line = desk.running.line()
    for _ in range(5):
        with pytest.raises(DeskError, match=r"signin\.refused"):
            await line.call(SignIn(login="zhangwei", password="wrong-password", code="000000"))
    assert (await card(desk, "zhangwei")).standing == "locked"
    assert (await view(desk, "zhangwei")).locked_until is not None
    await desk.call("zhenghao", UnlockPerson(person_id=person_id))
    assert (await card(desk, "zhangwei")).standing == "active"


@pytest.mark.clause("S-3.2-39", "C-5.4c")
async def test_sessions_are_seen_and_ended(desk: WholeDesk) -> None:
    await desk.call("zhangwei", WhoAmI())
    await desk.call("liuyang", WhoAmI())
    team = (await desk.call("lina", ListSessions())).sessions
    assert {one.staff_no for one in team} == {"A0173", "S0021"}
    everybody = (await desk.call("wugang", ListSessions())).sessions
    assert {"A0173", "A0201", "E0002"} <= {one.staff_no for one in everybody}
    hers = next(one for one in everybody if one.staff_no == "A0173")
    assert (hers.state, hers.terminal, hers.source, hers.mine) == ("active", "pts/9", "local", False)
    assert await desk.refused("zhangwei", ListSessions()) == "role.denied"
    other = next(one for one in everybody if one.staff_no == "A0201")
    assert await desk.refused("lina", EndSession(session_id=other.session_id)) == "person.not_found"
    await desk.call("lina", EndSession(session_id=hers.session_id))
    assert await desk.refused("lina", EndSession(session_id=hers.session_id)) == "person.not_found"
    assert await desk.refused("zhangwei", WhoAmI()) == "session.ended"


async def test_a_person_out_of_reach_is_answered_like_nobody(desk: WholeDesk) -> None:
    for person_id in (desk.founded.persons["liuyang"], "0" * 32):
        assert await desk.refused("lina", ReadPerson(person_id=person_id)) == "person.not_found"
    assert await desk.refused("zhangwei", ReadPerson(person_id=desk.founded.persons["zhangwei"])) == "role.denied"
    assert (await view(desk, "zhangwei")).roles_until[0][0] == "agent"
    with desk.running.parts.store.engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(person)).scalar_one() == 17
