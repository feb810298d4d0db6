"""Figures that stand in every note and are nobody's: dates, amounts, order numbers, versions, addresses of machines."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from typing import Final

_WRITTEN: Final = "零一二三四五六七八九"


def decoy(draw: random.Random, kind: str) -> str:
    """One figure of a kind."""
    return _MAKERS[kind](draw)


def _digits(draw: random.Random, count: int) -> str:
    return "".join(draw.choice("0123456789") for _ in range(count))


def _date(draw: random.Random) -> str:
    year, month, day = draw.randrange(2019, 2028), draw.randrange(1, 13), draw.randrange(1, 29)
    written = "".join(_WRITTEN[int(digit)] for digit in str(year))
    return draw.choice(
        (
            f"{year}-{month:02d}-{day:02d}",
            f"{year}/{month}/{day}",
            f"{year}.{month:02d}.{day:02d}",
            f"{year}{month:02d}{day:02d}",
            f"{year}年{month}月{day}日",
            f"{month}月{day}号",
            f"{written}年{_WRITTEN[month % 10]}月{_WRITTEN[day % 10]}日",
            f"{month:02d}-{day:02d} {draw.randrange(24):02d}:{draw.randrange(60):02d}",
            f"{year}-{month:02d}-{day:02d} {draw.randrange(24):02d}:{draw.randrange(60):02d}:{draw.randrange(60):02d}",
            f"{year}{month:02d}{day:02d}{draw.randrange(240000):06d}",
            f"{year}{month:02d}{day:02d}-{year}{month:02d}{day:02d}",
        )
    )


def _amount(draw: random.Random) -> str:
    cents = draw.randrange(100, 90_000_000)
    return draw.choice(
        (
            f"{cents / 100:,.2f}元",
            f"{cents / 100:.2f}",
            f"¥{cents / 100:,.2f}",
            f"{cents // 100}元",
            f"{cents / 1_000_000:.2f}万",
            f"{cents / 100:,.2f} {cents / 700:,.2f} {cents / 90:,.2f}",
            f"{cents % 40 / 10:.1f}%",
            "一万二千三百元",
            "三千五百八十块",
            f"分{draw.randrange(3, 36)}期每期{cents // 3600}元",
            f"RMB {cents // 100}",
        )
    )


def _order(draw: random.Random) -> str:
    day = f"2026{draw.randrange(1, 13):02d}{draw.randrange(1, 29):02d}"
    return draw.choice(
        (
            f"订单号{day}{_digits(draw, draw.randrange(4, 13))}",
            f"流水 {day}{_digits(draw, 14)}",
            f"单号SF{_digits(draw, 13)}",
            f"借据T2026{_digits(draw, 8)}",
            f"合同HT-{day}-{_digits(draw, 4)}",
            f"案件C-2026-{_digits(draw, 7)}",
            f"工单{_digits(draw, 8)}",
            f"交易号4200{_digits(draw, 24)}",
            f"凭证{_digits(draw, 10)}",
            f"批次{day}-{_digits(draw, 3)}",
            f"发票{_digits(draw, 8)}",
            f"受理编号（2026）{_digits(draw, 5)}号",
        )
    )


def _other(draw: random.Random) -> str:
    return draw.choice(
        (
            f"10.{draw.randrange(256)}.{draw.randrange(256)}.{draw.randrange(256)}",
            f"尾号{_digits(draw, 4)}",
            "客服95588",
            f"400-{_digits(draw, 3)}-{_digits(draw, 4)}",
            f"138****{_digits(draw, 4)}",
            f"v{draw.randrange(9)}.{draw.randrange(30)}.{draw.randrange(99)}",
            f"邮编{draw.randrange(100000, 899999)}",
            f"逾期{draw.randrange(1, 400)}天",
            f"工号A{_digits(draw, 4)}",
            f"第{draw.randrange(1, 9)}次，间隔{draw.randrange(1, 9)}-{draw.randrange(9, 20)}天",
            f"京A{_digits(draw, 5)}",
            f"{draw.randrange(1_700_000_000_000, 1_790_000_000_000)}",
            f"{_digits(draw, 2)} {_digits(draw, 4)} {_digits(draw, 3)} {_digits(draw, 1)}",
            "一二三级审批",
            "三五天内",
            f"{draw.getrandbits(128):032x}",
        )
    )


_MAKERS: Final[Mapping[str, Callable[[random.Random], str]]] = {
    "date": _date,
    "amount": _amount,
    "order": _order,
    "other": _other,
}
DECOYS: Final = tuple(_MAKERS)
