"""Whoever did not leave of their own will reads why, in one line of their language, after their terminal is back."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.desk.api.staff import EndSession
from console.serve import reception
from console.serve.link import Link
from console.serve.messages import Ended, FromDesk, Return, at_door_from_desk
from masking.keys import Profile
from tests.ssh.test_sessions import sessions
from tests.support.clock import FakeClock
from tests.support.desk import opened
from tests.support.pty_screen import PtyScreen
from tests.support.served import Served, serving

pytestmark = [pytest.mark.slow, pytest.mark.debian("ssh", "ssh-keygen"), pytest.mark.clause("issue-4")]

BACK = "\x1b[?1049l"
"""What leaves the alternate screen."""


@pytest.fixture
def inside(house: Served) -> Iterator[PtyScreen]:
    """Somebody at work."""
    client = house.sign_in("chenjing")
    client.until("VEILDESK")
    yield client
    client.ended()


def last_line(client: PtyScreen) -> str:
    """What stands below everything once the program has ended; it stands there once."""
    assert client.ended() == 1
    rest = re.sub(r"\x1b\[[0-9;?<]*[A-Za-z]", "", client.raw[client.raw.rindex(BACK) :])
    said = next(line for line in rest.splitlines() if line.strip())
    assert client.raw.count(said) == 1
    assert said in client.text, "it stands on the screen that the person is left with"
    return said


def test_who_signs_in_elsewhere_is_told_at_the_first_terminal(tmp_path: Path) -> None:
    # In a demo desk nobody takes another's screen.
    with serving(tmp_path, Profile.DEV) as house:
        inside = house.sign_in("chenjing")
        inside.until("我的队列")
        house.clock.advance(31)
        elsewhere = house.sign_in("chenjing")
        elsewhere.until("我的队列")
        assert last_line(inside) == "你已在另一个终端登录，此处的屏幕已关闭。"
        elsewhere.press("ctrl+q")
        assert elsewhere.ended() == 0


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_who_is_ended_by_an_admin_is_told_so_in_their_language(house: Served, language: str) -> None:
    client = house.sign_in("wangfang")
    client.until("VEILDESK")
    if language == "en":
        client.press("ctrl+n")
        client.until("queue")
    mine = [one for one in house.events("account:session:sign_in", result="ok") if one.source == "127.0.0.1"]
    house.wait(house.desk.call("wugang", EndSession(session_id=mine[-1].session_id or "")))
    said = {"zh_CN": "管理员已结束本次会话。", "en": "An administrator ended this session."}
    assert last_line(client) == said[language]


def test_whose_session_hangs_is_told_all_the_same(house: Served, inside: PtyScreen) -> None:
    process = max(sessions(house))
    os.kill(process, signal.SIGSTOP)
    mine = [one for one in house.events("account:session:sign_in", result="ok") if one.source == "127.0.0.1"]
    house.wait(house.desk.call("wugang", EndSession(session_id=mine[-1].session_id or "")))
    assert last_line(inside) == "管理员已结束本次会话。"


def test_a_session_that_breaks_says_no_more_than_that(house: Served, inside: PtyScreen) -> None:
    os.kill(max(sessions(house)), signal.SIGKILL)
    assert last_line(inside) == "屏幕因故障中断，已保存的内容不受影响，请重新登录。"


def test_who_loses_their_access_is_told_at_once(house: Served) -> None:
    client = house.sign_in("liuyang")
    client.until("VEILDESK")
    house.clock.advance(2)
    house.desk.suspend("liuyang")
    try:
        assert last_line(client) == "你的权限已被收回或变更，本次会话已结束。"
    finally:
        house.desk.suspend("liuyang", "active")


def test_a_service_that_stops_says_so(served: Served) -> None:
    client = served.sign_in("zhangwei")
    client.until("VEILDESK")
    served.wait(served.door.close())
    assert last_line(client) == "服务正在停止，本次会话已结束。"


def test_nobody_who_leaves_reads_anything(house: Served, inside: PtyScreen) -> None:
    inside.press("ctrl+q")
    assert inside.ended() == 0
    assert not [mark for mark in inside.raw[inside.raw.rindex(BACK) :] if "一" <= mark <= "鿿"]


def test_whose_screen_came_back_after_a_restart_and_was_left_reads_that(house: Served) -> None:
    client = house.sign_in("chenjing")
    client.until("VEILDESK")
    room = house.door.reception
    number = max(room._visits)
    house.loop.call_soon_threadsafe(room._never_came, number)
    assert last_line(client) == "系统已重新启动，本次会话已结束，请重新登录。"


async def test_a_screen_nobody_comes_back_to_is_ended_for_the_restart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reception, "_RETURN_WITHIN", 0.2)
    said: asyncio.Future[Ended] = asyncio.get_running_loop().create_future()

    def take(message: FromDesk, descriptors: list[int]) -> None:
        assert isinstance(message, Ended)
        assert not descriptors
        said.set_result(message)

    async with opened(tmp_path / "h", FakeClock()) as desk:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        line, session = socket.socketpair()
        room = reception.Reception(desk.running.kernel, theirs, lambda: None)
        link = Link(ours, at_door_from_desk, take, lambda: None)
        session.setblocking(False)  # noqa: FBT003 - its only argument
        with session:
            back = Return(visit=7, source="127.0.0.1", login="zhangwei", key=b"a key")
            with line:
                await link.send(back, [line.fileno()])
            async with asyncio.timeout(60):
                assert (await said).why == "restart"
            assert await asyncio.get_running_loop().sock_recv(session, 1) == b"", "its line is shut"
        link.close()
        await room.close()
