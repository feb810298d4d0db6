from __future__ import annotations

import json

import pytest

from console.cli import main
from console.cli.exits import Exit


def test_the_matrix_is_printed_without_a_desk(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["roles", "list", "--role", "auditor", "--language", "en"]) == Exit.DONE
    out = capsys.readouterr().out
    assert "read the action log" in out
    assert "auditor" in out


def test_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["--json", "roles", "list"]) == Exit.DONE
    rows = json.loads(capsys.readouterr().out)
    assert {"row", "title", "role", "permit"} == set(rows[0])
    assert not [row for row in rows if row["role"] == "reviewer"], "a role without work is not listed"


def test_an_unknown_role_is_wrong_usage() -> None:
    assert main.run(["roles", "list", "--role", "king"]) == Exit.USAGE
