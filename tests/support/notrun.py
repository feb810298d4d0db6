"""What was not run and why: said at the end of every run; with VEILDESK_NO_SKIPS=1 it fails the run.

`@pytest.mark.debian("tmux")` names programs that a Debian package of that name provides; where one is missing, the
test is left out with that reason.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter

import pytest


def pytest_runtest_setup(item: pytest.Item) -> None:
    wanted = [str(program) for mark in item.iter_markers("debian") for program in mark.args]
    missing = [program for program in wanted if shutil.which(program) is None]
    if missing:
        pytest.skip(f"needs {', '.join(missing)} (Debian package)")


def _reason(report: object) -> str:
    longrepr = getattr(report, "longrepr", None)
    if isinstance(longrepr, tuple) and len(longrepr) == 3:
        return str(longrepr[2]).removeprefix("Skipped: ")
    return str(longrepr)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = Counter(_reason(report) for report in terminalreporter.stats.get("skipped", []))
    if skipped:
        terminalreporter.section("not run here", sep="-")
        for reason, count in sorted(skipped.items()):
            terminalreporter.write_line(f"{count} test{'s' if count > 1 else ''}: {reason}")


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("VEILDESK_NO_SKIPS") == "1" and reporter is not None and reporter.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
