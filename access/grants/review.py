"""Looking at used grants afterwards: a share by lot, all that needed two approvals, and a leaver's last thirty days.

The lot is a keyed digest of the grant's id: the same on every host and at every start, and nobody without the desk's
row key can tell beforehand whether a reveal will be looked at. Whoever asked or approved does not review.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.engine import RowMapping

from access.audit.events import DetailKey
from access.grants.context import DAY, GrantDesk, actor_of, require, within_act
from access.grants.refusals import refuse
from access.grants.rows import Row
from access.grants.states import GrantState, grant_step
from access.people.directory import held_rows
from access.people.leaving import watched
from access.policy import Action, Resource, decide
from access.store.proof import proven_columns
from access.store.schema import reveal_decision, reveal_grant, reveal_request
from masking.catalogue import Tier

VERDICTS: Final = frozenset({"justified", "doubtful"})

_USED: Final = (GrantState.EXPIRED.value, GrantState.CONSUMED.value, GrantState.REVOKED.value)
_WINDOW: Final = 31 * DAY
_MOST: Final = 200


def drawn(desk: GrantDesk, grant: Row, tier: str) -> bool:
    """Tell whether a used grant is to be reviewed: `review_percent` of all in the mean.

    All of tier U3 are, and all that somebody used in the thirty days before leaving (requirements §4.5).
    """
    if tier == Tier.U3 or watched(desk.uow, desk.proofs, grant["person_id"], grant["first_view_at"] or 0):
        return True
    nothing = dict.fromkeys(proven_columns(reveal_grant)) | {"id": grant["id"]}
    lot = desk.proofs.seal(reveal_grant, nothing, version=0, event_id="")
    return int.from_bytes(lot[:8], "big") * 100 < desk.limits.review_percent << 64


def due_reviews(desk: GrantDesk) -> list[RowMapping]:
    """Return the drawn grants of the last 31 days that wait for review and that the actor could review, oldest first.

    Raises:
        Refused: Nobody is signed in.
    """
    actor = actor_of(desk)
    found: list[RowMapping] = []
    used = held_rows(
        desk.uow,
        desk.proofs,
        reveal_grant,
        reveal_grant.c.id >= _first_id(desk.now - _WINDOW),
        reveal_grant.c.state.in_(_USED),
        reveal_grant.c.first_view_at.is_not(None),
    )
    conditions = within_act(desk)
    for row in used:
        tier = desk.uow.connection.execute(
            select(reveal_request.c.tier).where(reveal_request.c.id == row["request_id"])
        ).scalar()
        if len(found) < _MOST and drawn(desk, row, tier or Tier.U3):
            resource = _resource(desk, row)
            if decide(actor, Action.REVEAL_GRANT_REVIEW, resource, conditions, desk.now).allowed:
                found.append(row)
    return found


def review(desk: GrantDesk, grant_id: str, verdict: str) -> dict[str, Any]:
    """Close a used grant as `justified` or `doubtful`.

    Raises:
        Refused: `grant.not_found`, `grant.not_live` while it is not over or already reviewed, `reveal.verdict_unknown`,
            or the policy's.
    """
    actor = actor_of(desk)
    row = desk.proofs.get(desk.uow, reveal_grant, grant_id)
    resource = _resource(desk, row) if row is not None else Resource.absent("grant")
    decision = require(desk, Action.REVEAL_GRANT_REVIEW, resource, within_act(desk))
    if row is None:
        refuse("grant.not_found", "Y-4.2.1")
    if verdict not in VERDICTS:
        refuse("reveal.verdict_unknown", "S-4.1")
    if row["first_view_at"] is None:
        refuse("review.never_viewed", "S-4.1")
    changes = {"state": grant_step(row["state"], GrantState.REVIEWED), "reviewed_by": actor.person_id}
    event = desk.event(
        Action.REVEAL_GRANT_REVIEW,
        role=decision.role.value if decision.role else None,
        object_kind="grant",
        object_id=row["id"],
        case_id=row["case_id"],
        tenant_id=row["tenant_id"],
        approval_id=row["request_id"],
        detail=((DetailKey.VERDICT, verdict), (DetailKey.FROM, row["state"])),
    )
    return desk.proofs.update(desk.uow, reveal_grant, row["id"], row["version"], changes, event)


def _resource(desk: GrantDesk, row: Row) -> Resource:
    approvers = desk.uow.connection.execute(
        select(reveal_decision.c.approver_id).where(reveal_decision.c.request_id == row["request_id"])
    ).scalars()
    return Resource(
        kind="grant",
        id=row["id"],
        tenant_id=row["tenant_id"],
        requester_id=row["person_id"],
        party_ids=tuple(approvers),
        state=row["state"],
    )


def _first_id(instant: int) -> str:
    """Return the least id (UUIDv7) of a millisecond: ids sort by time, so the primary key finds a window."""
    return f"{max(0, instant) // 1000:012x}" + "0" * 20
