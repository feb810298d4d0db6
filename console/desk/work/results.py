"""Results of working a case, and the next contact: what follows from each code for the case and its place in the queue.

A result that means contact is refused on a held case by the decision (`case:result:attempt`); what a customer brings
up without being contacted is recorded there too. A result that says nobody or the wrong person would be reached marks
the stop in the same act; a complaint, a dispute or a wish not to be contacted asks for the hold.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from sqlalchemy import insert, select
from sqlalchemy.engine import RowMapping

from access.audit.events import DetailKey
from access.policy import Action, Conditions, Resource
from access.policy.holds import HoldReason
from access.store.schema import case_file, case_result
from console.desk.act import Act
from console.desk.api.work import (
    ATTEMPTS,
    REACHED,
    DraftKind,
    PlanContact,
    Recorded,
    RecordResult,
    ResultCode,
    Worked,
)
from console.desk.cases.queue import WORKED
from console.desk.cases.rows import require_case, resource_of
from console.desk.cases.states import CaseState
from console.desk.conditions import standing
from console.desk.kernel import handles
from console.desk.notes.writing import keep_note
from console.desk.strategy.live import advice_for
from console.desk.work import calendar, drafts, holds, promises
from console.desk.work.changing import change_case, unchanged
from console.desk.work.order import DUE_FROM, band_of

_RETRY_HOURS: Final = {
    ResultCode.BUSY: 1,
    ResultCode.NO_ANSWER: 3,
    ResultCode.POWERED_OFF: 3,
    ResultCode.REFUSED: 3,
}
"""After how many hours the same day a case comes up again; after any other result the next morning."""

_HOLDS: Final = {
    ResultCode.COMPLAINT: HoldReason.COMPLAINT,
    ResultCode.DECEASED: HoldReason.DEATH,
    ResultCode.DISPUTE: HoldReason.DISPUTE,
    ResultCode.IDENTITY_THEFT: HoldReason.IDENTITY_THEFT,
    ResultCode.STOP_REQUESTED: HoldReason.REQUESTED,
    ResultCode.WRONG_PERSON: HoldReason.WRONG_PERSON,
}
_FURTHEST: Final = 366 * 86_400_000_000


class OfCall(NamedTuple):
    """An ended call of the person's own that a result is of.

    call_id, case: the call, and its case as it is now. about: what is decided on. worked: the case is the person's to
    work now.
    """

    call_id: str
    case: RowMapping
    about: tuple[Resource, Conditions]
    worked: bool


@handles(RecordResult)
def record(act: Act, request: RecordResult) -> Recorded:
    """Keep a result, with what comes with it, and say which case is next."""
    return keep(act, request)


def keep(act: Act, request: RecordResult, *, of: OfCall | None = None) -> Recorded:
    """Keep a result. of: the call it is what came of; contact was judged before that rang anybody.

    What a customer said in a call is kept by who took part, whoever has the case by now and wherever it stands; what
    is to come of it, a promise or the next contact, is for whoever works the case.
    """
    if request.code not in set(ResultCode):
        act.refuse("result.code_unknown")
    code = ResultCode(request.code)
    action = Action.CASE_RESULT_RECORD if of is not None else _action(code)
    row = require_case(act, request.case_id, action) if of is None else of.case
    about = of.about if of is not None else (resource_of(row), standing(act, row))
    act.require(action, *about)
    unchanged(act, row, request.version)
    if (code is ResultCode.PROMISED) != (request.promise is not None):
        act.refuse("result.promise_missing")
    worked = of is None or of.worked
    if not worked and (request.promise is not None or request.next_at is not None):
        act.refuse("wrap.case_moved_on")
    _require_future(act, request.next_at)
    promise_id = None
    if request.promise is not None:
        act.require(Action.CASE_PROMISE_MAKE, resource_of(row), standing(act, row))
        promise_id = promises.make(act, row, request.promise)
    if request.note.strip():
        act.require(Action.CASE_NOTE_WRITE, *about)
        keep_note(act, row, request.note)
    _insert(act, row, code, promise_id, of.call_id if of is not None else None)
    act.asked = action
    event = act.event(
        action,
        object_kind="case",
        object_id=row["id"],
        case_id=row["id"],
        tenant_id=row["tenant_id"],
        detail=((DetailKey.CODE, str(code)),),
    )
    # What was agreed with whoever works it now stays.
    next_at = request.next_at if worked else row["next_at"]
    fresh = change_case(act, row, _changes(act, row, next_at, code), event)
    if code in _HOLDS:
        fresh = holds.mark(act, fresh, _HOLDS[code], about if of is not None else None)
    drafts.drop(act, row["id"], DraftKind.RESULT)
    if of is not None:
        drafts.drop(act, row["id"], DraftKind.WRAP)
    return Recorded(version=fresh["version"], next_case_id=_next(act, row["id"]))


def _action(code: ResultCode) -> Action:
    return Action.CASE_RESULT_ATTEMPT if code in ATTEMPTS else Action.CASE_RESULT_RECORD


def _insert(act: Act, row: RowMapping, code: ResultCode, promise_id: str | None, call_id: str | None) -> None:
    act.db.execute(
        insert(case_result).values(
            id=act.parts.ids.new(),
            tenant_id=row["tenant_id"],
            case_id=row["id"],
            person_id=act.actor.person_id,
            unit_id=row["unit_id"],
            code=str(code),
            reached=int(code in REACHED),
            promise_id=promise_id,
            call_id=call_id,
            at=act.now,
            day=calendar.today(act.now, act.parts.settings.zone).isoformat(),
        )
    )


def _changes(act: Act, row: RowMapping, next_at: int | None, code: ResultCode) -> dict[str, Any]:
    state = row["state"]
    if row["hold"] is not None:
        pass  # held it stays, whatever was said before anybody knew
    elif code is ResultCode.PROMISED:
        state = CaseState.PROMISED.value
    elif state == CaseState.NEW.value or (state == CaseState.BROKEN.value and code in REACHED):
        # A broken promise that nobody could be asked about stays one.
        state = CaseState.WORKING.value
    return {
        "state": state,
        "last_result": str(code),
        "next_at": next_at,
        "rest_until": None if next_at is not None else _rest(act, row, code),
    }


def _rest(act: Act, row: RowMapping, code: ResultCode) -> int:
    """Until when nothing is due: the next try, and after a contact at least the strategy's interval."""
    again = calendar.retry(act.now, row["zone"], _RETRY_HOURS.get(code, 0))
    days = advice_for(act, row).interval_days if code in REACHED else 0
    return max(again, calendar.morning_in(act.now, row["zone"], days)) if days else again


