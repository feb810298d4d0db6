"""What rules are judged by: one contact, its history and its customer's consents, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Final

from console.desk.api.contact import Means
from console.desk.contact.wall import day_of, minute_of


@unique
class Outcome(StrEnum):
    """What came of an attempt. `pending`: it rings; `broken`: its row does not prove itself.

    `invalid`: the provider says that nobody has the number; `not_found`: that it found none, which may be its fault.

    Outside the desk's own line only a person says what came of it. `seen`: a number was seen in clear, and nobody has
    said yet; `told`: whoever saw it says that it reached nobody.
    """

    PENDING = "pending"
    SEEN = "seen"
    TOLD = "told"
    CONNECTED = "connected"
    UNANSWERED = "unanswered"
    INVALID = "invalid"
    NOT_FOUND = "not_found"
    CANCELLED = "cancelled"
    BROKEN = "broken"


SETTLED: Final = frozenset(
    {
        Outcome.CONNECTED,
        Outcome.UNANSWERED,
        Outcome.INVALID,
        Outcome.NOT_FOUND,
        Outcome.CANCELLED,
        Outcome.TOLD,
    }
)
OPEN: Final = frozenset({Outcome.PENDING, Outcome.SEEN})
"""May still be settled."""

_LAPSED: Final = "lapsed"
CONNECTED: Final = frozenset({Outcome.CONNECTED, Outcome.PENDING, Outcome.SEEN, Outcome.BROKEN})
"""Counts as a conversation: had, or not to be excluded yet."""

UNANSWERED: Final = frozenset(
    {
        Outcome.UNANSWERED,
        Outcome.INVALID,
        Outcome.NOT_FOUND,
        Outcome.PENDING,
        Outcome.SEEN,
        Outcome.TOLD,
        Outcome.BROKEN,
        _LAPSED,
    }
)
"""Counts as an attempt that reached nobody."""

PLACED: Final = frozenset(
    {
        Outcome.CONNECTED,
        Outcome.UNANSWERED,
        Outcome.PENDING,
        Outcome.SEEN,
        Outcome.TOLD,
        Outcome.BROKEN,
        _LAPSED,
    }
)
"""Counts as placed; a number that is none, or that the provider did not find, was reached by nothing."""

FAILED: Final = frozenset({Outcome.UNANSWERED, Outcome.INVALID})
"""Is evidence that somebody cannot be reached: known to have failed, by the desk's own line; what is told is none."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """A contact with this debtor, or on this number. at, expires_at: microseconds UTC.

    number: names the number without telling it. same_debtor, same_number, same_debt: as the contact that is judged.
    own: on the debtor's own number.
    """

    at: int
    expires_at: int
    outcome: Outcome
    means: Means
    number: str
    same_debtor: bool = True
    same_number: bool = True
    same_debt: bool = True
    own: bool = True
    inbound: bool = False

    def stands(self, now: int) -> str:
        """The outcome as it counts now; what rang and was never settled reached nobody."""
        if self.outcome is Outcome.PENDING and now >= self.expires_at:
            return _LAPSED
        return self.outcome


@dataclass(frozen=True, slots=True)
class Consent:
    """Hours in which the customer agreed to be contacted; from later than until: past midnight."""

    means: Means
    from_minute: int
    until_minute: int
    given_at: int
    expires_at: int

    def covers(self, at: int, zone: str, means: Means) -> bool:
        """Whether it is for this instant and these means."""
        if means is not self.means or not self.given_at <= at < self.expires_at:
            return False
        minute = minute_of(at, zone)
        if self.from_minute < self.until_minute:
            return self.from_minute <= minute < self.until_minute
        return minute >= self.from_minute or minute < self.until_minute


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything about one contact that rules ask.

    What is not known does not allow: the defaults are those that refuse.

    Attributes:
        means, zone: how, and where the debtor is (IANA).
        third: not the debtor's own number. relation: what the lender calls that person.
        own_numbers: the debtor's own numbers.
        attempts: at least as far back as the rules count.
        reached_at: when the debtor last spoke, by results recorded; none if never.
        workable: the case is. hold: `access.policy.holds.HoldReason` in force; none for none.
        stop: why the number is left alone; empty for nothing.
        source: lawful source of the number.
        recorder: what is said can be recorded.
        agency: none: the case is in the house; else the first instant at which its agency is not in date any more.
        consents: in force or not, those of the debtor.
    """

    means: Means
    zone: str
    third: bool = True
    relation: str = ""
    own_numbers: frozenset[str] = frozenset()
    attempts: tuple[Attempt, ...] = ()
    reached_at: int | None = None
    workable: bool = False
    hold: str | None = None
    stop: str = ""
    source: str = ""
    recorder: bool = False
    agency: int | None = 0
    consents: tuple[Consent, ...] = ()

    def dated(self, attempt: Attempt) -> int:
        """The day of an attempt, where the debtor is, as a number that counts up by one a day."""
        return day_of(attempt.at, self.zone).toordinal()
