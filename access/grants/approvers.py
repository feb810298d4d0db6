"""Who could decide a request: people whose rows in force prove themselves, each put to the one decision."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy.engine import RowMapping

from access.grants.context import GrantDesk, within_act
from access.people.absence import absent
from access.people.directory import holders, load_actor, unit_row
from access.policy import Action, Actor, Conditions, Decision, Resource, barred_ids, decide
from access.roles import Role, delegate_decides, group_of
from access.roles.delegations import in_force, superiors
from access.store.schema import case_file
from masking.catalogue import Tier

Row = Mapping[str, Any] | RowMapping


@dataclass(frozen=True, slots=True)
class ApproverSeat:
    """Somebody who could decide.

    Attributes:
        person_id: Who.
        role: In which role.
        deputy: Only once the request was escalated.
        stage: 1 for the first approval, 2 for the second.
    """

    person_id: str
    role: Role
    deputy: bool = False
    stage: int = 1


def second_role(*, third_party: bool) -> Role:
    """Return who gives the second approval of tier U3: compliance for what is about a third party (§2.2, §3.2-9)."""
    return Role.COMPLIANCE if third_party else Role.SECURITY_ADMIN


def approvers_for(
    desk: GrantDesk,
    about: Row | Resource,
    tier: str,
    third_party: bool,  # noqa: FBT001 - a fact about the request, like its tier
    requester_id: str | None = None,
) -> tuple[ApproverSeat, ...]:
    """Return everybody who could decide such a request, first approvers before second ones.

    Args:
        desk: The act.
        about: The case, or a request's row: its creditor, its unit and who is kept from it count.
        tier: Tier of the request.
        third_party: Whether compliance seconds it.
        requester_id: Whose request it is or would be; the actor's by default.
    """
    asker = requester_id or (desk.actor.person_id if desk.actor else "")
    if isinstance(about, Resource):
        case = about
    else:
        barred = Facts(desk).barred(about["case_id"])
        case = Resource("case", tenant_id=about["tenant_id"], unit_id=about["unit_id"], barred_ids=barred)
    line = _Line.of(desk, case, asker, tier, third_party=third_party)
    first = tuple(line.first())
    return first + tuple(line.second(first)) if tier == Tier.U3 else first


def enough(seats: tuple[ApproverSeat, ...], tier: str) -> bool:
    """Tell whether these people can carry a request of this tier to the end; nobody is never enough."""
    first = [seat for seat in seats if seat.stage == 1]
    if tier != Tier.U3:
        return bool(first)
    second = [seat for seat in seats if seat.stage != 1]
    return any(
        one.person_id != two.person_id and group_of(one.role) is not group_of(two.role)
        for one in first
        for two in second
    )


class Facts:
    """What decisions of one act go by, each read once: units, who supervises, whether the clock runs.

    Args:
        desk: The act.
    """

    def __init__(self, desk: GrantDesk) -> None:
        self._desk = desk
        self._deputies: dict[str, str | None] = {}
        self._supervisors: dict[str, bool] = {}
        self._headless: dict[str, bool] = {}
        self._delegations: dict[str, RowMapping | None] = {}
        self._barred: dict[str, tuple[str, ...]] = {}
        self.conditions = within_act(desk)

    def resource(self, row: Row) -> Resource:
        """Return a request as the decision sees it, with the deputy of its unit."""
        return Resource(
            kind="request",
            id=row["id"],
            tenant_id=row["tenant_id"],
            unit_id=row["unit_id"],
            requester_id=row["requester_id"],
            deputy_id=self.deputy(row["unit_id"], row["requester_id"]),
            barred_ids=self.barred(row["case_id"]),
            state=row["state"],
        )

    def barred(self, case_id: str) -> tuple[str, ...]:
        """Return who has an interest in the case's customer and so decides nothing about it."""
        if case_id not in self._barred:
            case = self._desk.proofs.get(self._desk.uow, case_file, case_id)
            self._barred[case_id] = barred_ids(case["barred"]) if case is not None else ()
        return self._barred[case_id]

    def deputy(self, unit_id: str | None, requester_id: str | None) -> str | None:
        """Return who stands in for the unit's head: whom the head delegated to for these days, else the deputy.

        A delegate decides neither for themselves nor for whoever is above them (requirements §3.3-13).
        """
        if unit_id is None:
            return None
        given = self._delegation(unit_id)
        if given is not None and requester_id is not None:
            above = superiors(self._desk.uow, self._desk.proofs, given["to_id"])
            if delegate_decides(given["to_id"], requester_id, above) is None:
                return str(given["to_id"])
        if unit_id not in self._deputies:
            unit = unit_row(self._desk.uow, self._desk.proofs, unit_id)
            self._deputies[unit_id] = unit["deputy_id"] if unit is not None else None
        return self._deputies[unit_id]

    def headless(self, unit_id: str) -> bool:
        """Tell whether the unit's head is away or has delegated, so that whoever stands in decides at once."""
        if unit_id not in self._headless:
            unit = unit_row(self._desk.uow, self._desk.proofs, unit_id)
            head_id = unit["head_id"] if unit is not None else None
            away = absent(self._desk.uow, self._desk.proofs, head_id) is not None
            self._headless[unit_id] = away or self._delegation(unit_id) is not None
        return self._headless[unit_id]

    def _delegation(self, unit_id: str) -> RowMapping | None:
        if unit_id not in self._delegations:
            self._delegations[unit_id] = in_force(self._desk.uow, self._desk.proofs, unit_id)
        return self._delegations[unit_id]

    def supervises(self, person_id: str) -> bool:
        """Tell whether a person holds the supervisor's role in force, so that their requests go elsewhere (§3.3-5)."""
        if person_id not in self._supervisors:
            now, found = self._desk.now, load_actor(self._desk.uow, self._desk.proofs, person_id)
            self._supervisors[person_id] = found is not None and any(
                seat.role is Role.SUPERVISOR and seat.valid_from <= now < seat.valid_until for seat in found.seats
            )
        return self._supervisors[person_id]


