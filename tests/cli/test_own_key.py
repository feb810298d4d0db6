"""A prod desk's own machine: commands and screens take password, one-time code and the person's own key, or nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from access.audit.events import DetailKey
from access.context import SECOND
from access.people import local_keys, possession, public_keys
from access.people.deed import Hand
from access.store.base import UnitOfWork
from console import own_keys
from masking.keys import Profile
from tests.cli.conftest import Run
from tests.support.pty_screen import PtyScreen
from tests.support.served import PASSWORD, Served, serving

pytestmark = [pytest.mark.slow, pytest.mark.clause("Y-4.2.2", "issue-4")]

ROOT = Path(__file__).resolve().parents[2]
PASSPHRASE = "a long passphrase 1"
PIN = "1234567"
MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")


@pytest.fixture(scope="module")
def prod(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A served prod desk; two of its people have keys of their own, one in a file."""
    with serving(tmp_path_factory.mktemp("served"), Profile.PROD, plain_keys_days=1) as house:
        give(house, "wugang", own_keys.make_file(house.root / "wugang.pem", PASSPHRASE))
        yield house


@pytest.fixture
def house(prod: Served) -> Served:
    """A minute later, with a fresh one-time code."""
    prod.clock.advance(60)
    return prod


def give(house: Served, login: str, line: str) -> None:
    """Put a key into use, in the name of two others."""
    parts, people = house.desk.running.parts, house.desk.founded.persons
    until = house.clock.now_us() + 86_400 * SECOND

    def act(uow: UnitOfWork) -> None:
        by = (people["hejie"], people["zhenghao"])
        possession.found(Hand(uow, parts.proofs), people[login], public_keys.parse(line), by, until)

    parts.store.run(act)


def start(house: Served, login: str, *words: str, key: str = "", runtime: Path | None = None) -> PtyScreen:
    """A command as it is typed on the desk's machine; its ticket is kept apart for each test."""
    own = ["--own-key", key] if key else []
    home = str(house.desk.running.home.root)
    order = ["-m", "console.cli.main", "--home", home, "--as", login, "--language", "zh_CN", *own, *words]
    place = str(runtime or house.root)
    return PtyScreen.of(sys.executable, order, PYTHONPATH=str(ROOT), XDG_RUNTIME_DIR=place)


def answer(house: Served, screen: PtyScreen, secret: str, asked: str = "密钥口令") -> PtyScreen:
    """Type all three."""
    for words, typed in (("密码", PASSWORD), ("动态码", house.code()), (asked, secret)):
        screen.until(words)
        screen.press(typed, "enter")
    return screen


def last(house: Served) -> dict[DetailKey, str]:
    event = house.events("account:session:sign_in")[-1]
    return {**dict(event.detail), DetailKey.STATE: event.result}


def test_a_command_takes_three_factors_and_the_next_a_ticket(house: Served, tmp_path: Path) -> None:
    key = str(house.root / "wugang.pem")
    first = answer(house, start(house, "wugang", "ssh-keys", "list", key=key, runtime=tmp_path), PASSPHRASE)
    assert first.ended() == 0, first.raw
    assert "veildesk-sm2" in first.raw
    assert last(house)[DetailKey.FACTOR] == "local_key+password+totp"
    again = start(house, "wugang", "ssh-keys", "list", runtime=tmp_path)
    assert again.ended() == 0, again.raw
    assert last(house)[DetailKey.FACTOR] == "ticket"
    house.clock.advance(601)
    late = start(house, "wugang", "ssh-keys", "list", runtime=tmp_path)
    assert late.ended() == 1
    assert "--own-key" in late.raw, "no key, no command"


def test_without_the_key_nothing_is_asked_or_opened(house: Served, tmp_path: Path) -> None:
    plain = start(house, "wugang", "ssh-keys", "list", runtime=tmp_path)
    assert plain.ended() == 1
    assert "密码" not in plain.raw
    key = str(house.root / "wugang.pem")
    wrong = answer(house, start(house, "wugang", "ssh-keys", "list", key=key, runtime=tmp_path), "another one 22")
    assert wrong.ended() == 1
    assert "veildesk-sm2" not in wrong.raw
    house.clock.advance(30)
    stranger = tmp_path / "stranger.pem"
    own_keys.make_file(stranger, PASSPHRASE)
    forged = answer(house, start(house, "wugang", "ssh-keys", "list", key=str(stranger), runtime=tmp_path), PASSPHRASE)
    assert forged.ended() == 1
    assert last(house)[DetailKey.CODE] == "signin.local_key"
    assert not list(tmp_path.rglob("*.ticket"))


