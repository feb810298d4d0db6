"""Filings as screens see them; never a number."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from access.people.directory import held_rows, person_row
from access.policy import Action, Conditions, Resource
from access.store.schema import special_filing
from console.desk.act import Act
from console.desk.api.cases import FieldRef
from console.desk.api.special import FilingStep, ListSpecials, ReadSpecial, SpecialFiling, SpecialList
from console.desk.cases.display import HIDDEN, Viewer, open_display, slot
from console.desk.cases.rows import load_case, resource_of, staff_names
from console.desk.conditions import standing
from console.desk.kernel import handles
from console.desk.special.records import (
    Row,
    conditions,
    decisions,
    find,
    next_step,
    opening,
    overdue_of,
    resource,
    state_of,
)
from console.desk.special.states import ENDED, FilingState

_SHOWN: Final = 200


@handles(ListSpecials)
def list_filings(act: Act, request: ListSpecials) -> SpecialList:
    """Those that the person may know of, newest first."""
    me = act.actor.person_id
    anyones = Conditions(requester_supervises=True, third_party=True)
    act.require(Action.SPECIAL_FILING_LIST, Resource(kind="queue", unit_id=act.unit_id, assignee_id=me), anyones)
    rows = sorted(
        held_rows(act.uow, act.proofs, special_filing), key=lambda row: (row["filed_at"], row["id"]), reverse=True
    )
    shown = []
    for row in rows:
        given = decisions(act, row["id"])
        if act.allowed(Action.SPECIAL_FILING_LIST, resource(act, row, given), conditions(act, row, given)).allowed:
            one = view(act, row)
            if not request.todo or set(one.may) & {"approve", "open", "report", "review"}:
                shown.append(one)
        if len(shown) >= _SHOWN:
            break
    act.asked = Action.SPECIAL_FILING_LIST
    act.log(Action.SPECIAL_FILING_LIST, object_kind="special", object_id="list", rows=len(shown))
    return SpecialList(filings=tuple(shown), blocked=overdue_of(act, act.actor.person_id))


@handles(ReadSpecial)
def read(act: Act, request: ReadSpecial) -> SpecialFiling:
    """One filing."""
    row = find(act, request.filing_id)
    if row is None:
        act.require(Action.SPECIAL_FILING_LIST, Resource.absent("special"))
        act.refuse("special.not_found", clause="Y-4.2.1")
    act.require(Action.SPECIAL_FILING_LIST, resource(act, row), conditions(act, row))
    found = view(act, row)
    act.asked = Action.SPECIAL_FILING_LIST
    act.log(Action.SPECIAL_FILING_LIST, object_kind="special", object_id=row["id"], case_id=row["case_id"], rows=1)
    return found


def view(act: Act, row: Row) -> SpecialFiling:
    """A filing that holds, for this viewer."""
    given = decisions(act, row["id"])
    people = {row["asker_id"], row["reviewed_by"], *(one["person_id"] for one in given)}
    names = staff_names(act, people)
    asker = person_row(act.uow, act.proofs, row["asker_id"])
    case = load_case(act, row["case_id"])
    state = state_of(row, act.now)
    return SpecialFiling(
        filing_id=row["id"],
        number=row["number"],
        case_id=row["case_id"],
        case_number=case["number"] if case is not None else "",
        field=FieldRef(name=row["field"], ordinal=row["ordinal"]),
        masked=_masked(act, row),
        third=bool(row["third"]),
        scenario=row["scenario"],
        words=row["words"],
        minutes=row["minutes"],
        state=state.value,
        filed_at=row["filed_at"],
        asker=names.get(row["asker_id"], ""),
        staff_no=asker["staff_no"] if asker is not None else "",
        chain=tuple(row["chain"].split(",")),
        steps=tuple(
            FilingStep(
                role=one["role"],
                person=names.get(one["person_id"], ""),
                verdict=one["verdict"],
                words=one["words"],
                at=one["at"],
            )
            for one in given
        ),
        wait_until=row["wait_until"],
        open_by=row["open_by"],
        opened_at=row["opened_at"],
        ends_at=row["ends_at"],
        outcome=row["outcome"],
        report=row["report"],
        review_by=row["review_by"],
        reviewer=names.get(row["reviewed_by"] or "", ""),
        review=row["review"],
        overdue=state in ENDED and row["review_by"] is not None and row["review_by"] <= act.now,
        may=_may(act, row, given, state),
        version=row["version"],
    )


def _masked(act: Act, row: Row) -> str:
    case = load_case(act, row["case_id"])
    if case is None:
        return HIDDEN
    viewer = Viewer(act.parts, act.actor, resource_of(case), standing(act, case), act.now)
    widest = open_display(act.parts, case).get(slot(row["field"], row["ordinal"]), "")
    return viewer.mask(row["field"], row["ordinal"], widest)


def _may(act: Act, row: Row, given: Sequence[Row], state: FilingState) -> tuple[str, ...]:
    asked, about, holds = act.asked, resource(act, row, given), conditions(act, row, given)
    turn = next_step(act, row, given)
    found = []
    if turn is not None and act.allowed(turn[0], about, holds).role is turn[1]:
        found += ["approve", "refuse"]
    mine = row["asker_id"] == act.actor.person_id
    before = {FilingState.FILED, FilingState.SUP_OK, FilingState.SEC_OK, FilingState.APPROVED}
    if mine and state in before and act.allowed(Action.SPECIAL_FILING_WITHDRAW, about, holds).allowed:
        found.append("withdraw")
    if mine and act.allowed(Action.SPECIAL_CONTACT_OPEN, *opening(act, row)).allowed:
        found.append("open")
    live = state in {FilingState.APPROVED, FilingState.ACTIVE}
    if live and act.allowed(Action.SPECIAL_CONTACT_END, about, holds).allowed:
        found.append("end")
    told = not row["outcome"] and state in {FilingState.ACTIVE, *ENDED}
    if mine and told and act.allowed(Action.SPECIAL_CONTACT_REPORT, about, holds).allowed:
        found.append("report")
    if state in ENDED and act.allowed(Action.SPECIAL_CONTACT_REVIEW, about, holds).allowed:
        found.append("review")
    act.asked = asked
    return tuple(found)
