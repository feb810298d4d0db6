"""Exports and packages from the command line: a file asked for, agreed to, released, fetched, opened, given back."""

from __future__ import annotations

import json
import subprocess
import tarfile
import zipfile
from pathlib import Path

import pytest
import pyzipper

from console.cli.exits import Exit
from tests.cli.conftest import Run

ASK = (
    "exports", "ask", "--fields", "full_name,id_number,due_amount", "--to", "Asset desk",
    "--why", "monthly ledger check", "--purpose", "operations", "--rows", "500",
)  # fmt: skip


@pytest.mark.slow
@pytest.mark.clause("Y-4.8.3", "S-4.3", "issue-6")
def test_a_sealed_file_from_asking_to_its_end(home: Path, veildesk: Run, tmp_path: Path) -> None:
    key = tmp_path / "mine.pem"
    code, public, _ = veildesk("package", "key", str(key))
    assert code == Exit.DONE
    assert key.stat().st_mode & 0o077 == 0
    (tmp_path / "public.pem").write_text(public)
    code, out, err = veildesk(*ASK, "--key", str(tmp_path / "public.pem"), "--as", "lina")
    assert code == Exit.DONE, err
    number = out.split()[0]
    for person in ("zhaoqiang", "hejie", "wugang"):
        code, _, err = veildesk("exports", "approve", number, "--as", person)
        assert code == Exit.DONE, err
    code, _, err = veildesk("exports", "release", number, "--as", "lina")
    assert code == Exit.REFUSED
    code, _, err = veildesk("exports", "release", number, "--as", "zhenghao")
    assert code == Exit.DONE, err
    code, out, err = veildesk("exports", "fetch", number, "--as", "lina", "--json")
    assert code == Exit.DONE, err
    package = home / "outbox" / json.loads(out)["file_name"]
    code, out, _ = veildesk("package", "verify", str(package))
    assert code == Exit.DONE
    assert number in out
    code, out, _ = veildesk("package", "open", str(package), "--key", str(key), "--into", str(tmp_path))
    assert code == Exit.DONE
    opened = Path(out.strip())
    assert number in opened.read_text(encoding="utf-8-sig").splitlines()[0]
    assert veildesk("package", "open", str(package), "--key", str(key), "--into", str(tmp_path))[0] == Exit.FOUND
    _openssl_agrees(package, tmp_path / "inside")
    _traced(veildesk, opened, number, tmp_path / "evidence.zip")
    whole = bytearray(package.read_bytes())
    with tarfile.open(package) as tar:
        whole[tar.getmember("data.sm4").offset_data + 20] ^= 1
    (tmp_path / "changed.vdp").write_bytes(bytes(whole))
    code, _, err = veildesk("package", "verify", str(tmp_path / "changed.vdp"))
    assert code == Exit.FOUND
    code, out, _ = veildesk("exports", "confirm", number, "--returned", "--as", "lina", "--json")
    assert json.loads(out)["state"] == "returned"
    assert not package.exists()
    code, out, _ = veildesk("exports", "list", "--as", "wugang")
    assert "returned" in out


def _openssl_agrees(package: Path, folder: Path) -> None:
    """Anybody can check a package with the usual tools."""
    folder.mkdir()
    subprocess.run(["tar", "xf", str(package), "-C", str(folder)], check=True)
    verify = (
        "openssl dgst -sm3 -verify signer.pem -sigopt distid:1234567812345678 -signature manifest.sig manifest.json"
    )
    done = subprocess.run(verify.split(), cwd=folder, check=True, capture_output=True, text=True)
    assert "Verified OK" in done.stdout
    digest = subprocess.run(
        ["openssl", "dgst", "-sm3", "data.sm4"], cwd=folder, check=True, capture_output=True, text=True
    )
    manifest = json.loads((folder / "manifest.json").read_text())
    assert manifest["data_sm3"] in digest.stdout


def _traced(veildesk: Run, file: Path, number: str, pack: Path) -> None:
    """The opened file names its export; the signed answer is packed, once, and openssl alone checks it."""
    command = ("trace", str(file), "--pack", str(pack), "--as", "fengxue")
    code, out, err = veildesk(*command, "--json")
    assert code == Exit.FOUND, err
    found = json.loads(out)
    assert (found["finding"], found["candidates"][0]["number"]) == ("copy", number)
    folder = pack.with_suffix("")
    with zipfile.ZipFile(pack) as container:
        assert set(container.namelist()) == {"report.json", "report.sig", "desk.pem", "README.txt"}
        folder.mkdir()
        for name in container.namelist():
            (folder / name).write_bytes(container.read(name))
    assert json.loads((folder / "report.json").read_text("utf-8"))["candidates"][0]["number"] == number
    verify = next(
        line for line in (folder / "README.txt").read_text("utf-8").splitlines() if line.startswith("openssl")
    )
    done = subprocess.run(verify.split(), cwd=folder, check=True, capture_output=True, text=True)
    assert "Verified OK" in done.stdout
    before = pack.read_bytes()
    assert veildesk(*command)[0] == Exit.REFUSED
    assert pack.read_bytes() == before
    assert veildesk("trace", str(file), "--as", "lina")[0] == Exit.REFUSED


