"""Synthetic customers whose every identifying value can be told apart from anything else, and their twins.

Values are made to be hunted: given names and streets of seldom characters, numbers that no date or amount looks like.
A twin is another customer whom every mask shows alike: surname, first and last character of the ID number, first three
and last four digits of the phone, district and so on are the same; everything a mask hides is another, lengths too.
"""

from __future__ import annotations

import csv
import dataclasses
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from console.demo.debtors import COMPOUND, id_check_digit, luhn_digit

SELDOM: Final = "翀燚彧婳堃琤旻骉昶翾珩沅澍霁筠蓁菡烨祎翊淼犇赟喆垚瑀瓒晟嬿媖邈曌怼懋鑫韫徵璟旎斓"
SURNAMES: Final = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
_DOTTED: Final = ("阿依", "古丽", "迪丽", "巴特", "才让", "买买")
_SYLLABLES: Final = ("qor", "vin", "bal", "taz", "zhu", "mek", "dru", "fip", "xan", "wol", "jeb", "gri")
_PHONES: Final = ("135", "136", "138", "139", "150", "151", "158", "159", "177", "180", "186", "188", "189", "199")
_CARDS: Final = (("622848", 19), ("621700", 19), ("622202", 19), ("625965", 16), ("436742", 16))
_RELATIONS: Final = ("配偶", "父亲", "母亲", "同事", "朋友")
_BANKS: Final = ("农业银行", "建设银行", "工商银行")
_FIRMS: Final = ("中天", "恒信", "金陵", "华源", "东海")
_DOMAINS: Final = ("example.com", "example.org", "mail.example.net")
_REGIONS: Final = (
    ("110105", "北京市朝阳区"),
    ("310115", "上海市浦东新区"),
    ("320106", "江苏省南京市鼓楼区"),
    ("330106", "浙江省杭州市西湖区"),
    ("350203", "福建省厦门市思明区"),
    ("420106", "湖北省武汉市武昌区"),
    ("440305", "广东省深圳市南山区"),
    ("610113", "陕西省西安市雁塔区"),
)

HEADERS: Final = (
    "客户姓名", "出生日期", "身份证号码", "证件有效期", "手机号码", "家庭电话", "家庭住址", "户籍地址",
    "单位名称", "单位地址", "邮箱", "微信号", "银行卡号", "还款卡号", "开户行",
    *(f"联系人{nth}{what}" for nth in (1, 2, 3) for what in ("姓名", "关系", "电话")),
    "借据号", "账单期", "产品名称", "应催金额", "剩余本金", "逾期天数",
)  # fmt: skip
PADDING: Final = "补齐"
"""A column that is dropped by name; it makes the files of twins equally long."""


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody the customer named."""

    name: str
    relation: str
    phone: str


@dataclass(frozen=True, slots=True)
class Loan:
    """One loan; due in yuan as written."""

    number: str
    period: str
    due: str
    days: int


@dataclass(frozen=True, slots=True)
class Customer:
    """One synthetic person with everything a lender's file can say of them."""

    name: str
    born: str
    id_number: str
    id_until: str
    mobiles: tuple[str, str]
    home: str
    registered: str
    employer: str
    office: str
    email: str
    im: str
    cards: tuple[str, str]
    bank: str
    contacts: tuple[Contact, ...]
    loans: tuple[Loan, ...]

    def values(self) -> Iterable[tuple[str, str]]:
        """Field and value of everything that identifies somebody."""
        yield "full_name", self.name
        yield "birth_date", self.born
        yield "id_number", self.id_number
        for phone in self.mobiles:
            yield "mobile", phone
        yield "home_address", self.home
        yield "registered_address", self.registered
        yield "employer_name", self.employer
        yield "employer_address", self.office
        yield "email", self.email
        yield "im_account", self.im
        for card in self.cards:
            yield "bank_card", card
        for contact in self.contacts:
            yield "contact_name", contact.name
            yield "contact_phone", contact.phone
        for loan in self.loans:
            yield "loan_number", loan.number

    def rows(self) -> Iterable[list[str]]:
        """Lines of a lender's file, one a loan."""
        named = [cell for one in self.contacts for cell in (one.name, one.relation, one.phone)]
        named += [""] * (9 - len(named))
        for loan in self.loans:
            yield [
                self.name, self.born, self.id_number, self.id_until, *self.mobiles, self.home, self.registered,
                self.employer, self.office, self.email, self.im, *self.cards, self.bank, *named,
                loan.number, loan.period, "消费分期", loan.due, loan.due, str(loan.days),
            ]  # fmt: skip


