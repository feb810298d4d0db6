"""From the digits as they were opened to the digits as one line to a provider wants them. Pure; keeps nothing."""

from __future__ import annotations

import re
from typing import Final

from masking.normalise import normalise_phone, phone_fault

_DIALLED: Final = re.compile(r"\+?[0-9]{3,20}")


def dialled(number: str, strip: str, prefix: str) -> str | None:
    """What is called: E.164, `strip` taken off its front, `prefix` put there.

    None for what cannot be dialled here, which says nothing of whether somebody has it: no whole number, and a line
    behind a switchboard: whoever answers at the main number is not the customer, and is told nothing of the debt.
    """
    plain = normalise_phone(number)
    if phone_fault(number) is not None or "x" in plain:
        return None
    if not plain.startswith("+"):
        plain = "+86" + plain.removeprefix("0")
    whole = prefix + plain.removeprefix(strip)
    return whole if _DIALLED.fullmatch(whole) else None


def dialled_ours(number: str, strip: str, prefix: str) -> str:
    """What is called for a number of our own, which is in digits and of this country."""
    return prefix + f"+86{number.removeprefix('0')}".removeprefix(strip)
