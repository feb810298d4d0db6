"""Requests whose approver is gone: the deputy gets at once what nobody else of the line can decide any more."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy.engine import RowMapping

from access.audit.events import DetailKey
from access.grants.approvers import Facts, approvers_for
from access.grants.context import GrantDesk
from access.grants.rows import Row, overdue_at, requests_where
from access.grants.states import RequestState
from access.store.schema import reveal_request

_ESCALATE: Final = "reveal:request:escalate"


def hand_over(desk: GrantDesk) -> list[dict[str, Any]]:
    """Pass waiting requests to the deputies where only they are left; return the rows changed.

    Called by whatever takes somebody's seats, in the same act.
    """
    waiting = requests_where(
        desk, reveal_request.c.state == RequestState.PENDING.value, reveal_request.c.escalated_at.is_(None)
    )
    return [_pass_on(desk, row) for row in waiting if _only_deputies(desk, row)]


def deputy_decides(desk: GrantDesk, row: Row, facts: Facts) -> bool:
    """Tell whether whoever stands in for the head may decide a request now.

    In time, because the head is away or has delegated, or because nobody else of the line is left. A request that was
    handed over before its time goes back to the line when its head does.
    """
    if desk.now >= overdue_at(row, desk.limits) or facts.headless(row["unit_id"]):
        return True
    return row["escalated_at"] is not None and _only_deputies(desk, row)


def waiting(desk: GrantDesk) -> list[RowMapping]:
    """Return every request that waits for an approval."""
    states = (RequestState.PENDING.value, RequestState.PENDING2.value)
    return requests_where(desk, reveal_request.c.state.in_(states))


def _only_deputies(desk: GrantDesk, row: Row) -> bool:
    seats = approvers_for(desk, row, row["tier"], bool(row["third_party"]), requester_id=row["requester_id"])
    first = [seat for seat in seats if seat.stage == 1]
    return bool(first) and all(seat.deputy for seat in first)


def _pass_on(desk: GrantDesk, row: RowMapping) -> dict[str, Any]:
    event = desk.event(
        _ESCALATE,
        object_kind="request",
        object_id=row["id"],
        case_id=row["case_id"],
        tenant_id=row["tenant_id"],
        detail=((DetailKey.UNIT_ID, row["unit_id"]),),
    )
    return desk.proofs.update(desk.uow, reveal_request, row["id"], row["version"], {"escalated_at": desk.now}, event)
