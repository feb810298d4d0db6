"""A test that fails beside others and passes alone, three times, is named and forgiven; any other failure stands."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CROWDED = """
import os, pathlib, pytest
HERE = pathlib.Path(__file__).parent
def test_loses_to_neighbours(): assert os.environ.get("CROWD") is None
def test_is_wrong(): assert not WRONG
@pytest.mark.parametrize("n", range(MANY))
def test_many(n): assert os.environ.get("CROWD") is None
def test_passes_so_often():
    ran = len(list(HERE.glob("ran*"))); (HERE / f"ran{ran}").touch()
    assert STEADY is None or 0 < ran <= STEADY
"""


def again(folder: Path, *, wrong: bool = False, many: int = 0, steady: int | None = None) -> tuple[int, str]:
    """Run the probe in a crowd, then what failed alone; exit code and output of the second."""
    body = CROWDED.replace("WRONG", str(wrong)).replace("MANY", str(many)).replace("STEADY", str(steady))
    (folder / "test_probe.py").write_text(body)
    (folder / "pytest.ini").write_text("[pytest]\n")
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "COV"))}
    cache = folder / "cache"
    first = [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", "-o", f"cache_dir={cache}", str(folder)]
    subprocess.run(first, check=False, env={**env, "CROWD": "1"}, cwd=folder, capture_output=True)
    # The option of the report belongs to this project's own plugin.
    (folder / "conftest.py").write_text('pytest_plugins = ["tests.support.clauses"]\n')
    done = subprocess.run(
        [sys.executable, str(ROOT / ".ci" / "again.py"), str(cache), str(folder / "again.json")],
        check=False, env={**env, "PYTHONPATH": str(ROOT)}, cwd=folder, capture_output=True, text=True,
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


@pytest.mark.slow
def test_alone_three_times_is_enough(tmp_path: Path) -> None:
    code, said = again(tmp_path)
    assert code == 0, said
    assert said.count("again, alone: ") == 1
    assert "test_loses_to_neighbours" in said
    assert said.count("1 passed") == 3
    assert json.loads((tmp_path / "again.json").read_text()) == {}


@pytest.mark.slow
def test_what_is_wrong_stays_wrong(tmp_path: Path) -> None:
    code, said = again(tmp_path, wrong=True)
    assert code == 1, said
    assert "test_is_wrong" in said


@pytest.mark.slow
def test_two_good_goes_are_not_three(tmp_path: Path) -> None:
    code, said = again(tmp_path, steady=2)
    assert code == 1, said
    assert "test_passes_so_often" in said


@pytest.mark.slow
def test_more_than_six_are_not_tried_again(tmp_path: Path) -> None:
    code, said = again(tmp_path, many=6)
    assert code == 1
    assert "7 tests failed: nothing is run again" in said
