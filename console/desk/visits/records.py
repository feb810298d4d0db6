"""Rows of visits: found, decided on, moved, shown. Rows that do not prove themselves are not there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from sqlalchemy.engine import RowMapping

from access.audit.events import DetailKey
from access.people.directory import held_rows
from access.policy import Action, Conditions, Resource, barred_ids
from access.store.schema import contact_consent, person, visit_plan
from console.desk.act import Act
from console.desk.api.cases import FieldRef
from console.desk.api.visits import Visit, Visitor
from console.desk.cases.display import HIDDEN, Viewer, open_display, slot
from console.desk.cases.rows import load_case, resource_of
from console.desk.conditions import standing
from console.desk.hub import Audience
from console.desk.special.people import supervises
from console.desk.visits.states import VisitState, may_step

Row = RowMapping | dict[str, Any]

_DECIDES: Final = (VisitState.PLANNED,)


def people_of(row: Row) -> tuple[str, str]:
    """The two who are to go."""
    return row["first_id"], row["second_id"]


def state_of(row: Row, now: int) -> VisitState:
    """Where it stands at this instant, whether or not the clockwork wrote it down yet."""
    state = VisitState(row["state"])
    if now < row["until_at"]:
        return state
    return {VisitState.PLANNED: VisitState.LAPSED, VisitState.APPROVED: VisitState.UNDONE}.get(state, state)


def resource(act: Act, row: Row) -> Resource:
    """A visit as the decision sees it: whoever planned it or goes does not agree to it."""
    case = load_case(act, row["case_id"])
    return Resource(
        kind="visit",
        id=row["id"],
        tenant_id=row["tenant_id"],
        unit_id=row["unit_id"],
        requester_id=row["planner_id"],
        party_ids=people_of(row),
        barred_ids=barred_ids(case["barred"]) if case is not None else (),
        state=row["state"],
        found=case is not None,
    )


def conditions(act: Act, row: Row, *, seen: int | None = None) -> Conditions:
    """What a decision about a visit depends on. seen: the version that the person saw; none: as it stands."""
    case = load_case(act, row["case_id"])
    return replace(
        standing(act, case),
        requester_supervises=supervises(act, row["planner_id"]),
        version=row["version"],
        seen_version=row["version"] if seen is None else seen,
    )


def require(act: Act, visit_id: str, action: Action, *, seen: int | None = None) -> RowMapping:
    """The visit, if this person may do this to it.

    Raises:
        Refused: `visit.not_found` for what is missing, broken or out of reach; else the policy's codes.
    """
    row = act.proofs.get(act.uow, visit_plan, visit_id)
    if row is None:
        act.require(action, Resource.absent("visit"))
        act.refuse("visit.not_found", clause="Y-4.2.1")
    act.require(action, resource(act, row), conditions(act, row, seen=seen))
    return row


def step(act: Act, row: Row, to: VisitState, action: str, **changes: Any) -> dict[str, Any]:  # noqa: ANN401 - columns
    """Move a visit to another state, with its event, and tell whom it concerns.

    Raises:
        Refused: `visit.state`: not from where it stands.
        StaleRow: somebody moved it meanwhile.
    """
    if not may_step(row["state"], to):
        act.refuse("visit.state")
    event = act.event(
        action,
        object_kind="visit",
        object_id=row["id"],
        case_id=row["case_id"],
        tenant_id=row["tenant_id"],
        fields=(row["field"],),
        detail=(
            (DetailKey.FROM, row["state"]),
            (DetailKey.TO, to.value),
            *(((DetailKey.VERDICT, changes["result"]),) if "result" in changes else ()),
        ),
    )
    after = act.proofs.update(act.uow, visit_plan, row["id"], row["version"], {"state": to.value, **changes}, event)
    tell(act, after)
    return after


def tell(act: Act, row: Row) -> None:
    """Push a change to who planned it, who goes, and who decides."""
    act.push("visit", row["id"], Audience.of(row["planner_id"], *people_of(row), units=(row["unit_id"],)))


def visit_view(act: Act, row: Row) -> Visit:
    """A visit that holds, for this viewer."""
    wanted = {*people_of(row), row["planner_id"], row["decided_by"] or "", *row["went"].split(",")} - {""}
    staff = {one["id"]: one for one in held_rows(act.uow, act.proofs, person, person.c.id.in_(sorted(wanted)))}
    names = {one: found["name"] for one, found in staff.items()}
    case = load_case(act, row["case_id"])
    consent = act.proofs.get(act.uow, contact_consent, row["consent_id"])
    return Visit(
        visit_id=row["id"],
        case_id=row["case_id"],
        case_number=case["number"] if case is not None else "",
        field=FieldRef(name=row["field"], ordinal=row["ordinal"]),
        masked=_masked(act, row, case),
        day=row["day"],
        zone=case["zone"] if case is not None else act.parts.settings.zone,
        from_at=row["from_at"],
        until_at=row["until_at"],
        planner=names.get(row["planner_id"], ""),
        visitors=tuple(Visitor(staff_no=staff[one]["staff_no"], name=names[one]) for one in people_of(row)),
        consent=consent["reference"] if consent is not None else "",
        state=state_of(row, act.now).value,
        decided_by=names.get(row["decided_by"] or "", ""),
        words=row["words"],
        set_out_at=row["set_out_at"],
        result=row["result"],
        went=tuple(names[one] for one in row["went"].split(",") if one in names),
        ids_shown=bool(row["ids_shown"]),
        note=row["note"],
        may=_may(act, row),
        version=row["version"],
    )


def _masked(act: Act, row: Row, case: RowMapping | None) -> str:
    if case is None:
        return HIDDEN
    viewer = Viewer(act.parts, act.actor, resource_of(case), standing(act, case), act.now)
    widest = open_display(act.parts, case).get(slot(row["field"], row["ordinal"]), "")
    return viewer.mask(row["field"], row["ordinal"], widest)


def _may(act: Act, row: Row) -> tuple[str, ...]:
    asked, about, given = act.asked, resource(act, row), conditions(act, row)
    state = state_of(row, act.now)
    offered: Sequence[tuple[str, Action, tuple[VisitState, ...]]] = (
        ("approve", Action.VISIT_PLAN_APPROVE, _DECIDES),
        ("refuse", Action.VISIT_PLAN_APPROVE, _DECIDES),
        ("cancel", Action.VISIT_PLAN_CANCEL, (VisitState.PLANNED, VisitState.APPROVED)),
        ("set_out", Action.VISIT_PLAN_SET_OUT, (VisitState.APPROVED,)),
        ("write", Action.VISIT_PLAN_WRITE, (VisitState.UNDER_WAY,)),
    )
    found = tuple(
        name for name, action, states in offered if state in states and act.allowed(action, about, given).allowed
    )
    act.asked = asked
    return found
