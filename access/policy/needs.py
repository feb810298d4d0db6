"""The live conditions, one predicate each: what must hold at the moment of the act besides role and scope.

Each returns the refusal, or `None` where it holds. What was not filled in does not hold.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from access.policy.entry import Need
from access.policy.holds import LIFTED_BY, STOPS, HoldReason
from access.policy.model import GRANT_LIVE, Actor, Conditions, Purpose, Resource, Seat
from access.roles import (
    Breach,
    Permit,
    Role,
    Scope,
    approver_in_line,
    context_seen,
    not_a_party,
    second_differs,
)

ROLE_PURPOSES: Final[Mapping[Role, frozenset[Purpose]]] = MappingProxyType(
    {
        Role.AGENT: frozenset({Purpose.COLLECTION}),
        Role.SUPERVISOR: frozenset({Purpose.COLLECTION}),
        Role.REVIEWER: frozenset({Purpose.REVIEW}),
        Role.SYSTEM_ADMIN: frozenset({Purpose.ADMINISTRATION}),
        Role.SECURITY_ADMIN: frozenset({Purpose.SECURITY}),
        Role.AUDITOR: frozenset({Purpose.AUDIT}),
        Role.COMPLIANCE: frozenset({Purpose.COMPLIANCE}),
        Role.AGENCY_AGENT: frozenset({Purpose.COLLECTION}),
        Role.AGENCY_MANAGER: frozenset({Purpose.COLLECTION}),
    }
)
"""What each role may touch data for (C-5.4a)."""


@dataclass(frozen=True, slots=True)
class Situation:
    """Everything that one seat's condition is judged by."""

    actor: Actor
    seat: Seat
    permit: Permit
    resource: Resource
    conditions: Conditions


@dataclass(frozen=True, slots=True)
class Lack:
    """A condition that does not hold: refusal code, clause, and roles that could help."""

    code: str
    clause: str
    ask: tuple[Role, ...] = ()


def lacking(need: Need, situation: Situation) -> Lack | None:
    """Return what is missing for one need, or none."""
    return _NEEDS[need](situation)


def _breach(breach: Breach | None, *ask: Role) -> Lack | None:
    return None if breach is None else Lack(breach.code, breach.clause, ask)


def _approvers(at: Situation) -> Lack | None:
    others = set(at.conditions.approver_ids) - {at.actor.person_id}
    return None if others else Lack("approver.none", "§3.3-5", (Role.SUPERVISOR, Role.SYSTEM_ADMIN))


def _asker(at: Situation) -> Lack | None:
    own = at.resource.requester_id is not None and at.resource.requester_id == at.actor.person_id
    return None if own else Lack("export.not_yours", "§3.3-12")


def _clock(at: Situation) -> Lack | None:
    return None if at.conditions.clock_ok else Lack("clock.broken", "R-28a", (Role.SYSTEM_ADMIN,))


def _contactable(at: Situation) -> Lack | None:
    return None if at.conditions.hold is None else _held(at.conditions.hold)


def not_engaged(agency_id: str | None, *, engaged: bool) -> Lack | None:
    """Why cases may not be given there: an agency works none before and after its engagement (C-5.8b2).

    Args:
        agency_id: Whom they are given to; none: the house.
        engaged: Its engagement is in date.
    """
    if agency_id is None or engaged:
        return None
    return Lack("agency.not_in_date", "C-5.8b2", (Role.SUPERVISOR, Role.COMPLIANCE))


def _engaged(at: Situation) -> Lack | None:
    return not_engaged(at.resource.agency_id, engaged=at.conditions.engaged)


def _free_of_hold(at: Situation) -> Lack | None:
    """What serves contact is not shown while there is to be none; at a stop, nothing for collection at all."""
    hold = at.conditions.hold
    stopped = hold not in set(HoldReason) or (hold in STOPS and at.conditions.purpose is not Purpose.COMPLIANCE)
    return _held(hold) if hold is not None and (stopped or at.conditions.contact) else None


def _held(hold: str) -> Lack:
    known = hold in set(HoldReason)
    ask = sorted(LIFTED_BY[HoldReason(hold)]) if known else [Role.SUPERVISOR]
    return Lack(f"held.{hold}" if known else "held.unknown", "§4.6", tuple(ask))


def _grant(at: Situation) -> Lack | None:
    live = at.conditions.grant_state in GRANT_LIVE
    return None if live else Lack("grant.not_live", "C-5.4d-2", (Role.SUPERVISOR,))


def _in_line(at: Situation) -> Lack | None:
    breach = approver_in_line(
        at.seat.role,
        at.seat.unit_id,
        at.resource.unit_id,
        requester_supervises=at.conditions.requester_supervises,
        stands_in=at.conditions.escalated and at.resource.deputy_id == at.actor.person_id,
    )
    return _breach(breach, Role.SUPERVISOR) or _context(at)


def _context(at: Situation) -> Lack | None:
    if at.conditions.version is None:
        return None
    return _breach(context_seen(at.conditions.seen_version, at.conditions.version))


def _keys(at: Situation) -> Lack | None:
    return None if at.conditions.keys_ok else Lack("keys.unavailable", "Y-4.1.2", (Role.SYSTEM_ADMIN,))


