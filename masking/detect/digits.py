"""What a run of digits is: a mobile number, an ID number, a bank card, or nothing personal.

Only the digits and how they are grouped are judged; finding runs in a text is ``masking.detect.numbers``'s.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

from masking.detect.finding import FindingKind

_PROVINCE_CODES: Final = frozenset(
    str(code)
    for codes in (range(11, 16), range(21, 24), range(31, 38), range(41, 47), range(50, 55), range(61, 66))
    for code in codes
) | {"71", "81", "82", "83", "91"}
_ID_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS: Final = "10X98765432"
_CARD_HEADS: Final = ("3", "4", "51", "52", "53", "54", "55", "6", "9")
_UNIONPAY: Final = "62"
_UNIONPAY_LENGTHS: Final = range(16, 20)
_CARD_LENGTHS: Final = range(13, 20)
# A number with a wrong check digit still counts as somebody's when its holder could owe money: a slip of the pen.
_LAST_BIRTH_YEAR: Final = 2012
_MOBILE_HEADS: Final = frozenset({3, 4, 5, 7})
_MOST_GROUPS: Final = 5
_DATE_GROUPS: Final = 3

SHORTEST: Final = 11
LONGEST: Final = 19


def classify(groups: Sequence[str], separators: Sequence[str]) -> FindingKind | None:
    """Return what groups of digits, taken together, are.

    Args:
        groups: The digits as written, 11 to 19 in all; the last may end in X.
        separators: What stands between them, one less than groups.
    """
    if not _evenly_separated(groups, separators) or _is_date(groups):
        return None
    digits = "".join(groups).upper()
    if is_resident_id(digits):
        return FindingKind.ID_NUMBER
    if digits.endswith("X"):
        return None
    if _is_mobile(digits, groups):
        return FindingKind.MOBILE
    if is_bank_card(digits) and (len(groups) == 1 or len(groups[0]) in {1, 4, 6}):
        return FindingKind.BANK_CARD
    return None


def _evenly_separated(groups: Sequence[str], separators: Sequence[str]) -> bool:
    """Points between digits are decimal points unless all of them are points; four small groups are an address."""
    pointed = [separator.strip() == "." for separator in separators]
    if not any(pointed):
        return True
    return all(pointed) and not (len(groups) == 4 and all(int(group) < 256 for group in groups))  # noqa: PLR2004 - IPv4


def _is_date(groups: Sequence[str]) -> bool:
    if len(groups) < _DATE_GROUPS or len(groups[0]) != 4:  # noqa: PLR2004 - a year's digits
        return False
    if not all(len(group) <= 2 and group.isdigit() for group in groups[1:3]):  # noqa: PLR2004 - month and day
        return False
    return groups[0][:2] in {"19", "20"} and 1 <= int(groups[1]) <= 12 and 1 <= int(groups[2]) <= 31  # noqa: PLR2004


def _is_mobile(digits: str, groups: Sequence[str]) -> bool:
    for country in ("86", "0086"):
        if len(digits) == SHORTEST + len(country) and digits.startswith(country):
            digits = digits[len(country) :]
            groups = [digits] if len(groups) == 1 else groups
            break
    if len(digits) != SHORTEST or digits[0] != "1" or digits[1] < "3":
        return False
    sizes = [len(group) for group in groups]
    if len(sizes) == 1 or max(sizes) == 1:
        return True
    if sizes[0] in {2, 4} and "".join(groups).startswith(("86", "0086")) and groups[0] in {"86", "0086"}:
        sizes = sizes[1:]
    return len(sizes) == 1 or (sizes[0] in _MOBILE_HEADS and min(sizes) > 1 and len(sizes) <= _MOST_GROUPS)


def is_resident_id(text: str) -> bool:
    """Return whether 18 (or 15) characters are a resident's ID number: region, birth date and check digit.

    A wrong check digit is forgiven for birth years that a debtor can have.
    """
    if text[:2] not in _PROVINCE_CODES or not text[:-1].isdigit():
        return False
    if len(text) == 15:  # noqa: PLR2004 - the first generation's length
        return text.isdigit() and _birth("19" + text[6:12]) is not None
    if len(text) != 18:  # noqa: PLR2004 - the second generation's length
        return False
    birth = _birth(text[6:14])
    if birth is None:
        return False
    check = _ID_CHECKS[sum(int(digit) * weight for digit, weight in zip(text, _ID_WEIGHTS, strict=False)) % 11]
    return text[17] == check or birth.year <= _LAST_BIRTH_YEAR


def _birth(text: str) -> dt.date | None:
    if text[:2] not in {"19", "20"}:
        return None
    try:
        return dt.date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return None


def is_bank_card(digits: str) -> bool:
    """Return whether digits are a payment card: issuer's head, length and Luhn's check digit.

    UnionPay's head with its lengths is enough: nothing else that people write starts like that.
    """
    if len(digits) not in _CARD_LENGTHS or not digits.startswith(_CARD_HEADS):
        return False
    if digits.startswith(_UNIONPAY) and len(digits) in _UNIONPAY_LENGTHS:
        return True
    total = 0
    for place, char in enumerate(reversed(digits)):
        value = int(char) * (1 + place % 2)
        total += value - 9 if value > 9 else value  # noqa: PLR2004 - Luhn's digit sum
    return total % 10 == 0
