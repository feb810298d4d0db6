"""Exact search: one whole value, found by its blind entry inside the viewer's scope, within a budget of misses.

The value is never echoed, never logged and never compared with anything but its keyed entry. What lies outside the
scope answers like what is not there, and both cost the same budget.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import select

from access.grants import oracle
from access.policy import Action, Conditions, Resource
from access.store.schema import account, blind_entry, case_file, import_batch
from console.desk.act import Act
from console.desk.api.cases import ExactSearch, SearchReply
from console.desk.cases.display import Viewer
from console.desk.cases.rows import lines, load_case, resource_of
from console.desk.conditions import standing
from console.desk.kernel import handles
from masking.blind import BlindKind
from masking.normalise import normalise_bill, normalise_card, normalise_id_number, normalise_phone

_NORMAL: Final = {
    "mobile": (BlindKind.PHONE, normalise_phone),
    "id_number": (BlindKind.ID_NUMBER, normalise_id_number),
    "bank_card": (BlindKind.BANK_CARD, normalise_card),
    "loan_number": (BlindKind.BILL, normalise_bill),
}
_MOST: Final = 20


@handles(ExactSearch)
def exact_search(act: Act, request: ExactSearch) -> SearchReply:
    """Cases of the viewer's scope that hold exactly this value."""
    if request.kind == "case_number":
        return _by_number(act, request.value)
    if request.kind not in _NORMAL:
        act.refuse("search.kind_unknown")
    kind, normalise = _NORMAL[request.kind]
    value = normalise(request.value)
    if not value or any(mark in request.value for mark in "*%?_"):
        act.refuse("search.not_exact", clause="C-5.4b")
    tenants = oracle.tenants_in_scope(act.actor, act.uow)
    subjects = [act.parts.blind.entry(tenant_id, kind, value) for tenant_id in tenants]
    budget = oracle.budget(act.uow, act.actor.person_id, subjects)
    conditions = Conditions(quota_left=budget.searches_left, frozen=budget.frozen)
    scope = Resource(kind="queue", assignee_id=act.actor.person_id, unit_id=act.actor.unit_id)
    act.require(Action.CASE_CUSTOMER_SEARCH, scope, conditions)
    rows = [row for row in _candidates(act, request.kind, subjects) if _seen(act, row, conditions)]
    oracle.spend(act.uow, act.actor, subjects, act_name="search", missed=not rows)
    viewer = Viewer(act.parts, act.actor, resource_of(rows[0]) if rows else scope, standing(act), act.now)
    act.log(
        Action.CASE_CUSTOMER_SEARCH,
        object_kind="search",
        object_id=request.kind,
        fields=(request.kind,),
        rows=len(rows),
        **({"case_id": rows[0]["id"]} if len(rows) == 1 else {}),
    )
    return SearchReply(rows=lines(act, rows, viewer), searches_left=max(budget.searches_left - 1, 0))
