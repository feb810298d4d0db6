"""A demo home for the commands: filled once, copied for each test that wants its own."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from console.cli import main
from console.demo import build

CASES = 40

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="session")
def filled_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo home with cases; nobody runs it."""
    root = tmp_path_factory.mktemp("d") / "h"

    async def fill() -> None:
        desk = await build.build(root, cases=CASES, seed=7)
        await desk.stop()

    asyncio.run(fill())
    return root


@pytest.fixture
def home(filled_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An own copy of the filled home; `VEILDESK_HOME` names it."""
    root = tmp_path / "h"
    shutil.copytree(filled_home, root)
    monkeypatch.setenv("VEILDESK_HOME", str(root))
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    monkeypatch.delenv("LC_ALL", raising=False)
    return root


@pytest.fixture
def veildesk(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run one command line; exit code, stdout, stderr."""

    def run(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = main.run(arguments)
        said = capsys.readouterr()
        return code, said.out, said.err

    monkeypatch.setenv("LANG", "en_US.UTF-8")
    return run
