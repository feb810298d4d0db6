"""Exact search: one whole value, found by its blind entry inside the viewer's scope, within a budget of misses.

The value is never echoed, never logged and never compared with anything but its keyed entry. What lies outside the
scope answers like what is not there, and both cost the same budget. A search that finds nobody was a guess at everybody
of the searcher's units who has the mask of what was typed, and counts on them together, so that trying other digits for
the hidden ones is no fresh start (`access.grants.oracle`). A case's own number hides nothing and costs none.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import or_, select
from sqlalchemy.engine import RowMapping

from access.grants import oracle
from access.policy import Action, Conditions, Resource
from access.store.schema import blind_entry, case_file
from console.desk.act import Act
from console.desk.api.cases import ExactSearch, SearchReply
from console.desk.cases.rows import find_cases, lines, load_case, resource_of
from console.desk.conditions import standing
from console.desk.kernel import handles
from console.desk.reveals.granting import granting
from masking.blind import BlindKind
from masking.masks import MaskCode, render
from masking.normalise import normalise_bill, normalise_card, normalise_id_number, normalise_phone

NORMAL: Final = {
    "mobile": (BlindKind.PHONE, normalise_phone),
    "id_number": (BlindKind.ID_NUMBER, normalise_id_number),
    "bank_card": (BlindKind.BANK_CARD, normalise_card),
    "loan_number": (BlindKind.BILL, normalise_bill),
}
# The mask of each kind that no viewer's is stricter than, short of a mere label: guesses at one customer share it.
_LOOKS: Final = {
    "mobile": MaskCode.P4,
    "id_number": MaskCode.I11,
    "bank_card": MaskCode.B4,
    "loan_number": MaskCode.LAST4,
}
PARTIAL: Final = frozenset("*%?_")
_MOST: Final = 20


@handles(ExactSearch)
def exact_search(act: Act, request: ExactSearch) -> SearchReply:
    """Cases of the viewer's scope that hold exactly this value."""
    if request.kind == "case_number":
        return _by_number(act, request.value.strip().upper())
    if request.kind not in NORMAL:
        act.refuse("search.kind_unknown")
    kind, normalise = NORMAL[request.kind]
    value = normalise(request.value)
    if not value or PARTIAL & set(request.value):
        act.refuse("search.not_exact", clause="C-5.4b")
    tenants = oracle.tenants_in_scope(act.actor, act.uow)
    entries = [act.parts.blind.entry(one, kind, value) for one in tenants]
    subjects = classes(act, tenants, request.kind, value)
    budget = oracle.budget(granting(act), act.actor.person_id, subjects)
    conditions = Conditions(quota_left=budget.searches_left, frozen=budget.frozen)
    act.require(Action.CASE_CUSTOMER_SEARCH, _scope(act), conditions)
    rows = [row for row in _candidates(act, entries) if _reaches(act, row, conditions)]
    oracle.spend(granting(act), subjects, act="search", missed=not rows)
    return _reply(act, request.kind, rows, budget.searches_left - 1)


def classes(act: Act, tenants: Sequence[str], kind: str, value: str) -> list[bytes]:
    """The look-alike classes that a guess at this value is about, one for each creditor and unit within reach."""
    mask = render(_LOOKS[kind], value)
    units: list[str | None] = [*sorted(_units(act))] or [act.unit_id]
    return [oracle.look_alikes(granting(act), one, unit, kind, mask) for one in tenants for unit in units]


def _units(act: Act) -> set[str]:
    return {seat.unit_id for seat in act.actor.seats if seat.unit_id is not None}


def _by_number(act: Act, number: str) -> SearchReply:
    found = find_cases(act, number) if number.startswith("C-") else []
    rows = [row for row in found if act.allowed(Action.CASE_FILE_OPEN, resource_of(row), standing(act, row)).allowed]
    if not rows:
        act.require(Action.CASE_FILE_OPEN, resource_of(found[0]) if found else Resource.absent("case"))
    return _reply(act, "case_number", rows, -1)


def _reply(act: Act, kind: str, rows: Sequence[RowMapping], left: int) -> SearchReply:
    act.log(
        Action.CASE_CUSTOMER_SEARCH,
        object_kind="search",
        object_id=kind,
        rows=len(rows),
        case_id=rows[0]["id"] if len(rows) == 1 else None,
    )
    return SearchReply(rows=lines(act, rows), searches_left=left)


def _scope(act: Act) -> Resource:
    return Resource(kind="queue", assignee_id=act.actor.person_id, unit_id=act.unit_id)


def _candidates(act: Act, entries: Sequence[bytes]) -> list[RowMapping]:
    """Cases of the person's own or of their units that hold the value; of others not even a row is read."""
    units = _units(act)
    found = (
        select(blind_entry.c.case_id)
        .join(case_file, case_file.c.id == blind_entry.c.case_id)
        .where(
            blind_entry.c.blind.in_(entries),
            or_(case_file.c.assignee_id == act.actor.person_id, case_file.c.unit_id.in_(units)),
        )
    )
    ids = act.db.execute(found.distinct().order_by(blind_entry.c.case_id).limit(_MOST)).scalars().all()
    loaded = [load_case(act, case_id) for case_id in ids]
    return [row for row in loaded if row is not None]


def _reaches(act: Act, row: RowMapping, conditions: Conditions) -> bool:
    return act.allowed(Action.CASE_CUSTOMER_SEARCH, resource_of(row), conditions).allowed
