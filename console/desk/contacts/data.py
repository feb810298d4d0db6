"""What may be a contact datum, one value of each in the one spelling that it is kept in, and how it is masked.

Whether the customer has the same value already is not looked up: a proposal must answer nothing about hidden digits.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from console.desk.act import Act
from console.desk.api.contacts import CONTACT_FIELDS, LAWFUL_SOURCES
from masking.blind import BlindKind
from masking.masks import MaskCode, render
from masking.normalise import normalise_phone, phone_fault
from masking.text import fold

BLIND_KINDS: Final[Mapping[str, BlindKind]] = {"mobile": BlindKind.PHONE, "contact_phone": BlindKind.PHONE}
"""Fields whose values the index for exact search keeps."""

_LONGEST: Final = 120
_SHORTEST_ADDRESS: Final = 4
_EMAIL: Final = re.compile(r"[^@\s]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}", re.ASCII)
_ACCOUNT: Final = re.compile(r"[A-Za-z0-9_.@-]{3,40}", re.ASCII)


def fit_value(act: Act, field: str, value: str) -> str:
    """The value in its one spelling.

    Raises:
        Refused: `contact.field_unknown`, `contact.value_unfit`; the value is never repeated.
    """
    if field not in CONTACT_FIELDS:
        act.refuse("contact.field_unknown")
    text = fold(value)
    fitted = _FIT[field](text) if len(text) <= _LONGEST else ""
    if not fitted:
        act.refuse("contact.value_unfit")
    return fitted


def fit_source(act: Act, code: str) -> str:
    """A code of `LAWFUL_SOURCES`.

    Raises:
        Refused: `contact.source_unlawful`: the datum may not be used.
    """
    if code not in LAWFUL_SOURCES:
        act.refuse("contact.source_unlawful", clause="F-2")
    return code


def widest_mask(act: Act, field: str, ordinal: int, value: str) -> str:
    """The mask that the display blob keeps; empty where it keeps none."""
    code = act.parts.catalogue.display_code(field)
    return "" if code is MaskCode.NONE else render(code, value, ordinal=ordinal)


def _phone(text: str) -> str:
    return "" if phone_fault(text) else normalise_phone(text)


def _email(text: str) -> str:
    text = text.replace(" ", "")
    return text if _EMAIL.fullmatch(text) else ""


def _account(text: str) -> str:
    return text if _ACCOUNT.fullmatch(text) else ""


def _address(text: str) -> str:
    return text if len(text) >= _SHORTEST_ADDRESS else ""


_FIT: Final[Mapping[str, Callable[[str], str]]] = {
    "mobile": _phone,
    "contact_phone": _phone,
    "email": _email,
    "im_account": _account,
    "home_address": _address,
    "employer_address": _address,
    "registered_address": _address,
}
