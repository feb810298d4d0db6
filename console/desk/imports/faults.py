"""What can be wrong with a lender's file: one closed list of codes, and how a fault names its place.

A fault says row, column and code, never the value; words and remedies for each code live in the locales. The hint is
one parameter that is safe to show: a line number, the row first seen, the names of sheets.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec

KEPT: Final = 10_000
"""Faults of one file that are named; of those beyond it is said how many there are."""


class Code(StrEnum):
    """Every fault. `file.*` and `columns.*` concern the whole file, the others one cell or row."""

    AMOUNT_NEGATIVE = "amount.negative"
    AMOUNT_NOT_A_NUMBER = "amount.not_a_number"
    BILL_MISSING = "bill.missing"
    BILL_NOT_A_REFERENCE = "bill.not_a_reference"
    BILL_OTHER_DEBTOR = "bill.other_debtor"
    BILL_PERIOD_NEEDED = "bill.period_needed"
    BILL_REPEATED = "bill.repeated"
    BILL_UNKNOWN = "bill.unknown"
    CARD_CHECKSUM = "card.checksum"
    CARD_LENGTH = "card.length"
    CELL_CONTROL_CHARACTERS = "cell.control_characters"
    CELL_DIGITS_GONE = "cell.digits_gone"
    CELL_ERROR = "cell.error"
    CELL_FORBIDDEN_CONTENT = "cell.forbidden_content"
    CELL_FORMULA = "cell.formula"
    CELL_MISSING = "cell.missing"
    CELL_TOO_LONG = "cell.too_long"
    CHOICE_UNKNOWN = "choice.unknown"
    COLUMNS_FORBIDDEN = "columns.forbidden"
    COLUMNS_FORBIDDEN_CONTENT = "columns.forbidden_content"
    COLUMNS_MISSING = "columns.missing"
    COLUMNS_TWICE = "columns.twice"
    COLUMNS_UNKNOWN = "columns.unknown"
    CURRENCY_OTHER = "currency.other"
    DATE_NOT_A_DATE = "date.not_a_date"
    DAYS_NOT_A_NUMBER = "days.not_a_number"
    FAULTS_MORE = "faults.more"
    FILE_AGENCY_NOT_IN_DATE = "file.agency_not_in_date"
    FILE_BINARY = "file.binary"
    FILE_BOMB = "file.bomb"
    FILE_CHANGED = "file.changed"
    FILE_DIGEST = "file.digest"
    FILE_EMPTY = "file.empty"
    FILE_ENCODING = "file.encoding"
    FILE_ENCRYPTED = "file.encrypted"
    FILE_KIND = "file.kind"
    FILE_LINE_TOO_LONG = "file.line_too_long"
    FILE_LOADED_BEFORE = "file.loaded_before"
    FILE_MACROS = "file.macros"
    FILE_MIXED_ENCODING = "file.mixed_encoding"
    FILE_NO_HEADER = "file.no_header"
    FILE_NO_ROWS = "file.no_rows"
    FILE_NOT_A_WORKBOOK = "file.not_a_workbook"
    FILE_OLD_EXCEL = "file.old_excel"
    FILE_OVERTAKEN = "file.overtaken"
    FILE_QUOTES = "file.quotes"
    FILE_SIGNATURE = "file.signature"
    FILE_TOO_LARGE = "file.too_large"
    FILE_TRUNCATED = "file.truncated"
    FILE_UNIT = "file.unit"
    FILE_UNREADABLE = "file.unreadable"
    ID_NUMBER_CHECKSUM = "id_number.checksum"
    ID_NUMBER_FORM = "id_number.form"
    NAME_LENGTH = "name.length"
    NAME_NOT_A_NAME = "name.not_a_name"
    PERIOD_NOT_A_PERIOD = "period.not_a_period"
    PHONE_FORM = "phone.form"
    PHONE_LENGTH = "phone.length"
    RATE_NOT_A_RATE = "rate.not_a_rate"
    REFERENCE_OTHER_PAYMENT = "reference.other_payment"
    ROW_RAGGED = "row.ragged"


class Fault(msgspec.Struct, frozen=True, array_like=True):
    """One thing wrong.

    Attributes:
        row: Data row counted from 1 after the header, blank and total rows included; 0 for the file as a whole.
        column: The header, personal data masked; empty for a whole row or file.
        code: What is wrong.
        hint: One safe parameter of the text.
    """

    row: int
    column: str
    code: Code
    hint: str = ""


class FileRefused(Exception):
    """The file as a whole cannot be taken, whatever its rows say.

    Attributes:
        faults: One or several reasons, all with row 0.
        quarantine: The file holds what must never be kept here; nobody may override that.
    """

    def __init__(self, *faults: Fault, quarantine: bool = False) -> None:
        super().__init__(faults[0].code.value)
        self.faults = faults
        self.quarantine = quarantine

    @property
    def code(self) -> Code:
        """The first reason."""
        return self.faults[0].code


class CellRefused(Exception):
    """One cell cannot be taken. Carries no value, also not as its cause."""

    def __init__(self, code: Code, hint: str = "") -> None:
        super().__init__(code.value)
        self.code = code
        self.hint = hint


def unnamed(count: int) -> Fault:
    """The last line of a report: how many further faults it does not name."""
    return Fault(0, "", Code.FAULTS_MORE, str(count))


def whole_file(code: Code, hint: str = "", column: str = "") -> FileRefused:
    """A refusal with a single reason."""
    return FileRefused(Fault(0, column, code, hint))
