"""Transfers and leaves: noted, carried out in one act from freezing to the last key, confirmed, archived.

On a transfer all grants go to zero at once and the person applies anew in the new unit; who leaves loses logins and
factors too. The security admin confirms that nothing is left; whatever somebody managed to slip in meanwhile is taken
then. An agency's people stay the agency's (§3.3 rule 3).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.engine import RowMapping

from access.people import departures, factors, orders, seats, staff
from access.people.departures import LEAVE, TRANSFER, DepartureState
from access.people.directory import person_row, unit_row
from access.policy import Action
from console.desk.act import Act
from console.desk.api.staff import (
    CarryOutDeparture,
    ConfirmDeparture,
    DepartureView,
    NoteDeparture,
    WithdrawDeparture,
)
from console.desk.kernel import handles
from console.desk.staff.losing import end_duties, end_reveals, end_sessions, release_cases, reroute
from console.desk.staff.targets import require_person, target, tell
from console.desk.staff.views import departure_view

Row = Mapping[str, Any] | RowMapping


@handles(NoteDeparture)
def note(act: Act, request: NoteDeparture) -> DepartureView:
    """Note it; the system admin's note without a last day is carried out in the same act."""
    row = require_person(act, request.person_id, Action.ACCOUNT_DEPARTURE_NOTE)
    if row["state"] in {"frozen", "left"}:
        act.refuse("person.not_active", state=row["state"])
    to_unit_id = _destination(act, row, request.to_unit_id) if request.kind == TRANSFER else None
    last_day, at = departures.parse_last_day(request.last_day, act.parts.settings.zone, act.now)
    noted: Row = departures.note(act, row, request.kind, act.actor.person_id, last_day, at, request.reason, to_unit_id)
    if at is None and act.allowed(Action.ACCOUNT_DEPARTURE_CARRY_OUT, target(row)).allowed:
        noted = carry_out(act, noted)
    tell(act, row["id"], row["unit_id"])
    return departure_view(act, dict(noted))


def _destination(act: Act, row: RowMapping, unit_id: str) -> str:
    unit = unit_row(act.uow, act.proofs, unit_id)
    if unit is None or unit["id"] == row["unit_id"]:
        act.refuse("unit.not_found")
    if (unit["id"] if unit["kind"] == "agency" else None) != row["agency_id"]:
        act.refuse("separation.agency_fixed", clause="§3.3-3")
    return str(unit["id"])


@handles(CarryOutDeparture)
def carry_out_noted(act: Act, request: CarryOutDeparture) -> DepartureView:
    """Do it now, whatever day was noted."""
    noted, row = _found(act, request.departure_id)
    act.require(Action.ACCOUNT_DEPARTURE_CARRY_OUT, target(row))
    if noted is None or row is None:
        act.refuse("departure.not_found")
    done = carry_out(act, noted)
    tell(act, row["id"], row["unit_id"])
    return departure_view(act, done)


@handles(ConfirmDeparture)
def confirm(act: Act, request: ConfirmDeparture) -> DepartureView:
    """Another person has seen that it is done."""
    noted, row = _found(act, request.departure_id)
    parties = (noted["noted_by"], noted["carried_out_by"]) if noted is not None else ()
    act.require(Action.ACCOUNT_DEPARTURE_CONFIRM, target(row, *parties))
    if noted is None or row is None:
        act.refuse("departure.not_found")
    confirmed = departures.step(
        act, noted, DepartureState.CONFIRMED, confirmed_by=act.actor.person_id, confirmed_at=act.now
    )
    if noted["kind"] == LEAVE:
        end_sessions(act, row["id"])
        end_reveals(act, row["id"], "left")
        release_cases(act, row["id"])
        staff.change_person(act, row["id"], state="left")
    archived = departures.step(act, confirmed, DepartureState.ARCHIVED)
    tell(act, row["id"], row["unit_id"])
    return departure_view(act, archived)


@handles(WithdrawDeparture)
def withdraw(act: Act, request: WithdrawDeparture) -> DepartureView:
    """She stays after all."""
    noted, row = _found(act, request.departure_id)
    act.require(Action.ACCOUNT_DEPARTURE_NOTE, target(row))
    if noted is None or row is None:
        act.refuse("departure.not_found")
    done = departures.step(act, noted, DepartureState.WITHDRAWN)
    tell(act, row["id"], row["unit_id"])
    return departure_view(act, done)


def _found(act: Act, departure_id: str) -> tuple[RowMapping | None, RowMapping | None]:
    noted = departures.departure_row(act.uow, act.proofs, departure_id)
    return noted, person_row(act.uow, act.proofs, noted["person_id"]) if noted is not None else None


def carry_out(act: Act, noted: Row) -> dict[str, Any]:
    """All of it in this act, state by state; return the departure's row as it stands then.

    Raises:
        StaffRefused: It was carried out before, or the person is the last of an admin role (§3.3 rule 15).
    """
    person_id, kind = noted["person_id"], noted["kind"]
    by = act.who.person_id if act.who is not None else None
    row = departures.step(act, noted, DepartureState.FROZEN, carried_out_by=by, carried_out_at=act.now)
    if kind == LEAVE:
        staff.change_person(act, person_id, state="frozen")
    seats.revoke_seats(act, person_id)
    end_sessions(act, person_id)
    row = departures.step(act, row, DepartureState.SESSIONS_KILLED)
    end_reveals(act, person_id, kind)
    row = departures.step(act, row, DepartureState.UNMASKS_REVOKED)
    cases = release_cases(act, person_id)
    row = departures.step(act, row, DepartureState.CASES_REASSIGNED, cases=cases)
    end_duties(act, person_id)
    seats.leave_headships(act, person_id)
    orders.drop_open(act, person_id, by or person_id)
    reroute(act)
    row = departures.step(act, row, DepartureState.APPROVALS_REROUTED)
    if kind == LEAVE:
        factors.retire(act, person_id)
        staff.disable_logins(act, person_id)
        return departures.step(act, row, DepartureState.CREDENTIALS_REVOKED)
    staff.change_person(act, person_id, unit_id=row["to_unit_id"])
    return row
