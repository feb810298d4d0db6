"""Consents by letter or message from the command line: recorded by one, listed, confirmed or refused by another."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from console.cli.exits import Exit
from tests.cli.conftest import Run


@pytest.fixture
def case(home: Path, veildesk: Run) -> str:
    """An agent's first case."""
    del home
    _, out, _ = veildesk("cases", "list", "--as", "zhangwei", "--json")
    return str(json.loads(out)["rows"][0]["number"])


def recorded(veildesk: Run, case: str, reference: str) -> str:
    """One by letter; its id."""
    words = ("contact", "consent", case, "--from", "22:00", "--until", "23:00", "--evidence", "letter")
    code, out, _ = veildesk(*words, "--reference", reference, "--as", "zhangwei")
    assert code == Exit.DONE
    assert "to be confirmed (1)" in out
    return out.split()[0]


@pytest.mark.clause("S-5-1", "S-3.3-1")
def test_what_waits_is_listed_confirmed_and_refused(case: str, veildesk: Run) -> None:
    first, second = recorded(veildesk, case, "LETTER-1"), recorded(veildesk, case, "LETTER-2")
    assert "Nothing" in veildesk("contact", "consents", "--as", "zhangwei")[1]
    for name in ("lina", "hejie"):
        code, out, _ = veildesk("contact", "consents", "--as", name)
        assert code == Exit.DONE
        one, two = out.splitlines()
        assert (one.split()[0], two.split()[0]) == (first, second)
        assert all(said in one for said in (case, "A0173", "call 22:00-23:00", "letter LETTER-1", "waiting (1)")), one
    assert veildesk("contact", "confirm", first, "--as", "zhangwei")[0] == Exit.REFUSED
    assert veildesk("contact", "confirm", first, "--as", "hejie")[0] == Exit.DONE
    assert veildesk("contact", "refuse", second, "--reason", "no", "--as", "lina")[0] == Exit.REFUSED
    assert veildesk("contact", "refuse", second, "--reason", "not signed", "--as", "lina")[0] == Exit.DONE
    # Both are decided on, and whoever comes late is told so.
    for words in (("refuse", first, "--reason", "not signed"), ("confirm", second)):
        code, _, err = veildesk("contact", *words, "--as", "hejie")
        assert code == Exit.REFUSED
        assert "meanwhile" in err
    _, out, _ = veildesk("contact", "consents", "--mine", "--as", "zhangwei")
    assert "not signed" in out
    _, out, _ = veildesk("contact", "consents", "--mine", "--as", "zhangwei", "--json")
    found = json.loads(out)
    assert [(one["consent"]["state"], one["words"]) for one in found["items"]] == [
        ("refused", "not signed"),
        ("active", ""),
    ]
    assert found["cursor"] is None
    assert "Nothing" in veildesk("contact", "consents", "--as", "lina")[1]
