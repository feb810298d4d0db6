"""What becomes of waiting requests without anybody's doing. Each returns the rows it changed."""

from __future__ import annotations

from typing import Any

from access.audit.events import DetailKey
from access.grants.approvers import Facts
from access.grants.context import GrantDesk
from access.grants.requests.asking import move
from access.grants.rows import escalates_at, requests_where, waits_until
from access.grants.states import WAITING, RequestState
from access.store.schema import reveal_request

_TIME_OUT = "reveal:request:time_out"
_ESCALATE = "reveal:request:escalate"


def time_out_due(desk: GrantDesk) -> list[dict[str, Any]]:
    """End the requests that nobody decided in time."""
    return [
        move(desk, row, RequestState.TIMED_OUT, _TIME_OUT, changes={"decided_at": desk.now})
        for row in requests_where(desk, reveal_request.c.state.in_(WAITING))
        if desk.now >= waits_until(row, desk.limits)
    ]


def escalate_due(desk: GrantDesk) -> list[dict[str, Any]]:
    """Note which requests the deputy may decide from now on: at once where the unit's head is away."""
    waiting = requests_where(
        desk, reveal_request.c.state == RequestState.PENDING.value, reveal_request.c.escalated_at.is_(None)
    )
    facts = Facts(desk)
    due = [
        row
        for row in waiting
        if desk.now < waits_until(row, desk.limits)
        and (escalates_at(row, desk.limits) <= desk.now or facts.headless(row["unit_id"]))
    ]
    return [
        desk.proofs.update(
            desk.uow,
            reveal_request,
            row["id"],
            row["version"],
            {"escalated_at": desk.now},
            desk.event(
                _ESCALATE,
                object_kind="request",
                object_id=row["id"],
                case_id=row["case_id"],
                tenant_id=row["tenant_id"],
                detail=((DetailKey.UNIT_ID, row["unit_id"]),),
            ),
        )
        for row in due
    ]
