"""Carrying an application from person to person: whose turn it is, and the step they take.

Every step asks the one decision, with everybody who took part as a party, and is a row that proves itself. Of two
people who take one step at once one wins; the other is told. Nothing is granted before the whole chain was read again
from its rows and holds.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy.engine import RowMapping

from access.audit.events import DetailKey
from access.context import SECOND
from access.errors import StaleRow
from access.grants.context import GrantDesk, actor_of, within_act
from access.grants.reasons import LEAST_REASON, tidy
from access.grants.refusals import refuse
from access.people import staff
from access.people.directory import unit_row
from access.policy import Action, Actor, Conditions, Decision, Refused, Resource, decide
from access.roles.application import ApplicationState, Stage, after, chain_holds, next_stage, parties
from access.roles.line import Bootstrap, Department, bootstrap, department
from access.roles.records import Row, about, find, move, resource, steps_of
from access.roles.role import Role
from access.roles.separation import context_seen
from access.store.schema import DESK_TENANT, role_step

APPROVE: Final = "approve"
REFUSE: Final = "refuse"
SETTLE: Final = "account:role:settle"
_DAY: Final = 86_400 * SECOND

ACTIONS_OF: Final = {
    Stage.ENDORSE: Action.ACCOUNT_ROLE_ENDORSE,
    Stage.ENTER: Action.ACCOUNT_ROLE_ENTER,
    Stage.APPROVE: Action.ACCOUNT_ROLE_APPROVE,
    Stage.FILE: Action.ACCOUNT_ROLE_FILE,
    Stage.COUNTERSIGN: Action.ACCOUNT_ROLE_COUNTERSIGN,
}


def take_step(
    desk: GrantDesk, application_id: str, verdict: str, reason: str = "", seen_version: int | None = None
) -> dict[str, Any]:
    """Take the step whose turn it is: pass the application on, or refuse it.

    Args:
        desk: The act, with its actor.
        application_id: Which.
        verdict: `approve` or `refuse`.
        reason: Why it is refused, at least four characters; optional otherwise.
        seen_version: Version of the application that the person saw (§3.3-18).

    Returns:
        The application's row as it stands now; after the last step the role is granted.

    Raises:
        Refused: The policy's codes, `roles.decided_already`, `roles.reason_required`, `separation.context_unseen`,
            `bootstrap.over`, `roles.chain_broken`.
        StaffRefused: The grant itself would break a rule by now.
    """
    row = find(desk, application_id)
    if row is None:
        raise Refused(absent(desk))
    matter = Matter.of(desk, row)
    if matter.stage is None:
        if visible(desk, actor_of(desk), matter.row):
            refuse("roles.decided_already", "§3.3-7", state=row["state"])
        raise Refused(absent(desk))
    decision = matter.judged(actor_of(desk))
    if not decision.allowed:
        if matter.too_late(actor_of(desk)):
            refuse("roles.decided_already", "§3.3-7", state=row["state"])
        if matter.time_is_over(actor_of(desk)):
            refuse("bootstrap.over", "§3.3-7")
        raise Refused(decision if visible(desk, actor_of(desk), row) else absent(desk))
    unseen = context_seen(seen_version, row["version"])
    if unseen is not None:
        refuse(unseen.code, unseen.clause)
    if verdict not in (APPROVE, REFUSE):
        refuse("roles.verdict_unknown", "§3.3-7")
    try:
        return matter.take(verdict, tidy(reason))
    except StaleRow:
        refuse("roles.decided_already", "§3.3-7", state=row["state"])


def visible(desk: GrantDesk, actor: Actor, row: Row) -> bool:
    """Tell whether a person may read an application: their own, their unit's, or as one of those who decide."""
    for seen in (resource(row, row["applicant_id"]), resource(row, None)):
        if decide(actor, Action.ACCOUNT_ROLE_LIST, seen, within_act(desk), desk.now).allowed:
            return True
    return judged(desk, row, actor).allowed


def judged(desk: GrantDesk, row: Row, actor: Actor) -> Decision:
    """Decide whether this person may take the step whose turn it is; changes nothing."""
    return Matter.of(desk, row).judged(actor)


def stands_for(desk: GrantDesk, row: Row, person_id: str) -> str | None:
    """Return in whose place this person would take the next step."""
    matter = Matter.of(desk, row)
    return matter.department.stands_for(person_id) if matter.stage is Stage.ENDORSE else None


_BEFORE: Final = {
    False: (ApplicationState.REQUESTED, ApplicationState.ENDORSED, ApplicationState.ENTERED, ApplicationState.APPROVED),
    True: (ApplicationState.REQUESTED, ApplicationState.ENTERED, ApplicationState.APPROVED),
}


