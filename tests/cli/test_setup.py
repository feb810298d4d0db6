"""Making a desk, signing in to it as its first admins do, serving it, and the ticket between two commands."""

from __future__ import annotations

import base64
import datetime as dt
import json
import os
import re
import stat
import sys
import time
from pathlib import Path

import pexpect
import pyotp
import pytest

from access.audit.findings import Kind
from access.audit.witness import Witness
from console import unopened
from console.cli import main
from console.cli.exits import Exit
from console.home import Home
from tests.cli.conftest import Run

ROOT = Path(main.__file__).parents[2]
THREE = ("--system-admin", "hao:郑浩", "--security-admin", "gang:吴刚", "--auditor", "xue:冯雪")


def program(home: Path, runtime: Path, *arguments: str) -> pexpect.spawn[str]:
    return pexpect.spawn(
        sys.executable,
        ["-m", "console.cli.main", *arguments, "--home", str(home), "--language", "en"],
        cwd=str(ROOT),
        env={**os.environ, "XDG_RUNTIME_DIR": str(runtime)},
        encoding="utf-8",
        timeout=60,
        dimensions=(40, 200),
    )


@pytest.fixture
def runtime(tmp_path: Path) -> Path:
    folder = tmp_path / "runtime"
    folder.mkdir(mode=0o700)
    return folder


@pytest.fixture
def handed(tmp_path: Path, veildesk: Run) -> tuple[Path, dict[str, tuple[str, str]]]:
    """A dev desk, and by login what its admins were handed: password and seed."""
    root = tmp_path / "h"
    code, out, _ = veildesk("init", "--home", str(root), *THREE, "--language", "en")
    assert code == Exit.DONE
    logins = re.findall(r"login (\w+) ──", out)
    passwords = re.findall(r"First password \(shown this once\): (\S+)", out)
    seeds = re.findall(r"secret=([A-Z2-7]+)", out)
    assert logins == ["hao", "gang", "xue"]
    return root, {login: (password, seed) for login, password, seed in zip(logins, passwords, seeds, strict=True)}


@pytest.mark.clause("design-5", "S-3.3-2")
def test_init_makes_a_private_home_and_three_people(handed: tuple[Path, dict[str, tuple[str, str]]]) -> None:
    root, secrets = handed
    for path in (root, *root.rglob("*")):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path
    assert len({password for password, _ in secrets.values()}) == 3
    everything = b"".join(path.read_bytes() for path in root.rglob("*") if path.is_file())
    for password, seed in secrets.values():
        assert password.encode() not in everything
        assert seed.encode() not in everything


@pytest.mark.clause("design-5")
def test_as_json_each_admin_is_handed_the_same(tmp_path: Path, veildesk: Run) -> None:
    code, out, _ = veildesk("init", "--home", str(tmp_path / "j"), *THREE, "--json")
    handed = json.loads(out)
    assert code == Exit.DONE
    assert [one["admin"]["login"] for one in handed] == ["hao", "gang", "xue"]
    assert all(len(one["password"]) == 16 and len(one["seed"]) == 32 for one in handed)


@pytest.mark.slow
@pytest.mark.clause("design-5", "Y-4.2.2")
def test_a_command_signs_in_once_and_keeps_a_ticket(
    handed: tuple[Path, dict[str, tuple[str, str]]], runtime: Path
) -> None:
    root, secrets = handed
    password, seed = secrets["xue"]
    command = program(root, runtime, "audit", "verify", "--as", "xue")
    command.expect("Password: ")
    command.sendline(password)
    command.expect("One-time code: ")
    command.sendline(pyotp.TOTP(seed).now())
    command.expect("The log is whole")
    command.expect(pexpect.EOF)
    command.close()
    assert command.exitstatus == Exit.DONE
    (ticket,) = runtime.rglob("*.ticket")
    assert stat.S_IMODE(ticket.stat().st_mode) == 0o600
    assert password not in ticket.read_text()
    again = program(root, runtime, "audit", "show", "--as", "xue")
    assert again.expect(["Password: ", "account:session:sign_in"]) == 1
    again.expect(pexpect.EOF)
    another = program(root, runtime, "users", "list", "--as", "hao")
    another.expect("Password: ")
    another.close(force=True)


@pytest.mark.slow
@pytest.mark.clause("Y-4.2.2")
@pytest.mark.parametrize("wrong", ["password", "code"])
def test_a_wrong_factor_is_refused_without_saying_which(
    handed: tuple[Path, dict[str, tuple[str, str]]], runtime: Path, wrong: str
) -> None:
    root, secrets = handed
    password, seed = secrets["xue"]
    command = program(root, runtime, "users", "list", "--as", "xue")
    command.expect("Password: ")
    command.sendline("not-it-at-all" if wrong == "password" else password)
    command.expect("One-time code: ")
    command.sendline("000000" if wrong == "code" else pyotp.TOTP(seed).now())
    command.expect(pexpect.EOF)
    said = str(command.before)
    command.close()
    assert command.exitstatus == Exit.REFUSED
    assert "not-it-at-all" not in said
    assert "password" not in said.lower().replace("password or", "")
    assert not list(runtime.rglob("*.ticket"))


