"""Sentences as collection staff write them, with what is personal in them labelled: the set that detection is held to.

Nobody in it exists: numbers are drawn by a seeded generator and names are put together from parts, so the set is the
same everywhere. A second part, `labelled.txt`, is written by hand. A label stands in braces, `{phone|138 …}`.

Every kind comes in the spellings that people use, and among sentences full of dates, amounts, order numbers and other
figures that are nobody's.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import resources
from typing import Final, NamedTuple

from console.bench.decoys import DECOYS, decoy

SEED: Final = 20261122
COUNT: Final = 4000

_LABEL: Final = re.compile(r"\{([a-z_]+)\|([^{}]+)\}")
_WIDE: Final = str.maketrans("0123456789X-@. ", "０１２３４５６７８９Ｘ－＠．\u3000")
_SPOKEN: Final = str.maketrans("0123456789", "零一二三四五六七八九")
_PHONE_SPOKEN: Final = str.maketrans("0123456789", "〇幺二三四五六七八九")
_FORMAL: Final = str.maketrans("0123456789", "零壹贰叁肆伍陆柒捌玖")
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


class Label(NamedTuple):
    """One piece of personal data: its kind, and where it stands in the text."""

    kind: str
    start: int
    end: int


class Sentence(NamedTuple):
    """A text and its labels, in order."""

    text: str
    labels: tuple[Label, ...]


def parse(marked: str) -> Sentence:
    """Read a sentence with labels in braces."""
    parts: list[str] = []
    labels: list[Label] = []
    after = length = 0
    for match in _LABEL.finditer(marked):
        before = marked[after : match.start()]
        parts += [before, match[2]]
        length += len(before)
        labels.append(Label(match[1], length, length + len(match[2])))
        length += len(match[2])
        after = match.end()
    return Sentence("".join(parts) + marked[after:], tuple(labels))


def sentences(count: int = COUNT, seed: int = SEED) -> list[Sentence]:
    """The generated part, then the part written by hand."""
    draw = random.Random(seed)  # noqa: S311 - the same everywhere
    return [parse(line) for line in (*_generated(draw, count), *_written())]


def _written() -> Iterator[str]:
    text = resources.files("console.bench").joinpath("labelled.txt").read_text(encoding="utf-8")
    yield from (line for line in text.splitlines() if line and not line.startswith("#"))


def _generated(draw: random.Random, count: int) -> Iterator[str]:
    kinds = tuple(_MAKERS)
    for nth in range(count):
        if nth % 2:
            yield draw.choice(_PLAIN).format(*(decoy(draw, draw.choice(DECOYS)) for _ in range(3)))
            continue
        kind = kinds[nth // 2 % len(kinds)]
        value = f"{{{kind}|{_MAKERS[kind](draw)}}}"
        other = f"{{{(second := draw.choice(kinds))}|{_MAKERS[second](draw)}}}"
        words = draw.choice(_AROUND[kind] + _ANY)
        yield words.format(value, other, decoy(draw, draw.choice(DECOYS)), decoy(draw, draw.choice(DECOYS)))


# -- values and their spellings ----------------------------------------------------------------------------------------
def _digits(draw: random.Random, count: int) -> str:
    return "".join(draw.choice("0123456789") for _ in range(count))


def _grouped(text: str, sizes: Sequence[int], separator: str) -> str:
    parts, at = [], 0
    for size in sizes:
        parts.append(text[at : at + size])
        at += size
    return separator.join([*parts, text[at:]] if text[at:] else parts)


def _mobile(draw: random.Random) -> str:
    number = draw.choice(("13", "15", "17", "18", "19", "147", "166")) + _digits(draw, 9)
    number = number[:11]
    return draw.choice(_MOBILE_SPELLINGS)(number)


def _spoken_groups(number: str) -> str:
    return _grouped(number, (3, 4), "，").translate(_SPOKEN)


_MOBILE_SPELLINGS: Final[Sequence[Callable[[str], str]]] = (
    str,
    str,
    lambda n: _grouped(n, (3, 4), " "),
    lambda n: _grouped(n, (3, 4), "-"),
    lambda n: _grouped(n, (3, 4), "."),
    lambda n: _grouped(n, (3, 4), " - "),
    lambda n: _grouped(n, (4, 4), " "),
    lambda n: _grouped(n, (3, 3), " "),
    lambda n: _grouped(n, (3, 2, 2, 2), " "),
    lambda n: _grouped(n, (3, 4), "\u3000"),
    lambda n: f"({n[:3]}){n[3:7]}-{n[7:]}",
    lambda n: f"+86{n}",
    lambda n: f"+86 {_grouped(n, (3, 4), ' ')}",
    lambda n: f"+86-{n}",
    lambda n: f"0086{n}",
    lambda n: f"86-{n}",
    lambda n: f"(+86){n}",
    " ".join,
    "-".join,
    "\u200b".join,
    lambda n: n.translate(_WIDE),
    lambda n: _grouped(n, (3, 4), "-").translate(_WIDE),
    lambda n: n.translate(_SPOKEN),
    lambda n: n.translate(_PHONE_SPOKEN),
    lambda n: n.translate(_FORMAL),
    lambda n: _grouped(n, (3, 4), " ").translate(_PHONE_SPOKEN),
    _spoken_groups,
    lambda n: n[:3] + n[3:].translate(_SPOKEN),
    lambda n: n[:3].translate(_PHONE_SPOKEN) + n[3:],
)


def _landline(draw: random.Random) -> str:
    area = draw.choice(("010", "021", "0755", "0571", "020", "028", "0898", "0431", "0512"))
    line = draw.choice("5678") + _digits(draw, 7)
    return draw.choice(
        (
            f"{area}-{line}",
            f"{area}{line}",
            f"({area}){line}",
            f"（{area}）{line}",
            f"{area} {line[:4]} {line[4:]}",
            f"{area}-{line[:4]}-{line[4:]}",
            f"+86 {area[1:]} {line}",
            f"+86-{area[1:]}-{line}",
            f"0086{area[1:]}{line}",
            f"{area}-{line}转{_digits(draw, 3)}",
            f"{area}-{line}-{draw.choice('8123')}{_digits(draw, 2)}",
            f"{area}-{line}".translate(_WIDE),
            f"{area}{line}".translate(_SPOKEN),
        )
    )


def _id_number(draw: random.Random) -> str:
    region = draw.choice(("110105", "310104", "420106", "510107", "650102", "440305", "330106", "371302"))
    born = f"{draw.randrange(1950, 2006)}{draw.randrange(1, 13):02d}{draw.randrange(1, 29):02d}"
    body = f"{region}{born}{draw.randrange(1, 1000):03d}"
    number = body + "10X98765432"[sum(int(d) * w for d, w in zip(body, _WEIGHTS, strict=True)) % 11]
    if draw.random() < 0.06:  # noqa: PLR2004 - the first generation's numbers are rare by now
        return f"{region}{born[2:]}{_digits(draw, 3)}"
    return draw.choice(_ID_SPELLINGS)(number)


_ID_SPELLINGS: Final[Sequence[Callable[[str], str]]] = (
    str,
    str,
    str.lower,
    lambda n: _grouped(n, (6, 8), " "),
    lambda n: _grouped(n, (6, 8), "-"),
    lambda n: _grouped(n, (6, 4, 4), " "),
    lambda n: _grouped(n, (3, 3, 4, 4), " "),
    lambda n: n.translate(_WIDE),
    lambda n: n.translate(_SPOKEN),
    lambda n: _grouped(n, (6, 8), "，").translate(_PHONE_SPOKEN),
    " ".join,
)


def _bank_card(draw: random.Random) -> str:
    head, length = draw.choice(
        (("622848", 19), ("621700", 19), ("622202", 19), ("625903", 16), ("436742", 16), ("524094", 16), ("356827", 16))
    )
    body = head + _digits(draw, length - 7)
    total = 0
    for place, digit in enumerate(reversed(body)):
        value = int(digit) * (2 - place % 2)
        total += value - 9 if value > 9 else value  # noqa: PLR2004 - Luhn's digit sum
    return draw.choice(_CARD_SPELLINGS)(body + str(-total % 10))


_CARD_SPELLINGS: Final[Sequence[Callable[[str], str]]] = (
    str,
    str,
    lambda n: _grouped(n, (4, 4, 4, 4), " "),
    lambda n: _grouped(n, (4, 4, 4, 4), "-"),
    lambda n: _grouped(n, (6,), " "),
    lambda n: n.translate(_WIDE),
    lambda n: n.translate(_SPOKEN),
    lambda n: _grouped(n, (4, 4, 4, 4), "，").translate(_SPOKEN),
    lambda n: _grouped(n, (4, 4, 4, 4), "\u00a0"),
)


def _email(draw: random.Random) -> str:
    name = draw.choice(("li.si", "zhang_wei", "wf1988", f"{_digits(draw, 9)}", "chen-jing", "a.b.c", "Mia+pay", "x1"))
    host = draw.choice(("example.com", "qq.example.cn", "mail.example.com.cn", "163.example.net", "e-mail.example.org"))
    spelled = (f"{name}@{host}", f"{name}@{host}", f"{name}@{host}".upper(), f"{name}＠{host}", f"{name} @ {host}")
    return draw.choice((*spelled, f"{name}@{host}".translate(_WIDE)))


_GIVEN: Final = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀兰霞平刚桂英华玉萍红建国志海燕"
_FAMILY: Final = ("王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "欧阳", "司马", "诸葛")


def _name(draw: random.Random) -> str:
    return draw.choice(_FAMILY) + "".join(draw.choice(_GIVEN) for _ in range(draw.choice((1, 2, 2))))


def _address(draw: random.Random) -> str:
    region = draw.choice(
        ("浙江省杭州市西湖区", "上海市浦东新区", "广东省深圳市南山区", "北京市朝阳区", "四川成都武侯区", "杭州市余杭区",
         "武汉市洪山区", "江苏省苏州市工业园区", "福田区", "天河区")
    )  # fmt: skip
    road = draw.choice(("文三路", "世纪大道", "科技南路", "建国路", "人民西路", "中山北路", "长江街道", "光明村"))
    house = draw.choice(("{0}号", "{0}号{1}栋{2}室", "{0}弄{1}号{2}室", "{0}号{1}单元{2}", "{0}号楼{2}室", "{0}号附近"))
    return region + road + house.format(draw.randrange(1, 900), draw.randrange(1, 30), draw.randrange(101, 3300))


_MAKERS: Final[Mapping[str, Callable[[random.Random], str]]] = {
    "phone": lambda draw: _mobile(draw) if draw.random() < 0.7 else _landline(draw),  # noqa: PLR2004 - what notes hold
    "id_number": _id_number,
    "bank_card": _bank_card,
    "email": _email,
    "name": _name,
    "address": _address,
}

# {0} the value, {1} another one, {2} {3} figures that are nobody's.
_ANY: Final = ("{0}", "{0}，{1}", "记录：{0}；{2}", "{2} {0}", "{0}（{3}），{1}")
_AROUND: Final[Mapping[str, tuple[str, ...]]] = {
    "phone": (
        "客户说换了号码{0}，{2}前还款", "电话{0}打不通，{2}再打", "请拨{0}找本人", "手机:{0} 备用:{1}", "新号码是{0}吧",
        "call {0} after {2}", "{2}致电{0}，无人接听{3}", "座机 {0} 是前台", "单位电话{0}，让转告", "加{0}，通过后发{3}",
    ),
    "id_number": (
        "身份证{0}已核对", "证件号 {0}，与系统一致", "ID:{0};{2}", "报来身份证号{0}，{2}", "证件{0}有效期至{3}",
    ),
    "bank_card": (
        "从卡{0}扣款{2}", "卡号：{0}（工行）", "还款卡{0}余额不足", "尾号不对，实际卡号{0}，{2}", "card {0} declined",
    ),
    "email": ("邮箱是{0}吧", "发到{0}，{2}", "email: {0}", "材料发{0}和{1}", "邮件{0}退信"),
    "name": (
        "客户{0}说{2}还款", "联系人{0}接听", "姓名：{0}", "本人{0}来电，{2}", "其妻{0}接电话，称{3}", "找{0}，不在",
        "已告知{0}本人", "由{0}代还{2}",
    ),
    "address": ("现住{0}，{2}", "寄到{0}", "地址：{0}", "说搬到{0}了", "单位在{0}，{2}上班", "上门 {0} 无人"),
}  # fmt: skip
_PLAIN: Final = (
    "{0}", "客户说{0}还，{1}", "{0}，{1}，{2}", "应还{0}，已还{1}", "{0} {1} {2}", "备注：{0}；{1}", "与{0}核对{1}无误",
    "{0}/{1}", "上次{0}，下次{1}", "{0}（{1}）", "系统显示{0}，客户称{1}，差{2}", "{0}-{1}",
)  # fmt: skip
