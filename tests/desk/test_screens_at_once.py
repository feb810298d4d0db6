"""One person, one screen: a further sign-in ends the older one, commands take nobody's, all of it in the log."""

from __future__ import annotations

from collections.abc import Awaitable

import msgspec
import pytest

from console.desk.api.base import DeskError
from console.desk.api.cases import ListQueue
from console.desk.api.session import IssueTicket, Resume, SignIn, SignInAs, WhoAmI
from console.desk.api.staff import ListSessions
from console.settings import SessionSettings, Settings
from tests.support.desk import WholeDesk
from tests.support.factored import PASSWORD, Factored


async def code_of(call: Awaitable[object]) -> str:
    with pytest.raises(DeskError) as error:
        await call
    return error.value.code


@pytest.mark.clause("C-6.3", "issue-4")
async def test_a_second_sign_in_ends_the_first_screen(factored: Factored) -> None:
    first = await factored.line("zhangwei")
    ticket = (await first.call(IssueTicket())).ticket
    second = factored.desk.running.line("pts/5")
    await second.call(SignIn(login="zhangwei", password=PASSWORD, code=factored.next_code()))
    assert await code_of(first.call(ListQueue())) == "session.displaced"
    assert await code_of(first.call(ListQueue())) == "session.nobody"
    assert (await second.call(WhoAmI())).staff_no == "A0173"
    third = factored.desk.running.line("pts/6")
    assert await code_of(third.call(Resume(ticket=ticket))) == "session.ticket_unfit", "nothing continues from it"
    ended = [one for one in factored.desk.events() if one.action == "account:session:end"]
    assert [(one.reason, one.person_id) for one in ended] == [("displaced", factored.desk.founded.persons["zhangwei"])]
    admin = await factored.line("zhenghao")
    listed = (await admin.call(ListSessions())).sessions
    assert [one.terminal for one in listed if one.staff_no == "A0173"] == ["pts/5"]


@pytest.mark.clause("issue-4")
async def test_a_failed_attempt_ends_nobodys_screen(factored: Factored) -> None:
    first = await factored.line("zhangwei")
    other = factored.desk.running.line("pts/5")
    wrong = SignIn(login="zhangwei", password="wrong password", code=factored.next_code())
    assert await code_of(other.call(wrong)) == "signin.refused"
    assert (await first.call(WhoAmI())).staff_no == "A0173"


@pytest.mark.clause("issue-4")
async def test_a_command_takes_no_screen_and_ends_by_itself(factored: Factored) -> None:
    screen = await factored.line("zhangwei")
    command = factored.desk.running.line("pts/5")
    call = SignIn(login="zhangwei", password=PASSWORD, code=factored.next_code(), command=True)
    await command.call(call)
    ticket = (await command.call(IssueTicket())).ticket
    later = factored.desk.running.line("pts/6")
    await later.call(Resume(ticket=ticket))
    assert (await screen.call(WhoAmI())).staff_no == "A0173"
    admin = await factored.line("zhenghao")
    kinds = sorted(one.kind for one in (await admin.call(ListSessions())).sessions if one.staff_no == "A0173")
    assert kinds == ["command", "command", "screen"]
    factored.clock.advance(3600)
    assert await code_of(command.call(WhoAmI())) == "session.ended"
    assert (await screen.call(WhoAmI())).staff_no == "A0173", "a screen stays"


async def test_in_a_demo_desk_nobody_proves_anything_and_takes_no_screen(desk: WholeDesk) -> None:
    first, second = await desk.line("zhangwei"), desk.running.line("pts/5")
    await second.call(SignInAs(name="zhangwei"))
    assert (await first.call(WhoAmI())).staff_no == (await second.call(WhoAmI())).staff_no


@pytest.mark.parametrize("text", ["screens = 0", "screens = 6", "minutes = 3"])
def test_what_cannot_be_set(text: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.toml.decode(f"[session]\n{text}\n", type=Settings)
    assert Settings().session == SessionSettings(screens=1)


@pytest.mark.clause("Y-4.7.2")
@pytest.mark.parametrize("minutes", [0, 11])
def test_a_lock_comes_within_ten_minutes(minutes: int) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.toml.decode(f"lock_minutes = {minutes}\n", type=Settings)
    assert Settings().lock_minutes == 5
    assert msgspec.toml.decode("lock_minutes = 10\n", type=Settings).lock_minutes == 10
