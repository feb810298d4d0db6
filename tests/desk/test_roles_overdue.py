"""The last admin's role and the calendar: announced, overdue for handing over only, gone once somebody else has it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from access.audit.events import DetailKey
from access.people import staff
from access.people.deed import Hand
from access.policy import Action, Actor, Conditions, Resource, Seat, decide, held_actions
from access.policy.overdue import HANDOVER
from access.roles import Role
from access.roles.separation import OUTLASTING
from access.store.base import UnitOfWork
from access.store.schema import role_grant
from console.desk.api.explain import ReadCatalogue
from console.desk.api.log import ReadLog
from console.desk.api.people import ListPeople, ReadHealth
from console.desk.api.roles import Apply, DecideApplication, ListApplications, ListHeldRoles
from console.desk.api.session import WhoAmI
from console.desk.api.staff import ListOrders, SuspendPerson
from tests.support.desk import WholeDesk

DAY = 86_400_000_000
ADMINS = {"zhenghao": "system_admin", "wugang": "security_admin", "fengxue": "auditor", "hejie": "compliance"}


def runs_out(desk: WholeDesk, *names: str, days: int = 20) -> None:
    """Let the admin roles of these people end in so many days."""
    parts = desk.running.parts

    def shorten(uow: UnitOfWork) -> None:
        for name in names:
            mine = (role_grant.c.person_id == desk.founded.persons[name], role_grant.c.role == ADMINS[name])
            row = uow.connection.execute(select(role_grant).where(*mine)).mappings().one()
            deed = Hand(uow, parts.proofs)
            event = deed.event("account:role:approve", object_kind="person", object_id=row["person_id"])
            parts.proofs.update(
                uow, role_grant, row["id"], row["version"], {"valid_until": uow.now + days * DAY}, event
            )

    parts.store.run(shorten)


def newcomer(desk: WholeDesk, login: str) -> str:
    """Somebody trained and without a role."""
    parts = desk.running.parts

    def make(uow: UnitOfWork) -> str:
        deed = Hand(uow, parts.proofs)
        person_id = staff.create_person(
            deed,
            staff_no=f"N{login}",
            name=login,
            unit_id=desk.founded.units["one"],
            trained_until=uow.now + 365 * DAY,
            confidentiality_signed_at=uow.now,
        )
        staff.create_login(deed, person_id, login)
        return person_id

    return parts.store.run(make)


async def standings(desk: WholeDesk, name: str, reader: str = "hejie") -> list[str]:
    held = await desk.call(reader, ListHeldRoles(person_id=desk.founded.persons[name]))
    return sorted(one.standing for one in held.items)


async def given(desk: WholeDesk, role: str, person_id: str, *way: str, by: str = "zhenghao") -> None:
    """Apply for a role and carry it to the end."""
    view = await desk.call(by, Apply(role=role, person_id=person_id, days=300))
    for name in way:
        call = DecideApplication(application_id=view.application_id, verdict="approve", seen_version=view.version)
        view = await desk.call(name, call)
    assert view.state == "active"


def alerts(desk: WholeDesk) -> list[tuple[str, str]]:
    """Role and days over, of each alert."""
    found = [dict(event.detail) for event in desk.events() if event.action == "alert:role:overdue"]
    return [(str(detail[DetailKey.ROLE]), str(detail[DetailKey.COUNT])) for detail in found]


@pytest.mark.clause("S-3.3-15", "S-3.3-7", "S-4.4")
async def test_the_last_of_a_kind_is_announced_alerted_and_hands_over(any_desk: WholeDesk) -> None:
    desk = any_desk
    runs_out(desk, "zhenghao")
    desk.clock.advance(7 * 86_400)
    await desk.beat()
    assert [event.object_id for event in desk.events() if event.action == "account:role:notice"] == [
        desk.founded.persons["zhenghao"]
    ]
    assert await standings(desk, "zhenghao") == ["expiring"]
    desk.clock.advance(14 * 86_400)
    await desk.beat()
    assert await standings(desk, "zhenghao") == ["overdue"]
    assert alerts(desk) == [("system_admin", "1")]

    persons = desk.founded.persons
    assert await desk.refused("zhenghao", ReadHealth()) == "role.overdue"
    assert await desk.refused("zhenghao", SuspendPerson(person_id=persons["zhangwei"], reason="other")) == (
        "role.overdue"
    )
    assert (await desk.call("zhenghao", ListApplications())).items == ()
    assert (await desk.call("zhenghao", ListPeople())).people
    assert persons["zhenghao"] not in (await desk.call("zhenghao", WhoAmI())).roles
    assert await desk.refused("wugang", SuspendPerson(person_id=persons["zhenghao"], reason="other")) == (
        "separation.last_admin"
    ), "nor is the last one stopped while overdue"

    for _ in range(2):
        desk.clock.advance(86_400)
        await desk.beat()
    assert alerts(desk) == [("system_admin", "1"), ("system_admin", "2"), ("system_admin", "3")]

    heir = newcomer(desk, "xinren")
    await given(desk, "system_admin", heir, "lina", "zhenghao", "wugang", "hejie")
    desk.clock.advance(60)
    await desk.beat()
    assert await standings(desk, "zhenghao") == ["expired"]
    assert await desk.refused("zhenghao", ListOrders()) in {"session.ended", "session.nobody", "role.denied"}
    assert (await desk.call("xinren", ListPeople())).people
    desk.clock.advance(2 * 86_400)
    await desk.beat()
    assert len(alerts(desk)) == 3, "nobody is overdue any more"


@pytest.mark.clause("S-3.3-15", "S-3.3-7")
async def test_all_at_once_past_their_end_the_desk_is_not_locked_out(desk: WholeDesk) -> None:
    runs_out(desk, *ADMINS, days=2)
    desk.clock.advance(3 * 86_400)
    await desk.beat()
    assert {role for role, _ in alerts(desk)} == set(ADMINS.values())
    assert await desk.refused("fengxue", ReadLog()) == "role.overdue", "past its end it reads nothing"
    assert await desk.refused("wugang", ReadCatalogue()) == "role.overdue"
    heir = newcomer(desk, "xinren")
    await given(desk, "system_admin", heir, "lina", "zhenghao", "wugang", "hejie")
    desk.clock.advance(60)
    await desk.beat()
    assert await standings(desk, "zhenghao") == ["expired"]
    for role, before in (("security_admin", "wugang"), ("auditor", "fengxue"), ("compliance", "hejie")):
        approver = "wugang" if role == "security_admin" else "heir_security_admin"
        await given(desk, role, newcomer(desk, f"heir_{role}"), "lina", "xinren", approver, "hejie", by="xinren")
        desk.clock.advance(60)
        await desk.beat()
        assert await standings(desk, before, "xinren") == ["expired"]
    assert (await desk.call("heir_auditor", ReadLog())).entries


async def test_somebody_who_is_not_the_last_runs_out_like_everybody(desk: WholeDesk) -> None:
    heir = newcomer(desk, "xinren")
    await given(desk, "security_admin", heir, "lina", "zhenghao", "wugang", "hejie")
    runs_out(desk, "wugang", days=1)
    desk.clock.advance(86_400)
    await desk.beat()
    assert await standings(desk, "wugang") == ["expired"]
    assert alerts(desk) == []


@pytest.mark.clause("S-3.3-15")
@pytest.mark.parametrize("role", sorted(OUTLASTING))
def test_past_its_end_a_role_gives_what_handing_over_takes_and_nothing_else(role: Role) -> None:
    now, about = 1_000, Resource(kind="person", id="b" * 32)
    met = Conditions(log_ok=True, clock_ok=True, keys_ok=True, privileged=True, department=True, workable=True)

    def who(until: int, *, overdue: bool = False) -> Actor:
        seat = Seat(role, "0" * 32, valid_until=until, overdue=overdue)
        return Actor("a" * 32, seats=(seat,), state="active", trained=True, confidentiality=True)

    for action in Action:
        kept, held, over = (
            decide(one, action, about, met, now) for one in (who(500, overdue=True), who(5_000), who(500))
        )
        if action in HANDOVER:
            assert kept.code == held.code, action
        else:
            assert kept.code == ("role.denied" if held.code == "role.denied" else "role.overdue"), action
        assert over.code == "role.denied", action
        assert held_actions(who(500, overdue=True), now) <= HANDOVER


@pytest.mark.clause("S-3.3-15")
async def test_in_the_moment_of_running_out_the_last_one_is_not_stopped_either(desk: WholeDesk) -> None:
    runs_out(desk, "zhenghao", days=1)
    desk.clock.advance(86_400)
    parts, person_id = desk.running.parts, desk.founded.persons["zhenghao"]
    with pytest.raises(staff.StaffRefused):
        parts.store.run(lambda uow: staff.change_person(Hand(uow, parts.proofs), person_id, state="suspended"))
