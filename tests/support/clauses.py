"""Which clause is proven by which test, and how that test ended.

A test names what it proves: `@pytest.mark.clause("C-5.4d-1")`. This plugin gathers the marks of a run, parallel or
not, and writes them with the outcomes as JSON where `--clause-report FILE` says. `python -m tests.clauses` prints it.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

CLAUSE_ID = re.compile(r"^(?:[CYJFR]-[A-Za-z0-9.()§/-]+|T\d{1,2}|[SDX]-[a-z0-9.-]+|design-\d[\w.-]*|issue-\d+[\w.-]*)$")
"""Requirement ids (C- Y- J- F- R-), the requirements' traps (T1…), and pages: sections of the design, an issue."""

_PROPERTY = "clause"
_WORST = ("failed", "error", "skipped", "passed")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--clause-report", metavar="FILE", default=None, help="write clause -> tests -> result as JSON")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        named = {str(clause) for mark in item.iter_markers("clause") for clause in mark.args}
        for clause in sorted(named):
            if not CLAUSE_ID.match(clause):
                raise pytest.UsageError(f"{item.nodeid}: {clause!r} is not a clause id")
            item.user_properties.append((_PROPERTY, clause))


class ClauseReport:
    """Gathers outcomes; with xdist only the controller's copy sees every report and writes the file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._outcomes: dict[str, dict[str, str]] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        outcome = str(report.outcome)
        if report.when != "call" and outcome == "passed":
            return
        if report.when != "call" and outcome == "failed":
            outcome = "error"
        test = report.nodeid.split("[", 1)[0]
        for name, clause in report.user_properties:
            if name == _PROPERTY:
                tests = self._outcomes.setdefault(str(clause), {})
                known = tests.get(test, "passed")
                tests[test] = min(known, outcome, key=_WORST.index)

    def pytest_sessionfinish(self) -> None:
        body = {clause: dict(sorted(tests.items())) for clause, tests in sorted(self._outcomes.items())}
        self._path.write_text(json.dumps(body, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def pytest_configure(config: pytest.Config) -> None:
    path: Any = config.getoption("--clause-report")
    if path and not hasattr(config, "workerinput"):
        config.pluginmanager.register(ClauseReport(Path(path)), "clause-report")
