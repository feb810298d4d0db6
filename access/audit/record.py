"""Who saw what, by person and by case: pages of the log by keyset, each found by an index that fits it.

A page of a person's looks costs what the person did about customers lately, a team's page that for each member, a
customer's what happened on their cases; never the length of the log. Who may read is decided elsewhere.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from operator import attrgetter
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, select

from access.audit.events import decode
from access.audit.read import PAGE, Entry, Page
from access.policy import Action
from access.store.schema import audit_event

LOOKS: Final = (
    Action.CASE_CUSTOMER_SEARCH.value,
    Action.CASE_FIELD_IDENTIFY.value,
    Action.CASE_FIELD_REVEAL.value,
    Action.CASE_FILE_OPEN.value,
)
"""Acts by which somebody gets to see a customer: found by exact value, opened masked, a value in clear."""


def of_people(
    connection: Connection,
    person_ids: Iterable[str],
    *,
    everything: bool = False,
    before: int | None = None,
    limit: int = PAGE,
) -> Page:
    """Return what these people did about customers, newest first.

    Args:
        connection: Any connection.
        person_ids: Whose.
        everything: All acts about a case instead of looks only.
        before: Only events older than this number.
        limit: How many at most.

    Raises:
        EventRefused: A body is no event of the schema; the log has been tampered with.
    """
    about = audit_event.c.case_id.is_not(None)
    found = (
        _newest(connection, [audit_event.c.person_id == one, about], everything=everything, before=before, limit=limit)
        for one in sorted(set(person_ids))
    )
    return _merged(found, limit)


def of_cases(connection: Connection, case_ids: Iterable[str], *, before: int | None = None, limit: int = PAGE) -> Page:
    """Return who saw these cases, newest first.

    Raises:
        EventRefused: As `of_people`.
    """
    found = (
        _newest(connection, [audit_event.c.case_id == one], everything=False, before=before, limit=limit)
        for one in sorted(set(case_ids))
    )
    return _merged(found, limit)


def _newest(
    connection: Connection,
    where: list[ColumnElement[bool]],
    *,
    everything: bool,
    before: int | None,
    limit: int,
) -> list[Any]:
    query = select(audit_event.c.seq, audit_event.c.body).where(*where)
    if not everything:
        query = query.where(audit_event.c.action.in_(LOOKS))
    if before is not None:
        query = query.where(audit_event.c.seq < before)
    return list(connection.execute(query.order_by(audit_event.c.seq.desc()).limit(limit + 1)))


def _merged(found: Iterable[list[Any]], limit: int) -> Page:
    rows = list(heapq.merge(*found, key=attrgetter("seq"), reverse=True))
    entries = tuple(Entry(row.seq, decode(bytes(row.body))) for row in rows[:limit])
    return Page(entries, entries[-1].seq if len(rows) > limit else None)