def test_without_a_terminal_no_factor_is_asked_for(
    handed: tuple[Path, dict[str, tuple[str, str]]], veildesk: Run, monkeypatch: pytest.MonkeyPatch, runtime: Path
) -> None:
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    monkeypatch.setattr("sys.stdin.isatty", lambda: False, raising=False)
    code, out, err = veildesk("users", "list", "--as", "xue", "--home", str(handed[0]))
    assert (code, out) == (Exit.REFUSED, "")
    assert "terminal" in err


def key_options(folder: Path) -> list[str]:
    """A public key for each of the three."""
    words = []
    for number, login in enumerate(("hao", "gang", "xue")):
        blob = b"\0\0\0\x0bssh-ed25519\0\0\0\x20" + bytes([number]) * 32
        (folder / f"{login}.pub").write_text(f"ssh-ed25519 {base64.b64encode(blob).decode()}")
        words += ["--ssh-key", f"{login}={folder / login}.pub"]
    return words


@pytest.mark.clause("C-5.4f", "issue-2")
def test_a_new_desk_s_first_people_are_signed_for_outside_the_database(
    handed: tuple[Path, dict[str, tuple[str, str]]],
) -> None:
    seen = unopened.verify_unopened(Home(handed[0]))
    assert (seen.ok, seen.checkpoints) == (True, 1)
    assert [one.kind for one in seen.notices if one.kind is Kind.NEVER_SIGNED] == []
    assert Witness(Home(handed[0]).witness).read()[0][-1].checkpoint.size == seen.events


@pytest.mark.clause("Y-4.1.2", "Y-4.2.2")
def test_prod_needs_a_waiver_of_two_and_is_served_by_ssh_alone(tmp_path: Path, veildesk: Run) -> None:
    root = str(tmp_path / "p")
    keyless = ("init", "--home", root, "--profile", "prod", *THREE)
    assert veildesk(*keyless)[0] == Exit.USAGE, "nobody could ever come in"
    today = dt.datetime.now(dt.UTC).date()
    forever = (*keyless, *key_options(tmp_path), "--plain-keys-until", "2099-01-01")
    assert veildesk(*forever)[0] == Exit.USAGE, "a plain key is allowed for ninety days at most"
    order = (*keyless, *key_options(tmp_path), "--plain-keys-until", str(today + dt.timedelta(days=89)))
    assert veildesk(*order)[0] == Exit.REFUSED
    assert not (tmp_path / "p").exists(), "a home that could not be made leaves nothing"
    same = ("--waiver-until", "2099-01-01", "--waiver-by", "a", "--waiver-by", "a")
    assert veildesk(*order, *same)[0] == Exit.USAGE
    two = ("--waiver-until", "2099-01-01", "--waiver-by", "a", "--waiver-by", "b")
    assert veildesk(*order, *two)[0] == Exit.DONE
    code, _, err = veildesk("serve", "--no-ssh", "--home", root)
    assert code == Exit.REFUSED
    assert "third factor" in err
    assert veildesk("serve", "--listen", "nowhere", "--home", root)[0] == Exit.USAGE
    assert veildesk("users", "list", "--home", root, "--as", "hao")[0] == Exit.REFUSED


@pytest.mark.parametrize(
    "wrong",
    [
        ("--system-admin", "hao:郑浩", "--security-admin", "hao:吴刚", "--auditor", "xue:冯雪"),
        ("--system-admin", "hao:郑浩:E1", "--security-admin", "gang:吴刚:E1", "--auditor", "xue:冯雪"),
        ("--system-admin", "hao", "--security-admin", "gang:吴刚", "--auditor", "xue:冯雪"),
    ],
)
def test_the_three_admins_are_three_people(tmp_path: Path, veildesk: Run, wrong: tuple[str, ...]) -> None:
    assert veildesk("init", "--home", str(tmp_path / "h"), *wrong)[0] == Exit.USAGE
    assert not (tmp_path / "h").exists()


def test_a_desk_is_never_made_over_another(handed: tuple[Path, dict[str, tuple[str, str]]], veildesk: Run) -> None:
    before = {path: path.read_bytes() for path in handed[0].rglob("*") if path.is_file()}
    assert veildesk("init", "--home", str(handed[0]), *THREE)[0] == Exit.REFUSED
    assert {path: path.read_bytes() for path in handed[0].rglob("*") if path.is_file()} == before


@pytest.mark.slow
@pytest.mark.clause("design-2")
def test_a_served_desk_answers_commands_until_it_is_interrupted(home: Path, runtime: Path, veildesk: Run) -> None:
    served = program(home, runtime, "serve", "--listen", "127.0.0.1:0")
    served.expect(r"The front door listens on 127\.0\.0\.1:\d+; host key SHA256:")
    served.expect("The desk is ready")
    socket = Home(home).socket
    assert stat.S_IMODE(socket.stat().st_mode) == 0o600
    code, out, _ = veildesk("users", "list", "--as", "lina")
    assert (code, "A0173" in out) == (Exit.DONE, True)
    assert veildesk("doctor")[0] == Exit.FOUND, "a running desk is not hunted through"
    served.sendintr()
    served.expect(pexpect.EOF)
    served.close()
    assert served.exitstatus == Exit.DONE
    deadline = time.monotonic() + 60
    while socket.exists() and time.monotonic() < deadline:
        pass
    assert not socket.exists()
    assert veildesk("doctor")[0] == Exit.DONE
