"""Over SSH: an approval asks for another code at the terminal; a second sign-in ends the first screen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TypeVar

import pytest

from console.desk.api.base import Call, Refusal
from console.desk.api.cases import AssignCases, FieldRef, ListQueue
from console.desk.api.imports import ProposeSource, RegisterSource
from console.desk.api.reveal import AskReveal
from console.desk.api.session import SignIn
from console.proving import proven
from masking.keys import Profile
from tests.support.desk import lender_file
from tests.support.served import PASSWORD, Served, serving

R = TypeVar("R")

pytestmark = [pytest.mark.slow, pytest.mark.debian("ssh", "ssh-keygen"), pytest.mark.clause("Y-4.2.2", "issue-4")]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A desk whose people need all their factors."""
    with serving(tmp_path_factory.mktemp("served"), Profile.DEV) as served:
        yield served


def fresh(house: Served) -> str:
    """A code that nobody has shown yet."""
    house.clock.advance(31)
    return house.code()


def at_desk(house: Served, name: str, call: Call[R]) -> R:
    """A call of somebody who sits at the desk's own machine."""

    async def typed(asked: Refusal, wrong: Refusal | None) -> str | None:
        assert wrong is None, asked
        return fresh(house)

    async def work() -> R:
        if name not in house.desk._lines:
            line = house.desk.running.line("pts/9")
            await line.call(SignIn(login=name, password=PASSWORD, code=fresh(house)))
            house.desk._lines[name] = line
        return await proven(house.desk._lines[name], call, None, typed)

    return house.wait(work())


def test_a_code_is_asked_for_and_a_second_screen_ends_the_first(house: Served, tmp_path: Path) -> None:
    source = at_desk(house, "lina", ProposeSource(name="甲消金"))
    at_desk(house, "wugang", RegisterSource(source_id=source.source_id))
    house.wait(house.desk.load(lender_file(tmp_path / "cases.csv")))
    at_desk(house, "lina", AssignCases(assignee_id=house.desk.founded.persons["zhangwei"], count=3))
    case_id = at_desk(house, "zhangwei", ListQueue()).rows[0].case_id
    address = FieldRef(name="home_address")
    ask = AskReveal(case_id=case_id, fields=(address,), reason="letter_or_visit", minutes=5)
    request = at_desk(house, "zhangwei", ask)

    house.clock.advance(31)
    head = house.sign_in("lina")
    head.until("全组队列")
    # Her line at the desk's own machine.
    house.until_event("account:session:end", reason="displaced")
    head.press("f3")
    head.until(request.number)
    head.press("a")
    head.until(f"批准 {request.number}")
    head.press("enter")
    head.until("再次输入动态码")
    head.press(house.code(), "enter")
    head.until("动态码不对")
    head.press(fresh(house), "enter")
    head.until("已批准")
    refused, shown = house.events("account:session:step_up")[-2:]
    assert (refused.result, refused.rule) == ("refused", "stepup.refused"), "the code she came in with is used up"
    assert (shown.result, shown.person_id, shown.source) == ("ok", house.desk.founded.persons["lina"], "127.0.0.1")
    (approved,) = house.events("reveal:request:approve", result="ok")
    assert approved.session_id == shown.session_id

    house.clock.advance(31)
    elsewhere = house.sign_in("lina")
    elsewhere.until("全组队列")
    head.ended()
    assert request.number not in head.text
    assert house.events("account:session:end", reason="displaced")[-1].object_id == shown.session_id
    elsewhere.press("ctrl+q")
    assert elsewhere.ended() == 0
