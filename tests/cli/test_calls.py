"""Calls from the command line: phones, the provider's password, what there is of calls, and why there is none."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from console.cli.exits import Exit
from tests.cli.conftest import Run

pytestmark = pytest.mark.clause("issue-5")


def test_phones_and_the_line(home: Path, veildesk: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    code, out, err = veildesk("calls", "phones", "--as", "zhenghao")
    assert code == Exit.DONE, err
    assert "No phones yet" in out
    code, out, err = veildesk("calls", "phone", "zhangwei", "--as", "zhenghao", "--json")
    assert code == Exit.DONE, err
    access = json.loads(out)
    assert access["realm"] == "veildesk"
    code, out, _ = veildesk("calls", "phones", "--as", "zhenghao")
    assert access["name"] in out
    assert access["password"] not in out
    monkeypatch.setattr("sys.stdin", io.StringIO("of-the-line\n"))
    assert veildesk("calls", "trunk-password", "--as", "zhenghao")[0] == Exit.DONE
    for file in home.rglob("*"):
        data = file.read_bytes() if file.is_file() else b""
        assert access["password"].encode() not in data, file
        assert b"of-the-line" not in data, file
    assert veildesk("calls", "phone", "zhangwei", "--drop", "--as", "zhenghao")[0] == Exit.DONE
    assert veildesk("calls", "phone", "zhangwei", "--drop", "--as", "zhenghao")[0] == Exit.REFUSED
    assert veildesk("calls", "phone", "zhangwei", "--as", "zhangwei")[0] == Exit.REFUSED


def test_settings_of_the_lines_are_shown_without_their_secrets(
    home: Path, veildesk: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    del home
    monkeypatch.setattr("sys.stdin", io.StringIO("of-the-cloud\n"))
    assert veildesk("calls", "cloud-secret", "--as", "zhenghao")[0] == Exit.DONE
    code, out, err = veildesk("calls", "lines", "--as", "zhenghao", "--language", "en")
    assert code == Exit.DONE, err
    assert "calls.trunk_host" in out
    assert out.count("✓ kept") == 1
    code, found, _ = veildesk("calls", "lines", "--as", "zhenghao", "--json")
    kept = {one["name"]: one["secret"]["kept"] for one in json.loads(found)["lines"] if one.get("secret")}
    assert kept == {"trunk": False, "messages": False, "cloud": True}
    assert "of-the-cloud" not in out + found
    assert veildesk("calls", "lines", "--as", "wugang")[0] == Exit.REFUSED


def test_without_a_line_nobody_is_called(home: Path, veildesk: Run) -> None:
    del home
    rows = json.loads(veildesk("cases", "list", "--as", "zhangwei", "--json")[1])["rows"]
    code, _, err = veildesk("calls", "start", rows[0]["number"], "--as", "zhangwei")
    assert code == Exit.REFUSED
    assert err
    code, out, _ = veildesk("calls", "list", "--as", "zhangwei")
    assert (code, "No calls yet" in out) == (Exit.DONE, True)
    code, out, _ = veildesk("calls", "live", "--as", "lina")
    assert (code, "Nobody of the team" in out) == (Exit.DONE, True)
    assert veildesk("calls", "hang-up", "--as", "zhangwei")[0] == Exit.REFUSED
    assert veildesk("calls", "live", "--as", "zhangwei")[0] == Exit.REFUSED
