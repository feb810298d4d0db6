"""Lenders' files of any size, from a seed: the same people with valid numbers, nobody real.

Rows are made one at a time, so that a file of a million rows costs no memory. Nothing of the desk is used.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

SIX_FIELDS: Final = (
    "客户姓名",
    "身份证号码",
    "手机号码",
    "家庭住址",
    "单位名称",
    "银行卡号",
    "借据号",
    "产品名称",
    "剩余本金",
    "应还利息",
    "费用",
    "应催金额",
    "逾期天数",
    "应还日期",
    "年利率",
    "账单期",
)
"""Headers of a file with six fields to be sealed besides the loan number."""

_SURNAMES: Final = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧"
_GIVEN: Final = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉兰建国文志宁"
_REGIONS: Final = ("110105", "310104", "440305", "330106", "510107", "420106", "320102", "370202")
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def id_number(chance: random.Random, serial: int) -> str:
    """A resident ID number with its check digit; different serials give different numbers below 1,000,000."""
    region = _REGIONS[serial % len(_REGIONS)]
    rest = serial // len(_REGIONS)
    born = f"{1955 + rest % 45}{chance.randint(1, 12):02}{chance.randint(1, 28):02}"
    body = f"{region}{born}{rest // 45 % 1000:03}"
    return body + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True)) % 11]


def card(chance: random.Random) -> str:
    """A bank card number with its check digit."""
    body = "622202" + f"{chance.randrange(10**12):012}"
    total = sum(
        sum(divmod(int(digit) * (2 if place % 2 == 0 else 1), 10)) for place, digit in enumerate(reversed(body))
    )
    return body + str(-total % 10)


@dataclass(frozen=True, slots=True)
class Person:
    """One debtor of a made-up file."""

    name: str
    id_number: str
    mobile: str
    address: str
    employer: str
    card: str


def people(count: int, seed: int = 1) -> Iterator[Person]:
    """Debtors, all different by ID number."""
    chance = random.Random(seed)  # noqa: S311 - test data, the same each time
    for serial in range(count):
        name = chance.choice(_SURNAMES) + "".join(chance.choice(_GIVEN) for _ in range(chance.randint(1, 2)))
        yield Person(
            name=name,
            id_number=id_number(chance, serial + seed * 7),
            mobile=f"1{chance.choice('3578')}{chance.randrange(10**9):09}",
            address=f"浙江省杭州市西湖区文三路{chance.randint(1, 999)}号",
            employer=f"杭州{chance.choice(_GIVEN)}{chance.choice(_GIVEN)}网络有限公司",
            card=card(chance),
        )


def row(person: Person, loan: str, *, due: int = 100_000, days: int = 30, period: str = "202610") -> list[str]:
    """One line in the order of `SIX_FIELDS`; `due` in cents."""
    money = f"{due // 100}.{due % 100:02}"
    return [
        person.name, person.id_number, person.mobile, person.address, person.employer, person.card, loan, "消费分期",
        money, "12.50", "3.00", money, str(days), "2026/10/20", "0.18", period,
    ]  # fmt: skip


def write(path: Path, rows: Iterable[Sequence[object]], headers: Sequence[str] = SIX_FIELDS) -> Path:
    """Write a CSV file in UTF-8."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(headers)
        writer.writerows(rows)
    return path


def big(path: Path, count: int, seed: int = 1, prefix: str = "L") -> Path:
    """A file of `count` debtors with one loan each."""
    chance = random.Random(seed)  # noqa: S311 - test data, the same each time
    return write(
        path,
        (
            row(one, f"{prefix}{number:012}", due=chance.randint(10_000, 20_000_000), days=chance.randint(1, 400))
            for number, one in enumerate(people(count, seed))
        ),
    )
