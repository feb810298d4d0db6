"""Grants in force: listed, opened, ended. Everything that must hold is checked again at every reading.

A grant is worth nothing by itself. Each reading goes back to the request and to what each approver said, compares
persons and scopes anew, asks the one decision, and puts its own event into the transaction before anybody opens the
value. When a grant ends, nothing needs to have noticed: it is judged by the act's instant alone.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Connection, select
from sqlalchemy.engine import RowMapping

from access.audit.events import DetailKey
from access.errors import StaleRow
from access.grants.context import GrantDesk, Limits, actor_of, require, within_act
from access.grants.reading import Reading
from access.grants.reasons import ReasonCode, serves_contact
from access.grants.refusals import refuse
from access.grants.requests.asking import move, stricter
from access.grants.rows import (
    Row,
    ends_at,
    escalates_at,
    grant_lives,
    requests_where,
    waits_until,
)
from access.grants.slots import checked, field_of
from access.grants.states import LIVE, WAITING, GrantState, RequestState, grant_step
from access.people.absence import heads_away_since
from access.people.directory import held_rows
from access.policy import Action, Conditions, Resource, condition_met, reveal_rule
from access.store.base import UnitOfWork
from access.store.proof import RowProofs
from access.store.schema import reveal_grant, reveal_request
from masking.catalogue import Catalogue, Tier

_EXPIRE = "reveal:grant:expire"
_END = "reveal:grant:end"
_END_REQUEST = "reveal:request:end"


def live_grants(
    uow: UnitOfWork,
    proofs: RowProofs,
    now: int,
    *,
    person_id: str | None = None,
    case_id: str | None = None,
    unit_ids: Collection[str] | None = None,
) -> list[RowMapping]:
    """Return grants that hold and are in force at this instant, oldest first.

    Args:
        uow: The act.
        proofs: Checks the rows.
        now: The instant, microseconds UTC.
        person_id: Only this person's.
        case_id: Only on this case.
        unit_ids: Only those asked for in these units.
    """
    where: list[ColumnElement[bool]] = [reveal_grant.c.state.in_(LIVE)]
    if person_id is not None:
        where.append(reveal_grant.c.person_id == person_id)
    if case_id is not None:
        where.append(reveal_grant.c.case_id == case_id)
    if unit_ids is not None:
        asked = select(reveal_request.c.id).where(reveal_request.c.unit_id.in_(unit_ids))
        where.append(reveal_grant.c.request_id.in_(asked))
    return [row for row in held_rows(uow, proofs, reveal_grant, *where) if grant_lives(row, now)]


def resource_of_grant(uow: UnitOfWork, row: Row) -> Resource:
    """Return a grant as the decision sees it, in the unit in which it was asked for."""
    query = select(reveal_request.c.unit_id).where(reveal_request.c.id == row["request_id"])
    return Resource(
        kind="grant",
        id=row["id"],
        tenant_id=row["tenant_id"],
        unit_id=uow.connection.execute(query).scalar(),
        requester_id=row["person_id"],
        state=row["state"],
    )


def open_value(  # noqa: PLR0917 - a reading: which grant, which case, which field
    desk: GrantDesk,
    grant_id: str,
    case: Resource,
    base: Conditions,
    field: str,
    catalogue: Catalogue | None = None,
    **logged: Any,  # noqa: ANN401 - fields of the closed event schema
) -> Row:
    """Let one reading of one field happen, or refuse it. The caller opens the value in the same act, afterwards.

    Args:
        desk: The act, with its actor.
        grant_id: The grant.
        case: The case, as its own row says now.
        base: What the caller knows: workable, lost_contact, in_call.
        field: Slot such as `contact_name#2`.
        catalogue: The catalogue in force; by default the one that comes with the package.
        **logged: Further fields of this reading's event.

    Returns:
        The grant's row; `ends_at` is when the value must be gone. The first reading has set it.

    Raises:
        Refused: The policy's codes, `grant.not_live` above all.
    """
    actor = actor_of(desk)
    slot = checked((field,))[0]
    reading = Reading.of(desk, grant_id, case, slot)
    found = reveal_rule(catalogue or Catalogue.load(), field_of(slot), actor, case, base, desk.now)
    tier = found[0].tier if found is not None else Tier.U0
    unmet = found is not None and not condition_met(found[0], base)
    if reading is not None and found is not None and (unmet or stricter(tier, reading.request["tier"])):
        reading = None
    conditions = replace(
        within_act(desk, base),
        tier=tier.value,
        fields=(field_of(slot),),
        grant_state=reading.grant["state"] if reading is not None else None,
        contact=reading is None or serves_contact(reading.request["reason"]),
    )
    asked_by = reading.grant["person_id"] if reading is not None else None
    decision = require(desk, Action.CASE_FIELD_REVEAL, replace(case, requester_id=asked_by), conditions)
    if reading is None:
        refuse("grant.not_live", "C-5.4d-2")
    return reading.happen(desk, slot, {"role": decision.role.value if decision.role else None, **logged})


def revoke(desk: GrantDesk, grant_id: str) -> dict[str, Any]:
    """End a grant now. Its holder gives an opened one back (consumed); everything else is a revocation.

    Raises:
        Refused: `grant.not_found`, `grant.not_live`, or the policy's.
    """
    actor = actor_of(desk)
    row = desk.proofs.get(desk.uow, reveal_grant, grant_id)
    resource = resource_of_grant(desk.uow, row) if row is not None else Resource.absent("grant")
    require(desk, Action.REVEAL_GRANT_REVOKE, resource, within_act(desk))
    if row is None:
        refuse("grant.not_found", "Y-4.2.1")
    if not grant_lives(row, desk.now):
        refuse("grant.not_live", "C-5.4d-2", state=row["state"])
    given_back = row["person_id"] == actor.person_id and row["state"] == GrantState.ACTIVE
    to = GrantState.CONSUMED if given_back else GrantState.REVOKED
    try:
        return _move(desk, row, to, Action.REVEAL_GRANT_REVOKE)
    except StaleRow:
        refuse("grant.not_live", "C-5.4d-2")


@dataclass(frozen=True, slots=True)
class Ended:
    """What ended: rows of grants and of requests as they stand now."""

    grants: tuple[dict[str, Any], ...] = ()
    requests: tuple[dict[str, Any], ...] = ()


def end_grants(
    desk: GrantDesk,
    *,
    case_id: str | None = None,
    person_id: str | None = None,
    reasons: Collection[ReasonCode] | None = None,
    why: str,
) -> Ended:
    """End what a person holds or waits for, on one case or on all, without asking anybody.

    Called by whatever takes the ground away: reassignment, change of roles, suspension, a hold. At least one of case
    and person is named.

    Args:
        desk: The act that takes it away.
        case_id: Only on this case.
        person_id: Only this person's.
        reasons: Only what was asked for one of these reasons.
        why: A code such as `reassigned`, for the events.
    """
    if case_id is None and person_id is None:
        msg = "whose grants, or on which case?"
        raise ValueError(msg)
    held: list[ColumnElement[bool]] = [reveal_grant.c.state.in_(LIVE)]
    waiting: list[ColumnElement[bool]] = [reveal_request.c.state.in_(WAITING)]
    if case_id is not None:
        held.append(reveal_grant.c.case_id == case_id)
        waiting.append(reveal_request.c.case_id == case_id)
    if person_id is not None:
        held.append(reveal_grant.c.person_id == person_id)
        waiting.append(reveal_request.c.requester_id == person_id)
    if reasons is not None:
        codes = reveal_request.c.reason.in_(sorted(reasons))
        held.append(reveal_grant.c.request_id.in_(select(reveal_request.c.id).where(codes)))
        waiting.append(codes)
    return Ended(
        tuple(
            _move(desk, row, GrantState.REVOKED, _END, reason=why)
            for row in held_rows(desk.uow, desk.proofs, reveal_grant, *held)
        ),
        tuple(
            move(desk, row, RequestState.WITHDRAWN, _END_REQUEST, reason=why) for row in requests_where(desk, *waiting)
        ),
    )


def expire_due(desk: GrantDesk) -> list[dict[str, Any]]:
    """Write down which grants are over: opened ones expired, unopened ones lapsed. Returns the rows as they stand."""
    rows = held_rows(desk.uow, desk.proofs, reveal_grant, reveal_grant.c.state.in_(LIVE))
    return [
        _move(desk, row, GrantState.LAPSED if row["state"] == GrantState.APPROVED else GrantState.EXPIRED, _EXPIRE)
        for row in rows
        if desk.now >= ends_at(row)
    ]


def next_due(connection: Connection, limits: Limits | None = None, since: int = -1) -> int | None:
    """Return the instant at which something next ends, times out or escalates; none when nothing is under way.

    Cheap, and without proofs: it only says when to look. A row that somebody forged never changes; pass the instant of
    the last look as `since` so that it does not keep the clockwork busy.

    Args:
        connection: Any connection, outside an act too.
        limits: The desk's settings.
        since: Only instants after this one.
    """
    given = limits or Limits()
    grants = connection.execute(
        select(reveal_grant.c.state, reveal_grant.c.open_by, reveal_grant.c.ends_at).where(
            reveal_grant.c.state.in_(LIVE)
        )
    ).mappings()
    waiting = (
        connection.execute(
            select(
                reveal_request.c.state,
                reveal_request.c.unit_id,
                reveal_request.c.asked_at,
                reveal_request.c.escalated_at,
                reveal_request.c.decided_at,
            ).where(reveal_request.c.state.in_(WAITING))
        )
        .mappings()
        .all()
    )
    away = heads_away_since(connection, {row["unit_id"] for row in waiting}, since)
    dues = [ends_at(row) for row in grants]
    for row in waiting:
        dues.append(waits_until(row, given))
        if row["state"] == RequestState.PENDING and row["escalated_at"] is None:
            dues.append(escalates_at(row, given))
            if row["unit_id"] in away:
                dues.append(max(row["asked_at"], away[row["unit_id"]]))
    return min((due for due in dues if due > since), default=None)


def _move(
    desk: GrantDesk,
    row: RowMapping,
    to: GrantState,
    action: str,
    **more: Any,  # noqa: ANN401 - fields of the closed event schema
) -> dict[str, Any]:
    event = desk.event(
        action,
        object_kind="grant",
        object_id=row["id"],
        case_id=row["case_id"],
        tenant_id=row["tenant_id"],
        approval_id=row["request_id"],
        detail=((DetailKey.FROM, row["state"]), (DetailKey.TO, to.value)),
        **more,
    )
    changes = {"state": grant_step(row["state"], to)}
    return desk.proofs.update(desk.uow, reveal_grant, row["id"], row["version"], changes, event)
