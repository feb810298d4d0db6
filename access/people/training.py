"""The training ledger, and what it makes of somebody's access (Y-4.6.2).

New staff need an induction of at least four hours, everybody a course a quarter; who failed or missed one may only sign
in to see why, until the next one is passed. A pass lasts to the end of the following quarter in the desk's zone. An
entry about oneself waits until compliance has checked it; what compliance strikes out counts no more.
"""

from __future__ import annotations

from datetime import date, datetime, time
from typing import Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy.engine import RowMapping

from access.audit.events import DetailKey
from access.context import SECOND
from access.people import staff
from access.people.deed import Deed
from access.people.directory import held_rows
from access.people.orders import tidy
from access.people.staff import StaffRefused
from access.store.base import UnitOfWork
from access.store.proof import RowProofs
from access.store.schema import DESK_TENANT, training_record

KINDS: Final = ("induction", "quarterly", "exam")
INDUCTION_MINUTES: Final = 240
EFFECTIVE: Final = "effective"
WAITING: Final = "waiting"
STRUCK: Final = "struck"
_LONGEST: Final = 10_000
_BEST: Final = 100
_MONTHS: Final = 12
_QUARTER: Final = 3
_CONTENT: Final = 80


def valid_until(held_on: date, zone: str) -> int:
    """Return the first instant at which a course of that day no longer counts: the quarter after the next begins."""
    first = (held_on.month - 1) // _QUARTER * _QUARTER + 2 * _QUARTER
    day = date(held_on.year + first // _MONTHS, first % _MONTHS + 1, 1)
    return int(datetime.combine(day, time(), ZoneInfo(zone)).timestamp()) * SECOND


def today(now: int, zone: str) -> date:
    """Return the day it is in a zone."""
    return datetime.fromtimestamp(now / SECOND, ZoneInfo(zone)).date()


def record(
    deed: Deed,
    person_id: str,
    *,
    kind: str,
    held_on: str,
    minutes: int,
    passed: bool,
    content: str,
    entered_by: str,
    zone: str,
    score: int | None = None,
) -> dict[str, Any]:
    """Enter a course into the ledger and let it count; return the record's row.

    Raises:
        StaffRefused: A part of the entry is unfit, an induction was too short to be passed, or the day is to come.
    """
    day = _day(held_on)
    if kind not in KINDS or not 0 < minutes <= _LONGEST or (score is not None and not 0 <= score <= _BEST):
        raise StaffRefused("training.unfit")
    if day > today(deed.uow.now, zone):
        raise StaffRefused("training.day_to_come")
    if passed and kind == "induction" and minutes < INDUCTION_MINUTES:
        raise StaffRefused("training.too_short", least=INDUCTION_MINUTES // 60, clause="Y-4.6.2")
    record_id = deed.uow.ids.new()
    own = entered_by == person_id
    values = {
        "id": record_id,
        "tenant_id": DESK_TENANT,
        "person_id": person_id,
        "kind": kind,
        "held_on": day.isoformat(),
        "minutes": minutes,
        "score": score,
        "passed": int(passed),
        "content": tidy(content)[:_CONTENT],
        "valid_until": valid_until(day, zone),
        "state": WAITING if own else EFFECTIVE,
        "entered_by": entered_by,
        "entered_at": deed.uow.now,
    }
    event = deed.event(
        "account:training:record",
        object_kind="person",
        object_id=person_id,
        detail=((DetailKey.KIND, kind), (DetailKey.VERDICT, "passed" if passed else "failed")),
    )
    row = deed.proofs.insert(deed.uow, training_record, values, event)
    if not own:
        _apply(deed, person_id)
    return row


def check(deed: Deed, row: RowMapping, checked_by: str, *, good: bool) -> dict[str, Any]:
    """Compliance looked at an entry: it counts, or is struck out and counts no more.

    Raises:
        StaffRefused: It was struck out before, or the checker is the one who entered it or whom it is about.
        StaleRow: Somebody else checked it meanwhile.
    """
    if row["state"] == STRUCK:
        raise StaffRefused("training.struck")
    if checked_by in {row["entered_by"], row["person_id"]}:
        raise StaffRefused("separation.own_request", clause="§3.3-1")
    event = deed.event(
        "account:training:check",
        object_kind="person",
        object_id=row["person_id"],
        detail=((DetailKey.KIND, row["kind"]), (DetailKey.VERDICT, EFFECTIVE if good else STRUCK)),
    )
    changes = {
        "state": EFFECTIVE if good else STRUCK,
        "checked_by": checked_by,
        "checked_at": deed.uow.now,
    }
    written = deed.proofs.update(deed.uow, training_record, row["id"], row["version"], changes, event)
    _apply(deed, row["person_id"])
    return written


def records(uow: UnitOfWork, proofs: RowProofs, person_id: str | None = None) -> list[RowMapping]:
    """Return what the ledger says, newest first; of one person or of all."""
    where = (training_record.c.person_id == person_id,) if person_id is not None else ()
    rows = held_rows(uow, proofs, training_record, *where)
    return sorted(rows, key=lambda row: (row["held_on"], row["entered_at"], row["id"]), reverse=True)


def record_row(uow: UnitOfWork, proofs: RowProofs, record_id: str) -> RowMapping | None:
    """Return an entry that holds."""
    return proofs.get(uow, training_record, record_id)


def counted_until(rows: list[RowMapping]) -> int | None:
    """Return until when the ledger gives access; none where the newest course was failed or nothing counts.

    Args:
        rows: A person's records, newest first.
    """
    counting = [row for row in rows if row["state"] == EFFECTIVE]
    if not counting or not counting[0]["passed"]:
        return None
    return max(int(row["valid_until"]) for row in _since_failure(counting))


def _since_failure(rows: list[RowMapping]) -> list[RowMapping]:
    failed = next((at for at, row in enumerate(rows) if not row["passed"]), len(rows))
    return rows[:failed]


def _apply(deed: Deed, person_id: str) -> None:
    until = counted_until(records(deed.uow, deed.proofs, person_id))
    staff.change_person(deed, person_id, trained_until=until)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise StaffRefused("training.unfit") from None