def _require_future(act: Act, next_at: int | None) -> None:
    if next_at is not None and not act.now < next_at <= act.now + _FURTHEST:
        act.refuse("next.not_ahead")


def _next(act: Act, but: str) -> str | None:
    """The first case of the own queue that is due now, other than the one just worked."""
    actor = act.actor
    own = Resource(kind="queue", assignee_id=actor.person_id, unit_id=actor.unit_id, agency_id=actor.agency_id)
    if not act.allowed(Action.CASE_QUEUE_LIST_OWN, own, standing(act)).allowed:
        return None
    query = (
        select(case_file.c.id, case_file.c.priority)
        .where(WORKED, case_file.c.assignee_id == actor.person_id, case_file.c.id != but)
        .order_by(case_file.c.priority.desc(), case_file.c.id)
        .limit(1)
    )
    first = act.db.execute(query).first()
    return str(first.id) if first is not None and band_of(first.priority) >= DUE_FROM else None


@handles(PlanContact)
def plan(act: Act, request: PlanContact) -> Worked:
    """Set or clear the agreed next contact."""
    row = require_case(act, request.case_id, Action.CASE_SCHEDULE_PLAN)
    unchanged(act, row, request.version)
    _require_future(act, request.next_at)
    event = act.event(
        Action.CASE_SCHEDULE_PLAN,
        object_kind="case",
        object_id=row["id"],
        case_id=row["id"],
        tenant_id=row["tenant_id"],
        detail=((DetailKey.TO, "planned" if request.next_at is not None else "unplanned"),),
    )
    changes = {"next_at": request.next_at}
    if request.next_at is not None:
        changes["rest_until"] = None
    return Worked(version=change_case(act, row, changes, event)["version"])
