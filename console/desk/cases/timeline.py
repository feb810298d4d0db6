"""What happened on a case and who looked at it, read from the log; reading it is itself an event."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import ColumnElement, Select, Table, literal, select
from sqlalchemy.engine import RowMapping

from access.audit.events import Event, decode
from access.policy import Action
from access.store.schema import audit_event, audit_outbox, person, promise
from console.desk.act import Act
from console.desk.api.cases import ReadTimeline, TimelineEntry, TimelinePage
from console.desk.cases.rows import require_case
from console.desk.kernel import handles
from console.desk.notes.writing import note_texts

PAGE = 50
_LOOKS: Final = (str(Action.CASE_FIELD_IDENTIFY), str(Action.CASE_FIELD_REVEAL), str(Action.CASE_FILE_OPEN))
_NOTE_WRITTEN: Final = str(Action.CASE_NOTE_WRITE)


@handles(ReadTimeline)
def read_timeline(act: Act, request: ReadTimeline) -> TimelinePage:
    """A page of the case's events, newest first."""
    row = require_case(act, request.case_id, Action.CASE_TIMELINE_READ)
    entries = page(act, row, request.before, PAGE, looks_only=request.looks_only)
    act.log(
        Action.CASE_TIMELINE_READ,
        object_kind="case",
        object_id=row["id"],
        case_id=row["id"],
        tenant_id=row["tenant_id"],
        rows=len(entries.entries),
    )
    return entries


def page(act: Act, case: RowMapping, before: int | None, limit: int, *, looks_only: bool) -> TimelinePage:
    """Events on a case, newest first, notes with their masked text; `looks_only`: openings and reveals."""
    case_id = case["id"]
    query = _events(audit_event, case_id, looks_only=looks_only, seq=audit_event.c.seq)
    query = query.order_by(audit_event.c.seq.desc()).limit(limit + 1)
    if before is not None:
        query = query.where(audit_event.c.seq < before)
    rows = list(act.db.execute(query))
    if before is None and act.db.dialect.name != "sqlite":
        # What was written a moment ago may still wait for its place in the log; it is shown first, as number 0.
        waiting = _events(audit_outbox, case_id, looks_only=looks_only, seq=literal(0))
        rows = [*act.db.execute(waiting.order_by(audit_outbox.c.event_id.desc())), *rows]
    entries: list[TimelineEntry] = []
    shown = [(row, decode(bytes(row.body))) for row in rows[:limit]]
    promises = _promises(act, [event for _, event in shown])
    notes = note_texts(act, case, {event.object_id or "" for _, event in shown if event.action == _NOTE_WRITTEN})
    for row, event in shown:
        extra: tuple[tuple[str, str], ...] = ()
        if event.fields and "reveal" in event.action:
            extra = (("fields", ",".join(event.fields)),)
        if event.reason is not None and event.object_kind in {"hold", "promise"}:
            extra += ((event.object_kind, event.reason),)
        extra += promises.get(event.object_id or "", ())
        if event.action == _NOTE_WRITTEN and (event.object_id or "") in notes:
            extra += (("note", notes[event.object_id or ""]),)
        entries.append(
            TimelineEntry(
                seq=row.seq,
                at=event.at,
                action=event.action,
                result=event.result,
                staff_no=row.staff_no or "",
                person=row.name or "",
                detail=extra + tuple((str(key), value) for key, value in event.detail),
            )
        )
    return TimelinePage(entries=tuple(entries), cursor=entries[-1].seq if len(rows) > limit else None)


def _promises(act: Act, events: list[Event]) -> dict[str, tuple[tuple[str, str], ...]]:
    """What the log may not hold of promises named in events: amount, day, channel."""
    ids = {event.object_id for event in events if event.object_kind == "promise" and event.action.endswith(":make")}
    if not ids:
        return {}
    return {
        row.id: (
            ("amount", f"{row.amount} {row.currency}"),
            ("due_on", row.due_on),
            ("channel", row.channel),
        )
        for row in act.db.execute(select(promise).where(promise.c.id.in_(ids)))
    }


def _events(log: Table, case_id: str, *, looks_only: bool, seq: ColumnElement[int]) -> Select[Any]:
    query = (
        select(seq.label("seq"), log.c.body, person.c.staff_no, person.c.name)
        .join_from(log, person, person.c.id == log.c.person_id, isouter=True)
        .where(log.c.case_id == case_id)
    )
    if looks_only:
        query = query.where(log.c.action.in_(_LOOKS))
    return query
