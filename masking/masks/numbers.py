"""Phones, ID numbers, cards and references cut down to what may be seen.

Every mask of one kind has one length, whatever the value's. A value that is not surely of its kind shows nothing. The
common, already normalised spelling takes a short path, because an import renders ten masks a row.
"""

from __future__ import annotations

import re
from typing import Final

from masking.text import fold

PHONE_HIDDEN: Final = "*" * 11
ID_HIDDEN: Final = "*" * 18
CARD_HIDDEN: Final = "*" * 16
REFERENCE_HIDDEN: Final = "*" * 8

_MOBILE_LENGTH: Final = 11
_ID_LENGTH: Final = 18
_SHORTEST_PHONE: Final = 10
_LONGEST_PHONE: Final = 15
_SHORTEST_CARD: Final = 12
_SHORTEST_WIDE_CARD: Final = 16
_LONGEST_CARD: Final = 19
_SHORTEST_REFERENCE: Final = 8

_EXTENSION: Final = re.compile(r"转|轉|分机|分機|ext|[x#,;]", re.IGNORECASE)
_PHONE_NOISE: Final = re.compile(r"[\s\-().]")
_COUNTRY: Final = re.compile(r"(?:\+|00)?86(?=1[3-9]\d{9}$)")
_MOBILE: Final = re.compile(r"1[3-9]\d{9}", re.ASCII)
_RESIDENT_ID: Final = re.compile(r"[1-9]\d{16}[\dX]|[1-9]\d{14}", re.ASCII)
_OTHER_ID: Final = re.compile(r"[A-Z0-9]{8,20}", re.ASCII)
_NOISE: Final = re.compile(r"[\s\-]")
_REFERENCE: Final = re.compile(r"[A-Za-z0-9]+", re.ASCII)


def _phone_digits(value: str) -> str:
    """Return the digits of one number without country code and extension; empty when it is not one number."""
    text = _PHONE_NOISE.sub("", _EXTENSION.split(fold(value), maxsplit=1)[0])
    text = _COUNTRY.sub("", text).removeprefix("+")
    if text.isascii() and text.isdigit() and _SHORTEST_PHONE <= len(text) <= _LONGEST_PHONE:
        return text
    return ""


def phone_wide(value: str) -> str:
    """Return P34: 138****5678 for a mainland mobile number, ``*******5678`` for any other of 10 to 15 digits.

    A landline keeps its last four digits only: with its area code as well, too few numbers would be left.
    """
    if len(value) == _MOBILE_LENGTH and value.isascii() and value.isdigit() and value[0] == "1" and value[1] > "2":
        return f"{value[:3]}****{value[7:]}"
    if not fold(value):
        return ""
    digits = _phone_digits(value)
    if _MOBILE.fullmatch(digits):
        return f"{digits[:3]}****{digits[7:]}"
    return f"*******{digits[-4:]}" if digits else PHONE_HIDDEN


def phone_tail(value: str) -> str:
    """Return P4: seven stars and the last four digits."""
    wide = phone_wide(value)
    return "*******" + wide[7:] if wide else ""


def phone_label(value: str, ordinal: int) -> str:
    """Return P0: the label of a party's number, which shows none of its digits."""
    return f"@phone:{ordinal}" if fold(value) else ""


def _id_text(value: str) -> str:
    return _NOISE.sub("", fold(value)).upper()


def id_ends(value: str, stars: str = "*" * 16) -> str:
    """Return I11: the first character, 16 stars, the last character, for 15 digits as for 18 and for passports."""
    if len(value) == _ID_LENGTH and value.isascii() and value[:17].isdigit() and value[0] != "0":
        last = value[17].upper()
        if last.isdigit() or last == "X":
            return value[0] + stars + last
    text = _id_text(value)
    if not text:
        return ""
    if _RESIDENT_ID.fullmatch(text) or _OTHER_ID.fullmatch(text):
        return text[0] + stars + text[-1]
    return "*" + stars + "*"


def id_region(value: str) -> str:
    """Return I4 for analytics: the four digits of province and city, 14 stars.

    Hides the middle six digits that Y-4.8.2 names in 18 digits and in 15, and everything after them.
    """
    text = _id_text(value)
    if not text:
        return ""
    return text[:4] + "*" * 14 if _RESIDENT_ID.fullmatch(text) else ID_HIDDEN


def _card_digits(value: str) -> str:
    text = _NOISE.sub("", fold(value))
    ok = text.isascii() and text.isdigit() and _SHORTEST_CARD <= len(text) <= _LONGEST_CARD
    return text if ok else ""


def card_wide(value: str) -> str:
    """Return B64: six digits, six stars, four digits; the last four alone for a card below 16 digits."""
    digits = _card_digits(value)
    if len(digits) >= _SHORTEST_WIDE_CARD:
        return f"{digits[:6]}******{digits[-4:]}"
    if digits:
        return "*" * 12 + digits[-4:]
    return CARD_HIDDEN if fold(value) else ""


def card_tail(value: str) -> str:
    """Return B4: four stars and the last four digits."""
    if _SHORTEST_WIDE_CARD <= len(value) <= _LONGEST_CARD and value.isascii() and value.isdigit():
        return "****" + value[-4:]
    return card_tail_of(card_wide(value))


def card_tail_of(wide: str) -> str:
    """Return B4 made from a B64 mask."""
    return "****" + wide[-4:] if wide else ""


def card_issuer(value: str) -> str:
    """Return B6 for analytics: the issuer's six digits and ten stars; hides the last four that Y-4.8.2 names."""
    return card_issuer_of(card_wide(value))


def card_issuer_of(wide: str) -> str:
    """Return B6 made from a B64 mask."""
    return wide[:6] + "*" * 10 if wide else ""


def reference_tail(value: str) -> str:
    """Return LAST4: four stars and the last four characters of a contract or loan number of eight or more."""
    text = value if value.isascii() and value.isalnum() else "".join(_REFERENCE.findall(fold(value)))
    if len(text) >= _SHORTEST_REFERENCE:
        return "****" + text[-4:]
    return REFERENCE_HIDDEN if fold(value) else ""
