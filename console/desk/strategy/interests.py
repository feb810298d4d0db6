"""Interests: who is kept from a case because they know its customer, or must not.

Declared by the person, the team's supervisor or compliance, in force at once: every case of that debtor leaves the
person's hands (`console.desk.strategy.debtors`), what they see in clear ends, and none of it exists for them any more.
Two people lift it, neither the one it is about.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.engine import RowMapping

from access.audit.events import DetailKey
from access.grants.live import end_grants
from access.people.directory import held_rows
from access.policy import Action, Resource, barred_ids
from access.store.schema import case_file, interest, person
from console.desk.act import Act
from console.desk.api.assign import DeclareInterest, Interest, InterestList, LiftInterest, ListInterests
from console.desk.api.base import Done
from console.desk.cases.rows import require_case, staff_names
from console.desk.hub import Audience
from console.desk.kernel import handles
from console.desk.reveals.granting import granting
from console.desk.strategy.debtors import IN_FORCE, bar, cases_of, free

KINDS: Final = ("relative", "colleague", "vip")
_SHOWN: Final = 200
Row = RowMapping | dict[str, Any]


@handles(DeclareInterest)
def declare(act: Act, request: DeclareInterest) -> Done:
    """Keep somebody from a case, from this instant on."""
    case = require_case(act, request.case_id, Action.CASE_INTEREST_DECLARE)
    if request.kind not in KINDS:
        act.refuse("interest.kind_unknown")
    whom = act.proofs.get(act.uow, person, request.person_id or act.actor.person_id)
    if whom is None:
        act.refuse("person.not_found", clause="Y-4.2.1")
    if whom["id"] in barred_ids(case["barred"]):
        act.refuse("interest.known")
    rows = [row for row in cases_of(act, case) if whom["id"] not in barred_ids(row["barred"])]
    bar(act, rows, whom["id"])
    _insert(act, case, whom["id"], request.kind)
    for row in rows:
        end_grants(granting(act), case_id=row["id"], person_id=whom["id"], why="interest")
        audience = Audience.of(whom["id"], row["assignee_id"], units=(row["unit_id"],))
        for kind in ("case", "queue", "grant"):
            act.push(kind, row["id"], audience)
    return Done()


@handles(ListInterests)
def list_interests(act: Act, request: ListInterests) -> InterestList:
    """Those in force that the viewer could lift."""
    del request
    act.require(Action.CASE_INTEREST_LIST, Resource(kind="queue", unit_id=act.unit_id, agency_id=act.actor.agency_id))
    rows = _seen(act)
    act.log(Action.CASE_INTEREST_LIST, object_kind="interest", rows=len(rows))
    return _shown(act, rows)


@handles(LiftInterest)
def lift(act: Act, request: LiftInterest) -> InterestList:
    """The first asks, the second lifts."""
    row = act.proofs.get(act.uow, interest, request.interest_id)
    first = row is not None and row["state"] == "active"
    parties = () if row is None or first else (row["lift_asked_by"],)
    about = _resource(row, parties) if row is not None else Resource.absent("interest")
    act.require(Action.CASE_INTEREST_LIFT, about)
    if row is None or row["state"] not in IN_FORCE:
        act.refuse("interest.not_found", clause="Y-4.2.1")
    if row["version"] != request.version:
        act.refuse("interest.changed")
    me = act.actor.person_id
    changes: dict[str, Any] = {"state": "lifting", "lift_asked_by": me}
    if not first:
        changes = {"state": "lifted", "lifted_by": me, "lifted_at": act.now}
    event = act.event(
        Action.CASE_INTEREST_LIFT,
        object_kind="interest",
        object_id=row["id"],
        case_id=row["case_id"],
        tenant_id=row["tenant_id"],
        detail=((DetailKey.FROM, row["state"]), (DetailKey.TO, changes["state"])),
    )
    act.proofs.update(act.uow, interest, row["id"], row["version"], changes, event)
    if not first:
        _free(act, row)
    act.push("interest", row["id"], Audience.of(units=(row["unit_id"],), roles=("compliance",)))
    return _shown(act, _seen(act))


def _insert(act: Act, case: Row, person_id: str, kind: str) -> None:
    row_id = act.parts.ids.new()
    act.proofs.insert(
        act.uow,
        interest,
        {
            "id": row_id,
            "tenant_id": case["tenant_id"],
            "case_id": case["id"],
            "unit_id": case["unit_id"],
            "person_id": person_id,
            "debtor": case["debtor"],
            "kind": kind,
            "state": "active",
            "declared_by": act.actor.person_id,
            "declared_at": act.now,
        },
        act.event(
            Action.CASE_INTEREST_DECLARE,
            object_kind="interest",
            object_id=row_id,
            case_id=case["id"],
            tenant_id=case["tenant_id"],
            reason=kind,
        ),
    )
    act.push("interest", row_id, Audience.of(units=(case["unit_id"],), roles=("compliance",)))


def _free(act: Act, row: Row) -> None:
    """Let the person reach the debtor's cases again."""
    case = act.proofs.get(act.uow, case_file, row["case_id"])
    if case is None:
        act.refuse("case.not_found", clause="Y-4.2.1")
    rows = [one for one in cases_of(act, case) if row["person_id"] in barred_ids(one["barred"])]
    free(act, rows, row["person_id"])
    for one in rows:
        act.push("queue", one["id"], Audience.of(units=(one["unit_id"],)))


def _resource(row: Row, parties: tuple[str | None, ...] = ()) -> Resource:
    """An interest as the decision sees it: whoever it is about has nothing to do with it."""
    return Resource(
        kind="interest",
        id=row["id"],
        tenant_id=row["tenant_id"],
        unit_id=row["unit_id"],
        party_ids=tuple(one for one in parties if one is not None),
        barred_ids=(row["person_id"],),
        state=row["state"],
    )


def _seen(act: Act) -> list[RowMapping]:
    rows = held_rows(act.uow, act.proofs, interest, interest.c.state.in_(IN_FORCE))
    return [row for row in rows if act.allowed(Action.CASE_INTEREST_LIST, _resource(row)).allowed][-_SHOWN:]


def _shown(act: Act, rows: list[RowMapping]) -> InterestList:
    ids = {row[name] for row in rows for name in ("person_id", "declared_by", "lift_asked_by")}
    names = staff_names(act, ids)
    people = held_rows(act.uow, act.proofs, person, person.c.id.in_([row["person_id"] for row in rows]))
    numbers = {row["id"]: row["staff_no"] for row in people}
    cases = [row["case_id"] for row in rows]
    found = act.db.execute(select(case_file.c.id, case_file.c.number).where(case_file.c.id.in_(cases)))
    known = {row.id: row.number for row in found}
    return InterestList(
        interests=tuple(
            Interest(
                interest_id=row["id"],
                case_id=row["case_id"],
                number=known.get(row["case_id"], ""),
                person=names.get(row["person_id"], ""),
                staff_no=numbers.get(row["person_id"], ""),
                kind=row["kind"],
                state=row["state"],
                declared_by=names.get(row["declared_by"], ""),
                declared_at=row["declared_at"],
                lift_asked_by=names.get(row["lift_asked_by"] or "", ""),
                version=row["version"],
            )
            for row in rows
        )
    )
