"""The mask codes, and which stricter mask follows from which wider one.

``DERIVES`` is the whole partial order, written as its direct steps and closed at import. What is not in it cannot be
had from a stored mask: the plain value would be needed, and the list path does not hold the key. How a mask looks is
in ``masking.masks.render``; which role gets which is in ``masking.catalogue``.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class MaskCode(StrEnum):
    """How much of a value is seen (requirements §2.1). A name ending in a number says what stays in clear."""

    N1 = "N1"  # surname and one star
    N0 = "N0"  # a label, no part of the name
    P34 = "P34"  # first three and last four digits of a phone
    P4 = "P4"  # last four digits of a phone
    P0 = "P0"  # a label, no digit
    I11 = "I11"  # first and last character of an ID number
    I4 = "I4"  # analytics: the province and city digits of an ID number
    B64 = "B64"  # first six and last four digits of a bank card
    B4 = "B4"  # last four digits of a bank card
    B6 = "B6"  # analytics: the issuer's six digits of a bank card
    A_D = "A-D"  # province, city, district
    A_C = "A-C"  # city
    O2 = "O2"  # first two characters of an organisation
    E1 = "E1"  # first character and domain of an e-mail address
    W1 = "W1"  # first character of an account name
    AMT = "AMT"  # the exact figure
    BKT = "BKT"  # the figure's bucket
    Y = "Y"  # the year of a date
    AGE_BAND = "AGE_BAND"  # the decade of birth
    LAST4 = "LAST4"  # last four characters of a reference
    TOKEN = "TOKEN"  # noqa: S105 - a label: the case token stands in for the reference
    SHOWN = "SHOWN"  # a field that is not hidden; personal data inside it still is
    FULL = "FULL"  # a hidden field in clear, for task views only
    BAND = "BAND"  # the hundred a score lies in, or its first letter
    INLINE = "INLINE"  # prose with the personal data inside it masked
    TEMPLATE = "TEMPLATE"  # a label: show the template's name instead of the text
    SUMMARY = "SUMMARY"  # a label: the task view shows a summary
    PAGES = "PAGES"  # a label: the task view shows pages
    STREAM = "STREAM"  # a label: may be listened to, never held
    METADATA = "METADATA"  # a label: size, owner, age; never the thing
    FLAG = "FLAG"  # set or not set
    CNT = "CNT"  # there or not there
    NONE = "NONE"  # not shown, not asked for


_STEPS: Final[Mapping[MaskCode, tuple[MaskCode, ...]]] = {
    MaskCode.FULL: tuple(code for code in MaskCode if code not in {MaskCode.FULL, MaskCode.NONE}),
    MaskCode.N1: (MaskCode.N0,),
    MaskCode.P34: (MaskCode.P4,),
    MaskCode.P4: (MaskCode.P0,),
    MaskCode.B64: (MaskCode.B4, MaskCode.B6),
    MaskCode.A_D: (MaskCode.A_C,),
    MaskCode.AMT: (MaskCode.BKT,),
    MaskCode.Y: (MaskCode.AGE_BAND,),
    MaskCode.LAST4: (MaskCode.TOKEN,),
    MaskCode.SHOWN: (MaskCode.BAND, MaskCode.FLAG),
    MaskCode.INLINE: (MaskCode.TEMPLATE, MaskCode.CNT),
    MaskCode.FLAG: (MaskCode.CNT,),
    MaskCode.SUMMARY: (MaskCode.CNT,),
    MaskCode.PAGES: (MaskCode.CNT,),
    MaskCode.STREAM: (MaskCode.CNT,),
}


def _close() -> Mapping[MaskCode, frozenset[MaskCode]]:
    closed: dict[MaskCode, frozenset[MaskCode]] = {}

    def reach(code: MaskCode) -> frozenset[MaskCode]:
        if code not in closed:
            found = {code, MaskCode.NONE}
            for step in _STEPS.get(code, ()):
                found |= reach(step)
            closed[code] = frozenset(found)
        return closed[code]

    for code in MaskCode:
        reach(code)
    return MappingProxyType(closed)


DERIVES: Final[Mapping[MaskCode, frozenset[MaskCode]]] = _close()
"""Each code, and every code that can be made from its mask alone: itself and ``NONE`` always among them."""


def derivable(have: MaskCode, want: MaskCode) -> bool:
    """Return whether a ``want`` mask can be made from a ``have`` mask without the plain value."""
    return want in DERIVES[have]


def widest(codes: frozenset[MaskCode] | set[MaskCode]) -> MaskCode | None:
    """Return the one code among ``codes`` that every other follows from, or None when there is none."""
    for code in codes:
        if DERIVES[code] >= codes:
            return code
    return None


STAR_RUNS: Final[Mapping[MaskCode, range]] = MappingProxyType(
    {MaskCode.N1: range(1, 3), MaskCode.I11: range(13, 17), MaskCode.A_D: range(2, 6)}
)
"""The codes whose run of stars an export may vary, and within which lengths. Phones keep exactly four."""