class Maker:
    """Draws customers from a seed; the same seed gives the same people."""

    def __init__(self, seed: int) -> None:
        self._draw = random.Random(seed)  # noqa: S311 - reproducible, not secret

    def customers(self, count: int) -> list[Customer]:
        """So many; ID and loan numbers never meet."""
        return [self._customer(serial) for serial in range(count)]

    def _customer(self, serial: int) -> Customer:
        draw = self._draw
        region, place = draw.choice(_REGIONS)
        year, month, day = draw.randrange(1958, 2004), draw.randrange(1, 13), draw.randrange(1, 29)
        body = f"{region}{year}{month:02d}{day:02d}{serial % 1000:03d}"
        loans = tuple(
            Loan(
                number=self.loan(serial, nth),
                period=f"2026{draw.randrange(1, 10):02d}",
                due=f"{draw.randrange(100, 999)}.{draw.randrange(100):02d}",
                days=draw.randrange(1, 700),
            )
            for nth in range(draw.choice((1, 1, 1, 1, 2, 3)))
        )
        return Customer(
            name=self.name(),
            born=f"{year}-{month:02d}-{day:02d}",
            id_number=body + id_check_digit(body),
            id_until=f"20{draw.randrange(27, 46)}-{draw.randrange(1, 13):02d}-{draw.randrange(1, 29):02d}",
            mobiles=(self.phone(), self.phone()),
            home=place + self.street(),
            registered=draw.choice(_REGIONS)[1] + self.street(),
            employer=draw.choice(_FIRMS) + self.seldom(2) + draw.choice(("机电公司", "贸易商行", "物流集团")),
            office=draw.choice(_REGIONS)[1] + self.street(),
            email=f"{self.letters(draw.randrange(9, 14))}@{draw.choice(_DOMAINS)}",
            im=self.letters(draw.randrange(9, 14)),
            cards=(self.card(), self.card()),
            bank=draw.choice(_BANKS),
            contacts=tuple(
                Contact(self.name(), draw.choice(_RELATIONS), self.phone()) for _ in range(draw.choice((0, 1, 1, 2, 3)))
            ),
            loans=loans,
        )

    def seldom(self, count: int) -> str:
        """So many seldom characters."""
        return "".join(self._draw.choice(SELDOM) for _ in range(count))

    def letters(self, count: int) -> str:
        """A word that is none."""
        return "".join(self._draw.choice("bcdfghjklmnpqrstvwxz") for _ in range(count))

    def name(self) -> str:
        """A name of any shape that masks must survive."""
        shape = self._draw.random()
        if shape < 0.05:
            return f"{self._draw.choice(_DOTTED)}{self.seldom(2)}·{self.seldom(3)}"
        if shape < 0.10:
            return f"{self.word()} {self.word()}"
        surname = self._draw.choice(COMPOUND if shape < 0.2 else SURNAMES)
        return surname + self.seldom(self._draw.choice((1, 2, 2, 2)))

    def word(self) -> str:
        """A foreign name's word, of nine letters."""
        return "".join(self._draw.choice(_SYLLABLES) for _ in range(3)).capitalize()

    def phone(self) -> str:
        """A mobile number whose hidden and shown digits look like no date."""
        return f"{self._draw.choice(_PHONES)}{self._draw.randrange(3000, 10_000)}{self._draw.randrange(3000, 10_000)}"

    def card(self) -> str:
        """A card with a right check digit."""
        head, length = self._draw.choice(_CARDS)
        body = head + "".join(str(self._draw.randrange(10)) for _ in range(length - len(head) - 1))
        return body + luhn_digit(body)

    def street(self) -> str:
        """What an address mask hides."""
        draw = self._draw
        return f"{self.seldom(2)}路{draw.randrange(1, 999)}弄{draw.randrange(1, 99)}号{draw.randrange(101, 2805)}室"

    def loan(self, serial: int, nth: int) -> str:
        """A loan number that no other loan has."""
        return f"VK{self._draw.randrange(10**6, 10**7)}{serial:05d}{nth}{self._draw.randrange(10**3, 10**4)}"


def other_phone(phone: str) -> str:
    """The middle four mirrored: what sorted before sorts behind, equal stays equal, unequal stays unequal."""
    return f"{phone[:3]}{9999 - int(phone[3:7]):04d}{phone[7:]}"


def other_contact_phone(phone: str) -> str:
    """A contact's phone shows its last four at most."""
    return f"1{'9' if phone[1] != '9' else '3'}{9 - int(phone[2])}{9999 - int(phone[3:7]):04d}{phone[7:]}"


