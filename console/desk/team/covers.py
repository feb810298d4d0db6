"""Who works somebody's cases besides themselves: told of what changes on them, and shut out the moment that ends.

That the cover reaches the cases at all is the decision's, by `Actor.covers`; here is what follows from it.
"""

from __future__ import annotations

from sqlalchemy import select

from access.grants.live import end_grants
from access.grants.states import LIVE, WAITING
from access.people.absence import absent
from access.store.schema import case_file, reveal_grant, reveal_request
from console.desk.act import Act
from console.desk.hub import Audience
from console.desk.reveals.asking import tell_deciders
from console.desk.reveals.granting import granting


def hands(act: Act, person_id: str | None) -> tuple[str | None, ...]:
    """Whoever works a person's cases now: the person and, while they are away, who covers."""
    away = absent(act.uow, act.proofs, person_id)
    return (person_id,) if away is None else (person_id, away["cover_id"])


def shut_out(act: Act, cover_id: str, person_id: str, why: str) -> None:
    """End what somebody holds or waits for on the cases of a person whom they cover no more; their screens read anew.

    Args:
        act: the act that ends the cover, the cases' hands still as they were.
        cover_id: who covered.
        person_id: whose cases.
        why: code for the events.
    """
    held = select(reveal_grant.c.case_id).where(reveal_grant.c.person_id == cover_id, reveal_grant.c.state.in_(LIVE))
    asked = select(reveal_request.c.case_id).where(
        reveal_request.c.requester_id == cover_id, reveal_request.c.state.in_(WAITING)
    )
    theirs = select(case_file.c.id).where(case_file.c.id.in_(held.union(asked)), case_file.c.assignee_id == person_id)
    for case_id in sorted(act.db.execute(theirs).scalars()):
        ended = end_grants(granting(act), case_id=case_id, person_id=cover_id, why=why)
        for grant in ended.grants:
            act.push("grant", grant["id"], Audience.of(cover_id))
        for request in ended.requests:
            tell_deciders(act, request)
        act.push("case", case_id, Audience.of(cover_id))
    # A case that is open without a value in clear is left as well: who they are is read anew, then what they see.
    act.push("session", cover_id, Audience.of(cover_id))
