"""A cell of one catalogue field to the value that is sealed, masked and indexed, or why not.

`values` reads what any spreadsheet may hold; here stands what makes a name, a phone, an ID number, a card, a bill.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import date
from typing import Final, NoReturn

from console.desk.imports import fields as f
from console.desk.imports import values as v
from console.desk.imports.columns import Column
from console.desk.imports.faults import CellRefused, Code, Fault, FileRefused
from console.desk.imports.forbidden import forbidden_text
from masking.normalise import (
    card_fault,
    id_number_fault,
    normalise_bill,
    normalise_card,
    normalise_id_number,
    normalise_phone,
    phone_fault,
)

Read = Callable[[object], Sequence[str | int]]

_PHONES_APART: Final = re.compile(r"[;；/、,，|]|\s{2,}|(?<=\d)\s+(?=(?:\+?86)?1[3-9]\d{9})")
_PHONES_MOST: Final = 3
_WHOLE: Final = ".0"  # how a number that is a reference comes out of many an export
_BILL: Final = re.compile(r"(?=.*[0-9A-Z]{3}).{3,64}", re.DOTALL)
_DOCUMENT: Final = re.compile(r"[A-Z0-9()]{5,20}")
_NAME_SIZES: Final = range(2, 61)
_NAME_DIGITS: Final = re.compile(r"\d{3}")
_YUAN: Final = frozenset({"CNY", "RMB", "人民币", "元", "156", "人民币元", "¥", "￥"})
_CURRENCY: Final = re.compile(r"[A-Z]{3}")
_LONGEST: Final = 2_000
_PHONE_CODES: Final = {"digits_lost": Code.CELL_DIGITS_GONE, "length": Code.PHONE_LENGTH}
_ID_CODES: Final = {"digits_lost": Code.CELL_DIGITS_GONE, "checksum": Code.ID_NUMBER_CHECKSUM}
_CARD_CODES: Final = {"digits_lost": Code.CELL_DIGITS_GONE, "checksum": Code.CARD_CHECKSUM}


def _refuse(code: Code, hint: str = "") -> NoReturn:
    raise CellRefused(code, hint)


def read_name(cell: object) -> str:
    """A person's name; digits or a single character are none.

    Raises:
        CellRefused: length, not a name, or what `values.text` raises.
    """
    value = v.text(cell)
    if len(value) not in _NAME_SIZES:
        _refuse(Code.NAME_LENGTH)
    if not value.isalpha() and (_NAME_DIGITS.search(value) or not any(map(str.isalpha, value))):
        _refuse(Code.NAME_NOT_A_NAME)
    return value


def read_phones(cell: object) -> list[str]:
    """One phone, or up to three in one cell.

    Raises:
        CellRefused: length, form, formula, digits gone, or too many numbers.
    """
    value = v.text(cell, signed=True)
    fault = phone_fault(value)
    if fault is None:
        return [normalise_phone(value)]
    parts = [part for part in _PHONES_APART.split(value) if part.strip()]
    if 1 < len(parts) <= _PHONES_MOST and all(phone_fault(part) is None for part in parts):
        return list(dict.fromkeys(map(normalise_phone, parts)))
    _refuse(_PHONE_CODES.get(fault, Code.PHONE_FORM))


def read_id_number(cell: object, *, resident: bool = True) -> str:
    """An ID number; of another document than the resident's card when the file says so.

    Raises:
        CellRefused: form, checksum, digits gone, or what `values.text` raises.
    """
    value = v.text(cell)
    if not resident:
        number = normalise_id_number(value)
        if v.digits_gone(value) or not _DOCUMENT.fullmatch(number):
            _refuse(Code.CELL_DIGITS_GONE if v.digits_gone(value) else Code.ID_NUMBER_FORM)
        return number
    fault = id_number_fault(value)
    if fault is not None:
        _refuse(_ID_CODES.get(fault, Code.ID_NUMBER_FORM))
    return normalise_id_number(value)


def read_card(cell: object) -> str:
    """A bank card number.

    Raises:
        CellRefused: length, checksum, digits gone, or what `values.text` raises.
    """
    value = v.text(cell)
    fault = card_fault(value)
    if fault is not None:
        _refuse(_CARD_CODES.get(fault, Code.CARD_LENGTH))
    return normalise_card(value)


def read_bill(cell: object) -> str:
    """A loan number or a lender's reference, normalised.

    Raises:
        CellRefused: not a reference, digits gone, or what `values.text` raises.
    """
    value = v.text(cell)
    if v.digits_gone(value):
        _refuse(Code.CELL_DIGITS_GONE)
    if isinstance(cell, date):
        # A spreadsheet took 3-1 for a day.
        _refuse(Code.BILL_NOT_A_REFERENCE)
    if value.endswith(_WHOLE) and value[: -len(_WHOLE)].isdecimal():
        value = value[: -len(_WHOLE)]
    bill = normalise_bill(value)
    if not _BILL.fullmatch(bill):
        _refuse(Code.BILL_NOT_A_REFERENCE)
    return bill


def read_text(cell: object, limit: int) -> str:
    """Free text.

    Raises:
        FileRefused: it holds what may never be kept here.
        CellRefused: too long, or what `values.text` raises.
    """
    value = v.text(cell, _LONGEST)
    if forbidden_text(value):
        raise FileRefused(Fault(0, "", Code.CELL_FORBIDDEN_CONTENT), quarantine=True)
    if len(value) > limit:
        _refuse(Code.CELL_TOO_LONG, str(limit))
    return value


def read_currency(cell: object, wanted: str) -> str:
    """A currency by its ISO 4217 code; the usual names of the yuan are CNY.

    Raises:
        CellRefused: `CURRENCY_OTHER` when it is not the one wanted, for amounts of two are never added up;
            `CHOICE_UNKNOWN` or what `values.text` raises.
    """
    value = v.text(cell).upper()
    if value in _YUAN:
        value = "CNY"
    if not _CURRENCY.fullmatch(value):
        _refuse(Code.CHOICE_UNKNOWN)
    if value != wanted:
        _refuse(Code.CURRENCY_OTHER, wanted)
    return value


def reader(column: Column, currency: str = "CNY") -> Read:
    """How the cells of a column are read: a function that gives the values in one cell.

    Args:
        column: what the cells hold.
        currency: the only one that its cells may name, where they name one, and that its amounts are in.
    """
    limit = f.LIMITS.get(column.field, f.DEFAULT_LIMIT)
    scale, percent = column.scale, column.percent
    readers: dict[f.Reading, Read] = {
        f.Reading.AMOUNT: lambda cell: (v.amount(cell, scale, currency=currency),),
        f.Reading.BILL: lambda cell: (read_bill(cell),),
        f.Reading.CARD: lambda cell: (read_card(cell),),
        f.Reading.CURRENCY: lambda cell: (read_currency(cell, currency),),
        f.Reading.DATE: lambda cell: (v.day(cell),),
        f.Reading.DAYS: lambda cell: (v.days(cell),),
        f.Reading.ID_NUMBER: lambda cell: (read_id_number(cell),),
        f.Reading.NAME: lambda cell: (read_name(cell),),
        f.Reading.PERIOD: lambda cell: (v.period(cell),),
        f.Reading.PHONE: read_phones,
        f.Reading.RATE: lambda cell: (v.rate(cell, percent=percent),),
        f.Reading.TEXT: lambda cell: (read_text(cell, limit),),
    }
    return readers[f.READINGS.get(column.field, f.Reading.TEXT)]
