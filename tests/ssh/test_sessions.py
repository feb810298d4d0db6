"""A session's life: its size, its end by whatever means, and what is left of it on either side."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from pathlib import Path

import pytest

from console.desk.api.reveal import AskReveal, DecideReveal, GetRevealOptions
from console.desk.api.staff import EndSession
from tests.support.pty_screen import PtyScreen
from tests.support.served import Served

pytestmark = [pytest.mark.slow, pytest.mark.debian("ssh", "ssh-keygen"), pytest.mark.clause("issue-4")]

ADDRESS = "上海市浦东新区"


def children(process: int) -> list[int]:
    """Process ids below one."""
    found = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="ascii")
    return [int(word) for word in found.split()]


def sessions(house: Served) -> list[int]:
    """The session processes."""
    return children(house.door.processes["zygote"])


def gone(house: Served, process: int) -> None:
    """Wait until a session process is no more."""
    end = time.monotonic() + 60
    while process in sessions(house):
        assert time.monotonic() < end
        time.sleep(0.02)


def revealed(house: Served, client: PtyScreen, folder: Path) -> str:
    """The agent looks at an address that was approved; what the screen shows."""
    rows = house.wait(house.desk.with_cases(folder))
    case_id = next(row.case_id for row in rows if row.number)
    options = house.wait(house.desk.call("zhangwei", GetRevealOptions(case_id=case_id)))
    field = next(one.field for one in options.options if one.field.name == "home_address")
    request = house.wait(
        house.desk.call(
            "zhangwei",
            AskReveal(case_id=case_id, fields=(field,), reason="letter_or_visit", words="核对地址", minutes=5),
        )
    )
    verdict = DecideReveal(request_id=request.request_id, verdict="approve", minutes=5, seen_version=request.version)
    house.wait(house.desk.call("lina", verdict))
    client.until("C-20")
    client.press("enter")
    client.until("家庭地址")
    client.down_to("家庭地址")
    client.press("u")
    return client.until("◷ 0")


def value_on(screen: str) -> str:
    """The plain value in the address's row."""
    (row,) = [line for line in screen.splitlines() if "▶ 家庭地址" in line]
    return next(word for word in row.split() if "号" in word)


def test_a_window_that_changes_its_size_is_filled(house: Served) -> None:
    client = house.sign_in("zhangwei")
    client.until("我的队列")
    client.resize(120, 40)
    client.until_size(120, 40)
    client.resize(80, 24)
    client.until_size(80, 24)
    client.press("ctrl+q")
    assert client.ended() == 0


def test_a_lost_connection_ends_line_and_session_at_once(served: Served, tmp_path: Path) -> None:
    client = served.sign_in("zhangwei")
    client.until("我的队列")
    (process,) = sessions(served)
    shown = revealed(served, client, tmp_path)
    assert value_on(shown)
    client.child.kill(signal.SIGKILL)
    client.ended()
    mine = [one for one in served.events("account:session:sign_in", result="ok") if one.source == "127.0.0.1"]
    served.until_event("account:session:end", session_id=mine[-1].session_id)
    gone(served, process)
    served.clock.advance(30)
    served.sign_in("zhangwei").until("我的队列")


def test_a_killed_session_takes_nothing_with_it_and_leaves_nothing(served: Served, tmp_path: Path) -> None:
    other = served.sign_in("lina")
    other.until("✓")
    (beside,) = sessions(served)
    client = served.sign_in("zhangwei")
    client.until("我的队列")
    (process,) = [one for one in sessions(served) if one != beside]
    value = value_on(revealed(served, client, tmp_path))
    os.kill(process, signal.SIGKILL)
    assert client.ended() == 1
    assert value not in client.text
    assert client.raw.endswith(client.raw[client.raw.rindex("\x1b[2J") :])
    assert "\x1b[?1049l" in client.raw[client.raw.rindex("\x1b[2J") :]
    mine = [one for one in served.events("account:session:sign_in", result="ok") if one.source == "127.0.0.1"]
    served.until_event("account:session:end", session_id=mine[-1].session_id)
    other.press("?")
    other.until("帮助")
    assert sessions(served) == [beside]
    served.clock.advance(30)
    served.sign_in("zhangwei").until("我的队列")


