"""Accounts by command: asked for, made, invited, signed up, stopped, let back in, moved, gone; sessions, training."""

from __future__ import annotations

import io
import json
import re
import time
from pathlib import Path
from typing import Any

import pytest

from access.people import totp
from console.cli.exits import Exit
from tests.cli.conftest import Run

PASSWORD = "xK9#mV2pLq7w"


def as_json(veildesk: Run, *words: str) -> Any:
    code, out, err = veildesk(*words, "--json")
    assert code == Exit.DONE, err
    return json.loads(out)


def orders(veildesk: Run, name: str = "zhenghao") -> Any:
    return as_json(veildesk, "users", "orders", "--as", name)


@pytest.mark.clause("S-3.2-37", "issue-3")
def test_hired_and_signed_up_in_a_terminal(home: Path, veildesk: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    code, out, _ = veildesk("users", "request", "xinren", "新人", "A0301", "--reason", "扩编", "--as", "lina")
    assert code == Exit.DONE
    assert "新人" in out
    (order,) = orders(veildesk)["orders"]
    code, out, _ = veildesk("users", "add", "--order", order["order_id"][-6:], "--as", "zhenghao")
    assert code == Exit.DONE
    assert "A0301" in out
    handed = as_json(veildesk, "users", "invite", "xinren", "--as", "zhenghao")["code"]
    lines = iter((handed, PASSWORD))

    class Typing(io.StringIO):
        """What the newcomer types: the code of her app once the key was shown."""

        def readline(self, *_: object) -> str:  # type: ignore[override]
            said = next(lines, None)
            if said is None:
                uri = seen[-1]
                seed = uri.partition("secret=")[2].strip()
                said = totp.code_at(seed, totp.step_of(time.time_ns() // 1000))
            return said + "\n"

    seen: list[str] = []

    def keep(text: object) -> None:
        seen.extend([str(text)] if str(text).startswith("otpauth://") else [])

    monkeypatch.setattr("console.cli.output.say", keep)
    monkeypatch.setattr("sys.stdin", Typing())
    code, out, err = veildesk("users", "sign-up", "xinren")
    assert code == Exit.DONE, err
    assert re.search("[█▀▄]{3}", err), "the QR code"
    assert PASSWORD not in out + err


@pytest.mark.clause("C-5.4c", "S-4.5", "issue-3")
def test_stopped_let_back_in_moved_and_gone(home: Path, veildesk: Run) -> None:
    assert veildesk("users", "suspend", "zhangwei", "--reason", "nonsense", "--as", "lina")[0] == Exit.REFUSED
    assert veildesk("users", "suspend", "zhangwei", "--reason", "absence", "--as", "lina")[0] == Exit.DONE
    card = as_json(veildesk, "users", "show", "zhangwei", "--as", "zhenghao")
    assert (card["card"]["standing"], card["cases"]) == ("suspended", 0)
    assert veildesk("cases", "list", "--as", "zhangwei")[0] == Exit.REFUSED
    assert veildesk("users", "reactivate", "zhangwei", "--as", "zhenghao")[0] == Exit.DONE
    (order,) = orders(veildesk)["orders"]
    number = order["order_id"][-6:]
    assert veildesk("users", "decide", number, "approve", "--as", "zhenghao")[0] == Exit.REFUSED
    assert veildesk("users", "decide", number, "approve", "--as", "wugang")[0] == Exit.DONE
    assert veildesk("cases", "list", "--as", "zhangwei")[0] == Exit.DONE
    moved = as_json(veildesk, "users", "transfer", "zhangwei", "--to", "二组", "--as", "zhenghao")
    assert moved["state"] == "approvals_rerouted"
    assert veildesk("users", "decide", moved["departure_id"][-6:], "confirm", "--as", "wugang")[0] == Exit.DONE
    code, out, _ = veildesk("users", "leave", "wangfang", "--last-day", "2000-01-01", "--as", "zhenghao")
    assert (code, out) == (Exit.REFUSED, "")
    gone = as_json(veildesk, "users", "leave", "wangfang", "--as", "zhenghao")
    assert gone["state"] == "credentials_revoked"
    code, out, _ = veildesk("users", "list", "--as", "wugang")
    assert code == Exit.DONE
    assert "■ frozen" in next(line for line in out.splitlines() if "A0174" in line)


@pytest.mark.clause("S-3.2-39", "Y-4.6.2")
def test_sessions_training_and_agreement(home: Path, veildesk: Run) -> None:
    found = as_json(veildesk, "users", "sessions", "--as", "wugang")["sessions"]
    assert [one["staff_no"] for one in found] == ["E0002"]
    assert veildesk("users", "sessions", "--end", "zzzzzz", "--as", "wugang")[0] == Exit.REFUSED
    entry = ("users", "train", "zhangwei", "--on", "2026-01-02", "--content", "drill")
    assert veildesk(*entry, "--failed", "--as", "zhenghao")[0] == Exit.DONE
    code, _, err = veildesk("cases", "list", "--as", "zhangwei")
    assert code == Exit.REFUSED
    assert "Y-4.6.2" in err
    code, out, _ = veildesk("users", "training", "--as", "zhangwei")
    assert code == Exit.DONE
    assert "✗ failed" in out
    record = as_json(veildesk, "users", "training", "--of", "zhangwei", "--as", "zhenghao")["entries"][0]["record_id"]
    assert veildesk("users", "check-training", record[-6:], "--strike", "--as", "zhenghao")[0] == Exit.REFUSED
    assert veildesk("users", "check-training", record[-6:], "--strike", "--as", "hejie")[0] == Exit.DONE
    assert veildesk("users", "agreement", "zhangwei", "--signed", "2026-01-02", "--as", "zhenghao")[0] == Exit.DONE
    assert veildesk("users", "unlock", "zhangwei", "--as", "zhenghao")[0] == Exit.REFUSED
    assert veildesk("users", "reset", "zhangwei", "--as", "zhenghao")[0] == Exit.DONE
