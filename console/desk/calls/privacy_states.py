"""What a number of the pool and a binding on one can be. Pure."""

from __future__ import annotations

from enum import StrEnum, unique
from typing import Final


@unique
class NumberState(StrEnum):
    """Only a live one is bound, and called."""

    PROPOSED = "proposed"
    LIVE = "live"
    REFUSED = "refused"
    RETIRED = "retired"


@unique
class BindingState(StrEnum):
    """A binding is in force while live and before its end."""

    ASKED = "asked"  # the dialer has not said so yet
    LIVE = "live"
    REFUSED = "refused"  # the dialer cannot: nobody calls from that number, or it stands there for another
    ENDED = "ended"


@unique
class Provider(StrEnum):
    """Who puts callers of a number through to us."""

    LINE = "line"  # the trunk, which brings the customer's own number
    CLOUD = "cloud"  # a provider of privacy numbers, which binds it (experimental: `console.dial.axb.cloud`)


PASSING: Final = frozenset({"unset", "not_let_in", "busy", "away", "not_verified", "no_answer", "ticket_refused"})
"""Codes of a provider's refusal after which the same customer may be tried on the same number."""

UNKNOWN: Final = "no_answer"
"""The code after which nobody knows whether the provider bound: nobody else is bound on that number."""

STANDING: Final = (BindingState.ASKED.value, BindingState.LIVE.value)
"""States of a binding that takes a place on its number."""
