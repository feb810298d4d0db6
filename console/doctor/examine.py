"""Examine a home as the desk itself: take its lock, open keys and database, check, hunt, let go."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import msgspec

from access.errors import AccessError, LogBroken
from console import bootstrap, unopened
from console.desk.api.people import Check
from console.desk.parts import Parts
from console.doctor import checks, hunt
from console.doctor.scan import Hit
from console.home import DeskLock, Home, HomeRefused
from console.settings import SettingsRefused
from masking.errors import MaskingError

SAMPLE: Final = 200
"""Customers whose values are looked for unless all are asked for."""

Told = Callable[[str, int], None]


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A value in clear: where, which field of whom, in which spelling; never the value."""

    place: str
    offset: int
    field: str
    spelling: str
    case_id: str


class Examination(msgspec.Struct, frozen=True, kw_only=True):
    """What was looked at. customers: whose values were hunted, None when the hunt could not be made."""

    checks: tuple[Check, ...]
    customers: int | None
    values: int
    places: int
    found: tuple[Found, ...]

    @property
    def ok(self) -> bool:
        """Nothing bad was found, and everything could be looked at."""
        return self.customers is not None and not self.found and all(one.state != checks.BAD for one in self.checks)


@dataclass(frozen=True, slots=True)
class Examiner:
    """How far to look: customers (None for all), and whom to tell about progress."""

    customers: int | None = SAMPLE
    told: Told = lambda _name, _read: None

    def examine(self, home: Home) -> Examination:
        """Look at everything that can be looked at; what cannot is named as bad."""
        seen = [*checks.files(home), *checks.ground(), *checks.chat(), *checks.drops(home.drop)]
        seen += checks.quarantine(home.quarantine)
        try:
            with _held(home) as parts:
                seen += checks.desk(home, parts)
                return self._hunt(home, parts, tuple(seen))
        except (HomeRefused, SettingsRefused, AccessError, MaskingError) as fault:
            seen.append(Check(name="desk", state=checks.BAD, detail=fault.code))
            if isinstance(fault, LogBroken):
                seen.append(checks.log(unopened.verify_unopened(home)))
        return Examination(checks=tuple(seen), customers=None, values=0, places=0, found=())

    def _hunt(self, home: Home, parts: Parts, seen: tuple[Check, ...]) -> Examination:
        looked_for = hunt.needles(parts, customers=self.customers)
        places = hunt.files(home.root, home.keys, home.drop)
        hits = hunt.hunt(parts, looked_for, places, self.told)
        return Examination(
            checks=seen,
            customers=looked_for.owners,
            values=looked_for.count,
            places=len(places),
            found=tuple(_told(hit) for hit in hits),
        )


def _told(hit: Hit) -> Found:
    return Found(place=hit.place, offset=hit.offset, field=hit.field, spelling=hit.spelling, case_id=hit.owner)


@contextmanager
def _held(home: Home) -> Iterator[Parts]:
    """The desk's parts, while nobody else runs it.

    Raises:
        HomeRefused: `home.in_use`: it is running.
    """
    lock = DeskLock(home)
    lock.acquire()
    try:
        parts = bootstrap.build(home)
        try:
            yield parts
        finally:
            parts.store.close()
    finally:
        lock.release()
