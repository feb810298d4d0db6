"""Every command on a demo desk: data on stdout, the rest on stderr, exit codes, the same rules as on the screens."""

from __future__ import annotations

import asyncio
import csv
import datetime as dt
import io
import json
import sqlite3
import stat
from pathlib import Path

import pytest

from console import bootstrap
from console.cli.exits import Exit
from console.demo.debtors import People
from console.demo.lender import write
from console.home import Home
from tests.cli.conftest import Run

BAD_HEADER = "借据号,客户姓名,身份证号码,手机号码,应催金额,逾期天数,账单期\n"
GOOD_ROW = "X202600000001,李四,110101199003078515,13700137000,88120.37,203,202605\n"
BAD_ROW = "X202600000002,王芳,110101199003078510,13700137001,12.00,3,202611\n"


def cases(veildesk: Run, person: str = "zhangwei") -> list[dict[str, str]]:
    code, out, _ = veildesk("cases", "list", "--as", person, "--json")
    assert code == Exit.DONE
    rows: list[dict[str, str]] = json.loads(out)["rows"]
    return rows


@pytest.mark.clause("C-5.4d-1")
def test_a_queue_is_masked_and_aligned(home: Path, veildesk: Run) -> None:
    code, out, err = veildesk("cases", "list", "--as", "zhangwei", "--limit", "3")
    assert code == Exit.DONE
    lines = out.splitlines()
    assert len(lines) == 4
    assert all("*" in line for line in lines[1:])
    assert "--cursor" in err


def test_pages_continue(home: Path, veildesk: Run) -> None:
    every = [row["number"] for row in cases(veildesk)]
    first = json.loads(veildesk("cases", "list", "--as", "zhangwei", "--limit", "2", "--json")[1])
    then = json.loads(
        veildesk("cases", "list", "--as", "zhangwei", "--limit", "2", "--cursor", first["cursor"], "--json")[1]
    )
    assert [row["number"] for row in first["rows"] + then["rows"]] == every[:4]


@pytest.mark.clause("Y-4.2.1")
def test_anothers_case_is_answered_like_a_missing_one(home: Path, veildesk: Run) -> None:
    number = cases(veildesk)[0]["number"]
    answers = {veildesk("cases", "open", one, "--as", "wangfang") for one in (number, "C-2026-9999999", "0" * 32)}
    assert len(answers) == 1
    code, out, err = answers.pop()
    assert (code, out) == (Exit.REFUSED, "")
    assert err.strip()


def test_open_and_timeline(home: Path, veildesk: Run) -> None:
    number = cases(veildesk)[0]["number"]
    code, out, _ = veildesk("cases", "open", number, "--as", "zhangwei")
    assert code == Exit.DONE
    assert number in out
    code, out, _ = veildesk("cases", "timeline", number, "--looks", "--as", "zhangwei")
    assert code == Exit.DONE
    assert "A0173" in out


@pytest.mark.clause("C-5.4b")
def test_search_reads_the_value_from_stdin_and_never_prints_it(
    home: Path, veildesk: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("13912345678\n"))
    code, out, err = veildesk("cases", "search", "mobile", "--as", "zhangwei")
    assert code == Exit.DONE
    assert "13912345678" not in out + err
    assert "19" in err


def test_reassigning_moves_the_case(home: Path, veildesk: Run) -> None:
    number = cases(veildesk)[0]["number"]
    code, out, _ = veildesk("cases", "assign", number, "--to", "wangfang", "--as", "lina")
    assert (code, out.split()[0]) == (Exit.DONE, "1")
    assert number in [row["number"] for row in cases(veildesk, "wangfang")]
    assert number not in [row["number"] for row in cases(veildesk)]
    assert veildesk("cases", "assign", number, "--to", "nobody", "--as", "lina")[0] == Exit.REFUSED
    assert veildesk("cases", "assign", number, "--to", "wangfang", "--as", "zhangwei")[0] == Exit.REFUSED


