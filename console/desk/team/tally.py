"""Figures of some people over days, read by index from what they did: the cost is what they did, not how many cases.

Works on a connection of its own beside the acts, decides nothing, names nobody but the people it was given.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import ColumnElement, Connection, Engine, func, literal_column, select

from access.store.schema import audit_event, case_result, promise, reveal_request
from console.desk.team.days import Span, day_of

_REFUSED: Final[ColumnElement[bool]] = literal_column("audit_event.result = 'refused'")
SUMS: Final = ("worked", "made", "kept", "broken", "promised", "paid", "asked", "approved", "refused", "refusals")
"""Figures that are one number; results are counted by code beside them."""


@dataclass(slots=True)
class Tally:
    """Figures of one person on one day, or of several added up."""

    sums: Counter[str] = field(default_factory=Counter)
    results: Counter[str] = field(default_factory=Counter)

    def add(self, other: Tally) -> None:
        """Add another's."""
        self.sums.update(other.sums)
        self.results.update(other.results)


Book = dict[tuple[str, str], Tally]
"""By person and ISO day."""


def read(engine: Engine, people: Iterable[str], span: Span, zone: str, currency: str) -> Book:
    """Everything these people did in the span."""
    ids = sorted(people)
    book: Book = defaultdict(Tally)
    if not ids:
        return book
    with engine.connect() as db:
        _results(db, ids, span, book)
        _promises(db, ids, span, zone, currency, book)
        _reveals(db, ids, span, zone, book)
        _refusals(db, ids, span, zone, book)
    return book


def total(book: Book, people: Iterable[str], span: Span) -> Tally:
    """What these people did in a span, added up."""
    wanted, found = set(people), Tally()
    for (person_id, day), tally in book.items():
        if person_id in wanted and span.holds(day):
            found.add(tally)
    return found


def _results(db: Connection, ids: Sequence[str], span: Span, book: Book) -> None:
    within = (
        case_result.c.person_id.in_(ids),
        case_result.c.day.between(span.first.isoformat(), span.last.isoformat()),
    )
    whose = (case_result.c.person_id, case_result.c.day)
    codes = select(*whose, case_result.c.code, func.count().label("times")).where(*within)
    for row in db.execute(codes.group_by(*whose, case_result.c.code)):
        book[row.person_id, row.day].results[row.code] += row.times
    cases = select(*whose, func.count(case_result.c.case_id.distinct()).label("times")).where(*within)
    for row in db.execute(cases.group_by(*whose)):
        book[row.person_id, row.day].sums["worked"] += row.times


def _promises(  # noqa: PLR0917 - whose, when, in what money
    db: Connection, ids: Sequence[str], span: Span, zone: str, currency: str, book: Book
) -> None:
    begin, end = span.instants(zone)
    mine = (promise.c.made_by.in_(ids), promise.c.currency == currency)
    made = select(promise.c.made_by, promise.c.made_at, promise.c.amount)
    for row in db.execute(made.where(*mine, promise.c.made_at >= begin, promise.c.made_at < end)):
        sums = book[row.made_by, day_of(row.made_at, zone).isoformat()].sums
        sums.update(made=1, promised=row.amount)
    due = select(promise.c.made_by, promise.c.due_on, promise.c.state, promise.c.paid)
    for one in db.execute(due.where(*mine, promise.c.due_on.between(span.first.isoformat(), span.last.isoformat()))):
        sums = book[one.made_by, one.due_on].sums
        sums["paid"] += one.paid
        if one.state in {"kept", "broken"}:
            sums[one.state] += 1


def _reveals(db: Connection, ids: Sequence[str], span: Span, zone: str, book: Book) -> None:
    begin, end = span.instants(zone)
    query = select(reveal_request.c.requester_id, reveal_request.c.asked_at, reveal_request.c.state).where(
        reveal_request.c.requester_id.in_(ids), reveal_request.c.asked_at >= begin, reveal_request.c.asked_at < end
    )
    for row in db.execute(query):
        sums = book[row.requester_id, day_of(row.asked_at, zone).isoformat()].sums
        sums.update(asked=1, approved=int(row.state == "approved"), refused=int(row.state == "rejected"))


def _refusals(db: Connection, ids: Sequence[str], span: Span, zone: str, book: Book) -> None:
    begin, end = span.instants(zone)
    log = audit_event.c
    query = select(log.person_id, log.at).where(_REFUSED, log.person_id.in_(ids), log.at >= begin, log.at < end)
    for row in db.execute(query):
        book[row.person_id, day_of(row.at, zone).isoformat()].sums["refusals"] += 1
