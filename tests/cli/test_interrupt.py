"""Ctrl+C in the middle of an import: the command ends, the desk stands as before, and the next import goes through."""

from __future__ import annotations

import datetime as dt
import json
import signal
import sqlite3
import sys
from pathlib import Path

import pexpect
import pytest

from console.cli import main
from console.cli.exits import Exit
from console.demo.debtors import People
from console.demo.lender import write
from tests.cli.conftest import Run

ROOT = Path(main.__file__).parents[2]
SOURCE = "安和消费金融"


def counts(home: Path) -> tuple[int, ...]:
    """Rows of what an import fills, seen from outside."""
    raw = sqlite3.connect(f"file:{home / 'data' / 'desk.db'}?mode=ro", uri=True)
    tables = ("case_file", "account", "case_seals", "blind_entry", "staged_change")
    found = tuple(raw.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables)  # noqa: S608
    raw.close()
    return found


@pytest.mark.slow
@pytest.mark.clause("issue-2", "design-5")
def test_an_interrupted_import_leaves_nothing(home: Path, veildesk: Run, tmp_path: Path) -> None:
    before = counts(home)
    big, small = tmp_path / "big.csv", tmp_path / "small.csv"
    write(big, People(99, dt.date(2026, 11, 20), after=50_000).debtors(20_000))
    write(small, People(99, dt.date(2026, 11, 20), after=50_000).debtors(10))
    command = pexpect.spawn(
        sys.executable,
        ["-m", "console.cli.main", "import", str(big), "--source", SOURCE, "--as", "lina", "--home", str(home)],
        cwd=str(ROOT),
        encoding="utf-8",
        timeout=120,
        dimensions=(24, 120),
        # A test run started in the background ignores the interrupt key, and children would inherit that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    command.expect("big.csv")
    command.expect(r"[1-9]\d?%")
    command.sendintr()
    command.expect(pexpect.EOF)
    command.close()
    assert command.exitstatus == Exit.REFUSED
    assert "Traceback" not in str(command.before)
    listed = json.loads(veildesk("imports", "list", "--as", "lina", "--json")[1])["imports"]
    assert "published" not in {one["state"] for one in listed if one["file_name"] == "big.csv"}
    assert counts(home) == before
    code, out, _ = veildesk("import", str(small), "--source", SOURCE, "--as", "lina", "--json")
    assert (code, json.loads(out)["new_cases"]) == (Exit.DONE, 10)