@pytest.mark.clause("C-5.4d-2")
def test_a_reveal_is_asked_narrowed_and_revoked_from_the_command_line(home: Path, veildesk: Run) -> None:
    number = cases(veildesk)[0]["number"]
    code, out, _ = veildesk("grants", "options", number, "--as", "zhangwei")
    assert code == Exit.DONE
    assert "home_address" in out
    ask = ("grants", "ask", number, "home_address", "employer_name", "--reason", "letter_or_visit", "--minutes", "10")
    code, out, _ = veildesk(*ask, "--as", "zhangwei", "--json")
    assert code == Exit.DONE
    request = json.loads(out)["number"]
    assert veildesk("grants", "approve", request, "--as", "zhangwei")[0] == Exit.REFUSED
    code, out, _ = veildesk("grants", "inbox", "--as", "lina")
    assert code == Exit.DONE
    assert request in out
    approve = ("grants", "approve", request, "--field", "home_address", "--minutes", "3", "--as", "lina", "--json")
    code, out, _ = veildesk(*approve)
    assert code == Exit.DONE
    grant = json.loads(out)["grant"]
    assert (grant["minutes"], [field["name"] for field in grant["fields"]]) == (3, ["home_address"])
    assert grant["grant_id"] in veildesk("grants", "live", "--as", "lina")[1]
    assert veildesk("grants", "revoke", grant["grant_id"], "--as", "lina")[0] == Exit.DONE
    assert grant["grant_id"] not in veildesk("grants", "live", "--as", "lina")[1]
    assert request in veildesk("grants", "mine", "--as", "zhangwei")[1]


def test_a_request_is_withdrawn_and_another_refused(home: Path, veildesk: Run) -> None:
    ask = ("grants", "ask", cases(veildesk)[0]["number"], "home_address", "--reason", "letter_or_visit")
    first = json.loads(veildesk(*ask, "--minutes", "5", "--as", "zhangwei", "--json")[1])["number"]
    assert veildesk("grants", "withdraw", first, "--as", "zhangwei")[0] == Exit.DONE
    second = json.loads(veildesk(*ask, "--minutes", "5", "--as", "zhangwei", "--json")[1])["number"]
    code, out, _ = veildesk("grants", "refuse", second, "--reason", "blind check will do", "--as", "lina", "--json")
    assert (code, json.loads(out)["state"]) == (Exit.DONE, "rejected")


@pytest.mark.clause("design-5")
def test_looking_at_a_value_is_not_offered_on_the_command_line(veildesk: Run) -> None:
    _, out, _ = veildesk("grants", "--help")
    assert "view" not in out.split()
    assert "show" not in out.split()


def test_people_sources_imports(home: Path, veildesk: Run) -> None:
    assert "A0173" in veildesk("users", "list", "--as", "lina")[1]
    code, out, _ = veildesk("sources", "propose", "新来的银行", "--as", "lina", "--json")
    assert (code, json.loads(out)["state"]) == (Exit.DONE, "proposed")
    assert veildesk("sources", "register", "新来的银行", "--as", "lina")[0] == Exit.REFUSED
    assert veildesk("sources", "register", "新来的银行", "--as", "wugang")[0] == Exit.DONE
    assert "新来的银行" in veildesk("sources", "list", "--as", "lina")[1]
    assert veildesk("imports", "list", "--as", "lina")[0] == Exit.DONE


def test_the_persons_language_is_kept(home: Path, veildesk: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "C")
    assert "工号" in veildesk("users", "list", "--as", "lina")[1]
    assert veildesk("language", "en", "--as", "lina")[0] == Exit.DONE
    assert "Staff no." in veildesk("users", "list", "--as", "lina")[1]
    assert "工号" in veildesk("users", "list", "--as", "lina", "--language", "zh_CN")[1]


@pytest.mark.clause("C-5.4f")
def test_the_log_is_read_and_verified_by_the_auditor_only(home: Path, veildesk: Run) -> None:
    code, out, _ = veildesk("audit", "show", "--as", "fengxue", "--limit", "5")
    assert (code, len(out.splitlines())) == (Exit.DONE, 5)
    many = json.loads(veildesk("audit", "show", "--as", "fengxue", "--limit", "130", "--json")[1])["entries"]
    places = [one["seq"] for one in many]
    assert places == list(range(places[0], places[0] - 131, -1))[:130], "as many as asked for, each once, newest first"
    assert veildesk("audit", "verify", "--as", "fengxue")[0] == Exit.DONE
    code, out, _ = veildesk("audit", "checkpoint", "--as", "fengxue")
    assert code == Exit.DONE
    assert out.strip()
    assert veildesk("audit", "verify", "--as", "zhangwei")[0] == Exit.REFUSED