def other_id(number: str) -> tuple[str, str]:
    """The ID number and birth date of another: same first and last character, same year of birth."""
    year = number[6:10]
    for tried in range(12 * 28 * 1000):
        month, day, serial = 1 + tried % 12, 1 + tried // 12 % 28, (999 - int(number[14:17]) + tried // 336) % 1000
        body = f"{number[0]}{'40200' if number[1:6] != '40200' else '40300'}{year}{month:02d}{day:02d}{serial:03d}"
        if id_check_digit(body) == number[17] and f"{month:02d}{day:02d}" != number[10:14]:
            return body + number[17], f"{year}-{month:02d}-{day:02d}"
    raise AssertionError(number)


def other_card(card: str) -> str:
    """Another card of the other length with the same last four."""
    head, length = ("621661", 19) if len(card) == 16 else ("451461", 16)
    middle = "".join(str(9 - int(digit)) for digit in card[6:-4].ljust(length, "5"))[: length - 10]
    for tried in range(10**5):
        body = f"{head}{int(middle) + tried:0{length - 10}d}"[: length - 4] + card[-4:-1]
        if len(body) == length - 1 and luhn_digit(body) == card[-1]:
            return body + card[-1]
    raise AssertionError(card)


def other_word(word: str, more: str = "") -> str:
    """Lower-case letters mirrored behind the first."""
    return word[0] + "".join(chr(219 - ord(mark)) if mark.islower() else mark for mark in word[1:]) + more


def other_seldom(text: str) -> str:
    """Seldom characters mirrored."""
    return "".join(SELDOM[len(SELDOM) - 1 - SELDOM.index(mark)] if mark in SELDOM else mark for mark in text)


def other_name(name: str) -> str:
    """Same surname or first character, another rest of another length."""
    if "·" in name:
        return name[0] + other_seldom(name[2:]) + SELDOM[3]
    if name.isascii():
        first, last = name.split()
        return f"{other_word(first)} {other_word(last, 'o')}"
    cut = 2 if name.startswith(COMPOUND) else 1
    given = other_seldom(name[cut:])
    return name[:cut] + (given[0] if len(given) == 2 else given + SELDOM[5])


def other_address(address: str) -> str:
    """Same district; another street, house and length."""
    district = next(place for _, place in _REGIONS if address.startswith(place))
    rest = "".join(str(9 - int(mark)) if mark.isdigit() else mark for mark in address[len(district) :])
    return f"{district}{other_seldom(rest)}东侧"


def other_loan(number: str) -> str:
    """Same last four; another head, one character longer."""
    return "KZ7" + "".join(str(9 - int(mark)) for mark in number[2:-4]) + number[-4:]


def twin(one: Customer) -> Customer:
    """Another customer whom every mask shows alike."""
    number, born = other_id(one.id_number)
    local, domain = one.email.split("@")
    return dataclasses.replace(
        one,
        name=other_name(one.name),
        born=born,
        id_number=number,
        id_until=f"{one.id_until[:4]}-{13 - int(one.id_until[5:7]):02d}-{29 - int(one.id_until[8:]):02d}",
        mobiles=(other_phone(one.mobiles[0]), other_phone(one.mobiles[1])),
        home=other_address(one.home),
        registered=other_address(one.registered),
        employer=one.employer[:2] + other_seldom(one.employer[2:4]) + "股份" + one.employer[4:],
        office=other_address(one.office),
        email=f"{other_word(local, 'qq')}@{domain}",
        im=other_word(one.im, "w"),
        cards=(other_card(one.cards[0]), other_card(one.cards[1])),
        contacts=tuple(
            Contact(other_name(each.name), each.relation, other_contact_phone(each.phone)) for each in one.contacts
        ),
        loans=tuple(dataclasses.replace(loan, number=other_loan(loan.number)) for loan in one.loans),
    )


def write(path: Path, rows: Iterable[Sequence[str]], headers: Sequence[str] = HEADERS, *, size: int = 0) -> Path:
    """Write a lender's file; with a size, a last column fills it up to exactly so many bytes."""
    lines = [[*headers], *[[*row] for row in rows]]
    if size:
        lines = [[*line, PADDING if number == 0 else ""] for number, line in enumerate(lines)]
    path.touch(mode=0o600)
    with path.open("w", encoding="utf-8", newline="") as out:
        csv.writer(out).writerows(lines)
    if size:
        missing = size - path.stat().st_size
        assert missing >= 0, missing
        with path.open("r+b") as file:
            body = file.read().removesuffix(b"\r\n")
            file.seek(0)
            file.write(body + b"x" * missing + b"\r\n")
    return path


def all_rows(customers: Iterable[Customer]) -> list[list[str]]:
    """Rows of all, in order."""
    return [row for one in customers for row in one.rows()]
