"""Desk and front door restart apart: a killed desk leaves every session covered, then locked, nothing typed lost."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.apart import Apart, apart
from tests.support.pty_screen import PtyScreen
from tests.support.served import PASSWORD

pytestmark = [pytest.mark.slow, pytest.mark.debian("ssh", "ssh-keygen"), pytest.mark.clause("issue-4")]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Apart]:
    with apart(tmp_path_factory.mktemp("apart")) as house:
        yield house


def unlock(house: Apart, client: PtyScreen, password: str = PASSWORD) -> None:
    """Type both factors into the locked screen."""
    client.press(password, "enter")
    client.quiet()
    client.press(house.code(), "enter")


@pytest.mark.clause("S-6-21", "C-5.4d-1", "Y-4.2.2")
def test_a_killed_desk_leaves_a_covered_screen_and_comes_back_with_the_draft(house: Apart) -> None:
    client = house.sign_in("zhangwei")
    client.until("C-20")
    client.press("enter")
    client.until("家庭地址")
    client.press("n")
    client.until("╰")
    client.press("promised to call back on ")
    client.until("call back on")
    client.press("friday after work")
    client.until("friday after work")

    house.kill("desk")
    client.until("连接中断")
    assert "friday" not in client.text
    assert "家庭地址" not in client.text
    stranger = house.sign_in("lina")
    while stranger.raw.count("密码: ") < 2:
        assert stranger.pump(), stranger.text
    stranger.press("ctrl+c")
    stranger.ended()

    house.ahead += 60
    house.start("desk")
    house.opened()
    client.until("已锁定")
    assert "friday" not in client.text
    assert "家庭地址" not in client.text
    unlock(house, client, "not the password, not at all")
    client.until("已锁定")
    client.quiet()
    assert "friday" not in client.text
    unlock(house, client)
    client.until("friday after work")
    client.press("escape")
    client.until("╰", gone=True)
    client.press("n")
    client.until("friday after work")
    client.press("escape")
    client.until("╰", gone=True)

    signed = house.events("account:session:sign_in")
    assert [one.result for one in signed[-3:]] == ["ok", "refused", "ok"]
    assert signed[-3].session_id != signed[-1].session_id
    assert {one.source for one in signed[-2:]} == {"127.0.0.1"}
    away = [one for one in house.events("account:door:refuse") if one.rule == "door.away"]
    assert len(away) == 1, "what was refused while there was no desk is in the log of the next"
    client.press("ctrl+q")
    assert client.ended() == 0


@pytest.mark.clause("S-6-21", "Y-4.2.2")
def test_a_draft_outlasts_desk_and_session_and_is_nowhere_in_clear(house: Apart) -> None:
    anew(house)
    client = house.sign_in("zhangwei")
    client.until("C-20")
    (process,) = house.sessions()
    client.press("down", "enter")
    client.until("家庭地址")
    client.press("n")
    client.until("╰")
    client.press("will pay in full ")
    client.until("in full")
    client.press("once the harvest is in")
    client.until("harvest is in")
    # Whatever was kept so far, this comes after it.
    kept = len(house.events("case:draft:keep"))
    client.press(".")
    end = time.monotonic() + 60
    while len(house.events("case:draft:keep")) == kept:
        assert time.monotonic() < end
        time.sleep(0.05)

    house.kill("desk")
    client.child.kill(signal.SIGKILL)
    client.ended()
    while process in house.sessions():
        assert time.monotonic() < end
        time.sleep(0.02)
    files = {path: path.read_bytes() for path in house.home.root.rglob("*") if path.is_file()}
    assert any(b"draft_keep" in data or b"case:draft:keep" in data for data in files.values()), "these are read"
    for word in ("harvest", "will pay in full"):
        for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
            assert [path.name for path, data in files.items() if word.encode(encoding) in data] == []

    anew(house)
    fresh = house.sign_in("zhangwei")
    fresh.until("C-20")
    fresh.press("down", "enter")
    fresh.until("家庭地址")
    assert "harvest" not in fresh.text
    fresh.press("n")
    fresh.until("once the harvest is in")
    fresh.press("escape")
    fresh.until("╰", gone=True)
    fresh.press("ctrl+q")
    assert fresh.ended() == 0


def anew(house: Apart) -> None:
    """Another desk, a minute on, so that everybody's code is a fresh one."""
    house.end("desk")
    house.ahead += 60
    house.start("desk")
    house.opened()


def test_a_session_that_ends_while_the_desk_is_away_leaves_nothing_behind(house: Apart) -> None:
    client = house.sign_in("wangfang")
    client.until("VEILDESK")
    (process,) = house.sessions()
    house.kill("desk")
    client.until("连接中断")
    client.press("ctrl+q")
    client.ended()
    end = time.monotonic() + 60
    while process in house.sessions():
        assert time.monotonic() < end
        time.sleep(0.02)
    house.start("desk")
    house.opened()


def test_the_door_is_restarted_apart_and_the_desk_goes_on(house: Apart) -> None:
    client = house.sign_in("chenjing")
    client.until("VEILDESK")
    desk = house.pid("desk")
    house.kill("door")
    assert client.ended() != 0
    end = time.monotonic() + 60
    while not [one for one in house.events("account:session:end") if one.result == "ok"]:
        assert time.monotonic() < end
        time.sleep(0.05)
    house._running["sessions"].wait(60)
    house.kill("sessions")
    house.start("sessions")
    house.start("door")
    house.opened()
    assert house.pid("desk") == desk
    assert Path(f"/proc/{desk}").exists()
    again = house.dial("chenjing")
    again.until("密码: ")
    again.press("ctrl+c")
    again.ended()