def decide_as(  # noqa: PLR0917 - the decision's own arguments, and the role
    actor: Actor, action: Action, resource: Resource, conditions: Conditions, now: int, role: Role
) -> Decision:
    """Decide, and where it is allowed insist that it is in this role; the person's other roles still bind them."""
    decision = decide(actor, action, resource, conditions, now)
    if not decision.allowed or decision.role is role:
        return decision
    seats = tuple(seat for seat in actor.seats if seat.role is role)
    return decide(replace(actor, seats=seats), action, resource, conditions, now)


@dataclass(frozen=True, slots=True)
class _Line:
    """Whom a request of one unit could go to."""

    desk: GrantDesk
    resource: Resource
    conditions: Conditions
    role: Role
    at_once: bool

    @classmethod
    def of(cls, desk: GrantDesk, case: Resource, asker: str, tier: str, *, third_party: bool) -> _Line:
        facts = Facts(desk)
        resource = Resource(
            kind="request",
            tenant_id=case.tenant_id,
            unit_id=case.unit_id,
            requester_id=asker,
            deputy_id=facts.deputy(case.unit_id, asker),
            barred_ids=case.barred_ids,
        )
        # Whether the clock runs is for the act itself; here it is asked about people only.
        conditions = Conditions(
            tier=tier,
            third_party=third_party,
            requester_supervises=facts.supervises(asker),
            clock_ok=True,
            log_ok=True,
        )
        at_once = case.unit_id is not None and facts.headless(case.unit_id)
        return cls(desk, resource, conditions, second_role(third_party=third_party), at_once)

    def first(self) -> Iterator[ApproverSeat]:
        for actor in self._actors(self._could_be_first()):
            for escalated in (False, True):
                conditions = replace(self.conditions, escalated=escalated)
                found = decide(actor, Action.REVEAL_REQUEST_APPROVE, self.resource, conditions, self.desk.now)
                if found.allowed and found.role is not None:
                    yield ApproverSeat(actor.person_id, found.role, deputy=escalated and not self.at_once)
                    break

    def second(self, first: tuple[ApproverSeat, ...]) -> Iterator[ApproverSeat]:
        for actor in self._actors(set(holders(self.desk.uow, self.desk.proofs, self.role))):
            before = next((one for one in first if one.person_id != actor.person_id), None)
            if before is None:
                continue
            conditions = replace(self.conditions, first_approval=(before.person_id, before.role))
            action = Action.REVEAL_REQUEST_SECOND
            found = decide_as(actor, action, self.resource, conditions, self.desk.now, self.role)
            if found.allowed:
                yield ApproverSeat(actor.person_id, self.role, stage=2)

    def _could_be_first(self) -> set[str]:
        # Only narrows whom the decision is asked about: a supervisor's request may go to any other supervisor.
        uow, proofs = self.desk.uow, self.desk.proofs
        if self.conditions.requester_supervises:
            return {*holders(uow, proofs, Role.SUPERVISOR), *holders(uow, proofs, Role.COMPLIANCE)}
        if self.resource.unit_id is None:
            return set()
        deputy = {self.resource.deputy_id} if self.resource.deputy_id is not None else set()
        return {*holders(uow, proofs, Role.SUPERVISOR, self.resource.unit_id), *deputy}

    def _actors(self, person_ids: set[str]) -> Iterator[Actor]:
        for person_id in sorted(person_ids):
            actor = load_actor(self.desk.uow, self.desk.proofs, person_id)
            if actor is not None:
                yield actor
