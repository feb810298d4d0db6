"""A home is private, whole, and held by one desk."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from console.home import DeskLock, Home, HomeRefused
from console.settings import Settings, SettingsRefused, dump, load


def test_a_home_is_private_and_made_once(tmp_path: Path) -> None:
    home = Home(tmp_path / "h")
    home.create()
    for path in (home.root, home.keys, home.database.parent, home.witness.parent, home.drop):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700
    with pytest.raises(HomeRefused) as refused:
        home.create()
    assert refused.value.code == "home.exists"


@pytest.mark.clause("Y-4.1.2")
def test_a_home_that_others_can_enter_is_refused(tmp_path: Path) -> None:
    home = Home(tmp_path / "h")
    with pytest.raises(HomeRefused) as refused:
        home.check()
    assert refused.value.code == "home.missing"
    home.create()
    home.settings.write_bytes(dump(Settings(), note="x"))
    home.check()
    home.keys.chmod(0o750)
    with pytest.raises(HomeRefused) as refused:
        home.check()
    assert refused.value.code == "home.open_to_others"


def test_one_desk_a_home(tmp_path: Path) -> None:
    home = Home(tmp_path / "h")
    home.create()
    first, second = DeskLock(home), DeskLock(home)
    first.acquire()
    with pytest.raises(HomeRefused) as refused:
        second.acquire()
    assert refused.value.code == "home.in_use"
    first.release()
    second.acquire()
    second.release()


def test_a_path_too_long_for_a_socket_is_refused(tmp_path: Path) -> None:
    with pytest.raises(HomeRefused) as refused:
        Home(tmp_path / ("x" * 90)).create()
    assert refused.value.code == "home.path_too_long"


@pytest.mark.clause("Y-4.7.2")
@pytest.mark.parametrize(
    "text",
    [
        "lock_minutes = 11",
        "lock_minutes = 0",
        "surprise = 1",
        "zone = 'Mars/Base'",
        "language = 'fr'",
        "currency = 'JPY'",
        "currency = 'KWD'",
        "x = [",
    ],
)
def test_settings_out_of_bounds_are_refused_whole(tmp_path: Path, text: str) -> None:
    path = tmp_path / "desk.toml"
    path.write_text(text)
    with pytest.raises(SettingsRefused) as refused:
        load(path)
    assert refused.value.code == ("settings.unknown_key" if text.startswith("surprise") else "settings.broken")


def test_settings_come_back_as_written(tmp_path: Path) -> None:
    path = tmp_path / "desk.toml"
    path.write_bytes(dump(Settings(name="一号台", lock_minutes=7), note="hello"))
    assert load(path) == Settings(name="一号台", lock_minutes=7)
