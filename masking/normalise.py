"""One spelling for each identifying number, so that the blind index finds it, and what is wrong with it.

What it guarantees: every function is total (any text in, no exception), idempotent, and gives equal results
for every usual spelling of one number: full-width digits, spaces, dashes, brackets, a spreadsheet's leading
``'``, invisible characters, ``+86``/``0086``/``86``, small ``x``, old 15-digit ID numbers. A fault is a short
code that never repeats the value. A value with a fault still normalises; the caller decides what to do with
it.

Elsewhere: which column is which is the import's business; masks are in ``masking.masks``; names and addresses
have no entry in the index and are not normalised here.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Final

_REMOVED: Final = dict.fromkeys(
    map(
        ord,
        " \t\r\n\v\f'`\"’‘“”´＇"
        # no-break, typographic and ideographic spaces
        "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
        # zero width, joiners, byte order mark, soft hyphen, bidi marks and isolates
        "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069",
    )
)
_DASHES: Final = "-\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d\u30fc"
_FULL_WIDTH: Final = {code + 0xFEE0: code for code in range(0x21, 0x7F)}

_TEXT: Final = {**_FULL_WIDTH, **dict.fromkeys(map(ord, _DASHES), ord("-")), **_REMOVED}
"""Half width, one kind of dash, nothing invisible."""
_DIGITS: Final = {**_TEXT, **dict.fromkeys(map(ord, _DASHES + "()（）[]【】/·.．_"), None)}
"""As above, and separators gone."""
_UPPER: Final = {code: code - 32 for code in range(ord("a"), ord("z") + 1)}
_ID: Final = {**_DIGITS, **_UPPER, **{code + 0xFEE0: code - 32 for code in range(0x61, 0x7B)}}

_MOBILE: Final = re.compile(r"1[3-9][0-9]{9}")
_HOME_PREFIX: Final = re.compile(r"(?:\+|00)?86(?=[1-9][0-9]{8,})")
_ABROAD: Final = re.compile(r"(?:\+|00)([1-9][0-9]{6,14})")
_AREA: Final = r"(?:010|02[0-9]|0[3-9][0-9]{2})"
_LINE: Final = r"[2-9][0-9]{6,7}"
_LANDLINE: Final = re.compile(_AREA + _LINE)
_NO_AREA: Final = re.compile(_LINE)
_SERVICE: Final = re.compile(r"[48]00[0-9]{7}")
_REACHABLE: Final = re.compile(rf"{_MOBILE.pattern}|(?:{_LANDLINE.pattern}|{_SERVICE.pattern})(?:x[0-9]{{1,6}})?")
_EXTENSION: Final = re.compile(r"(.*[0-9])(?:转|轉|分机|分機|ext|x|#|[,;])+:?([0-9]{1,6})", re.IGNORECASE)
_DASH_EXTENSION: Final = re.compile(r"(.*[0-9]{7})-([0-9]{1,6})")
_SCIENTIFIC: Final = re.compile(r"[0-9](?:\.[0-9]+)?E\+?[0-9]{1,3}", re.IGNORECASE)
_WHOLE_FLOAT: Final = re.compile(r"([0-9]{7,})\.0+")

_OLD_ID: Final = re.compile(r"[0-9]{15}")
_NEW_ID: Final = re.compile(r"[0-9]{17}[0-9X]")
_ID_SHAPE: Final = re.compile(r"[0-9]+X?|X")
_ID_CHECKS: Final = "0123456789X"
_CENTURY: Final = 6
_OLDEST_YEAR: Final = 1850
_CARD_LENGTHS: Final = range(13, 20)
_PLAIN: Final = bytes(max(byte - 48, 0) % 10 for byte in range(256))
_LUHN: Final = bytes((0, 2, 4, 6, 8, 1, 3, 5, 7, 9)[digit] for digit in _PLAIN)
"""An ASCII digit to its value, and to the digit sum of its double (ISO/IEC 7812 annex B)."""


def normalise_phone(value: str) -> str:
    """Return one spelling of a phone number.

    Mainland mobile: eleven digits. Landline: area code with its 0, number, and ``x`` with the extension if
    there is one. Other countries: ``+`` and digits. Whatever is none of these keeps its cleaned characters.
    """
    if len(value) == 11 and value[0] == "1" and value.isascii() and value.isdigit():  # noqa: PLR2004 - a mobile
        return value
    text = value.translate(_TEXT)
    whole = _WHOLE_FLOAT.fullmatch(text)
    digits = (whole[1] if whole else text).translate(_DIGITS)
    # 0571-88889999-123: only a group behind a complete number is an extension.
    found = _EXTENSION.fullmatch(digits) or _DASH_EXTENSION.fullmatch(text)
    if found:
        line = _bare_phone(found[1].translate(_DIGITS))
        if _LANDLINE.fullmatch(line) or _SERVICE.fullmatch(line) or _NO_AREA.fullmatch(line):
            return f"{line}x{found[2]}"
    return _bare_phone(digits)


def _bare_phone(digits: str) -> str:
    # +86 (0)571 …: the trunk 0 behind the country code is written by habit.
    home = _HOME_PREFIX.match(digits.replace("+860", "+86", 1) if digits.startswith("+860") else digits)
    if home:
        rest = home.string[home.end() :]
        if _MOBILE.fullmatch(rest):
            return rest
        if _LANDLINE.fullmatch("0" + rest):
            return "0" + rest
        if _SERVICE.fullmatch(rest):
            return rest
    abroad = _ABROAD.fullmatch(digits)
    if abroad:
        return "+" + abroad[1]
    return digits


def phone_fault(value: str) -> str | None:
    """Return why this is no reachable phone number, or None.

    Codes: ``empty``, ``digits_lost`` (a spreadsheet wrote 1.38E+10), ``characters``, ``area_code`` (a local
    number without one), ``length``, ``prefix``.
    """
    number = normalise_phone(value)
    if _REACHABLE.fullmatch(number):
        return None
    if not number:
        return "empty"
    if _SCIENTIFIC.fullmatch(value.translate(_TEXT)):
        return "digits_lost"
    return _odd_phone_fault(number)


def _odd_phone_fault(number: str) -> str | None:
    if number[0] == "+" and number[1:].isdecimal():
        # A mainland number behind +86 would have been recognised.
        return "prefix" if number.startswith("+86") else None
    digits, _, extension = number.partition("x")
    if _NO_AREA.fullmatch(digits) and (not extension or extension.isdecimal()):
        return "area_code"
    if not (digits.isascii() and digits.isdecimal() and (not extension or extension.isdecimal())):
        return "characters"
    return "prefix" if len(digits) in (11, 12) else "length"


def normalise_id_number(value: str) -> str:
    """Return an ID number in capitals without separators; a 15-digit one as the 18-digit one of the same person."""
    if len(value) == 18 and value.isascii() and value.isdigit():  # noqa: PLR2004 - the usual case, already clean
        return value
    text = value.translate(_ID)
    if _OLD_ID.fullmatch(text):
        longer = text[:_CENTURY] + "19" + text[_CENTURY:]
        return longer + _id_check(longer)
    return text


def id_number_fault(value: str, today: date | None = None) -> str | None:
    """Return why this is no resident ID number (GB 11643), or None.

    Args:
        value: 18 or 15 digits in any spelling.
        today: Refuse births after this day; without it the calendar alone is checked.

    Codes: ``empty``, ``digits_lost`` (a spreadsheet wrote 3.2E+17 or filled with zeros), ``length``,
    ``characters``, ``birth_date``, ``checksum``.
    """
    number = normalise_id_number(value)
    if _NEW_ID.fullmatch(number):
        if number[17] == _id_check(number):
            return None if _born(number, today) else "birth_date"
        # A spreadsheet keeps 15 significant digits and writes zeros behind them.
        return "digits_lost" if number.endswith("000") else "checksum"
    if not number:
        return "empty"
    if _SCIENTIFIC.fullmatch(value.translate(_TEXT)):
        return "digits_lost"
    return "length" if _ID_SHAPE.fullmatch(number) else "characters"


def _id_check(number: str) -> str:
    """Return the check character of the first 17 digits (ISO 7064 MOD 11-2: each place weighs twice the next)."""
    # Read in base 13, which is 2 modulo 11, the digits carry the standard's weights.
    return _ID_CHECKS[(1 - 2 * int(number[:17], 13)) % 11]


def _born(number: str, today: date | None) -> bool:
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    return born.year >= _OLDEST_YEAR and (today is None or born <= today)


def normalise_card(value: str) -> str:
    """Return a bank card number as its digits."""
    if value.isascii() and value.isdigit():
        return value
    return value.translate(_DIGITS)


def card_fault(value: str) -> str | None:
    """Return why this is no bank card number (ISO/IEC 7812), or None.

    Codes: ``empty``, ``digits_lost``, ``characters``, ``length``, ``checksum``.
    """
    number = normalise_card(value)
    if not number:
        return "empty"
    if not (number.isascii() and number.isdecimal()):
        return "digits_lost" if _SCIENTIFIC.fullmatch(value.translate(_TEXT)) else "characters"
    if len(number) not in _CARD_LENGTHS:
        return "length"
    digits = number.encode()
    if (sum(digits[-1::-2].translate(_PLAIN)) + sum(digits[-2::-2].translate(_LUHN))) % 10:
        return "digits_lost" if number.endswith("000") else "checksum"
    return None


def normalise_bill(value: str) -> str:
    """Return a bill reference in capitals, half width, without spaces, with one kind of dash.

    Dashes stay: they separate a lender's own numbering, and ``1-23`` is another loan than ``12-3``.
    """
    if value.isascii() and value.isalnum():
        return value.upper()
    return value.translate(_TEXT).upper()