def test_the_screens_open_behind_three_factors(house: Served, tmp_path: Path) -> None:
    key = str(house.root / "wugang.pem")
    screen = answer(house, start(house, "wugang", "console", key=key, runtime=tmp_path), PASSPHRASE)
    screen.until("吴刚")
    assert PASSPHRASE not in screen.raw
    screen.press("ctrl+q")
    assert screen.ended() == 0
    opened = len(house.events("account:session:sign_in", result="ok"))
    without = start(house, "wugang", "console", runtime=tmp_path)
    without.until("登录名")
    house.clock.advance(30)
    without.press("wugang", "enter", PASSWORD, "enter", house.code(), "enter")
    house.until_event("desk:call:answer", rule="session.third_factor_missing")
    without.press("ctrl+q")
    without.ended()
    assert len(house.events("account:session:sign_in", result="ok")) == opened


@pytest.fixture
def token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A key's place in a fresh token of SoftHSM2."""
    (tmp_path / "tokens").mkdir()
    settings = tmp_path / "softhsm2.conf"
    settings.write_text(f"directories.tokendir = {tmp_path / 'tokens'}\n")
    monkeypatch.setenv("SOFTHSM2_CONF", str(settings))
    order = ["softhsm2-util", "--init-token", "--free", "--label", "desk", "--pin", PIN, "--so-pin", "87654321"]
    subprocess.run(order, check=True, capture_output=True)
    return f"pkcs11:token=desk;object=me?module-path={MODULE}"


def run(*words: str, typed: str, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """A command of its own process: the token's library reads its settings once."""
    order = [sys.executable, "-m", "console.cli.main", "--language", "en", *words]
    env = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    return subprocess.run(order, input=typed, capture_output=True, text=True, env=env, timeout=60, check=False)


@pytest.mark.debian("softhsm2-util")
def test_a_token_holds_the_key_and_signs(house: Served, token: str, tmp_path: Path) -> None:
    made = run("own-key", "new", token, typed=f"{PIN}\n", environment={})
    assert made.returncode == 0, made.stderr
    assert made.stdout.startswith(f"{local_keys.P256_TOKEN} ")
    assert public_keys.parse(made.stdout).token
    assert run("own-key", "new", token, typed=f"{PIN}\n", environment={}).returncode == 1, "not twice"
    assert run("own-key", "show", token, typed=f"{PIN}\n", environment={}).stdout == made.stdout
    assert "PIN" in run("own-key", "show", token, typed="7654321\n", environment={}).stderr
    other = token.replace("object=me", "object=nobody")
    assert run("own-key", "show", other, typed=f"{PIN}\n", environment={}).returncode == 1
    give(house, "fengxue", made.stdout)
    screen = answer(house, start(house, "fengxue", "ssh-keys", "list", key=token, runtime=tmp_path), PIN, "PIN")
    assert screen.ended() == 0, screen.raw
    assert "veildesk-p256-token" in screen.raw
    assert last(house)[DetailKey.FACTOR] == "local_key+password+totp"


def test_a_key_file_is_made_where_the_person_is(veildesk: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "own.pem"
    typed = iter((PASSPHRASE, PASSPHRASE, PASSPHRASE, PASSPHRASE, "other"))
    monkeypatch.setattr("console.cli.seat.read_secret", lambda _: next(typed))
    code, said, _ = veildesk("own-key", "new", str(path))
    assert code == 0
    assert path.with_name("own.pem.pub").read_text() == said
    assert "BEGIN ENCRYPTED PRIVATE KEY" in path.read_text()
    assert veildesk("own-key", "show", str(path))[1] == said
    code, _, why = veildesk("own-key", "new", str(tmp_path / "two.pem"))
    assert code == 1
    assert "differ" in why
    assert not (tmp_path / "two.pem").exists()
