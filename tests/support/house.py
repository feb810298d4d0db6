"""A small house for tests of reveals: two teams, their people in every role that decides, and a few cases.

People are written as proven rows and loaded as the desk loads them; a case is the resource that its row would make.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.engine import RowMapping

from access.audit.events import Event, decode
from access.context import SECOND
from access.grants import live, requests, review
from access.grants.context import GrantDesk, Limits
from access.people.directory import load_actor
from access.policy import Actor, Conditions, Resource
from access.roles import ADMIN_ROLES, Role
from access.store.base import Store, UnitOfWork
from access.store.proof import RowProofs
from access.store.schema import (
    DESK_TENANT,
    audit_event,
    audit_outbox,
    org_unit,
    person,
    reveal_grant,
    reveal_request,
    role_grant,
)
from masking.catalogue import Catalogue
from tests.support.clock import FakeClock
from tests.support.stores import make_event

T = TypeVar("T")
YEAR = 365 * 86_400 * SECOND
TENANT = "d" * 32
TEAM, OTHER_TEAM = "a" * 32, "b" * 32
CATALOGUE = Catalogue.load()
WORKABLE = Conditions(workable=True, hold=None)
_DESK_WIDE = ADMIN_ROLES | {Role.COMPLIANCE}


@dataclass
class House:
    """People and cases over a store; every act is one of somebody's, or of the desk itself."""

    store: Store
    proofs: RowProofs
    clock: FakeClock
    limits: Limits = field(default_factory=Limits)
    people: dict[str, str] = field(default_factory=dict)
    cases: dict[str, Resource] = field(default_factory=dict)

    @classmethod
    def build(cls, store: Store, proofs: RowProofs, clock: FakeClock) -> House:
        """The house as every test finds it; `deputy` is supervisor of the other team and stands in for the first."""
        house = cls(store, proofs, clock)
        house.join("asker", Role.AGENT)
        house.join("colleague", Role.AGENT)
        house.join("boss", Role.SUPERVISOR)
        house.join("deputy", Role.SUPERVISOR, unit=OTHER_TEAM)
        house.join("stranger", Role.AGENT, unit=OTHER_TEAM)
        house.join("security", Role.SECURITY_ADMIN)
        house.join("compliance", Role.COMPLIANCE)
        house.join("auditor", Role.AUDITOR)
        house.join("admin", Role.SYSTEM_ADMIN)
        house.unit(TEAM, head="boss", deputy="deputy")
        house.unit(OTHER_TEAM, head="deputy", deputy=None)
        for name, assignee, unit in (
            ("one", "asker", TEAM),
            ("two", "asker", TEAM),
            ("three", "colleague", TEAM),
            ("far", "stranger", OTHER_TEAM),
        ):
            house.cases[name] = Resource(
                kind="case",
                id=f"{len(house.cases) + 1:x}" * 32,
                tenant_id=TENANT,
                assignee_id=house.people[assignee],
                unit_id=unit,
            )
        return house

    def act(self, name: str | None, work: Callable[[GrantDesk], T], **more: Any) -> T:
        """Carry out one act of this person (`None`: the desk itself), loaded afresh as the desk does."""

        def run(uow: UnitOfWork) -> T:
            actor = None if name is None else self.load(uow, name, **more)
            who = actor.person_id if actor is not None else None
            event: Callable[..., Event] = partial(_event, uow, who)
            return work(GrantDesk(uow, self.proofs, actor, event, uow.ids, self.limits))

        return self.store.run(run)

    def load(self, uow: UnitOfWork, name: str, **more: Any) -> Actor:
        """The person as proven rows say."""
        actor = load_actor(uow, self.proofs, self.people[name])
        assert actor is not None
        return replace(actor, **more)

    def join(self, name: str, *roles: Role, unit: str = TEAM) -> str:
        """A new person with these roles in force."""

        def make(uow: UnitOfWork) -> str:
            values = {
                "id": uow.ids.new(),
                "tenant_id": DESK_TENANT,
                "staff_no": name,
                "name": name,
                "unit_id": unit,
                "state": "active",
                "trained_until": uow.now + YEAR,
                "confidentiality_signed_at": uow.now,
            }
            return str(self.proofs.insert(uow, person, values, make_event(uow))["id"])

        self.people[name] = self.store.run(make)
        for role in roles:
            self.give(name, role, unit)
        return self.people[name]

    def give(self, name: str, role: Role, unit: str = TEAM) -> str:
        """A role, put there by two others."""

        def make(uow: UnitOfWork) -> str:
            values = {
                "id": uow.ids.new(),
                "tenant_id": DESK_TENANT,
                "person_id": self.people[name],
                "role": role.value,
                "unit_id": None if role in _DESK_WIDE else unit,
                "valid_from": uow.now,
                "valid_until": uow.now + YEAR // 2,
                "state": "active",
                "requested_by": "8" * 32,
                "approved_by": "9" * 32,
            }
            return str(self.proofs.insert(uow, role_grant, values, make_event(uow))["id"])

        return self.store.run(make)

    def take(self, name: str, role: Role) -> None:
        """A role, taken away; what rests on it is not ended here."""

        def make(uow: UnitOfWork) -> None:
            query = select(role_grant).where(
                role_grant.c.person_id == self.people[name],
                role_grant.c.role == role.value,
                role_grant.c.state == "active",
            )
            for row in uow.connection.execute(query).mappings().all():
                self.proofs.update(uow, role_grant, row["id"], row["version"], {"state": "revoked"}, make_event(uow))

        self.store.run(make)

    def set_person(self, name: str, **changes: object) -> None:
        """A change of the person's own row, such as `state="suspended"`."""

        def make(uow: UnitOfWork) -> None:
            row = uow.connection.execute(select(person).where(person.c.id == self.people[name])).mappings().one()
            self.proofs.update(uow, person, row["id"], row["version"], changes, make_event(uow))

        self.store.run(make)

    def unit(self, unit_id: str, *, head: str, deputy: str | None) -> None:
        """A team with its head and deputy."""
        values = {
            "id": unit_id,
            "tenant_id": DESK_TENANT,
            "kind": "team",
            "name": unit_id[0],
            "head_id": self.people[head],
            "deputy_id": self.people[deputy] if deputy is not None else None,
        }
        self.store.run(lambda uow: self.proofs.insert(uow, org_unit, values, make_event(uow)))

    def assign(self, case: str, name: str | None) -> None:
        """A case changes hands; what rests on the old hand is not ended here."""
        self.cases[case] = replace(self.cases[case], assignee_id=self.people[name] if name else None)

    def ask(
        self,
        name: str = "asker",
        case: str = "one",
        fields: tuple[str, ...] = ("employer_name",),
        *,
        reason: str = "identity_check",
        words: str = "",
        minutes: int = 5,
        base: Conditions = WORKABLE,
        **more: Any,
    ) -> dict[str, Any]:
        """Ask; returns the request's row."""
        return self.act(
            name,
            lambda desk: requests.ask(desk, CATALOGUE, self.cases[case], base, fields, reason, words, minutes),
            **more,
        )

    def ask_both(self, name: str = "asker", case: str = "one") -> dict[str, Any]:
        """Ask for what needs two approvals."""
        return self.ask(name, case, ("id_number",), words="the customer disputes the number on file")

    def decide(self, name: str, request: Any, verdict: str = "approve", **more: Any) -> dict[str, Any]:
        """Decide; returns the request's row."""
        given = {"reason": "not needed"} if verdict == "refuse" else {}
        return self.act(name, lambda desk: requests.decide_request(desk, request["id"], verdict, **(given | more)))

    def granted(self, request: Any) -> RowMapping:
        """The grant that came of a request."""
        query = select(reveal_grant).where(reveal_grant.c.request_id == request["id"])
        return self.store.run(lambda uow: uow.connection.execute(query).mappings().one())

    def request(self, request: Any) -> RowMapping:
        """A request as it stands."""
        query = select(reveal_request).where(reveal_request.c.id == request["id"])
        return self.store.run(lambda uow: uow.connection.execute(query).mappings().one())

    def grant(self, name: str = "asker", case: str = "one", **asked: Any) -> RowMapping:
        """Ask and have it approved."""
        request = self.ask(name, case, **asked)
        self.decide("boss", request)
        return self.granted(request)

    def revoke(self, name: str, grant: Any) -> dict[str, Any]:
        """End a grant; returns its row."""
        return self.act(name, lambda desk: live.revoke(desk, grant["id"]))

    def withdraw(self, name: str, request: Any) -> dict[str, Any]:
        """Take a request back; returns its row."""
        return self.act(name, lambda desk: requests.withdraw(desk, request["id"]))

    def review(self, name: str, grant: Any, verdict: str = "justified") -> dict[str, Any]:
        """Close a used grant; returns its row."""
        return self.act(name, lambda desk: review.review(desk, grant["id"], verdict))

    def view(
        self,
        name: str,
        grant: Any,
        field_slot: str = "employer_name",
        case: str = "one",
        *,
        base: Conditions = WORKABLE,
        **more: Any,
    ) -> dict[str, Any]:
        """One reading; returns the grant's row."""
        return dict(
            self.act(name, lambda desk: live.open_value(desk, grant["id"], self.cases[case], base, field_slot), **more)
        )

    def log(self, action: str | None = None) -> list[Event]:
        """Committed events in order, of one action or all."""

        def read(uow: UnitOfWork) -> list[Event]:
            bodies = [
                body
                for table in (audit_event, audit_outbox)
                for body in uow.connection.execute(select(table.c.body)).scalars()
            ]
            return sorted((decode(bytes(body)) for body in bodies), key=lambda event: event.id)

        return [event for event in self.store.run(read) if action is None or event.action == action]


def _event(uow: UnitOfWork, person_id: str | None, action: str, **more: object) -> Event:
    return make_event(uow, str(action), **({"person_id": person_id} | more))
