"""`veildesk assign`, `interests` and `strategy` on a demo desk: the same rules as on the screens."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from console.cli.exits import Exit
from tests.cli.conftest import Run

RULES = """\
name = "early first"
[[rule]]
name = "early"
days = [0, 60]
rank = 80
to = ["A0174"]
take = true
[[rule]]
name = "late"
days = [61]
to = "keep"
"""


def said(veildesk: Run, *words: str, person: str = "lina") -> dict[str, object]:
    code, out, err = veildesk(*words, "--as", person, "--json")
    assert code == Exit.DONE, err
    found: dict[str, object] = json.loads(out)
    return found


@pytest.mark.clause("S-6-12", "S-4.6")
def test_many_cases_are_previewed_moved_and_taken_back(home: Path, veildesk: Run) -> None:
    words = ("assign", "many", "--from", "zhangwei", "--count", "5", "--to", "A0174", "--to", "A0175")
    code, out, _ = veildesk(*words, "--dry-run", "--as", "lina")
    assert code == Exit.DONE
    assert "5 move" in out
    # Without a terminal nobody can say yes; nothing moves.
    code, out, err = veildesk(*words, "--as", "lina")
    assert (code, out) == (Exit.REFUSED, "")
    assert "5 move" in err
    moved = said(veildesk, *words, "--yes")
    assert moved["count"] == 5
    assert said(veildesk, "assign", "undo", str(moved["move_id"])) == {"count": 5, "kept": 0, "pooled": 0}
    code, out, _ = veildesk("assign", "moves", "--as", "lina")
    assert "undone" in out
    code, out, _ = veildesk("assign", "capacity", "A0174", "7", "--as", "lina")
    assert code == Exit.DONE
    assert any(line.startswith("A0174") and line.endswith(" 7") for line in out.splitlines())
    code, _, err = veildesk("assign", "loads", "--as", "zhangwei")
    assert code == Exit.REFUSED
    assert err


@pytest.mark.clause("S-4.6", "S-3.3-1")
def test_an_interest_is_declared_and_lifted_by_two(home: Path, veildesk: Run) -> None:
    rows = said(veildesk, "cases", "list", person="zhangwei")["rows"]
    assert isinstance(rows, list)
    number = rows[0]["number"]
    said(veildesk, "interests", "declare", number, "--kind", "colleague", person="zhangwei")
    assert veildesk("cases", "open", number, "--as", "zhangwei")[0] == Exit.REFUSED
    code, out, _ = veildesk("interests", "list", "--as", "lina")
    assert code == Exit.DONE
    assert number in out
    one = said(veildesk, "interests", "list")["interests"]
    assert isinstance(one, list)
    name = one[0]["interest_id"]
    said(veildesk, "interests", "lift", name)
    assert veildesk("interests", "lift", name, "--as", "lina")[0] == Exit.REFUSED
    assert said(veildesk, "interests", "lift", name, person="hejie") == {"interests": []}


@pytest.mark.clause("S-4.6", "S-6-30")
def test_a_strategy_from_a_file_to_live_and_back(home: Path, tmp_path: Path, veildesk: Run) -> None:
    file = tmp_path / "rules.toml"
    file.write_text(RULES.replace("rank = 80", "rank = 800"), "utf-8")
    code, out, _ = veildesk("strategy", "propose", str(file), "--as", "lina")
    assert (code, out.split()[:2]) == (Exit.REFUSED, ["line", "5"])
    file.write_text(RULES, "utf-8")
    said(veildesk, "strategy", "propose", str(file))
    run = said(veildesk, "strategy", "try", "1")
    assert run["count"]
    code, out, _ = veildesk("strategy", "show", "1", "--as", "wugang")
    assert code == Exit.DONE
    assert "+rank = 80" in out
    assert veildesk("strategy", "start", "1", "--as", "lina")[0] == Exit.REFUSED
    assert veildesk("strategy", "decide", "1", "--as", "lina")[0] == Exit.REFUSED
    assert said(veildesk, "strategy", "decide", "1", person="wugang")["state"] == "approved"
    started = said(veildesk, "strategy", "start", "1")
    assert (started["moved"], started["left"]) == (run["count"], 0)
    code, out, _ = veildesk("strategy", "list", "--as", "fengxue")
    assert code == Exit.DONE
    assert "live" in out
    back = said(veildesk, "strategy", "rollback", "1")
    assert back["moved"] == run["count"]
