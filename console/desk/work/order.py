"""Where a case stands in its queue, as one number, and when that changes by itself. Pure.

The number is band, strategy's rank and days past due in one, so that a page is one walk along one index however many
cases there are; nothing a mask hides enters it. Whoever changes a fact of a case writes the number anew, and so does
the clockwork when `wake_at` has come.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, unique
from typing import Final

from console.desk.cases.states import CaseState

BAND: Final = 10_000_000
RANK: Final = 100_000
_RANKS: Final = 100


@unique
class Band(IntEnum):
    """Why a case stands where it stands, the most pressing highest. A new case's number is its days past due."""

    CALLBACK = 3
    BROKEN = 2
    REMINDER = 1
    NEW = 0
    STRATEGY = -1
    WAITING = -2
    HELD = -3


_BANDS: Final = {band.value: band for band in Band}
DUE_FROM: Final = Band.STRATEGY
"""Bands from here up are today's work."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What a place follows from. Instants in microseconds UTC.

    Attributes:
        state: of the case (`CaseState`).
        held: it may not be contacted, or somebody asked for that.
        next_at: agreed next contact.
        rest_until: it was worked; comes up again then.
        remind_at: when the day before an open promise's due day begins; none without an open promise.
        due_end: when that due day is over.
        days: past due.
        rank: strategy's order inside a band, 0..99.
    """

    state: int
    held: bool
    next_at: int | None
    rest_until: int | None
    remind_at: int | None
    due_end: int | None
    days: int
    rank: int = 0


@dataclass(frozen=True, slots=True)
class Place:
    """priority: see the module. wake_at: when the clockwork has to look again; always later than now."""

    priority: int
    wake_at: int | None


def band_of(priority: int) -> Band:
    """The band of a number; what this build does not know is waiting."""
    return _BANDS.get(priority // BAND, Band.WAITING)


def number(band: Band, days: int, rank: int = 0) -> int:
    """Band, rank and days as one number."""
    return band * BAND + max(0, min(rank, _RANKS - 1)) * RANK + max(0, min(days, RANK - 1))


def place(facts: Facts, now: int) -> Place:
    """Where the case stands now, and until when."""
    moments = (facts.next_at, facts.rest_until, facts.remind_at, facts.due_end)
    coming = [moment for moment in moments if moment is not None and moment > now]
    wake_at = None if facts.held and facts.due_end is None else min(coming, default=None)
    return Place(number(_band(facts, now), facts.days, facts.rank), wake_at)


def _band(facts: Facts, now: int) -> Band:
    if facts.held:
        return Band.HELD
    if facts.next_at is not None and facts.next_at <= now:
        return Band.CALLBACK
    if facts.rest_until is not None and now < facts.rest_until:
        return Band.WAITING
    if facts.remind_at is not None:
        return Band.REMINDER if facts.remind_at <= now else Band.WAITING
    if facts.next_at is not None:
        return Band.WAITING
    return {CaseState.BROKEN.value: Band.BROKEN, CaseState.NEW.value: Band.NEW}.get(facts.state, Band.STRATEGY)
