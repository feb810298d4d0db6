"""Ways round the separation of duties: a second account, a role changed between two steps, standing in for oneself."""

from __future__ import annotations

from pathlib import Path

import pytest

from access.people import staff
from access.people.deed import Hand
from access.roles import Role
from console.desk.api.cases import FieldRef
from console.desk.api.contacts import CheckContact, ProposeContact
from console.desk.api.reveal import AskReveal, DecideReveal, ReadInbox, RequestView, ViewField
from console.desk.api.roles import Apply, DecideApplication, ListApplications, SetDeputy
from console.desk.api.team import SetAbsence
from console.desk.api.work import DecideHold, PlaceHold
from console.desk.team.days import day_of
from tests.support.desk import WholeDesk

ADDRESS = FieldRef(name="home_address")
OWN = {"separation.own_request", "request.not_found"}


def second_account(desk: WholeDesk, name: str) -> str:
    """Another login of somebody; its name."""
    parts, person_id = desk.running.parts, desk.founded.persons[name]
    parts.store.run(lambda uow: staff.create_login(Hand(uow, parts.proofs), person_id, f"{name}2"))
    return f"{name}2"


async def ask(desk: WholeDesk, case_id: str, name: str) -> RequestView:
    return await desk.call(name, AskReveal(case_id=case_id, fields=(ADDRESS,), reason="letter_or_visit", minutes=5))


def approving(request: RequestView) -> DecideReveal:
    return DecideReveal(request_id=request.request_id, verdict="approve")


@pytest.mark.clause("S-3.3-1", "issue-3")
async def test_a_second_account_is_the_same_person(any_desk: WholeDesk, tmp_path: Path) -> None:
    desk = any_desk
    case_id = (await desk.with_cases(tmp_path))[0].case_id
    other = second_account(desk, "lina")

    request = await ask(desk, case_id, "lina")
    assert await desk.refused(other, approving(request)) in OWN
    assert (await desk.call(other, ReadInbox())).items == ()
    given = await desk.call("zhaoqiang", approving(request))
    assert given.grant is not None

    stop = await desk.call(other, PlaceHold(case_id=case_id, reason="death"))
    confirm = DecideHold(hold_id=stop.hold_id, verdict="confirm", version=stop.version)
    assert await desk.refused("lina", confirm) == "separation.own_request"
    asked = await desk.call("lina", DecideHold(hold_id=stop.hold_id, verdict="ask_lift", version=stop.version))
    lift = DecideHold(hold_id=asked.hold_id, verdict="lift", version=asked.version)
    assert await desk.refused(other, lift) == "separation.own_request"


@pytest.mark.clause("S-3.3-1", "S-3.2-19")
async def test_a_second_account_does_not_check_its_own_datum(desk: WholeDesk, tmp_path: Path) -> None:
    case_id = (await desk.with_cases(tmp_path))[0].case_id
    desk.give("zhangwei", Role.SUPERVISOR, "one")
    other = second_account(desk, "zhangwei")
    change = await desk.call(
        "zhangwei",
        ProposeContact(case_id=case_id, field="mobile", ordinal=0, value="13955556666", lawful_source="customer"),
    )
    check = CheckContact(change_id=change.change_id, accept=True, lawful_source="customer", seen_version=1)
    assert await desk.refused(other, check) == "separation.own_request"


@pytest.mark.clause("S-3.3-1", "S-3.3-5", "issue-3")
async def test_promoted_between_asking_and_deciding_one_still_does_not_decide_for_oneself(
    any_desk: WholeDesk, tmp_path: Path
) -> None:
    desk = any_desk
    case_id = (await desk.with_cases(tmp_path))[0].case_id
    request = await ask(desk, case_id, "zhangwei")
    desk.give("zhangwei", Role.SUPERVISOR, "one")
    desk.clock.advance(2)
    assert await desk.refused("zhangwei", approving(request)) in OWN
    desk.give("chenjing", Role.SUPERVISOR, "one")
    desk.clock.advance(2)
    assert (await desk.call("chenjing", approving(request))).state == "approved", "another one who was promoted may"


@pytest.mark.clause("S-3.3-5", "C-5.4c", "issue-3")
async def test_demoted_between_asking_and_deciding_one_decides_nothing(any_desk: WholeDesk, tmp_path: Path) -> None:
    desk = any_desk
    case_id = (await desk.with_cases(tmp_path))[0].case_id
    request = await ask(desk, case_id, "zhangwei")
    assert (await desk.call("lina", ReadInbox())).items
    desk.lose("lina", Role.SUPERVISOR)
    desk.clock.advance(2)
    assert await desk.refused("lina", approving(request)) in {"role.denied", "request.not_found"}
    given = await desk.call("zhaoqiang", approving(request))
    assert given.grant is not None
    desk.lose("zhangwei", Role.AGENT)
    desk.clock.advance(2)
    view = ViewField(case_id=case_id, grant_id=given.grant.grant_id, field=ADDRESS)
    assert await desk.refused("zhangwei", view) in {"role.denied", "case.not_found"}, "whoever asked was demoted"


@pytest.mark.clause("S-3.3-1", "S-3.3-7", "S-3.3-13", "issue-3")
async def test_a_head_does_not_pass_on_their_own_application_nor_by_a_delegate_below(desk: WholeDesk) -> None:
    persons, units = desk.founded.persons, desk.founded.units
    applied = await desk.call(
        "lina", Apply(role="supervisor", person_id=persons["lina"], unit_id=units["two"], days=90)
    )
    step = DecideApplication(application_id=applied.application_id, verdict="approve", seen_version=applied.version)
    mine = (await desk.call("lina", ListApplications())).items
    assert [one.application_id for one in mine] == [applied.application_id], "one reads one's own"
    for account in ("lina", second_account(desk, "lina")):
        assert await desk.refused(account, step) in {"separation.own_request", "application.not_found"}
    until = desk.clock.now_us() + 3 * 86_400_000_000
    await desk.call("lina", SetDeputy(person_id=persons["zhaoqiang"], ends_at=until))
    other = await desk.call("lina", Apply(role="compliance", person_id=persons["lina"], days=90))
    step = DecideApplication(application_id=other.application_id, verdict="approve", seen_version=other.version)
    code = await desk.refused("zhaoqiang", step)
    assert code in {"separation.own_request", "application.not_found", "role.qualified"}, "nor by her delegate"


@pytest.mark.clause("S-3.3-13")
async def test_who_covers_the_queue_of_whoever_asked_does_not_decide_it(desk: WholeDesk, tmp_path: Path) -> None:
    """Covering gives somebody's cases, never their approvals nor a say in their requests."""
    case_id = (await desk.with_cases(tmp_path))[0].case_id
    request = await ask(desk, case_id, "zhangwei")
    persons, today = desk.founded.persons, day_of(desk.clock.now_us(), "Asia/Shanghai").isoformat()
    away = SetAbsence(
        person_id=persons["lina"], first_day=today, last_day=today, cover_id=persons["zhangwei"], reason="sick"
    )
    await desk.call("zhaoqiang", away)
    desk.clock.advance(2)
    assert await desk.refused("zhangwei", approving(request)) in {"role.denied", *OWN}
    assert await desk.refused("zhangwei", ReadInbox()) == "role.denied"
