"""`veildesk team` and `veildesk record` on a demo desk."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from console.cli.exits import Exit
from tests.cli.conftest import Run


def test_the_board_and_the_wall(home: Path, veildesk: Run) -> None:
    code, out, _ = veildesk("team", "show", "--as", "lina")
    assert code == Exit.DONE
    assert "A0173" in out
    code, out, _ = veildesk("team", "wallboard", "--as", "lina", "--json")
    assert code == Exit.DONE
    assert dict(json.loads(out)["figures"])["untouched"] > 0
    code, out, err = veildesk("team", "show", "--as", "zhangwei")
    assert (code, out) == (Exit.REFUSED, "")
    assert err


@pytest.mark.clause("S-6-13")
def test_an_absence_is_set_listed_and_called_off(home: Path, veildesk: Run) -> None:
    away = ("team", "away", "zhangwei", "2099-01-04", "2099-01-05", "--cover", "A0174", "--reason", "training")
    code, out, _ = veildesk(*away, "--as", "lina")
    assert code == Exit.DONE
    assert "2099-01-05" in out
    assert "王芳 A0174" in veildesk("team", "absences", "--as", "lina")[1]
    assert veildesk("team", "back", "zhangwei", "--as", "lina")[0] == Exit.DONE
    assert veildesk("team", "back", "zhangwei", "--as", "lina")[0] == Exit.REFUSED


@pytest.mark.clause("S-6-10")
def test_a_note_is_written_and_acknowledged(home: Path, veildesk: Run) -> None:
    code, out, _ = veildesk(
        "team", "coach", "zhangwei", "ring 13800138000 first", "--score", "identity=3", "--as", "lina"
    )
    assert code == Exit.DONE
    assert "13800138000" not in out
    assert veildesk("team", "coach", "zhangwei", "words", "--score", "identity", "--as", "lina")[0] == Exit.USAGE
    (note,) = json.loads(veildesk("team", "coaching", "--as", "zhangwei", "--json")[1])["notes"]
    code, out, _ = veildesk("team", "coaching", "--acknowledge", note["note_id"], "--as", "zhangwei")
    assert code == Exit.DONE
    assert "✓" in out


def test_figures_as_table_csv_and_json(home: Path, veildesk: Run) -> None:
    code, out, _ = veildesk("team", "figures", "--as", "lina", "--week", "--plot", "asked")
    assert code == Exit.DONE
    assert "Six weeks" in out
    rows = list(csv.DictReader(io.StringIO(veildesk("team", "figures", "--csv", "--as", "lina")[1])))
    assert {row["staff_no"] for row in rows} == {"A0173", "A0174", "A0175"}
    assert {row["currency"] for row in rows} == {"CNY"}
    series = json.loads(veildesk("team", "figures", "--as", "zhangwei", "--json")[1])["series"]
    assert len(series) == 7
    assert veildesk("team", "figures", "--plot", "luck", "--as", "lina")[0] == Exit.USAGE
    assert veildesk("team", "peers", "--as", "zhangwei")[0] == Exit.REFUSED


@pytest.mark.clause("S-6-26")
def test_records(home: Path, veildesk: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    number = json.loads(veildesk("cases", "list", "--as", "zhangwei", "--json")[1])["rows"][0]["number"]
    assert veildesk("cases", "open", number, "--as", "zhangwei")[0] == Exit.DONE
    assert number in veildesk("record", "mine", "--as", "zhangwei")[1]
    assert number in veildesk("record", "mine", "--all", "--as", "zhangwei")[1]
    assert number in veildesk("record", "team", "--person", "zhangwei", "--as", "lina")[1]
    asked = ("record", "customer", "--reason", "complaint", "--reference", "TS-2026-1", "--as", "hejie")
    code, out, _ = veildesk(*asked, "--case", number)
    assert code == Exit.DONE
    assert "A0173" in out
    monkeypatch.setattr("sys.stdin", io.StringIO("13900009999\n"))
    code, out, err = veildesk(*asked)
    assert code == Exit.DONE
    assert "13900009999" not in out + err
    assert veildesk(*asked[:-1], "lina", "--case", number)[0] == Exit.REFUSED