@pytest.mark.clause("C-5.4f", "issue-2")
def test_a_changed_log_ends_with_exit_code_three(home: Path, veildesk: Run) -> None:
    with sqlite3.connect(home / "data" / "desk.db") as raw:
        raw.execute("DROP TRIGGER audit_event_no_update")
        raw.execute("UPDATE audit_event SET body = replace(body, 'ok', 'no') WHERE seq = 9")
        raw.execute("UPDATE audit_event SET body = body || x'20' WHERE seq = 9")
    raw.close()
    code, out, _ = veildesk("audit", "verify", "--as", "fengxue", "--json")
    assert code == Exit.FOUND
    assert 9 in [finding["position"] for finding in json.loads(out)["findings"]]


def cut(database: Path) -> int:
    """Delete the newest event by raw SQL; its number."""
    with sqlite3.connect(database) as raw:
        raw.execute("DROP TRIGGER audit_event_no_delete")
        last = int(raw.execute("SELECT max(seq) FROM audit_event").fetchone()[0])
        raw.execute("DELETE FROM audit_event WHERE seq = ?", (last,))
    raw.close()
    return last


@pytest.mark.clause("C-5.4f", "issue-2")
def test_a_cut_tail_is_named_by_its_place_though_the_desk_does_not_open(home: Path, veildesk: Run) -> None:
    assert veildesk("audit", "checkpoint", "--as", "fengxue")[0] == Exit.DONE
    last = cut(home / "data" / "desk.db")
    code, out, err = veildesk("audit", "verify", "--as", "fengxue", "--json")
    assert code == Exit.FOUND
    assert ("tail_cut", last) in [(one["kind"], one["position"]) for one in json.loads(out)["findings"]]
    assert "without the desk" in err
    code, out, _ = veildesk("audit", "verify", "--as", "fengxue")
    assert code == Exit.FOUND
    assert f"#{last}" in out
    code, out, _ = veildesk("doctor", "--json")
    assert code == Exit.FOUND
    found = {one["name"]: one["detail"] for one in json.loads(out)["checks"]}
    assert f"tail_cut@{last}" in found["log"]


@pytest.mark.clause("C-5.4f", "issue-2")
def test_an_old_backup_put_back_is_named_by_its_place(home: Path, veildesk: Run, tmp_path: Path) -> None:
    database, old = home / "data" / "desk.db", tmp_path / "old.db"
    with sqlite3.connect(database) as raw, sqlite3.connect(old) as copy:
        raw.backup(copy)
        size = int(raw.execute("SELECT size FROM audit_head").fetchone()[0])
    raw.close()
    copy.close()
    assert veildesk("audit", "checkpoint", "--as", "fengxue")[0] == Exit.DONE
    for name in ("desk.db-wal", "desk.db-shm"):
        (database.parent / name).unlink(missing_ok=True)
    database.write_bytes(old.read_bytes())
    code, out, _ = veildesk("audit", "verify", "--as", "fengxue", "--json")
    assert code == Exit.FOUND
    assert ("rolled_back", size + 1) in [(one["kind"], one["position"]) for one in json.loads(out)["findings"]]


async def test_a_running_desk_whose_tail_was_cut_is_verified_beside_it(home: Path, veildesk: Run) -> None:
    running = await bootstrap.RunningDesk.start(Home(home))
    try:
        last = cut(home / "data" / "desk.db")
        code, out, _ = await asyncio.to_thread(veildesk, "audit", "verify", "--as", "fengxue", "--json")
    finally:
        await running.stop()
    assert code == Exit.FOUND
    assert ("tail_cut", last) in [(one["kind"], one["position"]) for one in json.loads(out)["findings"]]


