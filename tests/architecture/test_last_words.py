"""The end of a CI run says what failed and why, whatever pytest printed, and never decides."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROBE = """
import os
def test_is_right(): pass
def test_is_wrong():
    wanted = "the reason of it"
    assert wanted == os.environ.get("CROWD", wanted)
"""


def printed(folder: Path, name: str, *options: str, crowd: bool) -> Path:
    """What pytest prints of the probe, where beside others a test fails that alone does not."""
    (folder / "test_probe.py").write_text(PROBE)
    (folder / "pytest.ini").write_text("[pytest]\naddopts = -q\n")
    run = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *options, str(folder)]
    done = subprocess.run(
        run, check=False, capture_output=True, text=True, cwd=folder, env={"CROWD": "full"} if crowd else {}
    )
    (folder / name).write_text(done.stdout)
    return folder / name


def last_words(*texts: Path) -> list[str]:
    done = subprocess.run(
        [sys.executable, str(ROOT / ".ci" / "last_words.py"), *map(str, texts)],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert done.stderr == ""
    return done.stdout.splitlines()


@pytest.mark.slow
def test_a_failure_is_named_with_its_reason(tmp_path: Path) -> None:
    said = last_words(printed(tmp_path, "tests.txt", "--durations=5", crowd=True), tmp_path / "again.txt")
    assert "== What failed" in said
    assert any(line.startswith("E ") and "the reason of it" in line for line in said)
    assert any(line.startswith("FAILED ") and "test_is_wrong" in line for line in said)
    assert said[-1].startswith("1 failed, 1 passed in ")


@pytest.mark.slow
def test_a_run_without_failures_ends_with_its_line_only(tmp_path: Path) -> None:
    said = last_words(printed(tmp_path, "tests.txt", crowd=False))
    assert [line for line in said if line] == said[-1:]
    assert said[-1].startswith("2 passed in ")


@pytest.mark.slow
@pytest.mark.parametrize("options", [(), ("-q",)], ids=["closing line", "none"])
def test_the_second_go_is_said_last_even_where_pytest_closes_without_a_line(
    tmp_path: Path, options: tuple[str, ...]
) -> None:
    tests = printed(tmp_path, "tests.txt", crowd=True)
    again = printed(tmp_path, "again.txt", *options, crowd=False)
    again.write_text("again, alone: test_probe.py::test_is_wrong\n" + again.read_text())
    said = last_words(tests, again)
    after = said[next(n for n, line in enumerate(said) if line.startswith("1 failed, 1 passed in ")) + 1 :]
    assert after[0] == "again, alone: test_probe.py::test_is_wrong"
    assert [line[:12] for line in after[1:]] == ([] if options else ["2 passed in "])


def test_nothing_printed_is_no_error(tmp_path: Path) -> None:
    assert last_words(tmp_path / "missing.txt") == [""]
    (tmp_path / "empty.txt").write_text("")
    assert last_words(tmp_path / "empty.txt") == [""]


def test_the_verdict_is_that_of_the_tests(tmp_path: Path) -> None:
    """The last lines of `.ci/run` as they stand, where pytest said nothing at all in its second go."""
    script = (ROOT / ".ci" / "run").read_text()
    ending = script[script.index("python3 .ci/last_words.py") :]
    for failed in (0, 1):
        done = subprocess.run(
            ["bash", "-c", f"set -euo pipefail\nwork={tmp_path}\nfailed={failed}\n{ending}"],
            check=False, capture_output=True, cwd=ROOT,
        )  # fmt: skip
        assert done.returncode == failed
