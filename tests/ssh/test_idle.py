"""A session that never locks itself is locked by the desk, which knows from the front door when somebody typed last.

Who speaks with a customer is there as well, for ten minutes of a call.
"""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from console.desk.api.base import DeskError, Refusal
from console.desk.api.calling import SPEAKING_COUNTS
from console.desk.api.session import WhoAmI
from console.desk.calls.switchboard import Live, Switchboard
from console.desk.contact import recorder
from console.desk.kernel import Kernel
from console.serve import visits
from console.serve.bound import BoundDesk
from tests.ssh.test_partings import last_line
from tests.ssh.test_sessions import sessions
from tests.support.calls import Line
from tests.support.pty_screen import PtyScreen
from tests.support.served import PASSWORD, Served

pytestmark = [pytest.mark.clause("Y-4.7.2", "issue-4")]


@pytest.mark.slow
@pytest.mark.debian("ssh", "ssh-keygen")
def test_where_nobody_types_the_desk_locks_whatever_the_session_does(served: Served) -> None:
    client = served.sign_in("zhangwei")
    client.until("我的队列")
    mine = served.until_event("account:session:sign_in", result="ok", source="127.0.0.1")
    (visit,) = served.door.reception._visits.values()
    before = visit.typed
    client.press("?")
    client.until("帮助")
    while visit.typed == before:
        client.pump()
    client.press("escape")
    assert not served.events("account:session:lock", session_id=mine.session_id)

    served.door.reception.vigil.after = 0.1
    served.until_event("account:session:lock", session_id=mine.session_id)
    client.until("已锁定")
    assert "我的队列" not in client.text
    with pytest.raises(DeskError) as refused:
        served.wait(visit.desk.encoded(WhoAmI(), "0" * 32))
    assert refused.value.code == "session.locked"
    served.door.reception.vigil.after = 3600.0
    served.clock.advance(31)
    client.press(PASSWORD, "enter")
    client.quiet()
    client.press(served.code(), "enter")
    client.until("我的队列")
    client.press("ctrl+q")
    assert client.ended() == 0


@pytest.mark.slow
@pytest.mark.debian("ssh", "ssh-keygen")
def test_a_session_that_does_not_even_cover_its_screen_is_ended(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(visits, "COVER_WITHIN", 0.5)
    client = served.sign_in("zhangwei")
    client.until("我的队列")
    mine = served.until_event("account:session:sign_in", result="ok", source="127.0.0.1")
    os.kill(max(sessions(served)), signal.SIGSTOP)
    served.door.reception.vigil.after = 0.1
    served.until_event("account:session:lock", session_id=mine.session_id)
    assert last_line(client) == "长时间无人操作且屏幕未能锁定，本次会话已结束。"
    served.until_event("account:session:end", session_id=mine.session_id)


@pytest.mark.slow
@pytest.mark.debian("ssh", "ssh-keygen")
@pytest.mark.clause("issue-5")
def test_who_speaks_is_not_locked_out_and_hangs_up_behind_the_lock(
    served: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recorder, "_probes", [])
    line, number = _called(served, tmp_path, client := served.sign_in("zhangwei"))
    (visit,) = served.door.reception._visits.values()
    served.door.reception.vigil.after = 0.1
    while visit.spoke < visit.typed + 1:
        client.pump()
    mine = served.until_event("account:session:sign_in", result="ok", source="127.0.0.1")
    assert not served.events("account:session:lock", session_id=mine.session_id)

    monkeypatch.setattr(visits, "SPEAKING_COUNTS", 0.0)
    served.until_event("account:session:lock", session_id=mine.session_id)
    client.until("已锁定")
    shown = client.until("☎ 通话 · 通话中")
    assert number not in shown, "whoever passes by reads that there is a call, not with whom"
    client.press("\x07")
    client.until("◻ 通话 · 已接通")
    assert line.dialer.hung_up == list(line.dialer.dialled)
    assert "已锁定" in client.text
    client.press("ctrl+q")
    assert client.ended() == 0


def _called(served: Served, folder: Path, client: PtyScreen) -> tuple[Line, str]:
    """Somebody's call of their first case is answered; who dials, and the case's number."""
    line = Line(served.desk)
    served.wait(line.open("zhangwei"))
    served.wait(served.desk.with_cases(folder))
    client.until("C-20")
    client.press("enter")
    client.until("家庭地址")
    client.press("c")
    client.until("╰")
    client.press("enter")
    while not line.dialer.dialled:
        assert client.pump(), client.text
    ((call_id, order),) = line.dialer.dialled.items()

    async def answered() -> None:
        line.dialer.move(call_id, "customer_calling", "customer_ringing", "customer_answered")

    served.wait(answered())
    client.until("通话中")
    return line, order.alias


class _NobodyLocks:
    """A line that refuses to be locked."""

    heard = 0
    line = SimpleNamespace(sitting=SimpleNamespace(locked=False, person_id="p1"))

    async def by_itself(self, request: object) -> bytes:
        del request
        raise DeskError(Refusal(code="desk.failed"))


def _vigil(board: Switchboard) -> visits.Vigil:
    parts = SimpleNamespace(hub=None, switchboard=board, settings=SimpleNamespace(lock_minutes=5))
    return visits.Vigil(cast("Kernel", SimpleNamespace(parts=parts)))


def test_a_line_that_cannot_be_locked_is_ended() -> None:
    vigil = _vigil(Switchboard())
    visit = visits.Visit(cast("BoundDesk", _NobodyLocks()))
    assert asyncio.run(vigil.keeps(visit, vigil.after - 1))
    assert not asyncio.run(vigil.keeps(visit, vigil.after))
    assert visit.why == "idle"


@pytest.mark.clause("issue-5")
def test_a_call_counts_once_it_is_answered_and_for_ten_minutes() -> None:
    assert SPEAKING_COUNTS == 600
    board = Switchboard()
    vigil = _vigil(board)

    def kept(visit: visits.Visit, now: float) -> bool:
        return asyncio.run(vigil.keeps(visit, now))

    def live(call_id: str, person_id: str, connected_at: int | None) -> None:
        board._live = {call_id: Live(call_id, person_id, "t", "u", None, 0, connected_at=connected_at)}

    ringing, speaking, brief = (visits.Visit(cast("BoundDesk", _NobodyLocks())) for _ in range(3))
    live("c1", "p1", None)
    assert not kept(ringing, vigil.after), "a phone that only rings is nobody"
    live("c1", "p2", 1)
    assert not kept(ringing, vigil.after), "nor is a colleague's call"
    live("c1", "p1", 1)
    assert kept(speaking, 100.0)
    for now in (400.0, 699.0, 701.0, 700 + vigil.after - 1):
        assert kept(speaking, now)
    assert not kept(speaking, 700 + vigil.after), "ten minutes of a call, whether it was hung up or not"
    assert kept(brief, 100.0)
    assert kept(brief, 300.0)
    board._live = {}
    assert kept(brief, 300 + vigil.after - 1), "what was spoken counts as if it had been typed"
    assert not kept(brief, 300 + vigil.after)
