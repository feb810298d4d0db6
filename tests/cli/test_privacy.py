"""Privacy numbers from the command line: two keys fill the pool, and without a line nobody is bound."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from console.cli.exits import Exit
from tests.cli.conftest import Run

pytestmark = pytest.mark.clause("issue-5")
X = "95013000001"


def test_the_pool_and_a_binding(home: Path, veildesk: Run) -> None:
    del home
    code, out, err = veildesk("privacy", "numbers", "--as", "zhenghao")
    assert (code, "The pool is empty" in out) == (Exit.DONE, True), err
    assert veildesk("privacy", "add", X, "--as", "zhenghao")[0] == Exit.DONE
    assert veildesk("privacy", "approve", X, "--as", "zhenghao")[0] == Exit.REFUSED
    assert veildesk("privacy", "approve", "95013000002", "--as", "wugang")[0] == Exit.REFUSED
    code, out, err = veildesk("privacy", "approve", X, "--as", "wugang")
    assert (code, "in use" in out) == (Exit.DONE, True), err
    number = json.loads(veildesk("cases", "list", "--as", "zhangwei", "--json")[1])["rows"][0]["number"]
    code, _, err = veildesk("privacy", "bind", number, "--as", "zhangwei")
    assert code == Exit.REFUSED
    assert err
    code, out, _ = veildesk("privacy", "bindings", number, "--as", "zhangwei")
    assert (code, "Nobody is bound" in out) == (Exit.DONE, True)
    assert veildesk("privacy", "unbind", "0" * 32, "--as", "zhangwei")[0] == Exit.REFUSED
    assert veildesk("privacy", "retire", X, "--as", "wugang")[0] == Exit.DONE
    assert veildesk("privacy", "numbers", "--as", "zhangwei")[0] == Exit.REFUSED
