"""Every broken sample file of a lender, through the command: exit code, reason on stderr, and nothing changed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from console.cli.exits import Exit
from tests.cli.conftest import Run

BAD = Path(__file__).resolve().parent.parent / "data" / "lenders" / "bad"
SAYS = {
    "bad_amounts.csv": ("应催金额", "剩余本金"),
    "bad_checksum.csv": ("身份证号码",),
    "bad_phone_and_formula.csv": ("手机号码",),
    "control_characters.csv": ("客户姓名",),
    "duplicate_bill.csv": ("借据号",),
    "empty.csv": (),
    "excel_ruined_id.csv": ("身份证号码",),
    "has_contact_list.csv": ("通讯录",),
    "has_cvv.csv": ("CVV2",),
    "mixed_encoding.csv": (),
    "no_bill_reference.csv": ("借据号",),
    "not_a_table.xlsx": (),
    "only_header.csv": (),
    "truncated.csv": (),
    "unknown_column.csv": ("客户画像标签",),
}
LOGGED = {
    "audit_event", "audit_head", "audit_checkpoint", "import_batch", "import_reject", "staff_session", "idempotency",
    "oracle_use", "desk_meta",
}  # fmt: skip
"""What a refused file leaves behind: that it was tried, by whom, why it was refused, what a try costs; counters."""


def rest(home: Path) -> Iterator[tuple[str, list[tuple[object, ...]]]]:
    """Every row of every other table."""
    with sqlite3.connect(home / "data" / "desk.db") as raw:
        names = [name for (name,) in raw.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")]
        for name in names:
            if name not in LOGGED:
                yield name, sorted(raw.execute(f'SELECT * FROM "{name}"').fetchall(), key=repr)  # noqa: S608 - ours
    raw.close()


def test_every_sample_has_its_answer() -> None:
    assert {file.name for file in BAD.iterdir()} == set(SAYS)


@pytest.mark.clause("C-5.4a", "R-55", "issue-2")
@pytest.mark.parametrize("name", sorted(SAYS))
def test_a_broken_file_ends_with_one_says_why_and_changes_nothing(home: Path, veildesk: Run, name: str) -> None:
    before = dict(rest(home))
    code, _, err = veildesk(
        "import", str(BAD / name), "--source", "安和消费金融", "--as", "lina", "--language", "zh_CN"
    )
    assert code == Exit.REFUSED
    assert err.strip()
    assert "Traceback" not in err
    for column in SAYS[name]:
        assert column in err
    after = dict(rest(home))
    assert {table for table in before if before[table] != after[table]} == set()