@pytest.mark.clause("issue-6")
def test_what_is_said_wrongly_is_usage(home: Path, veildesk: Run, tmp_path: Path) -> None:
    assert home.is_dir()
    code, _, err = veildesk(*ASK, "--reach", "abroad", "--as", "lina")
    assert code == Exit.USAGE
    assert "abroad" in err or "reach" in err
    for wrong in (("--key", str(tmp_path / "none.pem")), ("--due-from", "much")):
        code, _, err = veildesk(*ASK, *wrong, "--as", "lina")
        assert (code, wrong[0] in err) == (Exit.USAGE, True)
    broken = tmp_path / "p.vdp"
    broken.write_bytes(b"no package")
    code, _, err = veildesk("package", "verify", str(broken))
    assert code == Exit.FOUND
    assert "package" in err
    code, _, err = veildesk("exports", "show", "VX-009999", "--as", "lina")
    assert code == Exit.REFUSED


@pytest.mark.clause("J-19", "issue-6")
def test_no_file_is_asked_for_across_the_border(home: Path, veildesk: Run) -> None:
    assert home.is_dir()
    code, _, err = veildesk(*ASK, "--cross-border", "--as", "lina", "--json")
    assert (code, "J-19" in err) == (Exit.REFUSED, True)


@pytest.mark.clause("S-4.3", "J-15", "issue-6")
def test_who_agrees_by_command_reads_all_that_was_asked_for(home: Path, veildesk: Run) -> None:
    assert home.is_dir()
    code, out, err = veildesk(
        *ASK, "--days-from", "30", "--days-to", "90", "--due-from", "1,000", "--no-cross-border", "--as", "lina"
    )
    assert code == Exit.DONE, err
    code, out, _ = veildesk("exports", "show", out.split()[0], "--as", "zhaoqiang", "--language", "en")
    for said in ("30 – 90", "≥ 1,000.00", "name and ID number", "level 4", "duty", "stays in the country", "Cases now"):
        assert said in out


def test_only_a_draft_until_it_is_sent_off(home: Path, veildesk: Run) -> None:
    assert home.is_dir()
    _, out, _ = veildesk(*ASK, "--draft", "--as", "lina", "--json")
    drafted = json.loads(out)
    assert drafted["state"] == "draft"
    code, out, _ = veildesk("exports", "submit", drafted["number"], "--as", "lina", "--json")
    assert json.loads(out)["state"] == "pending"
    code, out, _ = veildesk("exports", "options", "--as", "lina")
    assert "full_name" in out
    code, _, err = veildesk("exports", "refuse", drafted["number"], "--why", "too wide", "--as", "zhaoqiang")
    assert code == Exit.DONE, err


@pytest.mark.clause("issue-6", "C-5.4d-1")
def test_a_printout_of_one_case_is_asked_for(home: Path, veildesk: Run) -> None:
    assert home.is_dir()
    _, out, _ = veildesk("cases", "list", "--scope", "team", "--limit", "1", "--as", "lina", "--json")
    number = json.loads(out)["rows"][0]["number"]
    ask = ("cases", "print", number, "--to", "Asset desk", "--why", "hearing on Monday")
    code, out, err = veildesk(*ask, "--as", "lina", "--json")
    assert code == Exit.DONE, err
    view = json.loads(out)
    assert (view["case"], view["template"], view["state"], view["row_cap"]) == (number, "case", "pending", 1)
    assert veildesk(*ask, "--as", "zhangwei")[0] == Exit.REFUSED
    assert veildesk(*ask, "--format", "docx", "--as", "lina")[0] == Exit.USAGE


@pytest.mark.slow
@pytest.mark.clause("Y-4.8.3", "issue-6", "C-5.4d-1")
def test_a_password_is_shown_once_and_opens_the_file(home: Path, veildesk: Run) -> None:
    code, out, err = veildesk(*ASK, "--lock", "--as", "lina", "--json")
    assert code == Exit.DONE, err
    number = json.loads(out)["number"]
    for person in ("zhaoqiang", "hejie", "wugang"):
        assert veildesk("exports", "approve", number, "--as", person)[0] == Exit.DONE
    # Nobody has it before the file is let go, and nobody but its asker ever.
    assert veildesk("exports", "password", number, "--as", "lina")[:2] == (Exit.REFUSED, "")
    assert veildesk("exports", "release", number, "--as", "zhenghao")[0] == Exit.DONE
    assert veildesk("exports", "password", number, "--as", "zhenghao")[:2] == (Exit.REFUSED, "")
    code, out, err = veildesk("exports", "password", number, "--as", "lina")
    assert code == Exit.DONE, err
    password = out.strip()
    assert len(password) == 29
    code, out, err = veildesk("exports", "password", number, "--as", "lina")
    assert (code, out) == (Exit.REFUSED, "")
    assert password not in err
    code, out, err = veildesk("exports", "fetch", number, "--as", "lina", "--json")
    assert code == Exit.DONE, err
    with pyzipper.AESZipFile(home / "outbox" / json.loads(out)["file_name"]) as archive:
        (entry,) = archive.infolist()
        with pytest.raises(RuntimeError):
            archive.read(entry, pwd=b"another")
        assert number in archive.read(entry, pwd=password.encode()).decode("utf-8-sig").splitlines()[0]
