"""Putting an agency's engagement on the books: a supervisor proposes, compliance checks, the security admin agrees.

A new agency comes into being with its first engagement, so there is none without a last day. What is agreed to takes
the place of what was; a last day that is over already ends an engagement.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Final, NamedTuple

from sqlalchemy.engine import RowMapping

from access.audit.events import DetailKey
from access.people import staff
from access.people.agencies import AGENCY, OPEN, TermState, terms
from access.people.directory import held_rows, unit_row
from access.policy import Action, Resource
from access.store.schema import DESK_TENANT, agency_term, org_unit
from console.desk.act import Act
from console.desk.agencies.views import agencies, resource, view
from console.desk.api.agencies import AgencyList, AgencyView, DecideTerm, ListAgencies, ProposeTerm, WithdrawTerm
from console.desk.contact.slots import take_turn
from console.desk.hub import Audience
from console.desk.kernel import handles
from console.desk.work.calendar import parse_day, starts, today

LONGEST: Final = 5 * 366
"""Days ahead that an engagement may be written down for at most."""

_NAME: Final = 40
_TURN: Final = "agencies"
_WATCHING: Final = ("supervisor", "compliance", "security_admin", "auditor")
Row = RowMapping | dict[str, Any]


class _Step(NamedTuple):
    action: Action
    to: TermState
    key: str


_STEPS: Final = {
    TermState.PROPOSED: _Step(Action.ACCOUNT_AGENCY_CHECK, TermState.CHECKED, "checked_by"),
    TermState.CHECKED: _Step(Action.ACCOUNT_AGENCY_APPROVE, TermState.ACTIVE, "approved_by"),
}


@handles(ListAgencies)
def list_agencies(act: Act, request: ListAgencies) -> AgencyList:
    """All of them."""
    del request
    act.require(Action.ACCOUNT_AGENCY_LIST, Resource(kind="agency", unit_id=act.unit_id))
    found = agencies(act)
    may = act.allowed(Action.ACCOUNT_AGENCY_PROPOSE, Resource(kind="agency", unit_id=act.unit_id)).allowed
    act.log(Action.ACCOUNT_AGENCY_LIST, object_kind="unit", object_id="list", rows=len(found))
    return AgencyList(agencies=found, may_propose=may)


@handles(ProposeTerm)
def propose(act: Act, request: ProposeTerm) -> AgencyView:
    """Put it before compliance."""
    unit = unit_row(act.uow, act.proofs, request.unit_id) if request.unit_id else None
    # Whoever supervises the agency proposes for it; for one that is new, any supervisor.
    reach = request.unit_id or act.unit_id
    act.require(Action.ACCOUNT_AGENCY_PROPOSE, Resource(kind="agency", unit_id=reach))
    if request.unit_id and (unit is None or unit["kind"] != AGENCY):
        act.refuse("agency.not_found")
    name = unit["name"] if unit is not None else " ".join(request.name.split())
    zone = act.parts.settings.zone
    day, now = parse_day(request.last_day), today(act.now, zone)
    if day is None or day > now + timedelta(days=LONGEST) or (unit is None and day < now):
        act.refuse("agency.day_unfit", days=str(LONGEST))
    take_turn(act, _TURN, DESK_TENANT)
    if unit is None:
        _new(act, name)
    if any(_about(row, unit, name) for row in terms(act.uow, act.proofs, OPEN)):
        act.refuse("agency.waits")
    row_id = act.parts.ids.new()
    values = {
        "id": row_id,
        "tenant_id": DESK_TENANT,
        "unit_id": unit["id"] if unit is not None else None,
        "name": name,
        "last_day": request.last_day,
        "zone": zone,
        "ends_at": starts(day + timedelta(days=1), zone),
        "state": TermState.PROPOSED.value,
        "proposed_by": act.actor.person_id,
        "proposed_at": act.now,
        "checked_by": None,
        "approved_by": None,
        "ended_by": None,
    }
    event = act.event(
        Action.ACCOUNT_AGENCY_PROPOSE, object_kind="unit", object_id=row_id, detail=(_days(act, request.last_day),)
    )
    row = act.proofs.insert(act.uow, agency_term, values, event)
    return _told(act, row)


@handles(DecideTerm)
def decide(act: Act, request: DecideTerm) -> AgencyView:
    """The second key, then the third."""
    take_turn(act, _TURN, DESK_TENANT)
    row = act.proofs.get(act.uow, agency_term, request.term_id)
    step = _STEPS.get(TermState(row["state"])) if row is not None else None
    if row is None or step is None:
        act.require(Action.ACCOUNT_AGENCY_LIST, Resource(kind="agency", unit_id=act.unit_id))
        act.refuse("agency.no_such_proposal")
    act.require(step.action, resource(row))
    if row["version"] != request.version:
        act.refuse("agency.changed")
    if not request.approve:
        return _told(act, _moved(act, row, TermState.REFUSED, step.action, ended_by=act.actor.person_id))
    if step.to is not TermState.ACTIVE:
        return _told(act, _moved(act, row, step.to, step.action, **{step.key: act.actor.person_id}))
    return _told(act, _engaged(act, row, step.action))


@handles(WithdrawTerm)
def withdraw(act: Act, request: WithdrawTerm) -> AgencyView:
    """As if it had not been proposed."""
    row = act.proofs.get(act.uow, agency_term, request.term_id)
    if row is None or row["state"] not in OPEN:
        act.require(Action.ACCOUNT_AGENCY_LIST, Resource(kind="agency", unit_id=act.unit_id))
        act.refuse("agency.no_such_proposal")
    act.require(Action.ACCOUNT_AGENCY_WITHDRAW, resource(row, act.unit_id))
    action = Action.ACCOUNT_AGENCY_WITHDRAW
    return _told(act, _moved(act, row, TermState.WITHDRAWN, action, ended_by=act.actor.person_id))


def _engaged(act: Act, row: RowMapping, action: Action) -> Row:
    """It is in force; a new agency comes into being, what was in force before is not any more."""
    unit_id = row["unit_id"]
    if unit_id is None:
        _new(act, row["name"])
        top = next((one["id"] for one in held_rows(act.uow, act.proofs, org_unit) if one["parent_id"] is None), None)
        unit_id = staff.create_unit(act, kind=AGENCY, name=row["name"], parent_id=top)
        act.push("people", "units", Audience.of(roles=_WATCHING))
    for before in terms(act.uow, act.proofs, (TermState.ACTIVE,)):
        if before["unit_id"] == unit_id:
            _moved(act, before, TermState.REPLACED, action)
    return _moved(act, row, TermState.ACTIVE, action, unit_id=unit_id, approved_by=act.actor.person_id)


def _new(act: Act, name: str) -> None:
    if not 0 < len(name) <= _NAME:
        act.refuse("unit.unfit")
    if any(one["name"] == name for one in held_rows(act.uow, act.proofs, org_unit)):
        act.refuse("unit.name_taken")


def _about(row: RowMapping, unit: RowMapping | None, name: str) -> bool:
    return bool(row["unit_id"] == unit["id"] if unit is not None else row["unit_id"] is None and row["name"] == name)


def _moved(act: Act, row: Row, to: TermState, action: Action, **changes: object) -> Row:
    event = act.event(
        action,
        object_kind="unit",
        object_id=row["id"],
        detail=((DetailKey.FROM, row["state"]), (DetailKey.TO, to.value), _days(act, row["last_day"])),
    )
    return act.proofs.update(act.uow, agency_term, row["id"], row["version"], {"state": to.value, **changes}, event)


def _days(act: Act, last_day: str) -> tuple[DetailKey, str]:
    """How many days ahead the last one is, as the log may say it; none for one that is over."""
    ahead = date.fromisoformat(last_day) - today(act.now, act.parts.settings.zone)
    return DetailKey.COUNT, str(max(0, ahead.days))


def _told(act: Act, row: Row) -> AgencyView:
    act.push("agency", row["id"], Audience.of(row["proposed_by"], units=(row["unit_id"],), roles=_WATCHING))
    return view(act, row)
