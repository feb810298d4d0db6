"""One terminal a visit: whatever else SSH can do is refused to those who are signed in, and each time in the log."""

from __future__ import annotations

import contextlib
import socket
import subprocess
from pathlib import Path

import pytest

from tests.support.pty_screen import PtyScreen
from tests.support.served import Served

pytestmark = [
    pytest.mark.slow,
    pytest.mark.debian("ssh", "ssh-keygen"),
    pytest.mark.clause("issue-4", "T11"),
]

REFUSED = "account:door:refuse"


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def noted(house: Served, what: str, login: str = "zhangwei") -> None:
    """The refusal is in the log, under the person's name."""
    event = house.until_event(REFUSED, rule=f"door.{what}")
    assert event.result == "refused"
    assert event.source == "127.0.0.1"
    assert event.person_id == house.desk.founded.persons[login]


def test_commands(house: Served) -> None:
    client = house.sign_in("zhangwei", "-T", after=("cat", "/etc/passwd"))
    assert client.ended() != 0
    assert "root:" not in client.raw
    noted(house, "exec")


@pytest.mark.parametrize("program", ["sftp", "scp"])
def test_files(house: Served, program: str, tmp_path: Path) -> None:
    wanted = ["zhangwei@127.0.0.1"] if program == "sftp" else ["zhangwei@127.0.0.1:/etc/passwd", str(tmp_path / "got")]
    options = [word for word in house.order("zhangwei")[1:] if not word.startswith("zhangwei@")]
    client = house.answer(PtyScreen.of(program, [*options, *wanted]))
    assert client.ended() != 0
    assert not (tmp_path / "got").exists()
    noted(house, "subsystem")


def test_the_old_scp(house: Served, tmp_path: Path) -> None:
    options = [word for word in house.order("wangfang")[1:] if not word.startswith("wangfang@")]
    wanted = ["wangfang@127.0.0.1:/etc/passwd", str(tmp_path / "got")]
    client = house.answer(PtyScreen.of("scp", ["-O", *options, *wanted]))
    assert client.ended() != 0
    assert not (tmp_path / "got").exists()
    noted(house, "exec", "wangfang")


def test_ports_of_the_desks_side(house: Served) -> None:
    port = free_port()
    client = house.sign_in("zhangwei", "-L", f"127.0.0.1:{port}:127.0.0.1:{house.door.address.port}")
    client.until("我的队列")
    with socket.create_connection(("127.0.0.1", port)) as through:
        through.settimeout(20)
        with contextlib.suppress(ConnectionError):
            assert through.recv(1) == b""
    noted(house, "port_out")
    client.quiet()
    client.press("ctrl+q")
    client.ended()


def test_ports_of_the_visitors_side(house: Served) -> None:
    port = free_port()
    client = house.sign_in("zhangwei", "-o", "ExitOnForwardFailure=yes", "-R", f"127.0.0.1:{port}:127.0.0.1:1")
    assert client.ended() != 0
    assert "VEILDESK" not in client.raw
    noted(house, "port_in")


def test_agent_and_x11_and_environment(house: Served, tmp_path: Path) -> None:
    agent = subprocess.Popen(["ssh-agent", "-D", "-a", str(tmp_path / "a")], stdout=subprocess.DEVNULL)
    try:
        xauth = ("-o", "ForwardX11Trusted=yes", "-o", f"XAuthLocation={tmp_path / 'none'}")
        wanted = ("-A", "-X", *xauth, "-o", f"IdentityAgent={tmp_path / 'a'}", "-o", "SetEnv=LD_PRELOAD=/x LANG=en")
        program, *rest = house.order("zhangwei", *wanted)
        client = house.answer(PtyScreen.of(program, rest, DISPLAY="127.0.0.1:9"))
        client.until("我的队列")
        for what in ("agent", "x11", "environment"):
            noted(house, what)
        client.press("ctrl+q")
        client.ended()
    finally:
        agent.terminate()
        agent.wait()


def test_a_second_session_on_the_same_connection(house: Served, tmp_path: Path) -> None:
    control = ("-o", f"ControlPath={tmp_path / 'c'}")
    first = house.sign_in("zhangwei", "-o", "ControlMaster=yes", *control)
    first.until("我的队列")
    # Where the shared connection refuses, the client tries one of its own; it may not.
    alone = ("-o", "ControlMaster=no", "-o", "PreferredAuthentications=none", *control)
    second = house.dial("zhangwei", *alone)
    assert second.ended() != 0
    assert "VEILDESK" not in second.raw
    noted(house, "second_session")
    first.press("?")
    first.until("帮助")
    first.press("escape", "ctrl+q")
    first.ended()


def test_a_session_without_a_terminal(house: Served) -> None:
    client = house.sign_in("zhangwei", "-T")
    assert client.ended() != 0
    noted(house, "no_terminal")


def test_a_crowd_of_strangers_is_turned_away_and_staff_still_come_in(served: Served) -> None:
    crowd = [socket.create_connection(("127.0.0.1", served.door.address.port)) for _ in range(30)]
    try:
        event = served.until_event(REFUSED, rule="door.too_many")
        assert event.person_id is None
    finally:
        for one in crowd:
            one.close()
    served.sign_in("zhangwei").until("我的队列")
