"""How many requests a person may still make: counted over 24 hours, every request that was put, whatever came of it.

Rows are counted, not a counter, so nobody can lower the count without deleting requests that the log still names.
"""

from __future__ import annotations

from sqlalchemy import func, select

from access.grants.context import DAY, GrantDesk
from access.store.schema import reveal_request
from masking.catalogue import Tier


def quota_left(desk: GrantDesk, tier: Tier | str, person_id: str | None = None) -> int:
    """Return how many more requests of a tier the person (the actor by default) may make now.

    Tier U3 counts against both quotas.
    """
    who = person_id or (desk.actor.person_id if desk.actor else "")
    all_left = desk.limits.u2_a_day - _count(desk, who, ("U2", "U3"))
    if tier == Tier.U3:
        all_left = min(all_left, desk.limits.u3_a_day - _count(desk, who, ("U3",)))
    return max(0, all_left)


def _count(desk: GrantDesk, person_id: str, tiers: tuple[str, ...]) -> int:
    query = select(func.count()).where(
        reveal_request.c.requester_id == person_id,
        reveal_request.c.asked_at > desk.now - DAY,
        reveal_request.c.tier.in_(tiers),
    )
    return int(desk.uow.connection.execute(query).scalar_one())
