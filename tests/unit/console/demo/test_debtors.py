from __future__ import annotations

import csv
import datetime as dt
import stat
from pathlib import Path

from stdnum import luhn

from access.roles import Role, seatable
from console.demo.cast import CAST
from console.demo.debtors import People, id_check_digit
from console.demo.lender import HEADERS, write

DAY = dt.date(2026, 11, 22)


def test_the_same_seed_gives_the_same_people() -> None:
    assert list(People(7, DAY).debtors(50)) == list(People(7, DAY).debtors(50))
    assert list(People(7, DAY).debtors(50)) != list(People(8, DAY).debtors(50))


def test_numbers_carry_their_check_digits_and_never_meet() -> None:
    debtors = list(People(7, DAY).debtors(20_000))
    assert len({one.id_number for one in debtors}) == len(debtors)
    assert len({loan.number for one in debtors for loan in one.loans}) == sum(len(one.loans) for one in debtors)
    for one in debtors[:500]:
        assert one.id_number[-1] == id_check_digit(one.id_number[:17])
        assert luhn.is_valid(one.card)
        dt.datetime.strptime(one.id_number[6:14], "%Y%m%d").replace(tzinfo=dt.UTC)


def test_a_known_id_number_has_its_check_digit() -> None:
    assert id_check_digit("11010519491231002") == "X"


def test_names_take_every_shape() -> None:
    names = {one.name for one in People(7, DAY).debtors(2000)}
    assert any("·" in name for name in names)
    assert any(name.isascii() for name in names)
    assert any(name.startswith("欧阳") for name in names)


def test_the_file_is_private_and_complete(tmp_path: Path) -> None:
    path = tmp_path / "lender.csv"
    debtors = list(People(7, DAY).debtors(40))
    assert write(path, debtors) == sum(len(one.loans) for one in debtors)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    rows = list(csv.reader(path.read_text("gb18030").splitlines()))
    assert tuple(rows[0]) == HEADERS
    assert {len(row) for row in rows} == {len(HEADERS)}
    assert rows[1][15] == f"{debtors[0].loans[0].due / 100:.2f}"


def test_the_cast_seats_every_role_that_has_work() -> None:
    assert {role for post in CAST.posts for role in post.roles} == {role for role in Role if seatable(role)}
    assert len({post.login for post in CAST.posts}) == len({post.staff_no for post in CAST.posts}) == len(CAST.posts)
