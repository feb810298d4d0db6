"""Which catalogue field is read how, and where it goes: sealed in the case, or plain in the account.

What a field is called, how it is masked and which headers name it is the catalogue's; only the reading of cells stands
here.
"""

from __future__ import annotations

from enum import StrEnum, unique
from types import MappingProxyType
from typing import Final

from masking.catalogue import ImportKind

Kind = ImportKind


@unique
class Reading(StrEnum):
    """How a cell is read."""

    AMOUNT = "amount"
    BILL = "bill"
    CARD = "card"
    CURRENCY = "currency"
    DATE = "date"
    DAYS = "days"
    ID_NUMBER = "id_number"
    NAME = "name"
    PERIOD = "period"
    PHONE = "phone"
    RATE = "rate"
    TEXT = "text"


LOAN: Final = "loan_number"
PERIOD: Final = "bill_period"
NAME: Final = "full_name"
ID_NUMBER: Final = "id_number"
ID_TYPE: Final = "id_type"
MOBILE: Final = "mobile"
CARD: Final = "bank_card"
CONTACT_NAME: Final = "contact_name"
CONTACT_PHONE: Final = "contact_phone"
CONTACT_RELATION: Final = "contact_relation"
CURRENCY: Final = "currency"
PRODUCT: Final = "product"
DUE: Final = "due_amount"
PAID: Final = "payment_amount"
PAID_ON: Final = "payment_date"
REFERENCE: Final = "payment_reference"

CONTACT_FIELDS: Final = frozenset({CONTACT_NAME, CONTACT_PHONE, CONTACT_RELATION})
DUE_FIELDS: Final = (DUE, "due_balance", "overdue_amount", "balance")
"""What may stand for the amount due, the first that a row has; without any, principal, interest and fees together."""

READINGS: Final = MappingProxyType(
    {
        LOAN: Reading.BILL,
        PERIOD: Reading.PERIOD,
        NAME: Reading.NAME,
        ID_NUMBER: Reading.ID_NUMBER,
        MOBILE: Reading.PHONE,
        CARD: Reading.CARD,
        CONTACT_NAME: Reading.NAME,
        CONTACT_PHONE: Reading.PHONE,
        "birth_date": Reading.DATE,
        "credit_limit": Reading.AMOUNT,
        CURRENCY: Reading.CURRENCY,
        "principal": Reading.AMOUNT,
        "interest": Reading.AMOUNT,
        "penalty_interest": Reading.AMOUNT,
        "fees": Reading.AMOUNT,
        **dict.fromkeys(DUE_FIELDS, Reading.AMOUNT),
        "last_payment_amount": Reading.AMOUNT,
        "last_payment_date": Reading.DATE,
        "due_date": Reading.DATE,
        "days_past_due": Reading.DAYS,
        "interest_rate": Reading.RATE,
        PAID: Reading.AMOUNT,
        PAID_ON: Reading.DATE,
        REFERENCE: Reading.BILL,
    }
)
"""Everything not named here is read as text."""

FIGURES: Final = MappingProxyType(
    {
        PRODUCT: "product",
        CURRENCY: "currency",
        "credit_limit": "credit_limit",
        "principal": "principal",
        "interest": "interest",
        "penalty_interest": "penalty_interest",
        "fees": "fees",
        **{field: field for field in DUE_FIELDS},
        "interest_rate": "rate",
        "days_past_due": "days_past_due",
        "due_date": "due_date",
        "last_payment_amount": "last_paid",
        "last_payment_date": "last_paid_on",
    }
)
"""Fields that are figures of one loan, by the name they have until they reach the account table."""

NOT_KEPT: Final = frozenset({"loan_amount", "loan_date", "bucket", "entrusted_on"})
"""Fields that lenders send, that collection does not need, and that are therefore read past (R-55)."""

LIMITS: Final = MappingProxyType({PRODUCT: 60, "home_address": 200, "registered_address": 200, "employer_address": 200})
DEFAULT_LIMIT: Final = 120

REQUIRED: Final = MappingProxyType(
    {
        Kind.CASES: (NAME, LOAN, DUE),
        Kind.REPAYMENTS: (LOAN, PAID, PAID_ON),
        Kind.RECALLS: (LOAN,),
    }
)
"""Columns without which the file makes no sense. A bill reference is demanded of every kind (C-5.4a)."""

NEEDED: Final = MappingProxyType(
    {
        Kind.CASES: None,
        Kind.REPAYMENTS: frozenset({LOAN, PERIOD, PAID, PAID_ON, REFERENCE, CURRENCY}),
        Kind.RECALLS: frozenset({LOAN, PERIOD}),
    }
)
"""All that is read from a file of that kind; None: every importable field."""

LAWFUL_SOURCES: Final = MappingProxyType(
    {
        MOBILE: "customer",
        "email": "customer",
        "im_account": "customer",
        "home_address": "contract",
        "registered_address": "contract",
        "employer_address": "contract",
        CONTACT_PHONE: "customer",
    }
)
"""F-2: how the lender came by a contact datum that its contract file carries; no entry: not a contact datum."""

RENEWED: Final = frozenset({"employer_address", "home_address", "registered_address"})
"""Of which a case has one, and a later file's takes the place of: people move."""
