"""How many requests a person may still make: counted over 24 hours, every request that was put, whatever came of it.

They are counted in the log, so that nobody makes room for more by deleting or changing rows.
"""

from __future__ import annotations

from collections.abc import Collection

from access.audit.events import DetailKey
from access.grants import ledger
from access.grants.context import DAY, GrantDesk
from access.policy import Action
from masking.catalogue import Tier


def quota_left(desk: GrantDesk, tier: Tier | str, person_id: str | None = None) -> int:
    """Return how many more requests of a tier the person (the actor by default) may make now.

    Tier U3 counts against both quotas.
    """
    who = person_id or (desk.actor.person_id if desk.actor else "")
    asked = ledger.done_since(desk.uow, who, Action.REVEAL_REQUEST_ASK, desk.now - DAY)
    tiers = [dict(event.detail).get(DetailKey.TIER, "") for event in asked]
    all_left = desk.limits.u2_a_day - _count(tiers, ("U2", "U3"))
    if tier == Tier.U3:
        all_left = min(all_left, desk.limits.u3_a_day - _count(tiers, ("U3",)))
    return max(0, all_left)


def _count(tiers: Collection[str], wanted: Collection[str]) -> int:
    return sum(tier in wanted for tier in tiers)
