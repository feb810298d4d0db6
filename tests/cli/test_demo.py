"""The demo: a desk in seconds, its story told through real calls, and a story that notices a broken promise."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from console.cli import main
from console.cli.exits import Exit
from console.demo import build
from console.desk.api.cases import CaseView
from console.desk.api.reveal import Revealed, ViewField
from console.desk.host import EmbeddedDesk
from console.home import Home, HomeRefused
from tests.cli.conftest import Run

ROOT = Path(main.__file__).parents[2]


def told(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "console.cli.main", "demo", *arguments],
        check=False,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        cwd=ROOT,
        env={**os.environ, "LANG": "en_US.UTF-8"},
    )


@pytest.mark.slow
@pytest.mark.clause("issue-2", "design-5", "C-5.4d-2")
def test_without_a_terminal_the_story_is_told_and_nothing_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    # A socket's path is short, and this folder's may not be.
    short = Path(tempfile.mkdtemp(dir="/tmp"))
    monkeypatch.setenv("TMPDIR", str(short))
    done = told("--cases", "40")
    assert done.returncode == Exit.DONE, done.stderr
    steps = [line for line in done.stdout.splitlines() if line[:1].isdigit()]
    assert [int(step.split(".")[0]) for step in steps] == list(range(1, 12))
    masked = [line for line in done.stdout.splitlines() if line.startswith("7.")]
    assert masked[0].endswith("****")
    assert list(short.iterdir()) == [], "a demo without a home leaves nothing behind"
    short.rmdir()


@pytest.mark.slow
def test_a_kept_demo_is_opened_again(tmp_path: Path) -> None:
    first = told("--cases", "40", "--home", str(tmp_path / "h"))
    again = told("--home", str(tmp_path / "h"))
    assert first.returncode == again.returncode == Exit.DONE, again.stderr
    assert told("--cases", "40", "--home", str(tmp_path)).returncode == Exit.REFUSED, "never into somebody's files"


@pytest.mark.slow
def test_the_same_seed_tells_the_same_people(tmp_path: Path) -> None:
    one, two = (told("--cases", "40", "--home", str(tmp_path / name)) for name in ("1", "2"))
    queues = [[line for line in done.stdout.splitlines() if line.startswith("    C-")] for done in (one, two)]
    assert queues[0] == queues[1]
    assert len(queues[0]) == 5


@pytest.mark.slow
@pytest.mark.clause("issue-2")
def test_a_broken_promise_ends_the_story_with_three(home: Path, veildesk: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    masks: dict[str, str] = {}
    whole: Callable[..., Awaitable[object]] = EmbeddedDesk.call

    async def call(desk: EmbeddedDesk, request: object, **more: object) -> object:
        if isinstance(request, ViewField):
            return Revealed(field=request.field, value=masks[request.field.name], ends_at=2, now=1)
        reply = await whole(desk, request, **more)
        if isinstance(reply, CaseView):
            masks.update({field.name: field.masked for field in reply.fields})
        return reply

    monkeypatch.setattr(EmbeddedDesk, "call", call)
    code, _, err = veildesk("demo", "--home", str(home))
    assert code == Exit.FOUND
    assert "plain" in err


@pytest.mark.slow
@pytest.mark.clause("design-5")
def test_as_json_desk_people_and_story_are_one_object(home: Path, veildesk: Run) -> None:
    code, out, _ = veildesk("demo", "--home", str(home), "--json")
    said = json.loads(out)
    assert (code, said["held"]) == (Exit.DONE, True)
    assert {"desk", "home", "people", "story"} <= set(said)
    assert len(said["people"]) == 17


@pytest.mark.clause("design-2")
def test_a_dev_desk_is_not_taken_for_a_demo(tmp_path: Path, veildesk: Run) -> None:
    root = str(tmp_path / "h")
    three = ("--system-admin", "hao:郑浩", "--security-admin", "gang:吴刚", "--auditor", "xue:冯雪")
    assert veildesk("init", "--home", root, *three)[0] == Exit.DONE
    code, out, err = veildesk("demo", "--home", root)
    assert (code, out) == (Exit.REFUSED, "")
    assert err.strip()


def test_two_demo_desks_do_not_share_a_home(home: Path) -> None:
    async def twice() -> None:
        desk = await build.reopen(Home(home))
        try:
            with pytest.raises(HomeRefused) as refused:
                await build.reopen(Home(home))
            assert refused.value.code == "home.in_use"
        finally:
            await desk.stop()

    asyncio.run(twice())
