"""What somebody may do, and how far, found by asking the one decision about things that lie here and there.

There is no second opinion in this module: it makes up a case, request, person or queue in each place that a scope can
mean (own, the team's, the agency's, a task's, anybody's), fills in every live condition as if it held, and asks
`decide`. Whatever else an act needs at its moment (a grant, a quota, a call) is therefore left out of the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from access.policy.actions import Action
from access.policy.decide import decide
from access.policy.holds import HoldReason
from access.policy.model import Actor, Conditions, Decision, Resource
from access.policy.needs import ROLE_PURPOSES
from access.roles import Mode, Role, Scope

Decide = Callable[[Actor, Action, Resource, Conditions, int], Decision]

_SOMEBODY: Final = "f" * 32
_ANOTHER: Final = "e" * 32
_ELSEWHERE: Final = "d" * 32
_KINDS: Final = ("case", "queue", "request", "person", "desk")
_WHATEVER: Final = frozenset({"policy.broken", "role.denied"})
"""Refusals that depend on the person and the act alone."""
_WIDEST: Final = (Scope.ANY, Scope.TEAM, Scope.AGENCY, Scope.TASK, Scope.OWN)


@dataclass(frozen=True, slots=True)
class Reach:
    """How far an act reaches for somebody in one role and mode.

    Attributes:
        action: The act.
        role: Role in which it is allowed.
        mode: What the role does in it.
        scope: The widest place in which it is allowed.
        rule: Row of the matrix or separation rule that allows it.
        unit_id: Unit of the seat.
    """

    action: Action
    role: Role
    mode: Mode
    scope: Scope
    rule: str
    unit_id: str | None = None


def reaches(actor: Actor, action: Action, now: int, ask: Decide = decide) -> tuple[Reach, ...]:
    """Return how far an act reaches for the actor: one entry a role, mode and rule; none where it is refused."""
    found: dict[tuple[Role, Mode, str], Reach] = {}
    for scope in _WIDEST:
        for decision in _asked(actor, action, scope, now, ask):
            if not decision.allowed or decision.role is None or decision.mode is None:
                continue
            key = (decision.role, decision.mode, decision.rule)
            found.setdefault(key, Reach(action, *key[:2], scope, decision.rule, decision.unit_id))
    return tuple(found.values())


def held(actor: Actor, now: int, ask: Decide = decide) -> tuple[Reach, ...]:
    """Return everything the actor may do, act by act."""
    return tuple(reach for action in Action for reach in reaches(actor, action, now, ask))


def refusal(actor: Actor, action: Action, now: int, ask: Decide = decide) -> Decision:
    """Return why the actor may not do an act anywhere; an allowing decision where they may."""
    decisions = [one for scope in _WIDEST for one in _asked(actor, action, scope, now, ask)]
    return next((one for one in decisions if one.allowed), decisions[0])


def places(actor: Actor, scope: Scope, kind: str) -> Iterator[Resource]:
    """Make up what lies in a place, seen from the actor: one thing a unit that a seat of theirs reaches."""
    me = actor.person_id
    units: list[str | None] = [seat.unit_id for seat in actor.seats if seat.unit_id is not None] or [actor.unit_id]
    base = Resource(kind=kind, id=_ELSEWHERE, assignee_id=_ANOTHER, unit_id=_ELSEWHERE, requester_id=_ANOTHER)
    match scope:
        case Scope.OWN:
            for unit in units:
                mine = replace(base, assignee_id=me, unit_id=unit, agency_id=actor.agency_id)
                yield from (
                    mine,
                    replace(mine, requester_id=me),
                    replace(mine, subject_person_id=me, requester_id=None),
                )
        case Scope.TEAM:
            yield from (replace(base, unit_id=unit) for unit in units if actor.agency_id is None)
        case Scope.AGENCY:
            if actor.agency_id is not None:
                yield replace(base, agency_id=actor.agency_id, unit_id=actor.agency_id)
        case Scope.TASK:
            yield replace(base, task_person_id=me)
        case _:
            yield base


def conditions(actor: Actor) -> Iterator[Conditions]:
    """Every live condition as if it held, for each purpose of the actor's roles and each kind of request."""
    for purpose in sorted({purpose for role in actor.roles for purpose in ROLE_PURPOSES[role]}):
        base = Conditions(
            purpose=purpose,
            tier="U2",
            fields=("full_name",),
            grant_state="approved",
            in_call=True,
            quota_left=1,
            clock_ok=True,
            keys_ok=True,
            log_ok=True,
            frozen=False,
            workable=True,
            hold=None,
            contact=False,
            lost_contact=True,
            approver_ids=(_SOMEBODY,),
            department=True,
            overdue=False,
            sealed=True,
            coaching=True,
            recent=True,
            engaged=True,
        )
        for first in (Role.SUPERVISOR, Role.SECURITY_ADMIN):
            for third_party in (False, True):
                yield replace(base, first_approval=(_SOMEBODY, first), third_party=third_party)
        yield replace(base, hold=HoldReason.DISPUTE.value)


def _asked(actor: Actor, action: Action, scope: Scope, now: int, ask: Decide) -> Iterator[Decision]:
    given = list(conditions(actor)) or [Conditions(log_ok=True, clock_ok=True)]
    first = ask(actor, action, Resource(kind="desk"), given[0], now)
    yield first
    if first.code in _WHATEVER or first.code.startswith("actor."):
        return
    for kind in _KINDS:
        for resource in places(actor, scope, kind):
            for condition in given:
                decision = ask(actor, action, resource, condition, now)
                yield decision
                if decision.allowed:
                    break
