"""The service manager's units: well formed, tightly fenced, and each process an account of its own."""

from __future__ import annotations

import re
import subprocess
from functools import cache
from pathlib import Path

import pytest

UNITS = Path(__file__).resolve().parents[2] / ".deploy"
SERVICES = sorted(UNITS.glob("*.service"))
EXPOSED = 20
"""Tenths of systemd's exposure level; 100 is no fence at all."""

pytestmark = [pytest.mark.debian("systemd-analyze"), pytest.mark.clause("issue-4")]


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """The units as they would lie on a machine on which the program is installed."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("veildesk", "python"):
        (programs / name).write_text("#!/bin/sh\n")
        (programs / name).chmod(0o755)
    for unit in UNITS.glob("*.[s]*"):
        text = unit.read_text().replace("/usr/lib/veildesk/bin", str(programs))
        (tmp_path / unit.name).write_text(text)
    return tmp_path


def test_every_unit_is_understood(installed: Path) -> None:
    units = [str(path) for path in sorted(installed.glob("veildesk-*"))]
    said = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *units], capture_output=True, text=True, check=False
    )
    ours = [line for line in said.stderr.splitlines() if "veildesk" in line]
    assert (said.returncode, ours) == (0, [])
    assert len(units) == 5


@pytest.mark.parametrize("service", SERVICES, ids=lambda path: path.stem)
def test_every_service_is_fenced(service: Path) -> None:
    order = ["systemd-analyze", "security", "--offline=yes", f"--threshold={EXPOSED}", "--no-pager", str(service)]
    said = subprocess.run(order, capture_output=True, text=True, check=False)
    assert "exposure level" in said.stdout, said.stderr
    assert said.returncode == 0, "\n".join(line for line in said.stdout.splitlines() if "✗" in line)


def called(service: Path) -> set[str]:
    """System calls that a service may make, groups resolved as systemd does: lists with ~ take away, others add."""
    found: set[str] = set()
    for words in re.findall(r"^SystemCallFilter=(.+)$", service.read_text(), re.MULTILINE):
        named = {
            one for word in words.removeprefix("~").split() for one in (members(word) if word[0] == "@" else {word})
        }
        found = found - named if words.startswith("~") else found | named
    return found


@cache
def members(group: str) -> frozenset[str]:
    said = subprocess.run(["systemd-analyze", "syscall-filter", group], capture_output=True, text=True, check=True)
    words = [line.strip() for line in said.stdout.splitlines()[1:] if not line.strip().startswith("#")]
    return frozenset(one for word in words if word for one in (members(word) if word[0] == "@" else {word}))


@pytest.mark.parametrize("service", SERVICES, ids=lambda path: path.stem)
def test_no_service_has_a_ring_that_goes_round_its_filter(service: Path) -> None:
    assert "read" in (calls := called(service))
    assert [one for one in calls if "uring" in one] == []


def test_three_accounts_and_one_on_the_network() -> None:
    users = {path.stem: re.findall(r"^User=(.+)$", path.read_text(), re.MULTILINE) for path in SERVICES}
    assert sorted(users) == ["veildesk-desk", "veildesk-door", "veildesk-sessions"]
    assert len({user for (user,) in users.values()}) == 3
    online = [path.stem for path in SERVICES if "PrivateNetwork=yes" not in path.read_text()]
    assert online == ["veildesk-door"]
    named = re.findall(r"^u (\S+)", (UNITS / "veildesk.sysusers").read_text(), re.MULTILINE)
    assert {user for (user,) in users.values()} == set(named)


def test_a_service_that_asks_who_comes_sees_the_machine_s_own_users() -> None:
    """With `PrivateUsers=` the kernel calls every other account nobody, so the desk would refuse its own front door."""
    asking = [path for path in SERVICES if "--door-user" in path.read_text()]
    assert [path.stem for path in asking] == ["veildesk-desk"]
    for service in asking:
        assert re.findall(r"^PrivateUsers=(.+)$", service.read_text(), re.MULTILINE) == ["no"]
