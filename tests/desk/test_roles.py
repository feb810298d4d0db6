"""Roles in the running desk: from person to person, never for oneself, gone at once, confirmed or lapsed."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from access.people import staff
from access.people.deed import Hand
from access.store.base import UnitOfWork
from console.desk.api.base import DeskError
from console.desk.api.cases import FieldRef, ListQueue
from console.desk.api.reveal import AskReveal, DecideReveal, ListGrants, ReadInbox, ViewField
from console.desk.api.roles import (
    Apply,
    ApplicationView,
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
from console.desk.api.session import SignInAs, WhoAmI
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
        assert name not in {"lina"} or view.next == "endorse"
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
