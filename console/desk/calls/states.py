"""What a call can be, and what its end means for the attempt that it used up. Pure."""

from __future__ import annotations

from enum import StrEnum, unique
from typing import Final

from console.desk.contact.facts import Outcome
from console.dial.results import Result


@unique
class CallState(StrEnum):
    """How far a call is, on the books."""

    STARTED = "started"  # the caller's own phone
    DIALLING = "dialling"  # the customer's may ring
    CONNECTED = "connected"  # the customer answered
    ENDED = "ended"


@unique
class RecordingState(StrEnum):
    """What is kept of what was said."""

    OPEN = "open"
    WHOLE = "whole"
    TORN = "torn"  # plays to its last whole second
    NONE = "none"  # nobody spoke
    DESTROYED = "destroyed"  # its time was over: no key, no file


PLAYABLE: Final = frozenset({RecordingState.WHOLE, RecordingState.TORN})
"""What can be heard."""

RETENTION: Final = "collection"
"""Retention class of recordings of collection calls (requirements §5 rule 12)."""

_REACHED_NOBODY: Final = frozenset({Result.BUSY, Result.NO_ANSWER, Result.REJECTED, Result.UNREACHABLE})
_MAY_HAVE_RUNG: Final = frozenset({Result.AGENT_CANCELLED, Result.CANCELLED, Result.SYSTEM_ERROR})
RINGING: Final = "customer_ringing"
CUSTOMER: Final = "customer_"
"""How phases begin from the customer being called on, until both speak."""
TALKING: Final = "talking"


def outcome_of(result: Result, state: CallState, *, rang: bool = False, doubt: bool = False) -> Outcome:
    """What an attempt came to.

    Args:
        result: how the call ended.
        state: how far it had come, as it is written.
        rang: the customer's phone was heard to ring.
        doubt: it may have come further than is written.

    Returns:
        What is in doubt counts as an attempt: only a call that surely rang nobody gives everything back.
    """
    if result is Result.ANSWERED or state is CallState.CONNECTED:
        return Outcome.CONNECTED
    if result is Result.INVALID_NUMBER:
        return Outcome.INVALID
    if result is Result.NOT_FOUND and not rang:
        return Outcome.NOT_FOUND
    dialled = state is CallState.DIALLING or doubt
    if result in _REACHED_NOBODY or rang or (dialled and result in _MAY_HAVE_RUNG):
        return Outcome.UNANSWERED
    return Outcome.CANCELLED
