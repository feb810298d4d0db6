"""Agencies as screens and health show them: until when each is engaged, and what is still to be agreed to."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from sqlalchemy.engine import RowMapping

from access.people.agencies import AGENCY, OPEN, TermState, engaged, terms
from access.people.directory import held_rows
from access.policy import Action, Resource
from access.store.schema import org_unit
from console.desk.act import Act
from console.desk.api.agencies import AgencyView, TermView
from console.desk.cases.rows import staff_names
from console.desk.work.calendar import today

SOON: Final = 30
"""Days before the end of an engagement from which health says so."""

_ACTIONS: Final = {
    TermState.PROPOSED.value: Action.ACCOUNT_AGENCY_CHECK,
    TermState.CHECKED.value: Action.ACCOUNT_AGENCY_APPROVE,
}
Row = RowMapping | dict[str, Any]


def resource(row: Row, unit_id: str | None = None) -> Resource:
    """A proposal as the decision sees it: whoever agreed to it before does not agree to it again."""
    parties = tuple(one for one in (row["proposed_by"], row["checked_by"]) if one)
    return Resource(
        kind="agency",
        id=row["id"],
        unit_id=row["unit_id"] or unit_id,
        requester_id=row["proposed_by"],
        party_ids=parties,
        state=row["state"],
    )


def agencies(act: Act) -> tuple[AgencyView, ...]:
    """Every agency there is, and those that are to be."""
    waiting = terms(act.uow, act.proofs, OPEN)
    wanted = {row["unit_id"]: row for row in waiting if row["unit_id"] is not None}
    names = staff_names(act, {one for row in waiting for one in (row["proposed_by"], row["checked_by"]) if one})
    units = held_rows(act.uow, act.proofs, org_unit, org_unit.c.kind == AGENCY)
    found = [_agency(act, unit["id"], unit["name"], wanted.get(unit["id"]), names) for unit in units]
    found += [_agency(act, "", row["name"], row, names) for row in waiting if row["unit_id"] is None]
    return tuple(sorted(found, key=lambda one: (one.name, one.unit_id)))


def view(act: Act, row: Row) -> AgencyView:
    """The agency that a proposal is about, as it stands after an act."""
    names = staff_names(act, {one for one in (row["proposed_by"], row["checked_by"]) if one})
    return _agency(act, row["unit_id"] or "", row["name"], row if row["state"] in OPEN else None, names)


def _agency(act: Act, unit_id: str, name: str, wanted: Row | None, names: Mapping[str, str]) -> AgencyView:
    term = engaged(act.uow, act.proofs, unit_id) if unit_id else None
    in_date = term is not None and act.now < term["ends_at"]
    return AgencyView(
        unit_id=unit_id,
        name=name,
        last_day=term["last_day"] if term is not None else "",
        zone=term["zone"] if term is not None else act.parts.settings.zone,
        in_date=in_date,
        days_left=_left(act, term) if term is not None and in_date else None,
        wanted=_wanted(act, wanted, names) if wanted is not None else None,
    )


def _left(act: Act, term: RowMapping) -> int:
    return (date.fromisoformat(term["last_day"]) - today(act.now, term["zone"])).days


def _wanted(act: Act, row: Row, names: Mapping[str, str]) -> TermView:
    return TermView(
        term_id=row["id"],
        last_day=row["last_day"],
        state=row["state"],
        proposed_by=names.get(row["proposed_by"], ""),
        proposed_at=row["proposed_at"],
        checked_by=names.get(row["checked_by"] or "", ""),
        mine=act.allowed(_ACTIONS[row["state"]], resource(row)).allowed,
        own=act.allowed(Action.ACCOUNT_AGENCY_WITHDRAW, resource(row, act.unit_id)).allowed,
        version=row["version"],
    )


def ending(act: Act) -> tuple[int, list[str]]:
    """How many agencies there are, and those whose engagement is over or ends soon, each with its last day."""
    there = [one for one in agencies(act) if one.unit_id]
    few = [one for one in there if one.days_left is None or one.days_left <= SOON]
    return len(there), [f"{one.name} {one.last_day or '—'}" for one in few]
