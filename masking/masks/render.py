"""Masks made from plain values, and stricter masks made from wider ones.

``render`` needs the plain value and runs where it is at hand: import, re-projection, export. ``narrow`` needs only
the stored mask and runs everywhere else; for every derivable pair
``narrow(have, want, render(have, v)) == render(want, v)``.
A mask on a screen has one length; only an export varies its stars, within ``STAR_RUNS``. Empty in, empty out, except
where the mask says only whether something is there, and ``NONE``, which does not even say that.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from masking import detect
from masking.masks import addresses, figures, labels, names, numbers
from masking.masks.codes import DERIVES, STAR_RUNS, MaskCode
from masking.masks.errors import NotDerivable, StarsRefused
from masking.text import scrub

_DATE: Final = re.compile(r"(?:19|20)\d\d[-/.]?\d{1,2}(?:[-/.]?\d{1,2})?", re.ASCII)


def _shown(value: str) -> str:
    if _DATE.fullmatch(value):
        return value
    return labels.guard(detect.mask_text(scrub(value)))


def _full(value: str) -> str:
    return labels.guard(scrub(value))


def _inline(value: str) -> str:
    return labels.guard(detect.mask_text(scrub(value)))


def _label(name: str) -> Callable[[str], str]:
    def say(value: str) -> str:
        return name if scrub(value) else ""

    return say


def _flag(value: str) -> str:
    return "@flag:1" if scrub(value) else "@flag:0"


def _count(value: str) -> str:
    return "@count:1" if scrub(value) else "@count:0"


def _none(_value: str) -> str:
    return labels.NONE


_RENDER: Final[Mapping[MaskCode, Callable[[str], str]]] = {
    MaskCode.N1: names.person,
    MaskCode.N0: _label(labels.CUSTOMER),
    MaskCode.P34: numbers.phone_wide,
    MaskCode.P4: numbers.phone_tail,
    MaskCode.I11: numbers.id_ends,
    MaskCode.I4: numbers.id_region,
    MaskCode.B64: numbers.card_wide,
    MaskCode.B4: numbers.card_tail,
    MaskCode.B6: numbers.card_issuer,
    MaskCode.A_D: addresses.to_district,
    MaskCode.A_C: addresses.to_city,
    MaskCode.O2: names.organisation,
    MaskCode.E1: names.email,
    MaskCode.W1: names.account,
    MaskCode.AMT: figures.amount,
    MaskCode.BKT: figures.bucket,
    MaskCode.Y: figures.year,
    MaskCode.AGE_BAND: figures.birth_decade,
    MaskCode.LAST4: numbers.reference_tail,
    MaskCode.TOKEN: _label(labels.CASE_TOKEN),
    MaskCode.SHOWN: _shown,
    MaskCode.FULL: _full,
    MaskCode.BAND: figures.band,
    MaskCode.INLINE: _inline,
    MaskCode.TEMPLATE: _label("@template"),
    MaskCode.SUMMARY: _label("@summary"),
    MaskCode.PAGES: _label("@pages"),
    MaskCode.STREAM: _label("@stream"),
    MaskCode.METADATA: _label("@metadata"),
    MaskCode.FLAG: _flag,
    MaskCode.CNT: _count,
    MaskCode.NONE: _none,
}

# These read a wider mask other than they would read a value; every other stricter mask is drawn from it as from one.
_NARROW: Final[Mapping[tuple[MaskCode, MaskCode], Callable[[str], str]]] = {
    (MaskCode.P34, MaskCode.P4): lambda masked: "*******" + masked[7:] if masked else "",
    (MaskCode.B64, MaskCode.B4): numbers.card_tail_of,
    (MaskCode.B64, MaskCode.B6): numbers.card_issuer_of,
    (MaskCode.FLAG, MaskCode.CNT): lambda masked: "@count:1" if masked == "@flag:1" else "@count:0",
}


def render(code: MaskCode, value: str, *, stars: int | None = None, ordinal: int = 1) -> str:
    """Return the mask of a plain value.

    Args:
        code: How much may be seen.
        value: The plain value, in any spelling; scrubbed here again.
        stars: Exports only: the run of stars, within ``STAR_RUNS[code]``. None gives the one length of screens.
        ordinal: Which of a party's numbers it is, from 1; said by ``P0`` alone.

    Returns:
        Text to show as it is, or a token of ``masking.masks.labels`` to be worded.

    Raises:
        StarsRefused: The code's run of stars is fixed, or ``stars`` is outside its range.
    """
    if stars is not None:
        return _render_run(code, value, stars)
    if code is MaskCode.P0:
        return numbers.phone_label(value, ordinal)
    return _RENDER[code](value)


def _render_run(code: MaskCode, value: str, stars: int) -> str:
    if stars not in STAR_RUNS.get(code, ()):
        raise StarsRefused(mask=code.value, stars=str(stars))
    run = "*" * stars
    if code is MaskCode.N1:
        return names.person(value, run)
    if code is MaskCode.I11:
        return numbers.id_ends(value, run)
    return addresses.to_district(value, run)


def narrow(have: MaskCode, want: MaskCode, masked: str, *, ordinal: int = 1) -> str:
    """Return the stricter mask that follows from a stored one, without the plain value.

    Args:
        have: The code that ``masked`` was rendered with, without a run of stars of its own.
        want: The stricter code.
        masked: The stored mask.
        ordinal: As for ``render``.

    Raises:
        NotDerivable: ``want`` does not follow from ``have``.
    """
    if want is have:
        return masked
    if want not in DERIVES[have]:
        raise NotDerivable(have=have.value, want=want.value)
    if special := _NARROW.get((have, want)):
        return special(masked)
    return render(want, masked, ordinal=ordinal)
