"""Reading requests, decisions and grants: only rows that prove themselves, and the instants at which they fall due."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.engine import RowMapping

from access.grants.context import MINUTE, GrantDesk, Limits
from access.grants.states import GrantState, RequestState
from access.people.directory import held_rows
from access.store.schema import reveal_decision, reveal_request

Row = Mapping[str, Any] | RowMapping


def waits_until(row: Row, limits: Limits) -> int:
    """Return the instant at which a waiting request times out.

    Each approval has its minutes; the second can never end later than twice those after the asking, which the row's
    proof covers.
    """
    wait = limits.pending_minutes * MINUTE
    if row["state"] != RequestState.PENDING2:
        return int(row["asked_at"] + wait)
    return int(min((row["decided_at"] or row["asked_at"]) + wait, row["asked_at"] + 2 * wait))


def overdue_at(row: Row, limits: Limits) -> int:
    """Return the instant from which the deputy may decide a request that nobody of the line decided."""
    return int(row["asked_at"] + limits.escalate_after_minutes * MINUTE)


def escalates_at(row: Row, limits: Limits) -> int:
    """Return the instant from which the deputy is asked too: in time, or earlier where it was handed over."""
    in_time = overdue_at(row, limits)
    return in_time if row["escalated_at"] is None else min(in_time, int(row["escalated_at"]))


def ends_at(row: Row) -> int:
    """Return the first instant at which a live grant is no longer live."""
    return int(row["open_by"] if row["state"] == GrantState.APPROVED else row["ends_at"] or row["open_by"])


def grant_lives(row: Row, now: int) -> bool:
    """Tell whether a grant is in force at this very microsecond; never before it was made or first opened."""
    begins = row["approved_at"] if row["state"] == GrantState.APPROVED else row["first_view_at"]
    if row["state"] not in (GrantState.APPROVED, GrantState.ACTIVE) or begins is None:
        return False
    return bool(begins <= now < ends_at(row))


def requests_where(desk: GrantDesk, *where: ColumnElement[bool]) -> list[RowMapping]:
    """Return requests that hold, oldest first."""
    query = select(reveal_request).where(*where).order_by(reveal_request.c.asked_at, reveal_request.c.id)
    return desk.proofs.holding(desk.uow, reveal_request, desk.uow.connection.execute(query).mappings().all())


def decisions_on(desk: GrantDesk, request_id: str) -> list[RowMapping]:
    """Return what approvers said about a request, first stage first; only what holds."""
    rows = held_rows(desk.uow, desk.proofs, reveal_decision, reveal_decision.c.request_id == request_id)
    return sorted(rows, key=lambda row: (row["stage"], row["id"]))
