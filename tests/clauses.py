"""`python -m tests.clauses [REPORT ...]`: clause → tests → result.

With REPORT, prints what an earlier run wrote by `pytest --clause-report REPORT`, later reports over earlier ones for
tests that both name; without, runs the tests first. Exit code 0 when every named clause is proven, 1 when a test of one
failed or was not run, 2 for wrong usage.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

Report = dict[str, dict[str, str]]


def load(path: Path) -> Report:
    """Read a report.

    Raises:
        ValueError: the file is not one.
    """
    body = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(body, dict) or not all(isinstance(tests, dict) for tests in body.values()):
        raise ValueError(path.name)
    return body


def joined(reports: list[Report]) -> Report:
    """One report of several; how a test ended last counts."""
    whole: Report = {}
    for report in reports:
        for clause, tests in report.items():
            whole.setdefault(clause, {}).update(tests)
    return whole


def lines(report: Report) -> list[str]:
    """One line a clause, then one an its tests; the sum at the end."""
    out: list[str] = []
    proven = 0
    for clause, tests in report.items():
        good = all(outcome == "passed" for outcome in tests.values())
        proven += good
        out.append(f"{clause}  {'proven' if good else 'NOT PROVEN'}  ({len(tests)})")
        out += [f"    {outcome:8} {test}" for test, outcome in tests.items()]
    out.append(f"{proven} of {len(report)} clauses proven")
    return out


def _run(path: Path) -> None:
    command = [sys.executable, "-m", "pytest", "--clause-report", str(path), "-m", "clause"]
    subprocess.run(command, check=False, stdout=sys.stderr)


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.clauses", description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("reports", nargs="*", metavar="REPORT", type=Path)
    parser.add_argument("--json", action="store_true", help="print the report as it is stored")
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        paths = options.reports or [Path(folder) / "clauses.json"]
        if not options.reports:
            _run(paths[0])
        try:
            report = joined([load(path) for path in paths])
        except (OSError, ValueError) as error:
            parser.error(f"no report: {type(error).__name__}")
    if options.json:
        print(json.dumps(report, ensure_ascii=False, indent=1))  # noqa: T201 - a command's output
    else:
        print("\n".join(lines(report)))  # noqa: T201 - a command's output
    good = report and all(outcome == "passed" for tests in report.values() for outcome in tests.values())
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
