"""What a run of digits is: a mobile number, an ID number, a bank card, or nothing personal.

Only the digits and how they are grouped are judged; finding runs in a text is ``masking.detect.numbers``'s.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Final

from stdnum import luhn
from stdnum.cn import ric

from masking.detect.finding import FindingKind

_PROVINCE_CODES: Final = frozenset(
    str(code)
    for codes in (range(11, 16), range(21, 24), range(31, 38), range(41, 47), range(50, 55), range(61, 66))
    for code in codes
) | {"71", "81", "82", "83", "91"}
# Issuer heads by length: what is issued, not every head that a scheme has reserved, so that order numbers pass.
_CARD_HEADS: Final[Mapping[int, tuple[str, ...]]] = {
    14: ("30", "36", "38"),
    15: ("34", "37"),
    16: ("35", "4", "51", "52", "53", "54", "55", "60", "62", "65", "68", "69"),
    17: ("62",),
    18: ("62",),
    19: ("4", "60", "62", "69", "9558", "9559"),
}
_UNIONPAY: Final = "62"
# A number with a wrong check digit still counts as somebody's when its holder could owe money: a slip of the pen.
_FIRST_BIRTH_YEAR: Final = 1900
_LAST_BIRTH_YEAR: Final = 2012
_ID_HEADS: Final = frozenset({3, 6})
# How people break up eleven digits; other breaks are lists of figures.
_MOBILE_SHAPES: Final = frozenset(
    {
        (11,),
        (3, 4, 4),
        (3, 8),
        (7, 4),
        (4, 4, 3),
        (4, 3, 4),
        (3, 3, 5),
        (3, 4, 2, 2),
        (3, 2, 2, 2, 2),
        (5, 6),
        (5, 3, 3),
    }
    | {(3, 2, 3, 3), (3, 3, 3, 2), (3, 5, 3), (1,) * 11}
)
_DATE_GROUPS: Final = 3

SHORTEST: Final = 11
LONGEST: Final = 19


def classify(groups: Sequence[str], separators: Sequence[str]) -> FindingKind | None:
    """Return what groups of digits, taken together, are.

    Args:
        groups: The digits as written, 11 to 19 in all; the last may end in X.
        separators: What stands between them, one less than groups.
    """
    if not _evenly_separated(groups, separators) or _holds_date(groups, separators):
        return None
    digits = "".join(groups).upper()
    sizes = tuple(map(len, groups))
    whole = len(sizes) == 1 or max(sizes) == 1
    if is_resident_id(digits) and (whole or _id_grouped(digits, sizes)):
        return FindingKind.ID_NUMBER
    if not digits.isdigit():
        return None
    if _is_mobile(digits, sizes):
        return FindingKind.MOBILE
    if is_bank_card(digits) and (whole or _card_grouped(digits, sizes)):
        return FindingKind.BANK_CARD
    return None


def _id_grouped(digits: str, sizes: tuple[int, ...]) -> bool:
    """Whether an ID number is broken up as people do; the first generation's has no check digit to tell otherwise."""
    if len(digits) == 15:  # noqa: PLR2004 - the first generation's length
        return sizes in {(6, 6, 3), (6, 9), (3, 3, 6, 3)}
    return sizes[0] in _ID_HEADS or _check_digit(digits) == digits[-1]


def _card_grouped(digits: str, sizes: tuple[int, ...]) -> bool:
    """Whether a card number is broken up as it is embossed, or anyhow when its head and check digit both say so."""
    if set(sizes[:-1]) == {4} or sizes[0] == 6:  # noqa: PLR2004 - as embossed
        return True
    return digits.startswith(_UNIONPAY) and min(sizes) > 1 and bool(luhn.is_valid(digits))


def _evenly_separated(groups: Sequence[str], separators: Sequence[str]) -> bool:
    """Points and strokes part figures unless they all do; four small groups between points are a machine's address."""
    slashed = ["/" in separator for separator in separators]
    if any(slashed) and not all(slashed):
        return False
    pointed = [separator.strip() == "." for separator in separators]
    if not any(pointed):
        return True
    address = len(groups) == 4 and all(group.isdigit() and int(group) < 256 for group in groups)  # noqa: PLR2004 - IPv4
    return all(pointed) and not address


def _holds_date(groups: Sequence[str], separators: Sequence[str]) -> bool:
    """Whether three of the groups are a date: at the head, or bound to each other otherwise than to the rest."""
    for first in range(len(groups) - _DATE_GROUPS + 1):
        if _is_date(groups[first : first + _DATE_GROUPS]):
            inside, before = separators[first : first + 2], separators[max(0, first - 1) : first]
            if first == 0 or (inside[0] == inside[1] and inside[0] not in before):
                return True
    return False


def _is_date(groups: Sequence[str]) -> bool:
    year, month, day = groups
    if len(year) != 4 or year[:2] not in {"19", "20"} or len(month) > 2 or len(day) > 2:  # noqa: PLR2004 - date's digits
        return False
    return day.isdigit() and 1 <= int(month) <= 12 and 1 <= int(day) <= 31  # noqa: PLR2004 - months and days


def _is_mobile(digits: str, sizes: tuple[int, ...]) -> bool:
    if len(digits) == SHORTEST + 1 and digits[:2] == "01" and sizes[0] > 1:
        # The trunk 0 before a mobile number, dialled by habit.
        digits, sizes = digits[1:], (sizes[0] - 1, *sizes[1:])
    for country in ("86", "0086"):
        if len(digits) == SHORTEST + len(country) and digits.startswith(country):
            digits = digits[len(country) :]
            if sizes[0] == len(country):
                sizes = sizes[1:]
            elif sizes[0] > len(country):
                sizes = (sizes[0] - len(country), *sizes[1:])
            else:
                sizes = sizes[len(country) :]
            break
    return len(digits) == SHORTEST and digits[0] == "1" and digits[1] > "2" and sizes in _MOBILE_SHAPES


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
    return text[17] == _check_digit(text) or _FIRST_BIRTH_YEAR <= birth.year <= _LAST_BIRTH_YEAR


def checks(number: str) -> bool:
    """Whether an ID number's check digit is right."""
    return len(number) == 18 and _check_digit(number) == number[-1].upper()  # noqa: PLR2004 - as above


def _check_digit(text: str) -> str:
    return str(ric.calc_check_digit(text))


def _birth(text: str) -> dt.date | None:
    if text[:2] not in {"18", "19", "20"}:
        return None
    try:
        return dt.date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError:
        return None


def is_bank_card(digits: str) -> bool:
    """Return whether digits are a payment card: issuer's head, length and Luhn's check digit.

    UnionPay's head with its lengths is enough: nothing else that people write starts like that.
    """
    if not digits.startswith(_CARD_HEADS.get(len(digits), ("-",))):
        return False
    if digits.startswith(_UNIONPAY):
        return True
    return bool(luhn.is_valid(digits))