def test_a_good_file_is_loaded_and_a_dry_run_changes_nothing(home: Path, veildesk: Run, tmp_path: Path) -> None:
    file = tmp_path / "more.csv"
    write(file, People(99, dt.date(2026, 11, 20), after=5000).debtors(25))
    order = ("import", str(file), "--source", "安和消费金融", "--as", "lina", "--json")
    before = len(cases(veildesk))
    code, out, _ = veildesk(*order, "--dry-run")
    assert (code, json.loads(out)["state"], json.loads(out)["new_cases"]) == (Exit.DONE, "dry", 25)
    code, out, _ = veildesk(*order)
    assert (code, json.loads(out)["state"], json.loads(out)["new_cases"]) == (Exit.DONE, "published", 25)
    assert len(cases(veildesk)) == before
    assert veildesk("import", str(file), "--source", "安和消费金融", "--as", "zhangwei")[0] == Exit.REFUSED


@pytest.mark.clause("C-5.4a")
def test_a_bad_file_is_refused_by_row_column_and_remedy(home: Path, veildesk: Run, tmp_path: Path) -> None:
    file = tmp_path / "bad.csv"
    file.write_text(BAD_HEADER + GOOD_ROW + BAD_ROW, encoding="utf-8")
    order = ("import", str(file), "--source", "安和消费金融", "--as", "lina")
    code, out, err = veildesk(*order)
    assert code == Exit.REFUSED
    assert "Row 2 身份证号码" in err
    assert "110101199003078510" not in out + err
    assert "13700137001" not in out + err
    report = Path(err.rsplit(": ", 1)[1].strip())
    assert stat.S_IMODE(report.stat().st_mode) == 0o600
    rows = list(csv.reader(report.read_text("utf-8-sig").splitlines()))
    assert rows[1][0] == "2"
    assert "110101199003078510" not in report.read_text("utf-8-sig")
    code, out, _ = veildesk(*order, "--accept-good", "--json")
    assert (code, json.loads(out)["good_rows"], json.loads(out)["bad_rows"]) == (Exit.DONE, 1, 1)


@pytest.mark.clause("issue-2")
@pytest.mark.parametrize("dry", [False, True])
def test_what_a_report_does_not_name_is_said(
    home: Path,
    veildesk: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    dry: bool,  # noqa: FBT001 - parametrised
) -> None:
    for module in ("staging", "tally"):
        monkeypatch.setattr(f"console.desk.imports.{module}.KEPT", 3)
    monkeypatch.setattr("console.desk.imports.jobs.SHOWN", 3)
    file = tmp_path / "bad.csv"
    file.write_text(BAD_HEADER + 7 * BAD_ROW, encoding="utf-8")
    words = ["--dry-run"] if dry else []
    code, out, err = veildesk("import", str(file), "--source", "安和消费金融", "--as", "lina", *words)
    assert code == Exit.REFUSED
    assert "4 further faults are not named" in out
    report = Path(err.rsplit(": ", 1)[1].strip())
    rows = list(csv.reader(report.read_text("utf-8-sig").splitlines()))
    assert [one[2] for one in rows[1:]] == [*3 * ["id_number.checksum"], "faults.more"]
    assert rows[-1][3].startswith("4 further faults")


@pytest.mark.parametrize("words", [["--kind", "cases"], ["--source", "x", "--column", "no equals sign"]])
def test_import_used_wrongly(home: Path, veildesk: Run, tmp_path: Path, words: list[str]) -> None:
    file = tmp_path / "f.csv"
    file.write_text("x")
    assert veildesk("import", str(file), "--as", "lina", *words)[0] == Exit.USAGE


def test_without_a_person_a_demo_desk_asks_for_one(home: Path, veildesk: Run) -> None:
    code, out, err = veildesk("cases", "list")
    assert (code, out) == (Exit.REFUSED, "")
    assert "--as" in err


@pytest.mark.parametrize("name", ["agent", "auditor", "A0173"])
def test_a_role_or_staff_number_seats_somebody_in_a_demo(home: Path, veildesk: Run, name: str) -> None:
    assert veildesk("language", "zh_CN", "--as", name)[0] == Exit.DONE
