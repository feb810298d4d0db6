from __future__ import annotations

import json
from pathlib import Path

import pytest

from console.cli import main
from console.cli.exits import Exit
from tests.cli.conftest import Run


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


@pytest.mark.clause("S-3.2", "issue-3")
def test_the_matrix_is_regenerated_from_the_running_policy(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["roles", "matrix", "--json"]) == Exit.DONE
    rows = {row["row"]: row for row in json.loads(capsys.readouterr().out)}
    assert len(rows) == 57
    assert (rows[38]["security_admin"], rows[38]["agent"], rows[11]["agent"]) == ("C2@any", "·", "M@own")
    assert rows[16]["agent"] == "—"
    assert main.run(["roles", "matrix", "--built", "--language", "en"]) == Exit.DONE
    out = capsys.readouterr().out
    assert "grant a role" in out
    assert "—" not in out.replace("·", "")


@pytest.mark.clause("S-4.4", "S-3.3-7", "issue-3")
def test_an_application_goes_from_hand_to_hand_by_commands(home: Path, veildesk: Run) -> None:
    code, out, _ = veildesk("roles", "apply", "supervisor", "--words", "带组", "--as", "zhangwei", "--json")
    assert code == Exit.DONE
    number = json.loads(out)["number"]
    assert number in veildesk("roles", "applications", "--as", "lina")[1]
    assert veildesk("roles", "approve", number, "--as", "zhangwei")[0] == Exit.REFUSED
    assert "supervisor" in veildesk("roles", "what-if", number, "--as", "wugang", "--language", "en")[1]
    for name in ("lina", "zhenghao", "wugang", "hejie"):
        code, out, err = veildesk("roles", "approve", number, "--as", name, "--json")
        assert code == Exit.DONE, err
    assert json.loads(out)["standing"] == "active"
    code, out, _ = veildesk("roles", "held", "A0173", "--as", "hejie", "--json")
    assert {one["role"] for one in json.loads(out)["items"]} == {"agent", "supervisor"}
    code, out, _ = veildesk("roles", "revoke", "A0173", "supervisor", "--as", "hejie", "--json")
    assert {one["role"]: one["standing"] for one in json.loads(out)["items"]}["supervisor"] == "revoked"
    code, out, _ = veildesk("roles", "apply", "agent", "--unit", "二组", "--as", "zhangwei", "--json")
    second = json.loads(out)["number"]
    refuse = ("roles", "refuse", second, "--reason", "人手已够", "--as", "sunli", "--json")
    assert json.loads(veildesk(*refuse)[1])["state"] == "rejected"


def test_units_deputies_recertification_and_explanations(home: Path, veildesk: Run) -> None:
    assert "三组" in veildesk("roles", "units", "--make", "三组", "--as", "zhenghao")[1]
    assert "李娜" in veildesk("roles", "deputies", "--name", "S0022", "--days", "3", "--as", "lina")[1]
    assert "S0022" not in veildesk("roles", "deputies", "--end", "S0022", "--as", "lina")[1]
    assert "Z-00000001" in veildesk("roles", "recertification", "--begin", "--as", "wugang")[1]
    code, out, _ = veildesk("roles", "confirm", "A0173", "agent", "--as", "lina", "--json")
    assert code == Exit.DONE
    assert {one["staff_no"]: one["state"] for one in json.loads(out)["items"]}["A0173"] == "confirmed"
    assert "§3.2-4" in veildesk("roles", "explain", "--as", "zhangwei")[1]
    assert "A0173" in veildesk("roles", "who-sees", "mobile", "--as", "hejie")[1]
    assert "home_address" in veildesk("roles", "catalogue", "--as", "wugang")[1]
    assert "P34" in veildesk("roles", "catalogue", "mobile", "--as", "wugang")[1]
    assert veildesk("roles", "post", "chenjing", "dev", "--as", "zhenghao")[0] == Exit.DONE
    assert veildesk("roles", "post", "chenjing", "ops", "--as", "zhenghao")[0] == Exit.REFUSED
