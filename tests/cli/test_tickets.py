from __future__ import annotations

import stat
from pathlib import Path

import pytest

from console.cli import tickets
from console.home import Home


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    runtime = tmp_path / "runtime"
    runtime.mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(runtime))
    return Home(tmp_path / "desk")


def kept_file(home: Home) -> Path:
    (found,) = tickets._folder().iterdir()
    return found


@pytest.mark.clause("design-5")
def test_a_ticket_is_kept_for_its_owner_only(home: Home) -> None:
    tickets.keep(home, "lina", "sealed")
    assert stat.S_IMODE(kept_file(home).stat().st_mode) == 0o600
    assert stat.S_IMODE(kept_file(home).parent.stat().st_mode) == 0o700


def test_a_ticket_serves_its_login_and_an_unnamed_one(home: Home) -> None:
    tickets.keep(home, "lina", "sealed")
    assert tickets.load(home, "lina") == tickets.load(home, "") == "sealed"
    assert tickets.load(home, "zhangwei") == ""


def test_a_ticket_of_another_desk_is_not_found(home: Home, tmp_path: Path) -> None:
    tickets.keep(home, "lina", "sealed")
    assert tickets.load(Home(tmp_path / "other"), "") == ""


@pytest.mark.parametrize("mode", [0o644, 0o660, 0o604])
def test_a_ticket_open_to_others_is_not_used(home: Home, mode: int) -> None:
    tickets.keep(home, "lina", "sealed")
    kept_file(home).chmod(mode)
    assert tickets.load(home, "lina") == ""


def test_a_link_is_not_followed(home: Home, tmp_path: Path) -> None:
    tickets.keep(home, "lina", "sealed")
    path = kept_file(home)
    aside = path.rename(tmp_path / "aside")
    path.symlink_to(aside)
    assert tickets.load(home, "lina") == ""


def test_an_unsafe_folder_keeps_nothing(home: Home) -> None:
    folder = tickets._folder()
    folder.mkdir(mode=0o755)
    folder.chmod(0o755)
    tickets.keep(home, "lina", "sealed")
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("text", ["", "{", "[]", '{"login": "lina"}'])
def test_a_damaged_ticket_is_none(home: Home, text: str) -> None:
    tickets.keep(home, "lina", "sealed")
    kept_file(home).write_text(text)
    assert tickets.load(home, "") == ""


def test_a_forgotten_ticket_is_gone(home: Home) -> None:
    tickets.keep(home, "lina", "sealed")
    tickets.forget(home)
    assert tickets.load(home, "") == ""
