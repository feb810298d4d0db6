"""Recognising rows of a fragment without plaintext: keyed hashes of what a marked file shows of a row in clear.

A row is known by any of its numbers (case number, token, bill reference), by a phone mask beside an amount, or by an
amount beside the days past due. Eight bytes of a keyed hash are stored for each; the same hashes of a fragment's cells
find the row again, whichever columns are left and in whatever order.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Final

from watermark.keyed import Keyed

SIZE: Final = 8
_STARS: Final = dict.fromkeys(map(ord, "∗⁎✱✲﹡＊"), "*")
_PHONE: Final = re.compile(r"(?:\d{3}|\*{3})\*{4}\d{4}")
_AMOUNT: Final = re.compile(r"[¥￥]?([+-]?)(\d{1,12}|\d{1,3}(?:,\d{3})+)(?:\.(\d{1,2})0*)?元?")
_DAYS: Final = re.compile(r"\d{1,5}")
_NUMBER: Final = re.compile(r"(?=.*\d)[0-9A-Z][0-9A-Z./_#*-]{3,63}")
_MOST: Final = 24
_MOST_PAIRS: Final = 60


def clean(cell: str) -> str:
    """Return a cell as it is compared: compatibility forms and invisible characters gone, every star the same star.

    Undoes NFKC, width, zero-width and escaping changes alike; keeps the length of runs of stars.
    """
    if cell.isascii() and "\\" not in cell and cell.isprintable():
        return cell.strip()
    folded = unicodedata.normalize("NFKC", cell.translate(_STARS))
    kept = "".join(
        " " if char.isspace() else char for char in folded if char.isspace() or unicodedata.category(char)[0] != "C"
    )
    return kept.replace("\\*", "*").strip().lstrip("'")


def amount_of(cell: str) -> str:
    """Return a clean cell's amount in minor units, or an empty text when it is none."""
    found = _AMOUNT.fullmatch(cell)
    if not found:
        return ""
    sign, whole, part = found.groups()
    units = int(whole.replace(",", "")) * 100 + int((part or "").ljust(2, "0"))
    return f"{'-' if sign == '-' else ''}{units}"


def number_of(cell: str) -> str:
    """Return a clean cell's number as it is compared, or an empty text when it is none."""
    upper = cell.upper()
    return upper if _NUMBER.fullmatch(upper) and not _PHONE.fullmatch(upper) else ""


def finders(
    keyed: Keyed,
    *,
    numbers: Iterable[str] = (),
    phones: Iterable[str] = (),
    amounts: Iterable[str] = (),
    days: str = "",
) -> list[bytes]:
    """Return the keyed hashes under which a row is stored when it is exported.

    Args:
        keyed: the secret of the marks.
        numbers: what identifies the row in the file: case number, token, bill reference, as shown.
        phones: phone masks, as shown.
        amounts: amounts, as shown: principal, total due.
        days: days past due, as shown.

    Returns:
        Eight bytes each, without repetition. What is empty or unreadable gives none.
    """
    keys = [("n", number_of(clean(one))) for one in numbers]
    money = [amount_of(clean(one)) for one in amounts]
    keys += [(f"p{phone}", amount) for phone in map(clean, phones) if _PHONE.fullmatch(phone) for amount in money]
    age = clean(days)
    if _DAYS.fullmatch(age):
        keys += [(f"d{int(age)}", amount) for amount in money]
    return list(dict.fromkeys(_hash(keyed, kind, what) for kind, what in keys if what))


def guesses(keyed: Keyed, cells: Iterable[str]) -> Iterator[list[bytes]]:
    """Return, surest first, the hashes that a fragment's row may be stored under.

    Which columns they are need not be known: every number is tried, then every pair. Sixty-four bits leave room for it.
    """
    shown = list(dict.fromkeys(filter(None, cells)))[:_MOST]
    yield [_hash(keyed, "n", number) for number in filter(None, map(number_of, shown))]
    phones = [one for one in shown if _PHONE.fullmatch(one)]
    money = list(dict.fromkeys(filter(None, map(amount_of, shown))))
    pairs = [(phone, amount) for phone in phones for amount in money][:_MOST_PAIRS]
    yield [_hash(keyed, f"p{phone}", amount) for phone, amount in pairs]
    days = list(dict.fromkeys(int(one) for one in shown if _DAYS.fullmatch(one)))
    ages = [(age, amount) for age in days for amount in money][:_MOST_PAIRS]
    yield [_hash(keyed, f"d{age}", amount) for age, amount in ages]


def _hash(keyed: Keyed, kind: str, what: str) -> bytes:
    return keyed.mac(b"find", kind.encode(), what.encode())[:SIZE]
