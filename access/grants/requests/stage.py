"""A request at the stage it stands at: who may decide it now, and what a decision writes.

Separation compares persons, here and again at every reading (`access.grants.live`). Whoever decides only because the
head is away or gone is judged by how it is at the decision, not by how it was when the request was handed to them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.engine import RowMapping

from access.audit.events import DetailKey
from access.grants.approvers import Facts, decide_as, second_role
from access.grants.context import DAY, GrantDesk
from access.grants.reasons import LEAST_REASON
from access.grants.refusals import refuse
from access.grants.requests.asking import move
from access.grants.requests.handover import deputy_decides
from access.grants.rows import decisions_on
from access.grants.slots import checked, join, split
from access.grants.states import WAITING, GrantState, RequestState
from access.grants.waiting import open_by
from access.people.directory import held_rows, unit_row
from access.policy import Action, Actor, Conditions, Decision, Refused, Resource, decide
from access.roles import Role
from access.roles.separation import mutual_approval
from access.store.schema import reveal_decision, reveal_grant, reveal_request
from masking.catalogue import Tier

APPROVE: Final = "approve"
REFUSE: Final = "refuse"

_SETTLE: Final = "reveal:request:settle"
_ISSUE: Final = "reveal:grant:issue"
_LOOP: Final = "alert:approval:loop"


@dataclass(frozen=True, slots=True)
class Offer:
    """What stands to be decided: the fields and minutes that the stage before left."""

    fields: tuple[str, ...]
    minutes: int

    def narrowed(self, fields: Sequence[str], minutes: int) -> Offer:
        """Return what the approver grants; nothing named means as it stands.

        Raises:
            Refused: `reveal.not_narrower`: a field or a minute more than that.
        """
        kept = checked(fields) if fields else self.fields
        given = minutes or self.minutes
        if not set(kept) <= set(self.fields) or not 0 < given <= self.minutes:
            refuse("reveal.not_narrower", "C-5.4d-2", most=self.minutes)
        return Offer(tuple(slot for slot in self.fields if slot in kept), given)


@dataclass(frozen=True, slots=True)
class Stage:
    """A request at the stage it stands at."""

    desk: GrantDesk
    row: RowMapping
    resource: Resource
    conditions: Conditions
    offer: Offer
    number: int

    @classmethod
    def of(cls, desk: GrantDesk, row: RowMapping, facts: Facts | None = None) -> Stage:
        """Read what a decision about the request depends on; `facts` saves reading the same for many."""
        known = facts or Facts(desk)
        said = decisions_on(desk, row["id"]) if row["state"] != RequestState.PENDING else []
        first = next((one for one in said if _first_approval(one)), None)
        second = row["state"] == RequestState.PENDING2
        conditions = replace(
            known.conditions,
            tier=row["tier"],
            third_party=bool(row["third_party"]),
            requester_supervises=known.supervises(row["requester_id"]),
            escalated=deputy_decides(desk, row, known),
            first_approval=(first["approver_id"], Role(first["approver_role"])) if first is not None else None,
            version=row["version"],
            seen_version=row["version"],
        )
        source = first if second and first is not None else row
        offer = Offer(split(source["fields"]), source["minutes"])
        return cls(desk, row, known.resource(row), conditions, offer, 2 if second else 1)

    @property
    def action(self) -> Action:
        """The act by which this stage is approved."""
        return Action.REVEAL_REQUEST_SECOND if self.number == 2 else Action.REVEAL_REQUEST_APPROVE  # noqa: PLR2004

    def judged(self, actor: Actor, *, seen_version: int | None = None) -> Decision:
        """Decide whether this person may approve this stage."""
        conditions = self.conditions
        if seen_version is not None:
            conditions = replace(conditions, seen_version=seen_version)
        if self.action is Action.REVEAL_REQUEST_APPROVE:
            return decide(actor, self.action, self.resource, conditions, self.desk.now)
        role = second_role(third_party=conditions.third_party)
        return decide_as(actor, self.action, self.resource, conditions, self.desk.now, role)

    def authority(self, actor: Actor, *, seen_version: int | None, refusing: bool) -> Role:
        """Return the role in which this person decides this stage.

        Raises:
            Refused: They may not; `reveal.decided_already` where they could have, but somebody else was first.
        """
        if self.row["state"] not in WAITING:
            self._late(
                actor, decide(actor, Action.REVEAL_REQUEST_SECOND, self.resource, self.conditions, self.desk.now)
            )
        decision = self.judged(actor, seen_version=seen_version)
        if not decision.allowed and self.number != 1:
            self._late(actor, decision)
        if decision.allowed and refusing:
            decision = decide(actor, Action.REVEAL_REQUEST_REFUSE, self.resource, self.conditions, self.desk.now)
        decision = self.desk.settle(decision)
        if not decision.allowed or decision.role is None:
            raise Refused(decision)
        return decision.role

    def approve(self, actor: Actor, role: Role, offer: Offer, said: str) -> dict[str, Any]:
        """Write the approval; the last one makes the grant."""
        self._decision(actor, role, self.action, APPROVE, offer, said)
        if self.row["tier"] == Tier.U3 and self.number == 1:
            return self._settle(RequestState.PENDING2)
        settled = self._settle(RequestState.APPROVED)
        self._issue(offer)
        return settled

    def reject(self, actor: Actor, role: Role, said: str) -> dict[str, Any]:
        """Write the refusal, which needs a reason."""
        if len(said) < LEAST_REASON:
            refuse("reveal.reason_required", "§3.3-18", least=LEAST_REASON)
        self._decision(actor, role, Action.REVEAL_REQUEST_REFUSE, REFUSE, self.offer, said)
        return self._settle(RequestState.REJECTED)

    def _late(self, actor: Actor, decision: Decision) -> None:
        """Answer who could have decided an earlier stage; everybody else keeps the answer of this one."""
        first = decide(actor, Action.REVEAL_REQUEST_APPROVE, self.resource, self.conditions, self.desk.now)
        if first.allowed or decision.allowed:
            refuse("reveal.decided_already", "S-4.1", state=self.row["state"])
        if self.row["state"] not in WAITING:
            raise Refused(first if decision.code == "role.denied" else decision)

    def _decision(  # noqa: PLR0917 - one row
        self, actor: Actor, role: Role, action: Action, verdict: str, offer: Offer, said: str
    ) -> None:
        desk, row = self.desk, self.row
        decision_id = desk.ids.new()
        desk.proofs.insert(
            desk.uow,
            reveal_decision,
            {
                "id": decision_id,
                "tenant_id": row["tenant_id"],
                "request_id": row["id"],
                "stage": self.number,
                "approver_id": actor.person_id,
                "approver_role": role.value,
                "stands_for": self._stands_for(actor),
                "verdict": verdict,
                "fields": join(offer.fields),
                "minutes": offer.minutes,
                "reason": said,
                "decided_at": desk.now,
            },
            desk.event(
                action,
                role=role.value,
                object_kind="request",
                object_id=row["id"],
                case_id=row["case_id"],
                tenant_id=row["tenant_id"],
                approval_id=decision_id,
                fields=offer.fields,
                minutes=offer.minutes,
                detail=((DetailKey.VERDICT, verdict), (DetailKey.TIER, row["tier"])),
            ),
        )
        if verdict == APPROVE and mutual_approval(actor.person_id, row["requester_id"], self._mirrored(actor)):
            desk.uow.append(
                desk.event(_LOOP, object_kind="request", object_id=row["id"], rule="§3.3-5", tenant_id=row["tenant_id"])
            )

    def _stands_for(self, actor: Actor) -> str | None:
        """Whose approval it is, where the actor gives it only as who stands in for the unit's head."""
        if self.number != 1 or self.resource.deputy_id != actor.person_id:
            return None
        own = replace(self.conditions, escalated=False)
        if decide(actor, self.action, replace(self.resource, deputy_id=None), own, self.desk.now).allowed:
            return None
        unit = unit_row(self.desk.uow, self.desk.proofs, self.resource.unit_id)
        return unit["head_id"] if unit is not None else None

    def _mirrored(self, actor: Actor) -> list[tuple[str, str]]:
        """Approvals of the last 24 hours that the requester gave to requests of the approver."""
        given = held_rows(
            self.desk.uow,
            self.desk.proofs,
            reveal_decision,
            reveal_decision.c.approver_id == self.row["requester_id"],
            reveal_decision.c.verdict == APPROVE,
            reveal_decision.c.decided_at > self.desk.now - DAY,
            reveal_decision.c.request_id.in_(
                select(reveal_request.c.id).where(
                    reveal_request.c.requester_id == actor.person_id,
                    reveal_request.c.asked_at > self.desk.now - 2 * DAY,
                )
            ),
        )
        return [(one["approver_id"], actor.person_id) for one in given]

    def _settle(self, to: RequestState) -> dict[str, Any]:
        return move(self.desk, self.row, to, _SETTLE, changes={"decided_at": self.desk.now})

    def _issue(self, offer: Offer) -> None:
        desk, row = self.desk, self.row
        grant_id = desk.ids.new()
        desk.proofs.insert(
            desk.uow,
            reveal_grant,
            {
                "id": grant_id,
                "tenant_id": row["tenant_id"],
                "request_id": row["id"],
                "case_id": row["case_id"],
                "person_id": row["requester_id"],
                "fields": join(offer.fields),
                "minutes": offer.minutes,
                "state": GrantState.APPROVED.value,
                "approved_at": desk.now,
                "open_by": open_by(desk, row["requester_id"]),
            },
            desk.event(
                _ISSUE,
                object_kind="grant",
                object_id=grant_id,
                case_id=row["case_id"],
                tenant_id=row["tenant_id"],
                approval_id=row["id"],
                fields=offer.fields,
                minutes=offer.minutes,
                detail=((DetailKey.REQUEST_ID, row["id"]), (DetailKey.TIER, row["tier"])),
            ),
        )


def _first_approval(row: RowMapping) -> bool:
    return bool(row["stage"] == 1 and row["verdict"] == APPROVE and row["approver_role"] in set(Role))
