"""A leaked file traced from the command line, with signed evidence that openssl alone checks."""

from __future__ import annotations

import io
import json
import subprocess
import zipfile
from pathlib import Path

import pytest

from console.cli.exits import Exit
from tests.cli.conftest import Run

ASK = (
    "exports", "ask", "--fields", "full_name,id_number,home_address,due_amount", "--to", "Asset desk",
    "--why", "monthly ledger check", "--purpose", "operations", "--rows", "500",
)  # fmt: skip
pytestmark = pytest.mark.clause("Y-5.2.3a", "issue-6")


class Stdin:
    """Standard input as bytes."""

    def __init__(self, data: bytes) -> None:
        self.buffer = io.BytesIO(data)


@pytest.mark.slow
def test_a_leaked_part_names_its_export_and_the_evidence_is_checked_by_openssl(
    home: Path, veildesk: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, out, err = veildesk(*ASK, "--as", "lina")
    assert code == Exit.DONE, err
    number = out.split()[0]
    for person in ("zhaoqiang", "hejie", "wugang"):
        assert veildesk("exports", "approve", number, "--as", person)[0] == Exit.DONE
    assert veildesk("exports", "release", number, "--as", "zhenghao")[0] == Exit.DONE
    _, out, _ = veildesk("exports", "fetch", number, "--as", "lina", "--json")
    leaked = (home / "outbox" / json.loads(out)["file_name"]).read_text(encoding="utf-8-sig").splitlines()
    assert len(leaked) > 8
    # A row pasted somewhere without its check: too little to name, and the exports that hold it are told.
    rows = [line.rpartition(",")[0] for line in leaked[1:2]]
    monkeypatch.setattr("sys.stdin", Stdin("\n".join(rows).encode("gbk")))
    code, out, err = veildesk("trace", "-", "--as", "fengxue")
    assert code == Exit.DONE, err
    assert number in out
    assert "1 recognised" in out
    # Two rows with their checks name it.
    part = tmp_path / "part.csv"
    part.write_text("\n".join(leaked[3:5]), encoding="utf-8")
    evidence = tmp_path / "evidence.zip"
    code, out, err = veildesk("trace", str(part), "--pack", str(evidence), "--as", "fengxue")
    assert code == Exit.FOUND, err
    assert f"Copy of {number}" in out
    assert "check column name it" in out
    inside = tmp_path / "inside"
    with zipfile.ZipFile(evidence) as container:
        container.extractall(inside)
    report = json.loads((inside / "report.json").read_text(encoding="utf-8"))
    assert report["candidates"][0]["number"] == number
    command = next(
        line for line in (inside / "README.txt").read_text(encoding="utf-8").splitlines() if line.startswith("openssl")
    )
    done = subprocess.run(command.split(), cwd=inside, check=True, capture_output=True, text=True)
    assert "Verified OK" in done.stdout
    code, _, err = veildesk("trace", str(part), "--pack", str(evidence), "--as", "fengxue")
    assert code == Exit.REFUSED
    assert "nothing is overwritten" in err


@pytest.mark.usefixtures("home")
def test_what_cannot_be_traced_says_why(veildesk: Run, tmp_path: Path) -> None:
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(b"PK\x03\x04 and no more")
    for arguments, words in (
        ((str(broken),), "is broken"),
        ((str(tmp_path / "missing.csv"),), "cannot be read"),
        ((), "Give either a FILE"),
        ((str(broken), "--screenshot", str(broken)), "Give either a FILE"),
    ):
        code, _, err = veildesk("trace", *arguments, "--as", "fengxue")
        assert code == Exit.REFUSED
        assert words in err
        assert "Traceback" not in err
    text = tmp_path / "text.txt"
    text.write_text("nothing that is known here\n", encoding="utf-8")
    assert veildesk("trace", str(text), "--as", "lina")[0] == Exit.REFUSED
    code, out, _ = veildesk("trace", str(text), "--as", "fengxue", "--json")
    assert (code, json.loads(out)["finding"]) == (Exit.DONE, "undetermined")
