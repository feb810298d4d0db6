"""Notes, contact data and blind verification from the command line: values come from stdin and are never printed."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from console.cli.exits import Exit
from tests.cli.conftest import Run

NUMBER = "13955556666"


@pytest.fixture
def case(home: Path, veildesk: Run) -> str:
    """An agent's first case."""
    del home
    _, out, _ = veildesk("cases", "list", "--as", "zhangwei", "--json")
    return str(json.loads(out)["rows"][0]["number"])


@pytest.mark.clause("issue-3", "C-5.4g")
def test_a_note_is_written_listed_and_its_number_becomes_a_contact(
    case: str, veildesk: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(f"customer gave {NUMBER} as new\n"))
    code, out, err = veildesk("notes", "write", case, "--as", "zhangwei")
    assert code == Exit.DONE
    note = out.split()[0]
    assert "#0 mobile" in out
    _, listed, _ = veildesk("notes", "list", case, "--as", "zhangwei")
    assert "customer gave *********** as new" in listed
    code, out, _ = veildesk("notes", "propose", note, "--as", "zhangwei")
    assert (code, out.split()[1:]) == (Exit.DONE, ["pending"])
    change = out.split()[0]
    _, waiting, _ = veildesk("contacts", "list", "--as", "lina")
    assert "139****6666" in waiting
    assert veildesk("contacts", "accept", change, "--as", "lina")[0] == Exit.REFUSED
    code, out, _ = veildesk("contacts", "accept", change, "--source", "customer", "--as", "lina")
    assert (code, out.split()[1]) == (Exit.DONE, "accepted")
    assert veildesk("contacts", "accept", change, "--source", "customer", "--as", "lina")[0] == Exit.REFUSED
    _, opened, _ = veildesk("cases", "open", case, "--as", "zhangwei")
    assert "139****6666" in opened
    assert NUMBER not in listed + waiting + opened + err


@pytest.mark.clause("issue-3", "F-2")
def test_a_datum_is_proposed_refused_and_taken_back(case: str, veildesk: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    changes = []
    for _ in range(2):
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{NUMBER}\n"))
        code, out, _ = veildesk("contacts", "propose", case, "mobile", "--source", "public", "--as", "zhangwei")
        assert code == Exit.DONE
        changes.append(out.split()[0])
    code, out, _ = veildesk("contacts", "refuse", changes[0], "--reason", "not hers", "--as", "lina")
    assert (code, out.split()[1]) == (Exit.DONE, "refused")
    assert veildesk("contacts", "withdraw", changes[1], "--as", "wangfang")[0] == Exit.REFUSED
    assert veildesk("contacts", "withdraw", changes[1], "--as", "zhangwei")[0] == Exit.DONE
    _, out, _ = veildesk("contacts", "list", "--mine", "--case", case, "--as", "zhangwei", "--json")
    assert [item["state"] for item in json.loads(out)["items"]] == ["withdrawn", "refused"]


@pytest.mark.clause("issue-3", "design-4")
def test_verification_answers_no_match_with_exit_code_three_until_it_is_frozen(
    case: str, veildesk: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    codes = []
    for _ in range(4):
        monkeypatch.setattr("sys.stdin", io.StringIO("00X0\n"))
        codes.append(veildesk("contacts", "verify", case, "--as", "zhangwei")[0])
        monkeypatch.setattr("sys.stdin", io.StringIO("000000\n"))
        codes.append(veildesk("contacts", "verify", case, "--as", "zhangwei")[0])
    assert codes == [Exit.REFUSED, Exit.FOUND] * 3 + [Exit.REFUSED] * 2
