"""The clause report: marks are gathered, the worst outcome counts, and its command says what is proven."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests import clauses
from tests.support.clauses import CLAUSE_ID

ROOT = Path(__file__).resolve().parents[2]
PROBE = """
import pytest

@pytest.mark.clause("C-5.4a", "Y-4.2.1")
def test_good(): assert True

@pytest.mark.clause("C-5.4a")
@pytest.mark.parametrize("n", [1, 2])
def test_half(n): assert n == 1

@pytest.mark.clause("R-43b")
def test_left_out(): pytest.skip("nothing to run it on")
"""


@pytest.fixture
def probe(tmp_path: Path) -> Path:
    (tmp_path / "test_probe.py").write_text(PROBE)
    (tmp_path / "pytest.ini").write_text("[pytest]\nmarkers =\n    clause(*ids)\n    debian(*programs)\n")
    return tmp_path


def run(folder: Path, *more: str, **environment: str) -> tuple[int, str, dict[str, dict[str, str]]]:
    report = folder / "clauses.json"
    done = subprocess.run(
        [
            sys.executable, "-m", "pytest", "-p", "tests.support.clauses", "-p", "tests.support.notrun",
            "-p", "no:cacheprovider", "--clause-report", str(report), *more, str(folder),
        ],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    return done.returncode, done.stdout, json.loads(report.read_text()) if report.exists() else {}


@pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["one process", "parallel"])
@pytest.mark.slow
def test_marks_become_clause_tests_result(probe: Path, workers: tuple[str, ...]) -> None:
    _, _, report = run(probe, *workers)
    assert report == {
        "C-5.4a": {"test_probe.py::test_good": "passed", "test_probe.py::test_half": "failed"},
        "R-43b": {"test_probe.py::test_left_out": "skipped"},
        "Y-4.2.1": {"test_probe.py::test_good": "passed"},
    }


@pytest.mark.slow
def test_what_was_not_run_is_named_and_can_fail_the_run(probe: Path) -> None:
    code, said, _ = run(probe, "-k", "good or left_out")
    assert code == 0
    assert "1 test: nothing to run it on" in said
    code, _, _ = run(probe, "-k", "good or left_out", VEILDESK_NO_SKIPS="1")
    assert code == 1


def test_the_command_says_what_is_not_proven(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "report.json"
    path.write_text(json.dumps({"C-5.4a": {"t::a": "passed"}, "R-43b": {"t::b": "skipped"}}))
    assert clauses.main([str(path)]) == 1
    out = capsys.readouterr().out
    assert "C-5.4a  proven" in out
    assert "R-43b  NOT PROVEN" in out
    assert "1 of 2 clauses proven" in out


def test_no_report_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as ended:
        clauses.main([str(tmp_path / "none.json")])
    assert ended.value.code == 2


@pytest.mark.parametrize("clause", ["C-5.4d-1", "Y-4.2.1", "J-23", "F-4", "R-43c", "T12", "design-4", "issue-2"])
def test_clause_ids(clause: str) -> None:
    assert CLAUSE_ID.match(clause)


@pytest.mark.parametrize("clause", ["5.4d", "C5.4", "", "C-", "C-5.4 d"])
def test_what_is_no_clause_id(clause: str) -> None:
    assert not CLAUSE_ID.match(clause)
