"""Tasks to listen, given, listed and ended (requirements §3.2-17: reviewers, auditors and compliance hear in a task).

Compliance, which checks the audit (§3.2-45), gives an auditor a case or a sample that the desk draws. Whoever logs a
complaint or a customer's request (§3.2-31) gives its case to compliance, which handles it (§3.2-32). Nobody gives
themselves one, and each ends on a day. What one lets be heard: `console.desk.calls.assigned`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

from sqlalchemy import func, or_, select
from sqlalchemy.engine import RowMapping

from access.audit.events import DetailKey
from access.errors import StaleRow
from access.grants.counter import bump
from access.people.directory import held_rows, load_actor
from access.policy import Action, Actor, Decision, Resource
from access.policy.model import barred_ids
from access.roles import Role
from access.store.schema import DESK_TENANT, call_record, case_file, listening_task, person
from console.desk.act import Act
from console.desk.api.base import Done
from console.desk.api.listening import (
    LONGEST_DAYS,
    MOST_DRAWN,
    EndListeningTask,
    GiveListeningTask,
    ListeningTask,
    ListeningTasks,
    ListListeningTasks,
)
from console.desk.calls import drawing
from console.desk.calls.assigned import ACTIVE, GIVING, Row, about, drawn, fits, lives, number_in
from console.desk.calls.tasked import task_reference
from console.desk.cases.rows import find_cases, resource_of
from console.desk.contact.wall import HOUR
from console.desk.hub import Audience
from console.desk.kernel import handles

_KIND: Final = "listening_task"
_COUNTER: Final = "listening.number"
_PREFIX: Final = "LT-"
_SHORTEST: Final = HOUR
_LONGEST: Final = LONGEST_DAYS * 24 * HOUR
_LISTED: Final = 200
_ENDED: Final = "ended"
_ANY: Final = Resource(kind="recording")


@handles(GiveListeningTask)
def give(act: Act, request: GiveListeningTask) -> ListeningTask:
    """Give it to somebody else, who is told at once."""
    action = GIVING.get(request.reason, Action.CALL_TASK_HANDLE)
    rows = held_rows(act.uow, act.proofs, person, person.c.staff_no == request.staff_no.strip())
    holder = load_actor(act.uow, act.proofs, rows[0]["id"]) if len(rows) == 1 else None
    subject = holder.person_id if holder is not None else None
    case: RowMapping | None = None
    if request.case_id.strip() or action is Action.CALL_TASK_HANDLE:
        case, decision = _case(act, action, request.case_id, subject)
    else:
        decision = act.require(action, replace(_ANY, subject_person_id=subject))
    if request.reason not in GIVING:
        act.refuse("recording.reason_unknown")
    if holder is None:
        act.refuse("person.not_found", clause="Y-4.2.1")
    reference = task_reference(act, request.reference)
    if number_in(reference):
        act.refuse("record.reference_unfit")
    if not act.now + _SHORTEST <= request.ends_at <= act.now + _LONGEST:
        act.refuse("recording.task_until", clause="S-3-17", days=str(LONGEST_DAYS))
    calls = _calls(act, action, request, holder, case)
    values = {
        "id": act.parts.ids.new(),
        "tenant_id": case["tenant_id"] if case is not None else DESK_TENANT,
        "number": f"{_PREFIX}{bump(act.uow, _COUNTER, least=_newest(act)):08d}",
        "person_id": holder.person_id,
        "given_by": act.actor.person_id,
        "unit_id": case["unit_id"] if case is not None and decision.unit_id is not None else None,
        "reason": request.reason,
        "reference": reference,
        "case_id": case["id"] if case is not None else None,
        "calls": ",".join(calls),
        "state": ACTIVE,
        "given_at": act.now,
        "ends_at": request.ends_at,
        "ended_by": None,
        "ended_at": None,
    }
    row = act.proofs.insert(act.uow, listening_task, values, _event(act, action, values))
    _told(act, row)
    return _views(act, [row])[0]


@handles(EndListeningTask)
def end(act: Act, request: EndListeningTask) -> Done:
    """End it, or give one's own back; what is played for it stops with the desk's next look."""
    row = _found(act, request.task_id)
    act.require(Action.CALL_TASK_END, about(row) if row is not None else Resource.absent("recording"))
    if row is None:
        act.refuse("recording.task_none", clause="Y-4.2.1", ask=(Role.COMPLIANCE,))
    if not lives(row, act.now):
        act.refuse("recording.task_over")
    changes = {"state": _ENDED, "ended_by": act.actor.person_id, "ended_at": act.now}
    event = _event(act, Action.CALL_TASK_END, {**row, **changes})
    try:
        act.proofs.update(act.uow, listening_task, row["id"], row["version"], changes, event)
    except StaleRow:
        act.refuse("recording.task_over")
    _told(act, row)
    return Done()


@handles(ListListeningTasks)
def list_tasks(act: Act, request: ListListeningTasks) -> ListeningTasks:
    """Each decided on."""
    del request
    me, unit_id = act.actor.person_id, act.unit_id
    query = select(listening_task).order_by(listening_task.c.given_at.desc(), listening_task.c.id.desc()).limit(_LISTED)
    if not act.allowed(Action.CALL_TASK_LIST, _ANY).allowed:
        act.require(Action.CALL_TASK_LIST, replace(_ANY, unit_id=unit_id, task_person_id=me, requester_id=me))
        theirs = (listening_task.c.person_id == me, listening_task.c.given_by == me)
        query = query.where(or_(*theirs, listening_task.c.unit_id == unit_id))
    rows = act.proofs.holding(act.uow, listening_task, act.db.execute(query).mappings().all())
    seen = [row for row in rows if act.allowed(Action.CALL_TASK_LIST, about(row)).allowed]
    near = Resource(kind="case", assignee_id=me, unit_id=unit_id, agency_id=act.actor.agency_id)
    found = ListeningTasks(
        tasks=_views(act, seen),
        may_give=tuple(reason for reason, action in GIVING.items() if act.allowed(action, near).allowed),
        at=act.now,
    )
    act.asked = Action.CALL_TASK_LIST
    act.log(Action.CALL_TASK_LIST, object_kind=_KIND, object_id="list", rows=len(seen))
    return found


def _case(act: Act, action: Action, said: str, subject: str | None) -> tuple[RowMapping, Decision]:
    """The case of that id or number for whose recordings the person may give a task."""
    name = said.strip()
    found = find_cases(act, name.upper()) or find_cases(act, name)
    places = [replace(resource_of(row), subject_person_id=subject) for row in found]
    at = next((at for at, one in enumerate(places) if act.allowed(action, one).allowed), 0)
    decision = act.require(
        action, places[at] if places else replace(Resource.absent("case"), subject_person_id=subject)
    )
    if not found:
        act.refuse("case.not_found", clause="Y-4.2.1")
    return found[at], decision


def _calls(
    act: Act, action: Action, request: GiveListeningTask, holder: Actor, case: RowMapping | None
) -> tuple[str, ...]:
    """The calls that are drawn, none for a case's; whoever listens may have the task at all.

    Raises:
        Refused: `recording.task_unfit`, `recording.task_party`, `recording.task_sample`, `recording.task_nothing`.
    """
    tenant_id = case["tenant_id"] if case is not None else DESK_TENANT
    barred = barred_ids(case["barred"]) if case is not None else ()
    if not fits(act, holder, request.reason, tenant_id, barred):
        ask = Role.AUDITOR if action is Action.CALL_TASK_AUDIT else Role.COMPLIANCE
        act.refuse("recording.task_unfit", clause="S-3-17", ask=(ask,))
    if case is not None:
        spoke = (call_record.c.case_id == case["id"], call_record.c.person_id == holder.person_id)
        if act.db.execute(select(call_record.c.id).where(*spoke).limit(1)).first() is not None:
            act.refuse("recording.task_party", clause="§3.3-1")
        return ()
    if not (0 < request.count <= MOST_DRAWN and 0 < request.days <= drawing.LONGEST_DAYS):
        act.refuse("recording.task_sample", most=str(MOST_DRAWN), days=str(drawing.LONGEST_DAYS))
    unit_id = drawing.unit_named(act, request.unit)
    since = drawing.since(act, request.days)
    calls = drawing.draw(act, action, holder, request.reason, request.count, since, unit_id)
    if not calls:
        act.refuse("recording.task_nothing")
    return calls


def _newest(act: Act) -> int:
    digits = str(act.db.execute(select(func.max(listening_task.c.number))).scalar() or "").removeprefix(_PREFIX)
    return int(digits) if digits.isascii() and digits.isdigit() else 0


def _found(act: Act, said: str) -> RowMapping | None:
    name = said.strip()
    if (row := act.proofs.get(act.uow, listening_task, name)) is not None:
        return row
    digits = name.upper().removeprefix(_PREFIX)
    if not (digits.isascii() and digits.isdigit()):
        return None
    number = f"{_PREFIX}{digits:0>8}"
    return next(iter(held_rows(act.uow, act.proofs, listening_task, listening_task.c.number == number)), None)


def _event(act: Act, action: Action, values: Row) -> Any:  # noqa: ANN401 - the log's event
    return act.event(
        action,
        object_kind=_KIND,
        object_id=values["id"],
        tenant_id=values["tenant_id"],
        case_id=values["case_id"],
        reason=values["reason"],
        minutes=(values["ends_at"] - values["given_at"]) // (HOUR // 60),
        rows=len(drawn(values)),
        detail=((DetailKey.REFERENCE, values["reference"]), (DetailKey.TO, values["state"])),
    )


def _told(act: Act, row: Row) -> None:
    people = (row["person_id"], row["given_by"])
    act.push(_KIND, row["id"], Audience.of(*people, units=(row["unit_id"],), roles=(Role.COMPLIANCE,)))


def _views(act: Act, rows: list[RowMapping] | list[dict[str, Any]]) -> tuple[ListeningTask, ...]:
    ids = sorted({str(row[name]) for row in rows for name in ("person_id", "given_by", "ended_by") if row[name]})
    found = held_rows(act.uow, act.proofs, person, person.c.id.in_(ids)) if ids else []
    people = {row["id"]: (row["name"], row["staff_no"]) for row in found}
    cases = sorted({str(row["case_id"]) for row in rows if row["case_id"]})
    numbers = dict(act.db.execute(select(case_file.c.id, case_file.c.number).where(case_file.c.id.in_(cases))).all())
    return tuple(_view(act, row, people, numbers) for row in rows)


def _view(act: Act, row: Row, people: dict[str, tuple[str, str]], numbers: dict[str, str]) -> ListeningTask:
    live = lives(row, act.now)
    name, staff_no = people.get(row["person_id"], ("", ""))
    return ListeningTask(
        task_id=row["id"],
        number=row["number"],
        person=name,
        staff_no=staff_no,
        given_by=people.get(row["given_by"], ("", ""))[0],
        reason=row["reason"],
        reference=row["reference"],
        case_number=numbers.get(row["case_id"] or "", ""),
        drawn=len(drawn(row)),
        given_at=row["given_at"],
        ends_at=row["ends_at"],
        state=row["state"] if live or row["state"] != ACTIVE else "over",
        ended_by=people.get(row["ended_by"] or "", ("", ""))[0],
        mine=row["person_id"] == act.actor.person_id,
        may_end=live and act.allowed(Action.CALL_TASK_END, about(row)).allowed,
    )
