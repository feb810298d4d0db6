"""Synthetic debtors with loans, from a seed: the same seed and day give the same people, byte for byte.

Names take every shape that masks must survive: common, compound surnames, names with a dot, foreign names. ID numbers
and cards carry right check digits; one debtor in six owes on several loans.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

_SURNAMES: Final = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏"
COMPOUND: Final = ("欧阳", "司马", "上官", "诸葛", "夏侯", "东方", "尉迟", "皇甫", "公孙", "慕容", "令狐", "司徒")
_DOTTED: Final = ("阿依古丽·买买提", "古丽娜尔·艾合买提", "艾力·吐尔逊", "迪丽努尔·阿不都", "巴特尔·苏合", "才让·卓玛")
_FOREIGN: Final = ("John Smith", "Maria Garcia", "Nguyen Van An", "Kim Min-jun", "Anna Ivanova", "Ali Hassan")
_PHONE_HEADS: Final = ("135", "136", "138", "139", "150", "151", "158", "159", "177", "180", "186", "188", "189", "199")
_CARD_HEADS: Final = (("622848", "农业银行"), ("621700", "建设银行"), ("622202", "工商银行"), ("621661", "中国银行"))
_PRODUCTS: Final = ("消费分期", "现金分期", "信用卡", "经营贷", "车抵贷")
_RELATIONS: Final = ("配偶", "父亲", "母亲", "同事", "朋友")
_REGIONS: Final = (
    ("110105", "北京市", "北京市", "朝阳区"),
    ("310115", "上海市", "上海市", "浦东新区"),
    ("320106", "江苏省", "南京市", "鼓楼区"),
    ("330106", "浙江省", "杭州市", "西湖区"),
    ("350203", "福建省", "厦门市", "思明区"),
    ("370202", "山东省", "青岛市", "市南区"),
    ("420106", "湖北省", "武汉市", "武昌区"),
    ("440305", "广东省", "深圳市", "南山区"),
    ("500103", "重庆市", "重庆市", "渝中区"),
    ("510107", "四川省", "成都市", "武侯区"),
    ("610113", "陕西省", "西安市", "雁塔区"),
    ("650102", "新疆维吾尔自治区", "乌鲁木齐市", "天山区"),
)
_ID_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_POOL: Final = 400
_BORN_FROM: Final = dt.date(1958, 1, 1)
_BORN_DAYS: Final = 45 * 365
_SEQUENCES: Final = 1000
_BODIES: Final = len(_REGIONS) * _BORN_DAYS * _SEQUENCES
_STRIDE: Final = 104_395_301  # prime, so that serials walk over all ID bodies without meeting


@dataclass(frozen=True, slots=True)
class Loan:
    """One loan; money in minor units, rate per year as text."""

    number: str
    product: str
    limit: int
    principal: int
    interest: int
    fees: int
    days_past_due: int
    due_date: dt.date
    bill_period: str
    rate: str

    @property
    def due(self) -> int:
        """What is to be collected, in minor units."""
        return self.principal + self.interest + self.fees


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody the debtor named."""

    name: str
    relation: str
    phone: str


@dataclass(frozen=True, slots=True)
class Debtor:
    """One synthetic person."""

    name: str
    id_number: str
    mobile: str
    address: str
    employer: str
    card: str
    bank: str
    loans: tuple[Loan, ...]
    contacts: tuple[Contact, ...]


def id_check_digit(body: str) -> str:
    """Check digit of a 17-digit ID body (GB 11643)."""
    return "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, _ID_WEIGHTS, strict=True)) % 11]


def luhn_digit(body: str) -> str:
    """Check digit of a card number."""
    doubled = (int(digit) * (2 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(body)))
    return str(-sum(value - 9 if value > 9 else value for value in doubled) % 10)  # noqa: PLR2004 - digit sum


class People:
    """Draws debtors.

    Args:
        seed: the same seed draws the same people.
        today: fixes due dates; nothing else of the outside enters.
        after: how many people there are already; ID and loan numbers go on behind theirs.
    """

    def __init__(self, seed: int, today: dt.date, *, after: int = 0) -> None:
        from faker import Faker  # noqa: PLC0415 - only a demo or a benchmark needs it

        self._draw = random.Random(seed)  # noqa: S311 - reproducible, not secret
        fake = Faker("zh_CN")
        fake.seed_instance(seed)
        self._given = tuple(fake.first_name() for _ in range(_POOL))
        self._streets = tuple(fake.street_name() for _ in range(_POOL))
        self._employers = tuple(fake.company() for _ in range(_POOL))
        self._today = today
        self._serial = after

    def debtors(self, count: int) -> Iterator[Debtor]:
        """The next `count` people; no two share an ID number or a loan number."""
        for _ in range(count):
            self._serial += 1
            yield self._debtor(self._serial)

    def _debtor(self, serial: int) -> Debtor:
        draw = self._draw
        place, sequence = divmod(serial * _STRIDE % _BODIES, _SEQUENCES)
        region, day = divmod(place, _BORN_DAYS)
        code, province, city, district = _REGIONS[region]
        body = f"{code}{_BORN_FROM + dt.timedelta(days=day):%Y%m%d}{sequence:03d}"
        bank_head, bank = draw.choice(_CARD_HEADS)
        card = f"{bank_head}{draw.randrange(10**12):012d}"
        town = province if province == city else province + city
        return Debtor(
            name=self._name(),
            id_number=body + id_check_digit(body),
            mobile=self._phone(),
            address=f"{town}{district}{draw.choice(self._streets)}{draw.randrange(1, 999)}号"
            f"{draw.randrange(1, 30)}栋{draw.randrange(101, 2805)}室",
            employer=draw.choice(self._employers),
            card=card + luhn_digit(card),
            bank=bank,
            loans=tuple(self._loan(serial, nth) for nth in range(draw.choice((1, 1, 1, 1, 1, 2 + serial % 2)))),
            contacts=tuple(
                Contact(name=self._name(), relation=draw.choice(_RELATIONS), phone=self._phone())
                for _ in range(draw.choice((0, 1, 1, 2, 3)))
            ),
        )

    def _name(self) -> str:
        draw = self._draw
        shape = draw.random()
        if shape < 0.04:  # noqa: PLR2004 - share of names
            return draw.choice(_DOTTED)
        if shape < 0.07:  # noqa: PLR2004 - share of names
            return draw.choice(_FOREIGN)
        surname = draw.choice(COMPOUND) if shape < 0.15 else draw.choice(_SURNAMES)  # noqa: PLR2004 - same
        return surname + draw.choice(self._given)

    def _phone(self) -> str:
        return f"{self._draw.choice(_PHONE_HEADS)}{self._draw.randrange(10**8):08d}"

    def _loan(self, serial: int, nth: int) -> Loan:
        draw = self._draw
        late = min(1 + int(draw.expovariate(1 / 60)), 720)
        due_date = self._today - dt.timedelta(days=late)
        principal = draw.randrange(80_000, 12_000_000)
        interest = principal * late * draw.choice((12, 18, 24)) // 36500
        return Loan(
            number=f"DK{due_date.year}{serial:07d}{nth}",
            product=draw.choice(_PRODUCTS),
            limit=(principal // 1_000_000 + 1) * 1_000_000,
            principal=principal,
            interest=interest,
            fees=principal // 200,
            days_past_due=late,
            due_date=due_date,
            bill_period=f"{due_date:%Y%m}",
            rate=draw.choice(("0.12", "0.18", "0.24")),
        )
