"""Counting misses in the log: on a customer, and on the look-alike class that a search guessed at.

A *class* is everybody of one creditor and unit whose mask a value fits; a search that finds nobody is a miss on each of
them. A verification that does not match is a miss on its customer, and is noted under the class too, so that a search
in the class knows of it. What was lifted counts no more. Freezing and lifting alternate under a subject's tally.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from access.audit.events import Event
from access.grants import ledger
from access.grants.context import DAY, GrantDesk

FREEZE: Final = "case:freeze:trip"
LIFT: Final = "case:freeze:lift"
MISS: Final = "case:budget:miss"

_HOLDS: Final = "oracle_holds"
_MISSES: Final = "oracle_misses"
_LOOKED_BACK: Final = 200  # misses of one class; older ones than these matter to nobody


def holds_of(desk: GrantDesk, subject: bytes) -> str:
    """Return the tally of a subject's freezes, which the log knows by a keyed tag only."""
    return f"{_HOLDS}:{_tag(desk, subject)}"


def frozen_by(desk: GrantDesk, subject: bytes) -> Event | None:
    """Return the event of the freeze in force on a subject, as the log says."""
    return _frozen_under(desk, holds_of(desk, subject))


def note_miss(desk: GrantDesk, subject: bytes, customer: bytes | None) -> None:
    """Note a miss on a class, and on the customer where it was one customer's."""
    who = None if customer is None else _tag(desk, customer)
    _append(desk, f"{_MISSES}:{_tag(desk, subject)}", who)


def note_own_miss(desk: GrantDesk, customer: bytes) -> None:
    """Note a miss on one customer, wherever its case goes."""
    _append(desk, f"{_MISSES}:{_tag(desk, customer)}", None)


@dataclass(frozen=True, slots=True)
class ClassMisses:
    """The newest misses on one class: instant and customer's tag of each, none for a search."""

    subject: bytes
    noted: tuple[tuple[int, str | None], ...]

    @classmethod
    def read(cls, desk: GrantDesk, subject: bytes) -> ClassMisses:
        """Read them from the log."""
        found = ledger.newest(desk.uow, f"{_MISSES}:{_tag(desk, subject)}", _LOOKED_BACK)
        return cls(subject, tuple((one.event.at, one.event.object_id) for one in found))

    def on_anybody(self, desk: GrantDesk) -> int:
        """Misses of 24 hours on the class: searches, and verifications of the customer who has most."""
        since = max(desk.now - DAY, _lifted(desk, holds_of(desk, self.subject)))
        most = 0
        for tag in {who for _, who in self.noted if who is not None}:
            own = max(since, _lifted(desk, f"{_HOLDS}:{tag}"))
            most = max(most, sum(at > own and who == tag for at, who in self.noted))
        return most + self._searches(since)

    def on_customer(self, desk: GrantDesk, customer: bytes, most: int) -> int:
        """Misses of 24 hours on one customer: its own verifications, and the class's searches; no further than most."""
        lifted = _lifted(desk, holds_of(desk, customer))
        own = ledger.count_since(desk.uow, f"{_MISSES}:{_tag(desk, customer)}", max(desk.now - DAY, lifted), most)
        return own + self._searches(max(desk.now - DAY, lifted, _lifted(desk, holds_of(desk, self.subject))))

    def frozen(self, desk: GrantDesk, customer: bytes | None) -> bool:
        """Whether the class is frozen, or the customer; for a search, any customer of the class."""
        if frozen_by(desk, self.subject) is not None:
            return True
        if customer is not None:
            return frozen_by(desk, customer) is not None
        tags = {who for _, who in self.noted if who is not None}
        return any(_frozen_under(desk, f"{_HOLDS}:{tag}") is not None for tag in tags)

    def _searches(self, since: int) -> int:
        return sum(at > since and who is None for at, who in self.noted)


def _frozen_under(desk: GrantDesk, tally: str) -> Event | None:
    last = next(iter(ledger.newest(desk.uow, tally)), None)
    return last.event if last is not None and last.event.action == FREEZE else None


def _lifted(desk: GrantDesk, tally: str) -> int:
    """Return when a freeze was last lifted; 0 when it never was, or was frozen again since."""
    last = next(iter(ledger.newest(desk.uow, tally)), None)
    return last.event.at if last is not None and last.event.action == LIFT else 0


def _tag(desk: GrantDesk, subject: bytes) -> str:
    return desk.proofs.tag(_HOLDS, subject)


def _append(desk: GrantDesk, tally: str, who: str | None) -> None:
    version = ledger.next_version(desk.uow, tally)
    desk.uow.append(desk.event(MISS, object_kind="budget", object_id=who, subject=tally, subject_version=version))