def _lifter(at: Situation) -> Lack | None:
    """Whose matter the hold is; a stop ends by two people, the one who asks and another who lifts."""
    hold, asked_by = at.conditions.hold, at.conditions.lift_asked_by
    if hold not in set(HoldReason):
        return Lack("held.unknown", "§4.6", (Role.SUPERVISOR,))
    reason = HoldReason(hold)
    if at.seat.role not in LIFTED_BY[reason]:
        return Lack("hold.not_yours", "§3.2-22", tuple(sorted(LIFTED_BY[reason])))
    if reason not in STOPS:
        return None
    if asked_by is None:
        return Lack("hold.two_needed", "§6-25", tuple(sorted(LIFTED_BY[reason])))
    return _breach(not_a_party(at.actor.person_id, (asked_by,)), *sorted(LIFTED_BY[reason]))


def _not_party(at: Situation) -> Lack | None:
    parties = (at.resource.requester_id, at.resource.subject_person_id, *at.resource.party_ids)
    return _breach(not_a_party(at.actor.person_id, parties), Role.SUPERVISOR, Role.COMPLIANCE)


def _nothing_overdue(at: Situation) -> Lack | None:
    return Lack("export.overdue", "R-28b") if at.conditions.overdue else None


def _own_hold(at: Situation) -> Lack | None:
    own = at.resource.requester_id is not None and at.resource.requester_id == at.actor.person_id
    return None if own else Lack("hold.not_asked_by_you", "§3.2-22", (Role.SUPERVISOR,))


def _own_request(at: Situation) -> Lack | None:
    own = at.resource.requester_id is not None and at.resource.requester_id == at.actor.person_id
    return None if own else Lack("grant.not_live", "C-5.4d-2", (Role.SUPERVISOR,))


def _purpose(at: Situation) -> Lack | None:
    if at.conditions.purpose is None:
        return Lack("purpose.missing", "C-5.4a")
    fits = at.conditions.purpose in ROLE_PURPOSES[at.seat.role]
    return None if fits else Lack("purpose.mismatch", "C-5.4a")


def _quota(at: Situation) -> Lack | None:
    return None if at.conditions.quota_left > 0 else Lack("quota.spent", "C-5.4h", (Role.SUPERVISOR,))


def _reviewed(at: Situation) -> Lack | None:
    lack = Lack("special.review_overdue", "S-4.2", (Role.AUDITOR, Role.COMPLIANCE))
    return lack if at.conditions.overdue else None


def _second(at: Situation) -> Lack | None:
    breach = second_differs(
        at.resource.requester_id or "",
        at.conditions.first_approval,
        (at.actor.person_id, at.seat.role),
    )
    return _breach(breach, Role.SECURITY_ADMIN, Role.COMPLIANCE) or _context(at)


_TIER_LACKS: Final[Mapping[str | None, Lack]] = MappingProxyType(
    {
        "U0": Lack("tier.never", "R-43a"),
        "U1": Lack("tier.in_call_only", "C-5.4d-2"),
        "UV": Lack("tier.task_only", "C-5.4d-3", (Role.REVIEWER,)),
    }
)


def _tier(at: Situation) -> Lack | None:
    tier = at.conditions.tier
    holds = (
        tier in ("U2", "U3")
        or (tier == "U1" and at.conditions.in_call)
        or (tier == "UV" and at.permit.scope is Scope.TASK)
    )
    return None if holds else _TIER_LACKS.get(tier, Lack("tier.unknown", "R-43a"))


def _trained(at: Situation) -> Lack | None:
    return None if at.actor.trained else Lack("actor.untrained", "Y-4.6.2", (Role.SYSTEM_ADMIN,))


def _unfrozen(at: Situation) -> Lack | None:
    return Lack("oracle.frozen", "C-5.4h", (Role.SECURITY_ADMIN, Role.COMPLIANCE)) if at.conditions.frozen else None


def _untied(at: Situation) -> Lack | None:
    tied = at.resource.subject_person_id is not None and at.resource.subject_person_id in at.resource.barred_ids
    return Lack("assign.interest", "§4.6", (Role.COMPLIANCE,)) if tied else None


def _workable(at: Situation) -> Lack | None:
    return None if at.conditions.workable else Lack("case.not_workable", "C-5.4a", (Role.SUPERVISOR,))


_NEEDS: Final[Mapping[Need, Callable[[Situation], Lack | None]]] = MappingProxyType(
    {
        Need.APPROVERS: _approvers,
        Need.ASKER: _asker,
        Need.CLOCK: _clock,
        Need.CONTACTABLE: _contactable,
        Need.ENGAGED: _engaged,
        Need.FREE_OF_HOLD: _free_of_hold,
        Need.GRANT: _grant,
        Need.IN_LINE: _in_line,
        Need.KEYS: _keys,
        Need.LIFTER: _lifter,
        Need.NOT_PARTY: _not_party,
        Need.NOTHING_OVERDUE: _nothing_overdue,
        Need.OWN_HOLD: _own_hold,
        Need.OWN_REQUEST: _own_request,
        Need.PURPOSE: _purpose,
        Need.QUOTA: _quota,
        Need.REVIEWED: _reviewed,
        Need.SECOND: _second,
        Need.TIER: _tier,
        Need.TRAINED: _trained,
        Need.UNFROZEN: _unfrozen,
        Need.UNTIED: _untied,
        Need.WORKABLE: _workable,
    }
)
