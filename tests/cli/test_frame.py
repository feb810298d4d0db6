"""The frame around every command: help, exit codes, what stands on which stream, no traceback."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from console.cli import main
from console.cli.exits import Exit

SECRET = "13912345678"
_TREE = Path(main.__file__).parents[2]


def veildesk(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "console.cli.main", *arguments],
        capture_output=True,
        text=True,
        check=False,
        stdin=subprocess.DEVNULL,
        cwd=Path(main.__file__).parents[2],
        env={**os.environ, "LANG": "en_US.UTF-8", **environment},
    )


@pytest.mark.clause("design-5")
def test_help_names_every_command_and_the_options_of_all() -> None:
    done = veildesk("--help")
    assert done.returncode == Exit.DONE
    for word in ("demo", "init", "console", "serve", "import", "cases", "users", "grants", "audit", "doctor", "bench"):
        assert f"\n  {word} " in done.stdout
    assert "--home DIR (or VEILDESK_HOME)" in done.stdout
    assert done.stderr == ""


@pytest.mark.parametrize("group", ["cases", "users", "roles", "grants", "sources", "imports", "audit"])
def test_a_group_alone_says_what_it_can(group: str) -> None:
    done = veildesk(group)
    assert done.returncode == Exit.USAGE
    assert "Commands:" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("arguments", [["nonsense"], ["cases", "list", "--nonsense"], ["--language", "fr", "doctor"]])
def test_wrong_usage_is_two_and_on_stderr(arguments: list[str]) -> None:
    done = veildesk(*arguments)
    assert done.returncode == Exit.USAGE
    assert done.stdout == ""
    assert done.stderr
    assert "Traceback" not in done.stderr


def test_a_command_without_a_desk_says_so() -> None:
    done = veildesk("cases", "list")
    assert done.returncode == Exit.USAGE
    assert "--home" in done.stderr


def test_a_missing_home_is_refused_in_words(tmp_path: Path) -> None:
    done = veildesk("cases", "list", "--home", str(tmp_path / "none"))
    assert done.returncode == Exit.REFUSED
    assert done.stdout == ""
    assert "home.missing" not in done.stderr
    assert done.stderr.strip()


@pytest.mark.clause("C-6.5b")
def test_what_breaks_gives_a_reference_and_no_value(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError(SECRET)

    monkeypatch.setattr(main, "app", broken)
    home = tmp_path / "home"
    (home / "logs").mkdir(parents=True)
    assert main.run(["doctor", "--home", str(home), "--language", "en"]) == Exit.REFUSED
    said = capsys.readouterr()
    log = (home / "logs" / "desk.log").read_text()
    assert said.out == ""
    assert "Traceback" not in said.err + log
    assert SECRET not in said.err + log
    reference = log.split("reference ")[1].split(":")[0]
    assert reference in said.err
    assert "RuntimeError" in log


@pytest.mark.clause("design-5")
def test_help_loads_neither_database_nor_screens_nor_keys() -> None:
    probe = (
        "import sys, console.cli.main as m; m.run(['--help']);"
        "bad = {'sqlalchemy', 'textual', 'cryptography', 'access', 'masking', 'msgspec', 'faker'} & set(sys.modules);"
        "sys.exit(len(bad))"
    )
    done = subprocess.run([sys.executable, "-c", probe], check=False, capture_output=True)
    assert done.returncode == 0


def spent() -> float:
    """Processor seconds of finished children."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@pytest.mark.clause("design-5")
def test_help_starts_fast() -> None:
    taken = []
    for _ in range(5):
        start = spent()
        veildesk("--help")
        taken.append(spent() - start)
    # Some 0.2 s; processor time, which neighbours on shared cores stretch less than the clock on the wall.
    assert min(taken) < 0.45


def test_output_has_no_colour_when_none_is_wanted() -> None:
    assert "\x1b[" not in veildesk("--help", NO_COLOR="1").stdout


@pytest.mark.clause("issue-4", "T11")
def test_no_command_can_be_dumped_nor_its_screen_s_process() -> None:
    """A command may host the desk, and doctor opens every customer's values."""
    asked = (
        "import ctypes, resource, console.cli.main as m;"
        "m.run = lambda _: print(ctypes.CDLL(None).prctl(3, 0, 0, 0, 0), *resource.getrlimit(resource.RLIMIT_CORE));"
        "m.main()"
    )
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True, cwd=_TREE)
    assert done.stdout.split() == ["0", "0", "0"]
