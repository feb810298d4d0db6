"""Promises to pay: made with a result, taken back with a reason, one open on a case at a time.

Whether a promise was kept is judged in `console.desk.imports.promises` when repayments come in, and by the clockwork
(`console.desk.work.clockwork`) when its day is over.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from sqlalchemy import insert, select, update
from sqlalchemy.engine import RowMapping

from access.audit.events import DetailKey
from access.policy import Action
from access.store.schema import case_result, promise
from console.desk.act import Act
from console.desk.api.work import Channel, PromiseView, Terms, WithdrawPromise, WithdrawReason, Worked
from console.desk.cases.rows import require_case, staff_names
from console.desk.cases.states import CaseState
from console.desk.kernel import handles
from console.desk.work.calendar import parse_day, today
from console.desk.work.changing import RowLike, change_case, unchanged

FURTHEST: Final = timedelta(days=90)
"""How far ahead somebody may promise to pay."""


def make(act: Act, row: RowMapping, terms: Terms) -> str:
    """Keep a promise on a case; the caller changes the case. Returns its id.

    Raises:
        Refused: amount, day or channel cannot be; another promise is open and is not to be replaced.
    """
    if not 0 < terms.amount <= row["due"]:
        act.refuse("promise.amount")
    day, now_there = parse_day(terms.due_on), today(act.now, row["zone"])
    if day is None or not now_there <= day <= now_there + FURTHEST:
        act.refuse("promise.day", days=str(FURTHEST.days))
    if terms.channel not in set(Channel):
        act.refuse("promise.channel_unknown")
    before = open_promise(act, row["id"])
    if before is not None:
        if not terms.replace:
            act.refuse("promise.open_already", day=before["due_on"])
        _end(act, before, "replaced", None)
    promise_id = act.parts.ids.new()
    act.db.execute(
        insert(promise).values(
            id=promise_id,
            tenant_id=row["tenant_id"],
            case_id=row["id"],
            amount=terms.amount,
            currency=row["currency"],
            due_on=terms.due_on,
            channel=terms.channel,
            paid=0,
            state="open",
            made_by=act.actor.person_id,
            made_at=act.now,
        )
    )
    act.log(
        Action.CASE_PROMISE_MAKE,
        object_kind="promise",
        object_id=promise_id,
        case_id=row["id"],
        tenant_id=row["tenant_id"],
        detail=((DetailKey.TO, "open"),),
    )
    return promise_id


def open_promise(act: Act, case_id: str) -> RowMapping | None:
    """The promise of a case that is open; should there be several, the one due first."""
    query = select(promise).where(promise.c.case_id == case_id, promise.c.state == "open")
    return act.db.execute(query.order_by(promise.c.due_on, promise.c.id).limit(1)).mappings().one_or_none()


def state_by_promises(act: Act, case_id: str) -> CaseState:
    """Where a case stands that nothing holds any more: what its promises say, whatever was judged meanwhile.

    Promised while one is open; broken when the last one made was, and the customer was not reached since; new when
    nothing was ever recorded.
    """
    if open_promise(act, case_id) is not None:
        return CaseState.PROMISED
    made = select(promise.c.state, promise.c.ended_at).where(promise.c.case_id == case_id)
    last = act.db.execute(made.order_by(promise.c.made_at.desc(), promise.c.id.desc()).limit(1)).first()
    results = select(case_result.c.id).where(case_result.c.case_id == case_id).limit(1)
    if last is not None and last.state == "broken":
        since = results.where(case_result.c.reached == 1, case_result.c.at >= last.ended_at)
        return CaseState.WORKING if act.db.execute(since).first() is not None else CaseState.BROKEN
    untouched = last is None and act.db.execute(results).first() is None
    return CaseState.NEW if untouched else CaseState.WORKING


def latest_promise(act: Act, case_id: str) -> PromiseView | None:
    """The open promise of a case, or the one made last."""
    found = open_promise(act, case_id)
    if found is None:
        query = (
            select(promise)
            .where(promise.c.case_id == case_id)
            .order_by(promise.c.made_at.desc(), promise.c.id.desc())
            .limit(1)
        )
        found = act.db.execute(query).mappings().one_or_none()
    return promise_view(act, found) if found is not None else None


def promise_view(act: Act, row: RowLike) -> PromiseView:
    """A promise as it is shown."""
    return PromiseView(
        promise_id=row["id"],
        amount=row["amount"],
        currency=row["currency"],
        due_on=row["due_on"],
        channel=row["channel"],
        paid=row["paid"],
        state=row["state"],
        made_by=staff_names(act, {row["made_by"]}).get(row["made_by"], ""),
        made_at=row["made_at"],
    )


@handles(WithdrawPromise)
def withdraw(act: Act, request: WithdrawPromise) -> Worked:
    """Take an open promise back."""
    row = require_case(act, request.case_id, Action.CASE_PROMISE_WITHDRAW)
    unchanged(act, row, request.version)
    if request.reason not in set(WithdrawReason):
        act.refuse("promise.reason_unknown")
    before = open_promise(act, row["id"])
    if before is None or before["id"] != request.promise_id:
        act.refuse("promise.not_open")
    _end(act, before, "withdrawn", request.reason)
    event = act.event(
        Action.CASE_PROMISE_WITHDRAW,
        object_kind="promise",
        object_id=before["id"],
        case_id=row["id"],
        tenant_id=row["tenant_id"],
        reason=request.reason,
        detail=((DetailKey.FROM, "open"), (DetailKey.TO, "withdrawn")),
    )
    changes: dict[str, Any] = {}
    if row["state"] == CaseState.PROMISED.value:
        changes["state"] = CaseState.WORKING.value
    fresh = change_case(act, row, changes, event)
    return Worked(version=fresh["version"])


def _end(act: Act, before: RowMapping, state: str, reason: str | None) -> None:
    """End an open promise, by compare-and-set.

    Raises:
        Refused: `promise.not_open`: it was ended meanwhile.
    """
    done = act.db.execute(
        update(promise)
        .where(promise.c.id == before["id"], promise.c.state == "open")
        .values(state=state, ended_by=act.actor.person_id, ended_at=act.now, reason=reason)
    )
    if done.rowcount != 1:
        act.refuse("promise.not_open")
