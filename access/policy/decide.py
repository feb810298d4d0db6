"""The decision: role permission × row scope × live conditions, deny wins, and anything odd is a no.

`decide` is pure and total. It reads no clock, no database and no key; it never raises; what it cannot make sense of it
refuses with `policy.broken`. Whether a thing exists never shows: a case outside every scope of the actor is answered
exactly like one that is not there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import Final

from access.policy.actions import Action
from access.policy.entry import ActionSpec
from access.policy.model import Actor, Conditions, Decision, Resource
from access.policy.needs import Lack, Situation, lacking
from access.policy.overdue import HANDOVER
from access.policy.scope import possible, qualified, within
from access.policy.specs import ACTIONS
from access.policy.step_up import asked_by
from access.roles import Matrix, Mode, Permit, Role, compatible, load_matrix

_WITH_ID: Final = frozenset(
    {
        "application",
        "batch",
        "case",
        "contact",
        "export",
        "grant",
        "interest",
        "move",
        "person",
        "request",
        "source",
        "special",
        "strategy",
        "visit",
    }
)
_OVERDUE: Final = Lack("role.overdue", "§3.3-15", (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN))
_BROKEN: Final = Decision(
    allowed=False, role=None, rule="design-1", code="policy.broken", clause="design-1", ask=(Role.SYSTEM_ADMIN,)
)


@dataclass(frozen=True, slots=True)
class Policy:
    """A matrix to decide by. The empty one refuses everything."""

    matrix: Matrix

    def decide(self, actor: Actor, action: Action, resource: Resource, conditions: Conditions, now: int) -> Decision:
        """Decide one act.

        Args:
            actor: Who.
            action: What.
            resource: On what.
            conditions: What holds at the moment.
            now: The moment, microseconds UTC.

        Returns:
            The decision; a refusal carries code, clause, rule and whom to ask. Never raises.
        """
        try:
            return self._decide(actor, action, resource, conditions, now)
        except Exception:  # noqa: BLE001 - total: whatever goes wrong here must come out as a refusal
            return _BROKEN

    def _decide(self, actor: Actor, action: Action, resource: Resource, conditions: Conditions, now: int) -> Decision:
        spec = ACTIONS[action]
        shut = None if conditions.log_ok else Lack("log.unavailable", "C-5.4f", (Role.SYSTEM_ADMIN,))
        unable = shut or unfit(actor) or (None if spec.ungated else gated(actor))
        if unable is not None:
            return _refuse(spec, unable)
        kept = [seat for seat in actor.seats if seat.overdue]
        seats = [seat for seat in actor.seats if seat.valid_from <= now < seat.valid_until]
        seats += kept if action in HANDOVER else []
        if not seats and spec.newcomer and actor.person_id == resource.subject_person_id:
            return Decision(allowed=True, role=None, rule="§3.2-1", code="policy.allowed", clause="§3.2-1")
        held = [(seat, *permit) for seat in seats for permit in self._permits(spec, seat.role)]
        if not held:
            ran_out = any(self._permits(spec, seat.role) for seat in kept)
            return _refuse(spec, _OVERDUE if ran_out else Lack("role.denied", "C-5.4c", self._ask(spec)))
        reached = [one for one in held if within(one[1], one[0], actor, resource, conditions)]
        if not reached:
            return _outside(spec, resource.kind)
        refusals: list[Decision] = []
        for seat, permit, rule in reached:
            lack = self._lacking(spec, Situation(actor, seat, permit, resource, conditions))
            if lack is None:
                return Decision(
                    allowed=True,
                    role=seat.role,
                    rule=rule,
                    code="policy.allowed",
                    clause=rule,
                    limits=permit.qualifiers,
                    unit_id=seat.unit_id,
                    mode=permit.mode,
                    step_up=asked_by(spec, conditions),
                )
            refusals.append(_refuse(spec, lack, rule))
        return refusals[0]

    def _permits(self, spec: ActionSpec, role: Role) -> list[tuple[Permit, str]]:
        return [
            (replace(permit, qualifiers=frozenset()) if spec.looks else permit, rule)
            for row, mode in spec.permits
            for permit, rule in self.matrix.permits(row, role, mode)
            if not spec.scopes or permit.scope in spec.scopes
        ]

    def _lacking(self, spec: ActionSpec, situation: Situation) -> Lack | None:
        for need in sorted(spec.needs):
            lack = lacking(need, situation)
            if lack is not None:
                return lack
        if not qualified(situation.permit, situation.conditions):
            return Lack("role.qualified", "C-5.4c", self._ask(spec))
        return None

    def _ask(self, spec: ActionSpec) -> tuple[Role, ...]:
        rows = {row for row, _ in spec.permits}
        modes = {mode for _, mode in spec.permits} | {Mode.CHECKER}
        holders = {role for row in rows for role in self.matrix.roles_with(row, modes)}
        return tuple(role for role in Role if role in holders)

    def held_actions(self, actor: Actor, now: int) -> frozenset[Action]:
        """Return the acts that the actor may do in some scope, for a palette; never a permission by itself."""
        try:
            if unfit(actor) is not None:
                return frozenset()
            roles = {seat.role for seat in actor.seats if seat.valid_from <= now < seat.valid_until}
            kept = {seat.role for seat in actor.seats if seat.overdue}
            shut = gated(actor) is not None
            if not roles and not kept:
                return frozenset(
                    action for action, spec in ACTIONS.items() if spec.newcomer and (spec.ungated or not shut)
                )
            return frozenset(
                action
                for action, spec in ACTIONS.items()
                if (spec.ungated or not shut)
                and any(
                    possible(permit)
                    for role in (roles | kept if action in HANDOVER else roles)
                    for permit, _ in self._permits(spec, role)
                )
            )
        except Exception:  # noqa: BLE001 - total, like `decide`
            return frozenset()


def unfit(actor: Actor) -> Lack | None:
    """Return why this person may do nothing at all, whatever their roles; none for a fit one."""
    if actor.state != "active":
        return Lack("actor.not_active", "Y-4.2.3", (Role.SYSTEM_ADMIN,))
    breach = compatible(actor.roles, actor.agency_id)
    return None if breach is None else Lack(breach.code, breach.clause, (Role.SECURITY_ADMIN,))


def gated(actor: Actor) -> Lack | None:
    """Return why this person may only sign in and read why: no agreement or no training in force."""
    if not actor.confidentiality:
        return Lack("actor.no_confidentiality", "C-6.1c", (Role.SYSTEM_ADMIN,))
    return None if actor.trained else Lack("actor.untrained", "Y-4.6.2", (Role.SYSTEM_ADMIN,))


def _outside(spec: ActionSpec, kind: str) -> Decision:
    code = f"{kind}.not_found" if kind in _WITH_ID else "scope.denied"
    return _refuse(spec, Lack(code, "Y-4.2.1", (Role.SUPERVISOR,)))


def _refuse(spec: ActionSpec, lack: Lack, rule: str | None = None) -> Decision:
    row = f"§3.2-{spec.permits[0][0]}"
    ruled = lack.clause if lack.clause.startswith("§3.3") else rule or row
    return Decision(allowed=False, role=None, rule=ruled, code=lack.code, clause=lack.clause, ask=lack.ask)


@cache
def _bundled() -> Policy:
    return Policy(load_matrix())


def decide(actor: Actor, action: Action, resource: Resource, conditions: Conditions, now: int) -> Decision:
    """Decide one act by the bundled matrix; see `Policy.decide`. A matrix that cannot be read refuses."""
    try:
        policy = _bundled()
    except Exception:  # noqa: BLE001 - no policy, no permission
        return _BROKEN
    return policy.decide(actor, action, resource, conditions, now)


def held_actions(actor: Actor, now: int) -> frozenset[Action]:
    """Return the acts the actor may do in some scope by the bundled matrix; none when it cannot be read."""
    try:
        policy = _bundled()
    except Exception:  # noqa: BLE001 - no policy, no permission
        return frozenset()
    return policy.held_actions(actor, now)
