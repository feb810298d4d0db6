"""One's own record, the team's, and everybody who saw one customer.

All of it is read from the log, and each reading is an event itself. Nothing of a customer is shown but case numbers. A
team's record is its summary (requirements §3.2-43): who looked at what, when and why, without addresses and terminals.
Whoever asks about one customer says for which complaint, request, incident or audit; by a hidden value it is an exact
search with its budget of misses, over every creditor.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

from sqlalchemy import select
from sqlalchemy.engine import RowMapping

from access.audit import record
from access.audit.events import DetailKey
from access.audit.read import Page
from access.grants import oracle
from access.people.directory import held_rows
from access.policy import Action, Conditions, Resource
from access.store.schema import blind_entry, case_file, person, reveal_request, tenant
from console.desk.act import Act
from console.desk.api.record import ReadCustomerRecord, ReadOwnRecord, ReadTeamRecord, RecordEntry, RecordPage
from console.desk.cases.rows import find_cases, load_case, resource_of
from console.desk.cases.search import NORMAL, PARTIAL
from console.desk.kernel import handles
from console.desk.reveals.granting import granting
from console.desk.team.members import members_of, require_member
from masking.detect import find

REASONS: Final = ("complaint", "data_request", "incident", "audit")
IN_CLEAR: Final = (Action.CASE_FIELD_IDENTIFY, Action.CASE_FIELD_REVEAL)
_MOST: Final = 20
_SEPARATORS: Final = re.compile(r"[^A-Za-z0-9]+")
_REFERENCE: Final = re.compile(r"(?=.{3,40}\Z)[A-Za-z0-9]*[A-Za-z][A-Za-z0-9]*(/[A-Za-z0-9]+)*")
_RUN: Final = re.compile(r"\d{7}")


@handles(ReadOwnRecord)
def own(act: Act, request: ReadOwnRecord) -> RecordPage:
    """What I opened and why."""
    me = act.actor.person_id
    act.require(Action.AUDIT_RECORD_READ, Resource(kind="log", subject_person_id=me, unit_id=act.unit_id))
    found = record.of_people(act.db, (me,), everything=request.everything, before=request.before)
    act.log(Action.AUDIT_RECORD_READ, object_kind="record", object_id="own", rows=len(found.entries))
    return _page(act, found)


@handles(ReadTeamRecord)
def team(act: Act, request: ReadTeamRecord) -> RecordPage:
    """What the team opened and why."""
    unit_id = act.unit_id
    act.require(Action.AUDIT_RECORD_READ, Resource(kind="log", unit_id=unit_id))
    if unit_id is None:
        act.refuse("team.none", clause="Y-4.2.1")
    members = [require_member(act, unit_id, request.person_id)] if request.person_id else members_of(act, unit_id)
    found = record.of_people(act.db, [row["id"] for row in members], before=request.before)
    act.log(
        Action.AUDIT_RECORD_READ,
        object_kind="record",
        object_id=members[0]["id"] if request.person_id else "team",
        rows=len(found.entries),
    )
    return _page(act, found)


@handles(ReadCustomerRecord)
def customer(act: Act, request: ReadCustomerRecord) -> RecordPage:
    """Everybody who saw one customer."""
    task = Resource(kind="log", task_person_id=act.actor.person_id)
    act.require(Action.AUDIT_RECORD_READ, task)
    role = act.role
    if request.reason not in REASONS:
        act.refuse("record.reason_unknown")
    reference = reference_of(act, request.reference)
    number = request.kind == "case_number"
    cases = _by_number(act, request.value) if number else _by_value(act, request.kind, request.value)
    act.asked, act.role = Action.AUDIT_RECORD_READ, role
    found = record.of_cases(act.db, [row["id"] for row in cases], before=request.before)
    for row in cases or (None,):
        act.log(
            Action.AUDIT_RECORD_READ,
            object_kind="record",
            object_id="customer",
            case_id=row["id"] if row is not None else None,
            reason=request.reason,
            rows=len(found.entries),
            detail=((DetailKey.REFERENCE, reference),),
        )
    return _page(act, found, tuple(sorted({row["number"] for row in cases})))


def reference_of(act: Act, said: str) -> str:
    """The number of a complaint, request or audit, in the form in which the log takes it: parts between strokes."""
    reference = _SEPARATORS.sub("/", said).strip("/")
    if _REFERENCE.fullmatch(reference) is None or _RUN.search(reference) or find(reference) or not said.isascii():
        act.refuse("record.reference_unfit")
    return reference


def _by_number(act: Act, said: str) -> list[RowMapping]:
    names = [name for name in dict.fromkeys(said.upper().split()) if name.startswith("C-")][:_MOST]
    rows = _not_barred(act, [row for name in names for row in find_cases(act, name)])
    if not rows:
        act.refuse("case.not_found", clause="Y-4.2.1")
    return rows


def _by_value(act: Act, kind: str, said: str) -> list[RowMapping]:
    """Cases that hold exactly this value, whoever's they are; a miss counts like any other search's."""
    if kind not in NORMAL:
        act.refuse("search.kind_unknown")
    blind, normalise = NORMAL[kind]
    value = normalise(said)
    if not value or PARTIAL & set(said):
        act.refuse("search.not_exact", clause="C-5.4b")
    subjects = [act.parts.blind.entry(one, blind, value) for one in oracle.tenants_in_scope(act.actor, act.uow)]
    budget = oracle.budget(granting(act), act.actor.person_id, subjects)
    searching = Resource(kind="queue", task_person_id=act.actor.person_id)
    conditions = Conditions(quota_left=budget.searches_left, frozen=budget.frozen)
    act.require(Action.CASE_CUSTOMER_SEARCH, searching, conditions)
    query = select(blind_entry.c.case_id).where(blind_entry.c.blind.in_(subjects)).distinct()
    ids = act.db.execute(query.order_by(blind_entry.c.case_id).limit(_MOST)).scalars().all()
    rows = _not_barred(act, [row for row in (load_case(act, one) for one in ids) if row is not None])
    oracle.spend(granting(act), subjects, act="search", missed=not rows)
    act.log(
        Action.CASE_CUSTOMER_SEARCH,
        object_kind="search",
        object_id=kind,
        rows=len(rows),
        case_id=rows[0]["id"] if len(rows) == 1 else None,
    )
    return rows


def _not_barred(act: Act, rows: Sequence[RowMapping]) -> list[RowMapping]:
    """Without cases that this person is kept from by an interest in the customer."""
    return [row for row in rows if act.actor.person_id not in resource_of(row).barred_ids]


def _page(act: Act, found: Page, cases: tuple[str, ...] = ()) -> RecordPage:
    events = [entry.event for entry in found.entries]
    people = _people(act, {event.person_id for event in events if event.person_id})
    creditors = _creditors(act, {event.tenant_id for event in events})
    numbers = _numbers(act, {event.case_id for event in events if event.case_id})
    requests = _requests(act, {event.approval_id for event in events if event.approval_id})
    entries: list[RecordEntry] = []
    for entry in found.entries:
        event = entry.event
        who, asked = people.get(event.person_id or ""), requests.get(event.approval_id or "")
        entries.append(
            RecordEntry(
                seq=entry.seq,
                at=event.at,
                staff_no=who["staff_no"] if who is not None else "",
                person=who["name"] if who is not None else "",
                role=event.role or "",
                action=event.action,
                result=event.result,
                case_id=event.case_id or "",
                case_number=numbers.get(event.case_id or "", ""),
                creditor=creditors.get(event.tenant_id, ""),
                fields=event.fields if event.action in IN_CLEAR else (),
                why=event.reason or (asked["reason"] if asked is not None else "") or event.purpose or "",
                approval=asked["number"] if asked is not None else "",
            )
        )
    return RecordPage(entries=tuple(entries), cursor=found.before, cases=cases)


def _people(act: Act, ids: set[str]) -> Mapping[str, RowMapping]:
    if not ids:
        return {}
    return {row["id"]: row for row in held_rows(act.uow, act.proofs, person, person.c.id.in_(sorted(ids)))}


def _numbers(act: Act, ids: set[str]) -> Mapping[str, str]:
    if not ids:
        return {}
    query = select(case_file.c.id, case_file.c.number).where(case_file.c.id.in_(sorted(ids)))
    return {row.id: row.number for row in act.db.execute(query)}


def _creditors(act: Act, ids: set[str]) -> Mapping[str, str]:
    query = select(tenant.c.id, tenant.c.name).where(tenant.c.id.in_(sorted(ids)))
    return {row.id: row.name for row in act.db.execute(query)} if ids else {}


def _requests(act: Act, ids: set[str]) -> Mapping[str, RowMapping]:
    if not ids:
        return {}
    query = select(reveal_request).where(reveal_request.c.id.in_(sorted(ids)))
    rows = act.proofs.holding(act.uow, reveal_request, act.db.execute(query).mappings().all())
    return {row["id"]: row for row in rows}