@dataclass(frozen=True, slots=True)
class Matter:
    """An application at the step whose turn it is."""

    desk: GrantDesk
    row: Row
    steps: list[RowMapping]
    stage: Stage | None
    department: Department

    @classmethod
    def of(cls, desk: GrantDesk, row: Row, taken: list[RowMapping] | None = None) -> Matter:
        """Read what the step depends on; `taken` where it is asked how it stood before."""
        steps = steps_of(desk, row["id"]) if taken is None else taken
        stage = next_stage(row["state"], bootstrap=bool(row["bootstrap"]))
        heads = Department()
        if stage is Stage.ENDORSE:
            apart = (row["person_id"], row["applicant_id"])
            heads = department(desk.uow, desk.proofs, row["unit_id"], row["person_id"], apart)
        return cls(desk, row, steps, stage, heads)

    def judged(self, actor: Actor) -> Decision:
        """Decide whether this person may take the step."""
        return self._judged(actor, early=self._early.open)

    def time_is_over(self, actor: Actor) -> bool:
        """Tell whether the person could take the step if the bootstrap time were not over."""
        return bool(self.row["bootstrap"]) and not self._early.open and self._judged(actor, early=True).allowed

    def _judged(self, actor: Actor, *, early: bool) -> Decision:
        if self.stage is None:
            return absent(self.desk, actor)
        matter = replace(
            resource(self.row, None if self.stage is Stage.ENTER else self.row["applicant_id"]),
            party_ids=parties(dict(self.row), [dict(step) for step in self.steps], self.stage),
        )
        conditions = within_act(self.desk, Conditions(bootstrap=early))
        if self.stage is Stage.ENDORSE:
            matter, conditions = self.department.seen_by(actor, matter, conditions)
        return decide(actor, ACTIONS_OF[self.stage], matter, conditions, self.desk.now)

    def too_late(self, actor: Actor) -> bool:
        """Tell whether the person could have taken a step that somebody else took before them."""
        taken = [step for step in self.steps if step["person_id"] != actor.person_id]
        if len(taken) != len(self.steps):
            return False
        return any(
            Matter.of(self.desk, {**self.row, "state": before}, self.steps[:place]).judged(actor).allowed
            for place, before in enumerate(_BEFORE[bool(self.row["bootstrap"])][: len(self.steps)])
        )

    @property
    def _early(self) -> Bootstrap:
        return bootstrap(self.desk.uow) if self.row["bootstrap"] else Bootstrap(0, (), over=True)

    def take(self, verdict: str, said: str) -> dict[str, Any]:
        """Write the step and what it leads to."""
        desk, row, stage = self.desk, self.row, self.stage
        actor = actor_of(desk)
        decision = desk.settle(self.judged(actor))
        if stage is None or not decision.allowed or decision.role is None:
            raise Refused(decision)
        if verdict == REFUSE and len(said) < LEAST_REASON:
            refuse("roles.reason_required", "§3.3-18", least=LEAST_REASON)
        if row["bootstrap"] and verdict == APPROVE and not self._early.open:
            refuse("bootstrap.over", "§3.3-7")
        step = {
            "id": desk.ids.new(),
            "tenant_id": DESK_TENANT,
            "application_id": row["id"],
            "stage": stage.value,
            "person_id": actor.person_id,
            "role": decision.role.value,
            "stands_for": self.department.stands_for(actor.person_id) if stage is Stage.ENDORSE else None,
            "verdict": verdict,
            "reason": said,
            "at": desk.now,
        }
        event = desk.event(
            ACTIONS_OF[stage],
            **about(row, (DetailKey.VERDICT, verdict), rule=decision.rule, role=decision.role.value),
        )
        desk.proofs.insert(desk.uow, role_step, step, event)
        to = after(stage, refused=verdict == REFUSE)
        if to is ApplicationState.ACTIVE:
            return self._grant(to)
        return move(desk, row, to, SETTLE)

    def _grant(self, to: ApplicationState) -> dict[str, Any]:
        desk, row = self.desk, self.row
        steps = steps_of(desk, row["id"])
        broken = chain_holds(dict(row), [dict(step) for step in steps])
        if broken is not None:
            refuse(broken.code, broken.clause)
        by = {step["stage"]: step["person_id"] for step in steps}
        grant_id = staff.grant_role(
            desk,
            person_id=row["person_id"],
            role=Role(row["role"]),
            requested_by=by[Stage.ENTER],
            approved_by=by[Stage.APPROVE],
            valid_until=desk.now + row["days"] * _DAY,
            unit_id=row["unit_id"],
            application_id=row["id"],
        )
        if row["head"]:
            unit = unit_row(desk.uow, desk.proofs, row["unit_id"])
            deputy_id = unit["deputy_id"] if unit is not None and unit["deputy_id"] != row["person_id"] else None
            staff.set_unit_heads(desk, row["unit_id"], head_id=row["person_id"], deputy_id=deputy_id)
        return move(desk, row, to, SETTLE, grant_id=grant_id)


def absent(desk: GrantDesk, actor: Actor | None = None) -> Decision:
    """Return the answer that whoever has no part in an application gets, and everybody where there is none."""
    who = actor or actor_of(desk)
    return decide(who, Action.ACCOUNT_ROLE_WITHDRAW, Resource.absent("application"), within_act(desk), desk.now)