def test_a_revoked_person_is_gone_within_seconds(house: Served) -> None:
    client = house.sign_in("liuyang")
    client.until("我的队列")
    house.clock.advance(2)
    house.desk.suspend("liuyang")
    # Within how many seconds, tests/unit/console/test_watch.py says by counting looks.
    client.ended()
    assert "VEILDESK" not in client.text
    house.desk.suspend("liuyang", "active")


def test_a_session_that_will_not_go_is_cut_off(house: Served) -> None:
    client = house.sign_in("chenjing")
    client.until("我的队列")
    process = max(sessions(house))
    os.kill(process, signal.SIGSTOP)
    mine = [one for one in house.events("account:session:sign_in", result="ok") if one.source == "127.0.0.1"]
    house.wait(house.desk.call("wugang", EndSession(session_id=mine[-1].session_id or "")))
    client.ended()
    assert "A0175" not in client.text
    gone(house, process)


def test_a_service_that_stops_puts_every_terminal_back(served: Served) -> None:
    clients = [served.sign_in(login) for login in ("zhangwei", "wangfang")]
    for client in clients:
        client.until("我的队列")
    served.wait(served.door.close())
    for client in clients:
        client.ended()
        assert "\x1b[?1049l" in client.raw[client.raw.rindex("\x1b[2J") :]
        assert "VEILDESK" not in client.text


@pytest.mark.parametrize("name", ["zygote", "door"])
def test_half_a_service_is_none(served: Served, name: str) -> None:
    client = served.sign_in("zhangwei")
    client.until("我的队列")
    (process,) = sessions(served)
    os.kill(served.door.processes[name], signal.SIGKILL)
    assert client.ended() != 0
    assert served.wait(_set(served.over))
    end = time.monotonic() + 60
    while Path(f"/proc/{process}").exists():
        assert time.monotonic() < end
        time.sleep(0.02)


async def _set(event: asyncio.Event) -> bool:
    return await asyncio.wait_for(event.wait(), 60)


@pytest.mark.clause("Y-4.7.2")
def test_locking_hides_and_leaving_from_there_ends_the_visit(house: Served) -> None:
    client = house.sign_in("wangfang")
    client.until("我的队列")
    client.press("ctrl+l")
    client.until("我的队列", gone=True)
    client.press("ctrl+q")
    client.ended()
    assert house.until_event("account:session:lock").person_id == house.desk.founded.persons["wangfang"]


def test_what_a_session_could_reach_if_it_were_taken_over(house: Served) -> None:
    client = house.sign_in("zhangwei")
    client.until("我的队列")
    process = max(sessions(house))
    status = dict(line.split(":\t", 1) for line in Path(f"/proc/{process}/status").read_text().splitlines())
    assert status["NoNewPrivs"] == "1"
    assert {"undumpable", "no-new-privileges", "limits"} <= set(house.door.fences)
    if os.geteuid() == 0:
        assert set(status["Uid"].split()) == set(status["Gid"].split()) == {"65534"}, "root serves, nobody sits there"
        assert status["CapEff"].strip("0") == status["CapPrm"].strip("0") == ""
        assert {"not-root", "no-network"} <= set(house.door.fences)
        door = Path(f"/proc/{house.door.processes['door']}/status").read_text()
        assert "Uid:\t65534\t65534\t65534\t65534" in door
    if "seccomp" in house.door.fences:
        assert status["Seccomp"] == "2"
    if "no-network" in house.door.fences:
        assert Path(f"/proc/{process}/ns/net").readlink() != Path("/proc/self/ns/net").readlink()
    limits = Path(f"/proc/{process}/limits").read_text()
    assert [line.split()[-3:-1] for line in limits.splitlines() if line.startswith("Max core file")] == [["0", "0"]]
    environment = Path(f"/proc/{process}/environ").read_bytes()
    assert b"VEILDESK" not in environment
    mapped = Path(f"/proc/{process}/maps").read_text()
    assert "sqlalchemy" not in mapped
    assert "psycopg" not in mapped
    assert "sqlite" not in mapped
    client.press("ctrl+q")
    client.ended()
