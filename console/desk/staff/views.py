"""Accounts as screens and commands see them, everything on them from rows that prove themselves."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.engine import RowMapping

from access.people import departures, enrolment, orders
from access.people.departures import DepartureState
from access.people.directory import agreement_in_force, held_rows, seats_of
from access.people.factors import ACTIVE, PASSWORD, TICKET, active_factor
from access.people.lockout import login_key
from access.store.schema import case_file, factor, login, login_attempt, org_unit, person, role_grant, staff_session
from console.desk.act import Act
from console.desk.api.people import PersonView, StaffCard, UnitCard
from console.desk.api.staff import DepartureView, OrderView
from console.desk.staff.watch import last_days

_GATES: Final = {"agreement": "no_agreement", "training": "untrained"}


def gates_of(row: RowMapping, now: int) -> tuple[str, ...]:
    """What shuts somebody out although she is active."""
    shut = [] if agreement_in_force(row, now) else ["agreement"]
    return (*shut, *(() if (row["trained_until"] or 0) > now else ("training",)))


class Staff:
    """What cards are made of, each read once for all of them.

    Args:
        act: the act.
        where: which people; all by default.
    """

    def __init__(self, act: Act, *where: ColumnElement[bool]) -> None:
        self._act = act
        uow, proofs = act.uow, act.proofs
        self.rows = sorted(held_rows(uow, proofs, person, *where), key=lambda row: row["staff_no"])
        self.logins = {row["person_id"]: row["name"] for row in held_rows(uow, proofs, login)}
        self.units = {row["id"]: row for row in held_rows(uow, proofs, org_unit)}
        self._leaving = {row["person_id"]: row for row in departures.all_under_way(uow, proofs)}
        kinds = held_rows(uow, proofs, factor, factor.c.state == ACTIVE, factor.c.kind.in_((PASSWORD, TICKET)))
        self._factors = {(row["person_id"], row["kind"]) for row in kinds}
        opened = select(staff_session.c.person_id).where(staff_session.c.closed_at.is_(None))
        self._sessions = Counter(act.db.execute(opened).scalars())
        blocked = select(login_attempt.c.name).where(login_attempt.c.blocked_until > act.now)
        self._blocked = set(act.db.execute(blocked).scalars())
        grants = select(role_grant.c.person_id).where(role_grant.c.state == "active")
        self._seated = set(act.db.execute(grants).scalars())

    def cards(self) -> tuple[StaffCard, ...]:
        """One card a person who has a login."""
        return tuple(self.card(row) for row in self.rows if row["id"] in self.logins)

    def card(self, row: RowMapping) -> StaffCard:
        """The card of one of them."""
        act = self._act
        seats = seats_of(act.uow, act.proofs, row["id"]) if row["id"] in self._seated else ()
        unit = self.units.get(row["unit_id"])
        leaving = self._leaving.get(row["id"])
        return StaffCard(
            person_id=row["id"],
            staff_no=row["staff_no"],
            name=row["name"],
            login=self.logins.get(row["id"], ""),
            roles=tuple(sorted({str(seat.role) for seat in seats})),
            unit=unit["name"] if unit is not None else "",
            unit_id=row["unit_id"],
            standing=self._standing(row),
            gates=gates_of(row, act.now),
            outsourced=row["agency_id"] is not None,
            last_day=leaving["last_day"] if leaving is not None else "",
            sessions=self._sessions[row["id"]],
            trained_until=row["trained_until"],
        )

    def unit_cards(self) -> tuple[UnitCard, ...]:
        """All units: teams first, agencies last."""
        order = ("team", "department", "agency")
        found = [row for row in self.units.values() if row["kind"] in order]
        return tuple(
            UnitCard(unit_id=row["id"], name=row["name"], kind=row["kind"])
            for row in sorted(found, key=lambda row: (order.index(row["kind"]), row["name"]))
        )

    def _standing(self, row: RowMapping) -> str:
        if row["state"] != "active":
            return str(row["state"])
        leaving = self._leaving.get(row["id"])
        if leaving is not None and leaving["state"] == DepartureState.NOTIFIED:
            return "leaving"
        if login_key(self.logins.get(row["id"], "")) in self._blocked:
            return "locked"
        if self._act.parts.profile != "demo" and (row["id"], PASSWORD) not in self._factors:
            return "invited" if (row["id"], TICKET) in self._factors else "uninvited"
        if (row["id"], TICKET) in self._factors:
            return "invited"
        shut = gates_of(row, self._act.now)
        return _GATES[shut[0]] if shut else "active"


def card_of(act: Act, row: RowMapping) -> StaffCard:
    """The card of one person."""
    return Staff(act, person.c.id == row["id"]).card(row)


def person_view(act: Act, row: RowMapping) -> PersonView:
    """Everything about one account."""
    uow, proofs = act.uow, act.proofs
    staff = Staff(act, person.c.id == row["id"])
    name = staff.logins.get(row["id"], "")
    blocked = select(login_attempt.c.blocked_until).where(login_attempt.c.name == login_key(name))
    until = act.db.execute(blocked).scalar() or 0
    kinds = [kind for kind in ("password", "totp") if active_factor(uow, proofs, row["id"], kind) is not None]
    cases = select(func.count()).select_from(case_file).where(case_file.c.assignee_id == row["id"])
    ordered = orders.open_orders(uow, proofs, row["id"])
    leaving = departures.under_way(uow, proofs, row["id"])
    return PersonView(
        card=staff.card(row),
        factors=tuple(kinds),
        invited_until=enrolment.valid_until(uow, proofs, row["id"]),
        locked_until=until if until > act.now else None,
        agreement_until=row["confidentiality_until"],
        agreement_signed=agreement_in_force(row, act.now),
        cases=int(act.db.execute(cases).scalar_one()),
        roles_until=tuple((str(seat.role), seat.valid_until) for seat in seats_of(uow, proofs, row["id"])),
        order=ordered[0]["kind"] if ordered else "",
        departure=leaving["state"] if leaving is not None else "",
        departure_kind=leaving["kind"] if leaving is not None else "",
    )


def order_view(act: Act, row: RowMapping | dict[str, Any]) -> OrderView:
    """An order in words; of somebody who exists, her own row's."""
    who = act.proofs.get(act.uow, person, row["person_id"]) if row["person_id"] else None
    unit_id = who["unit_id"] if who is not None else row["unit_id"]
    unit = act.proofs.get(act.uow, org_unit, unit_id) if unit_id else None
    asker = act.proofs.get(act.uow, person, row["asked_by"])
    return OrderView(
        order_id=row["id"],
        kind=row["kind"],
        state=row["state"],
        person_id=row["person_id"],
        staff_no=(who["staff_no"] if who is not None else row["staff_no"]) or "",
        name=(who["name"] if who is not None else row["name"]) or "",
        login=row["login"] or "",
        unit=unit["name"] if unit is not None else "",
        unit_id=unit_id or "",
        reason=row["reason"],
        asked_by=asker["name"] if asker is not None else "",
        asked_at=row["asked_at"],
        mine=row["asked_by"] == act.actor.person_id,
    )


def departure_view(act: Act, row: RowMapping | dict[str, Any]) -> DepartureView:
    """A departure in words."""
    who = act.proofs.get(act.uow, person, row["person_id"])
    noted = act.proofs.get(act.uow, person, row["noted_by"])
    names = {
        unit_id: unit["name"]
        for unit_id in {row["from_unit_id"], row["to_unit_id"]} - {None}
        if (unit := act.proofs.get(act.uow, org_unit, unit_id)) is not None
    }
    return DepartureView(
        departure_id=row["id"],
        person_id=row["person_id"],
        staff_no=who["staff_no"] if who is not None else "",
        name=who["name"] if who is not None else "",
        kind=row["kind"],
        state=row["state"],
        unit=names.get(row["from_unit_id"], ""),
        to_unit=names.get(row["to_unit_id"], ""),
        last_day=row["last_day"],
        reason=row["reason"],
        noted_by=noted["name"] if noted is not None else "",
        noted_at=row["noted_at"],
        cases=row["cases"],
        **last_days(act, row)._asdict(),
        mine=row["noted_by"] == act.actor.person_id,
    )
