"""Transfer and leaving as one state machine (requirements §4.5), each step an event and a proven row.

``NOTIFIED → FROZEN → SESSIONS_KILLED → UNMASKS_REVOKED → CASES_REASSIGNED → APPROVALS_REROUTED → CREDENTIALS_REVOKED →
CONFIRMED → ARCHIVED``; a transfer keeps its credentials and so skips that step, and what has not begun may be
withdrawn. From FROZEN to the last step before the confirmation everything happens in one act, so that nothing is ever
half done; what each step does is the desk's (`console.desk.staff.departing`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from enum import StrEnum, unique
from types import MappingProxyType
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy.engine import RowMapping

from access.audit.events import DetailKey
from access.context import SECOND
from access.people.deed import Deed
from access.people.directory import held_rows
from access.people.orders import tidy
from access.people.staff import StaffRefused
from access.store.base import UnitOfWork
from access.store.proof import RowProofs
from access.store.schema import DESK_TENANT, departure

LEAVE: Final = "leave"
TRANSFER: Final = "transfer"
KINDS: Final = (LEAVE, TRANSFER)
LONGEST_NOTICE: Final = 366  # days


@unique
class DepartureState(StrEnum):
    """Where a departure stands."""

    NOTIFIED = "notified"
    FROZEN = "frozen"
    SESSIONS_KILLED = "sessions_killed"
    UNMASKS_REVOKED = "unmasks_revoked"
    CASES_REASSIGNED = "cases_reassigned"
    APPROVALS_REROUTED = "approvals_rerouted"
    CREDENTIALS_REVOKED = "credentials_revoked"
    CONFIRMED = "confirmed"
    ARCHIVED = "archived"
    WITHDRAWN = "withdrawn"


_S = DepartureState
NEXT: Final[Mapping[DepartureState, frozenset[DepartureState]]] = MappingProxyType(
    {
        _S.NOTIFIED: frozenset({_S.FROZEN, _S.WITHDRAWN}),
        _S.FROZEN: frozenset({_S.SESSIONS_KILLED}),
        _S.SESSIONS_KILLED: frozenset({_S.UNMASKS_REVOKED}),
        _S.UNMASKS_REVOKED: frozenset({_S.CASES_REASSIGNED}),
        _S.CASES_REASSIGNED: frozenset({_S.APPROVALS_REROUTED}),
        _S.APPROVALS_REROUTED: frozenset({_S.CREDENTIALS_REVOKED, _S.CONFIRMED}),
        _S.CREDENTIALS_REVOKED: frozenset({_S.CONFIRMED}),
        _S.CONFIRMED: frozenset({_S.ARCHIVED}),
        _S.ARCHIVED: frozenset(),
        _S.WITHDRAWN: frozenset(),
    }
)
OVER: Final = frozenset({_S.ARCHIVED, _S.WITHDRAWN})
"""States from which nothing follows; every other departure is under way."""


def next_state(state: str, to: DepartureState, kind: str) -> DepartureState:
    """Return the state stepped into.

    Raises:
        StaffRefused: There is no such step from here, for this kind.
    """
    allowed = NEXT[DepartureState(state)] if state in set(DepartureState) else frozenset()
    leaving = kind == LEAVE
    skips = to is _S.CONFIRMED and state == _S.APPROVALS_REROUTED and leaving
    strays = to is _S.CREDENTIALS_REVOKED and not leaving
    if to not in allowed or skips or strays:
        raise StaffRefused("departure.state", state=state)
    return to


def freeze_instant(last_day: date, zone: str) -> int:
    """Return 00:00 of the day after the last one, in the desk's zone, as microseconds UTC (requirements §4.5)."""
    midnight = datetime.combine(last_day + timedelta(days=1), time(), ZoneInfo(zone))
    return int(midnight.timestamp()) * SECOND


def parse_last_day(text: str, zone: str, now: int) -> tuple[str, int | None]:
    """Return a last day as it is kept, and when it is over; none where no day was said.

    Raises:
        StaffRefused: Not an ISO date, over already, or more than a year ahead.
    """
    if not text:
        return "", None
    try:
        day = date.fromisoformat(text)
        at = freeze_instant(day, zone)
    except (ValueError, OverflowError):
        raise StaffRefused("departure.day_unfit") from None
    if not now < at <= now + LONGEST_NOTICE * 24 * 3600 * SECOND:
        raise StaffRefused("departure.day_unfit")
    return day.isoformat(), at


def note(  # noqa: PLR0917 - one row
    deed: Deed,
    person: RowMapping,
    kind: str,
    noted_by: str,
    last_day: str,
    freeze_at: int | None,
    reason: str,
    to_unit_id: str | None,
) -> dict[str, Any]:
    """Open a departure and return its row.

    Raises:
        StaffRefused: The kind is unknown, or one is under way for the person.
    """
    if kind not in KINDS:
        raise StaffRefused("departure.kind_unknown")
    if under_way(deed.uow, deed.proofs, person["id"]) is not None:
        raise StaffRefused("departure.under_way")
    departure_id = deed.uow.ids.new()
    values = {
        "id": departure_id,
        "tenant_id": DESK_TENANT,
        "person_id": person["id"],
        "kind": kind,
        "state": _S.NOTIFIED.value,
        "from_unit_id": person["unit_id"],
        "to_unit_id": to_unit_id,
        "last_day": last_day,
        "freeze_at": freeze_at,
        "reason": tidy(reason),
        "noted_by": noted_by,
        "noted_at": deed.uow.now,
    }
    event = deed.event(
        "account:departure:note",
        object_kind="departure",
        object_id=departure_id,
        detail=((DetailKey.KIND, kind), (DetailKey.TO, _S.NOTIFIED.value)),
    )
    return deed.proofs.insert(deed.uow, departure, values, event)


def step(
    deed: Deed,
    row: Mapping[str, Any] | RowMapping,
    to: DepartureState,
    **changes: Any,  # noqa: ANN401 - columns of different types
) -> dict[str, Any]:
    """Bring a departure one state further and return its row.

    Raises:
        StaffRefused: There is no such step.
        StaleRow: Somebody else moved it meanwhile.
    """
    state = next_state(row["state"], to, row["kind"])
    event = deed.event(
        "account:departure:step",
        object_kind="departure",
        object_id=row["id"],
        detail=((DetailKey.KIND, row["kind"]), (DetailKey.FROM, row["state"]), (DetailKey.TO, state.value)),
    )
    return deed.proofs.update(deed.uow, departure, row["id"], row["version"], {"state": state.value, **changes}, event)


def departure_row(uow: UnitOfWork, proofs: RowProofs, departure_id: str) -> RowMapping | None:
    """Return a departure that holds."""
    return proofs.get(uow, departure, departure_id)


def under_way(uow: UnitOfWork, proofs: RowProofs, person_id: str) -> RowMapping | None:
    """Return the person's departure that is not over."""
    where = (departure.c.person_id == person_id, departure.c.state.not_in(sorted(OVER)))
    return next(iter(held_rows(uow, proofs, departure, *where)), None)


def all_under_way(uow: UnitOfWork, proofs: RowProofs) -> list[RowMapping]:
    """Return every departure that is not over, oldest first."""
    return held_rows(uow, proofs, departure, departure.c.state.not_in(sorted(OVER)))
