"""Agencies from the command line: until when, proposed, checked, agreed to, taken back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from console.cli.exits import Exit
from tests.cli.conftest import Run

pytestmark = pytest.mark.clause("S-5-15", "issue-5")
NAME = "启明外包"


def test_an_agency_is_engaged_by_three_commands_of_three_people(home: Path, veildesk: Run) -> None:
    del home
    code, out, err = veildesk("agencies", "list", "--as", "hejie")
    assert code == Exit.DONE, err
    assert NAME in out
    assert veildesk("agencies", "list", "--as", "zhangwei")[0] == Exit.REFUSED
    assert veildesk("agencies", "decide", NAME, "--as", "hejie")[0] == Exit.REFUSED
    assert veildesk("agencies", "propose", NAME, "tomorrow", "--as", "qianfang")[0] == Exit.REFUSED
    code, _, err = veildesk("agencies", "propose", NAME, "2030-01-31", "--as", "qianfang")
    assert code == Exit.DONE, err
    assert veildesk("agencies", "decide", NAME, "--as", "wugang")[0] == Exit.REFUSED
    for name in ("hejie", "wugang"):
        code, out, err = veildesk("agencies", "decide", NAME, "--as", name)
        assert code == Exit.DONE, err
    assert "2030-01-31" in out
    code, out, _ = veildesk("roles", "units", "--as", "qianfang")
    assert (code, "2030-01-31" in out) == (Exit.DONE, True)
    (one,) = json.loads(veildesk("agencies", "list", "--as", "hejie", "--json")[1])["agencies"]
    assert (one["name"], one["last_day"], one["in_date"]) == (NAME, "2030-01-31", True)


def test_a_new_one_is_proposed_and_taken_back_or_refused(home: Path, veildesk: Run) -> None:
    del home
    for end in (("withdraw", "新程服务", "--as", "lina"), ("decide", "新程服务", "--refuse", "--as", "hejie")):
        code, out, err = veildesk("agencies", "propose", "新程服务", "2030-01-31", "--as", "lina")
        assert code == Exit.DONE, err
        assert "2030-01-31" in out
        assert "新程服务" in veildesk("agencies", "list", "--as", "fengxue")[1]
        assert veildesk("agencies", *end)[0] == Exit.DONE
        assert "新程服务" not in veildesk("agencies", "list", "--as", "fengxue")[1]
