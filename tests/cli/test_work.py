"""A case worked from the command line: results, promises, next contact, holds, and a note asked for."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from console.cli.exits import Exit
from tests.cli.conftest import Run


def as_json(veildesk: Run, *words: str) -> Any:
    code, out, err = veildesk(*words, "--json")
    assert code == Exit.DONE, err
    return json.loads(out)


@pytest.fixture
def cases(home: Path, veildesk: Run) -> list[str]:
    """Numbers of an agent's own cases that nobody worked yet and nothing holds."""
    del home
    rows = as_json(veildesk, "cases", "list", "--as", "zhangwei")["rows"]
    found = [str(row["number"]) for row in rows if row["state"] == "new" and not row["hold"]]
    assert len(found) > 1
    return found


def opened(veildesk: Run, case: str, name: str = "zhangwei") -> Any:
    return as_json(veildesk, "cases", "open", case, "--as", name)


@pytest.mark.clause("S-6-1", "S-6-3", "issue-3")
def test_a_result_a_note_and_the_next_contact(cases: list[str], veildesk: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    case = cases[0]
    monkeypatch.setattr("sys.stdin", io.StringIO("says call back 13955556666\n"))
    words = ("cases", "result", case, "answered_self", "--next", "+2h", "--note", "--as", "zhangwei")
    code, out, err = veildesk(*words)
    assert (code, case in out) == (Exit.DONE, True), err
    assert "13955556666" not in out + err
    row = opened(veildesk, case)["row"]
    assert (row["last_result"], row["state"]) == ("answered_self", "working")
    assert row["next_at"] is not None
    assert veildesk("cases", "result", case, "talked_a_lot", "--as", "zhangwei")[0] == Exit.REFUSED
    code, _, err = veildesk("cases", "result", case, "busy", "--next", "someday", "--as", "zhangwei")
    assert (code, bool(err)) == (Exit.USAGE, True)
    assert veildesk("cases", "result", row["case_id"], "busy", "--as", "wangfang")[0] == Exit.REFUSED
    assert veildesk("cases", "next", case, "+3", "--as", "zhangwei")[0] == Exit.DONE
    assert opened(veildesk, case)["row"]["next_at"] != row["next_at"]
    code, out, _ = veildesk("cases", "next", case, "--as", "zhangwei")
    assert code == Exit.DONE
    assert opened(veildesk, case)["row"]["next_at"] is None


@pytest.mark.clause("S-6-2", "issue-3")
def test_a_promise_made_replaced_and_taken_back(cases: list[str], veildesk: Run) -> None:
    case = cases[0]
    assert veildesk("cases", "promise", case, "--by", "+3", "--amount", "1.50", "--as", "zhangwei")[0] == Exit.DONE
    view = opened(veildesk, case)
    assert (view["row"]["state"], view["promise"]["amount"], view["promise"]["state"]) == ("promised", 150, "open")
    assert veildesk("cases", "promise", case, "--by", "+4", "--as", "zhangwei")[0] == Exit.REFUSED
    again = ("cases", "promise", case, "--by", "+4", "--channel", "counter", "--replace", "--as", "zhangwei")
    assert veildesk(*again)[0] == Exit.DONE
    view = opened(veildesk, case)
    assert (view["promise"]["amount"], view["promise"]["channel"]) == (view["row"]["due"], "counter"), "all that is due"
    for option, value in (("--by", "whenever"), ("--amount", "a lot")):
        words = {"--by": "+4", "--amount": "2"} | {option: value}
        typed = [word for pair in words.items() for word in pair]
        assert veildesk("cases", "promise", case, *typed, "--as", "zhangwei")[0] == Exit.USAGE
    assert veildesk("cases", "withdraw", case, "--reason", "boredom", "--as", "zhangwei")[0] == Exit.REFUSED
    assert veildesk("cases", "withdraw", case, "--reason", "mistake", "--as", "zhangwei")[0] == Exit.DONE
    view = opened(veildesk, case)
    assert (view["row"]["state"], view["promise"]["state"]) == ("working", "withdrawn")
    assert veildesk("cases", "withdraw", case, "--reason", "mistake", "--as", "zhangwei")[0] == Exit.REFUSED


@pytest.mark.clause("S-3.2", "S-6-25", "issue-3")
def test_holds_asked_for_taken_back_confirmed_and_lifted_by_two(cases: list[str], veildesk: Run) -> None:
    case, other = cases[:2]
    asked = as_json(veildesk, "cases", "hold", case, "illness", "--as", "zhangwei")
    assert (asked["state"], asked["may"]) == ("asked", ["withdraw"])
    take_back = ("cases", "hold", case, "illness", "--verdict", "withdraw", "--as")
    assert veildesk(*take_back, "lina")[0] == Exit.REFUSED
    assert as_json(veildesk, *take_back, "zhangwei")["state"] == "withdrawn"
    assert veildesk(*take_back, "zhangwei")[0] == Exit.REFUSED
    stop = as_json(veildesk, "cases", "hold", other, "death", "--as", "zhangwei")
    assert (stop["state"], stop["confirmed"]) == ("active", False)
    code, _, err = veildesk("cases", "result", other, "busy", "--as", "zhangwei")
    assert (code, "has died" in err) == (Exit.REFUSED, True)
    assert veildesk("grants", "options", other, "--as", "zhangwei")[0] == Exit.REFUSED
    assert veildesk("cases", "holds", "--as", "zhangwei")[0] == Exit.REFUSED
    _, listed, _ = veildesk("cases", "holds", "--as", "lina")
    assert stop["hold_id"] in listed
    decide = ("cases", "holds", "--decide", stop["hold_id"], "--verdict")
    assert veildesk(*decide, "lift", "--as", "lina")[0] == Exit.REFUSED
    assert as_json(veildesk, *decide, "ask_lift", "--as", "lina")["lift_asked_by"]
    assert veildesk(*decide, "lift", "--as", "lina")[0] == Exit.REFUSED
    assert as_json(veildesk, *decide, "lift", "--as", "hejie")["state"] == "lifted"
    assert opened(veildesk, other)["row"]["state"] == "new"


@pytest.mark.clause("C-5.4d-2", "issue-3")
def test_a_notes_hidden_span_is_asked_for_by_its_name(
    cases: list[str], veildesk: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("customer gave 13955556666 as new\n"))
    assert veildesk("notes", "write", cases[0], "--as", "zhangwei")[0] == Exit.DONE
    _, listed, _ = veildesk("notes", "list", cases[0], "--as", "zhangwei")
    (slot,) = {word for word in listed.split() if word.startswith("collection_note#")}
    words = ("grants", "ask", cases[0], slot, "--reason", "contact_correction", "--minutes", "5", "--as", "zhangwei")
    asked = as_json(veildesk, *words)
    assert asked["state"] == "pending"
    _, waiting, _ = veildesk("grants", "inbox", "--as", "lina")
    assert asked["number"] in waiting
    assert "13955556666" not in listed + waiting
