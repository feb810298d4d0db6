"""One cell to one typed value, whatever way it is usually written, or the reason why not.

Pure and total: a cell gives a value or `CellRefused`, which names the fault and never the content. Money becomes
integer minor units, dates ISO text, rates a fraction per year as decimal text. What is ambiguous is refused.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Final, NoReturn

from console.desk.imports.faults import CellRefused, Code

BLANKS: Final = frozenset(
    {"", "-", "--", "---", "—", "——", "/", "\\", "无", "暂无", "空", "null", "none", "nil", "n/a", "na", "#n/a", "nan"}
)
_ERRORS: Final = frozenset({"#ref!", "#value!", "#name?", "#div/0!", "#null!", "#num!", "#spill!"})
_EDGES: Final = " \t\r\n\u200b\ufeff"
_SPACES: Final[dict[int, str | int]] = {0xA0: " ", 0x3000: " ", 0x2007: " ", 0x202F: " "}
_FULL_WIDTH: Final[dict[int, str | int]] = {**{code + 0xFEE0: code for code in range(0x21, 0x7F)}, **_SPACES}
_REFUSED_CATEGORIES: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp", "Cn"})
_FORMULA: Final = re.compile(r"[=@]|[+\-](?![\d.,(（￥¥$\s])")
_FORMULA_STARTS: Final = frozenset("=@+-＝＠＋－")
_ODD_STARTS: Final = frozenset("=@+-＝＠＋－'#")
_LONGEST_BLANK: Final = 5
_TEXT_FORMULA: Final = re.compile(r'="([^"]*)"')
_SCIENTIFIC: Final = re.compile(r"\d(?:\.\d+)?[eE]\+\d{1,3}")
_EXACT_FLOAT: Final = 10**15

_AMOUNT: Final = re.compile(r"([+-]?)(\d{1,3}(?:,\d{3})+|\d+)(?:\.(\d{1,8}))?", re.ASCII)
_CURRENCY: Final = re.compile(r"^(?:rmb|cny|人民币|[￥¥])\s*|\s*(?:元整?|圆整?|rmb|cny)$", re.IGNORECASE)
_YUAN: Final = "CNY"
_PARENTHESES: Final = re.compile(r"[(（](.*)[)）]")
_LARGEST: Final = 10**12 - 1  # ten digits before the point; eleven would let a phone number pass for an amount
_PLAIN: Final = 11
_CENTS: Final = (0, 1, 2)

_DATE: Final = re.compile(
    r"(\d{4})(?:\s*([-/.])\s*(\d{1,2})\s*\2\s*(\d{1,2})|年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*日?|(\d{2})(\d{2}))"
    r"(?:[T\s]*\d{1,2}[:：]\d{2}(?:[:：]\d{2}(?:\.\d+)?)?)?",
    re.ASCII,
)
_SERIAL: Final = range(18264, 73416)  # 1950-01-01 to 2100-12-31 in Excel's 1900 calendar
_EPOCH: Final = date(1899, 12, 30)
_YEARS: Final = range(1950, 2101)
_PERIOD: Final = re.compile(r"(\d{4})(?:[-/.年]\s*(\d{1,2})\s*月?(?:份|账单)?|(\d{2}))", re.ASCII)
_JANUARY_OR_OCTOBER: Final = ".1"  # a spreadsheet shortens 2026.10 to the number 2026.1
_PERIOD_NAME: Final = re.compile(r"(?=.*[\d期])(?!.*\d{7})[\w\-第期/]{1,10}")  # never a person's name or number
_DAYS: Final = re.compile(r"(\d{1,5})(?:\.0+)?\s*(?:天|日|days?|d)?", re.IGNORECASE | re.ASCII)
_MOST_DAYS: Final = 20_000
_RATE: Final = re.compile(r"(\d{1,3}(?:\.\d{1,10})?)\s*(%?)", re.ASCII)


def _refuse(code: Code, hint: str = "") -> NoReturn:
    raise CellRefused(code, hint)


def is_blank(cell: object) -> bool:
    """Whether a cell says nothing: empty, or one of the usual words and dashes for nothing."""
    if not cell:
        return cell in {"", None}
    if not isinstance(cell, str) or len(cell) > _LONGEST_BLANK:
        return False
    return cell in BLANKS or (not cell.isdecimal() and cell.translate(_SPACES).strip(_EDGES).lower() in BLANKS)


def text(cell: object, limit: int = 200, *, signed: bool = False) -> str:
    """A cell as clean text: trimmed, odd spaces plain, a spreadsheet's leading `'` gone.

    `signed` allows a sign before digits, as in +86 or -12.50; elsewhere a leading sign is how a formula begins.

    Raises:
        CellRefused: control or bidirectional characters, a formula, an Excel error, digits that are gone, too long.
    """
    if not isinstance(cell, str):
        return _number_text(cell)
    value = cell.strip(_EDGES)
    if value.isprintable() and value[:1] not in _ODD_STARTS and len(value) <= limit:
        return value
    if not value.isprintable():
        value = _printable(value)
    if value[:1] == "'":
        value = value[1:].lstrip()
    if len(value) > limit:
        _refuse(Code.CELL_TOO_LONG, str(limit))
    first = value[:1]
    if first in _FORMULA_STARTS and (not signed or _FORMULA.match(value.translate(_FULL_WIDTH))):
        quoted = _TEXT_FORMULA.fullmatch(value)
        if quoted is None:
            _refuse(Code.CELL_FORMULA)
        value = quoted[1].strip()
    elif first == "#" and value.lower() in _ERRORS:
        _refuse(Code.CELL_ERROR)
    return value


def _printable(value: str) -> str:
    value = value.translate(_SPACES).strip(_EDGES)
    if not value.isprintable() and any(unicodedata.category(char) in _REFUSED_CATEGORIES for char in value):
        _refuse(Code.CELL_CONTROL_CHARACTERS)
    return value


def _number_text(cell: object) -> str:
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, (int, float)):
        if abs(cell) >= _EXACT_FLOAT:
            _refuse(Code.CELL_DIGITS_GONE)
        return str(int(cell)) if cell == int(cell) else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time().isoformat() == "00:00:00" else cell.isoformat(" ", "seconds")
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def digits_gone(value: str) -> bool:
    """Whether a spreadsheet wrote a long number as 3.2E+17, so that its digits no longer exist."""
    if value.isalnum():
        return False
    return bool(_SCIENTIFIC.fullmatch(value.translate(_FULL_WIDTH).strip()))


def amount(cell: object, scale: int = 1, *, negative: bool = False, currency: str = "CNY") -> int:
    """Money in minor units (cents).

    Args:
        cell: 1234.5, `1,234.50`, `￥1234.50元`, full-width digits, `(1,234.50)` for a negative one.
        scale: yuan in one unit of the column; 10000 for a header in 万元.
        negative: whether less than nothing makes sense here.
        currency: what it is taken to be in; only where that is the yuan may `￥` or `元` stand beside it.

    Raises:
        CellRefused: `AMOUNT_NOT_A_NUMBER`, `AMOUNT_NEGATIVE`, `CELL_DIGITS_GONE` or what `text` raises.
    """
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        minor = _minor(Decimal(repr(cell)), scale)
    elif isinstance(cell, str):
        whole, _, part = cell.partition(".")
        if len(whole) < _PLAIN and len(part) in _CENTS and cell.isascii() and (whole + part).isdecimal() and scale == 1:
            return int(whole or "0") * 100 + int(part.ljust(2, "0"))
        minor = _minor(_decimal(text(cell, 60, signed=True), currency), scale)
    else:
        _refuse(Code.AMOUNT_NOT_A_NUMBER)
    if minor < 0 and not negative:
        _refuse(Code.AMOUNT_NEGATIVE)
    return minor


def _decimal(value: str, currency: str) -> Decimal:
    plain = value
    if not value.isascii():
        plain = value.translate(_FULL_WIDTH).replace("，", ",")
    found = _AMOUNT.fullmatch(plain)
    if found is None:
        if currency == _YUAN:
            plain = _CURRENCY.sub("", _CURRENCY.sub("", plain.strip()))
        plain = plain.strip()
        bracketed = _PARENTHESES.fullmatch(plain)
        if bracketed:
            plain = "-" + bracketed[1].strip()
        found = _AMOUNT.fullmatch(plain.replace("- ", "-"))
    if found is None:
        _refuse(Code.CELL_DIGITS_GONE if digits_gone(plain) else Code.AMOUNT_NOT_A_NUMBER)
    return Decimal(found[0].replace(",", ""))


def _minor(value: Decimal, scale: int) -> int:
    try:
        minor = int((value * (100 * scale)).quantize(Decimal(1), rounding=ROUND_HALF_UP))
    except (InvalidOperation, ValueError, OverflowError):
        minor = _LARGEST + 1
    if abs(minor) > _LARGEST:
        _refuse(Code.AMOUNT_NOT_A_NUMBER)
    return minor


def day(cell: object) -> str:
    """A date as `YYYY-MM-DD`.

    Args:
        cell: a date, 2026/8/24, 2026-08-24, 2026.8.24, 2026年8月24日, 20260824, an Excel serial number; a time of day
            behind it is left out. Day-first and month-first spellings are ambiguous and refused.

    Raises:
        CellRefused: `DATE_NOT_A_DATE` or what `text` raises.
    """
    if isinstance(cell, datetime):
        return _checked(cell.date())
    if isinstance(cell, date):
        return _checked(cell)
    value = text(cell, 40)
    if not value.isascii():
        value = value.translate(_FULL_WIDTH)
    found = _DATE.fullmatch(value)
    if found:
        year = int(found[1])
        month = int(found[3] or found[5] or found[7])
        dom = int(found[4] or found[6] or found[8])
        try:
            return _checked(date(year, month, dom))
        except ValueError:
            _refuse(Code.DATE_NOT_A_DATE)
    serial = value.partition(".")[0]
    if serial.isascii() and serial.isdecimal() and len(serial) == 5 and int(serial) in _SERIAL:  # noqa: PLR2004 - 1950 to 2100
        return (_EPOCH + timedelta(days=int(serial))).isoformat()
    _refuse(Code.DATE_NOT_A_DATE)


def _checked(found: date) -> str:
    if found.year not in _YEARS:
        _refuse(Code.DATE_NOT_A_DATE)
    return found.isoformat()


def period(cell: object) -> str:
    """A bill period: `YYYYMM` for a month in any spelling, else the lender's own short name of it.

    Raises:
        CellRefused: `PERIOD_NOT_A_PERIOD` or what `text` raises.
    """
    if isinstance(cell, (date, datetime)):
        return f"{cell.year:04}{cell.month:02}"
    value = text(cell, 40)
    if not value.isascii():
        value = value.translate(_FULL_WIDTH)
    found = _PERIOD.fullmatch(value)
    if value[4:] == _JANUARY_OR_OCTOBER:
        _refuse(Code.PERIOD_NOT_A_PERIOD)
    if found:
        month = int(found[2] or found[3])
        if int(found[1]) in _YEARS and 1 <= month <= 12:  # noqa: PLR2004 - months
            return f"{found[1]}{month:02}"
        _refuse(Code.PERIOD_NOT_A_PERIOD)
    whole = _DATE.fullmatch(value)
    if whole:
        return day(value).replace("-", "")[:6]
    if not _PERIOD_NAME.fullmatch(value):
        _refuse(Code.PERIOD_NOT_A_PERIOD)
    return value


def days(cell: object) -> int:
    """A number of days: 35, `35天`, 35.0.

    Raises:
        CellRefused: `DAYS_NOT_A_NUMBER` or what `text` raises.
    """
    value = text(cell, 20)
    if not value.isascii():
        value = value.translate(_FULL_WIDTH)
    found = _DAYS.fullmatch(value)
    if found is None or int(found[1]) > _MOST_DAYS:
        _refuse(Code.DAYS_NOT_A_NUMBER)
    return int(found[1])


def rate(cell: object, *, percent: bool = False) -> str:
    """A yearly rate as a decimal fraction: 0.18, `18%` and 18 are all `0.18`.

    From 1 upwards it is read as per cent; `percent` says that the header calls all its figures so.

    Raises:
        CellRefused: `RATE_NOT_A_RATE` or what `text` raises.
    """
    value = text(cell, 20)
    if not value.isascii():
        value = value.translate(_FULL_WIDTH)
    found = _RATE.fullmatch(value.strip())
    if found is None:
        _refuse(Code.RATE_NOT_A_RATE)
    number = Decimal(found[1])
    if percent or found[2] or number >= 1:
        number /= 100
    if number > 1:
        _refuse(Code.RATE_NOT_A_RATE)
    plain = format(number.normalize(), "f")
    return plain[:16]
