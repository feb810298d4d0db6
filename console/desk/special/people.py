"""Whether there is anybody to agree to a filing: people whose rows prove themselves, each put to the one decision."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from access.grants.approvers import decide_as
from access.people.directory import holders, load_actor
from access.policy import Action, Conditions, Resource
from access.roles import Role
from console.desk.act import Act

_ACTS = {
    Role.SUPERVISOR: Action.SPECIAL_FILING_APPROVE,
    Role.SECURITY_ADMIN: Action.SPECIAL_FILING_SECOND,
    Role.COMPLIANCE: Action.SPECIAL_FILING_COMPLY,
}
_NOBODY = "-"


def supervises(act: Act, person_id: str) -> bool:
    """Whether a person holds the supervisor's role in force, so that what they ask goes to another one (§3.3-5)."""
    found = load_actor(act.uow, act.proofs, person_id)
    return found is not None and any(
        seat.role is Role.SUPERVISOR and seat.valid_from <= act.now < seat.valid_until for seat in found.seats
    )


def candidates(act: Act, chain: Sequence[Role], about: Resource, given: Conditions) -> list[frozenset[str]]:
    """Who could agree at each place of a chain, taken one by one."""
    found: list[frozenset[str]] = []
    for role in chain:
        # Whom the first approval came from is open yet; somebody of another group than this role's stands for them.
        first = None if role is Role.SUPERVISOR else (_NOBODY, Role.SUPERVISOR)
        asked = replace(given, first_approval=first, clock_ok=True, log_ok=True)
        people = []
        for person_id in holders(act.uow, act.proofs, role):
            actor = load_actor(act.uow, act.proofs, person_id)
            if actor is not None and decide_as(actor, _ACTS[role], about, asked, act.now, role).allowed:
                people.append(person_id)
        found.append(frozenset(people))
    return found


def each_another(places: Sequence[frozenset[str]]) -> bool:
    """Whether every place can be taken by another person; no places at all cannot."""

    def fits(at: int, taken: frozenset[str]) -> bool:
        return at == len(places) or any(fits(at + 1, taken | {one}) for one in places[at] - taken)

    return bool(places) and fits(0, frozenset())
