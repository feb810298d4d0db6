"""The log for its readers: pages, verification against the checkpoints outside, a checkpoint on demand."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select

from access.audit import read as log_read
from access.audit.checkpoints import Checkpointer, read_head
from access.audit.events import DetailKey
from access.audit.findings import Verification
from access.audit.notes import parse
from access.audit.verify import verify
from access.audit.witness import Witness
from access.errors import AccessError
from access.policy import Action, Resource
from access.store.schema import audit_checkpoint, case_file, person, reveal_request
from console.desk.act import Act, Later
from console.desk.api.log import (
    CheckpointView,
    Finding,
    LogEntry,
    LogPage,
    ReadLog,
    TakeCheckpoint,
    VerificationView,
    VerifyLog,
)
from console.desk.kernel import handles

_PAGE: Final = 100
_FINDINGS: Final = 200


@handles(ReadLog)
def read_log(act: Act, request: ReadLog) -> LogPage:
    """A page of the log, as far as this person may read it."""
    whole = act.allowed(Action.AUDIT_LOG_READ, Resource(kind="log"))
    own = Resource(kind="log", subject_person_id=act.actor.person_id, unit_id=act.unit_id)
    if not whole.allowed:
        act.require(Action.AUDIT_LOG_READ, own)
    act.role = whole.role if whole.allowed else act.role
    wanted = _filter(act, request, everybody=whole.allowed)
    entries: tuple[LogEntry, ...] = ()
    cursor = None
    if wanted is not None:
        limit = min(max(request.limit, 1), _PAGE)
        page = log_read.page(act.db, wanted, before=request.before, limit=limit)
        entries, cursor = _entries(act, page.entries), page.before
    signed = act.db.execute(
        select(audit_checkpoint.c.size, audit_checkpoint.c.at).order_by(audit_checkpoint.c.size.desc()).limit(1)
    ).first()
    act.log(Action.AUDIT_LOG_READ, object_kind="log", rows=len(entries))
    return LogPage(
        entries=entries,
        cursor=cursor,
        size=read_head(act.db).size,
        checkpoint_size=signed.size if signed else 0,
        checkpoint_at=signed.at if signed else None,
    )


def _filter(act: Act, request: ReadLog, *, everybody: bool) -> log_read.Filter | None:
    """None: the filter names somebody or something that is not there, or not this reader's to read."""
    who = None if everybody else act.actor.person_id
    if request.staff_no:
        named = act.db.execute(select(person.c.id).where(person.c.staff_no == request.staff_no)).scalar()
        if named is None or (who is not None and named != who):
            return None
        who = str(named)
    cases: tuple[str, ...] = ()
    if request.case_number:
        # Two creditors may both count up to one number.
        numbered = select(case_file.c.id).where(case_file.c.number == request.case_number)
        cases = tuple(act.db.execute(numbered).scalars())
        if not cases:
            return None
    return log_read.Filter(
        person_id=who,
        case_ids=cases,
        action=request.action or None,
        since=request.since,
        until=request.until,
    )


def _entries(act: Act, found: tuple[log_read.Entry, ...]) -> tuple[LogEntry, ...]:
    events = [entry.event for entry in found]
    people = {
        row.id: row
        for row in act.db.execute(
            select(person.c.id, person.c.staff_no, person.c.name).where(
                person.c.id.in_({event.person_id for event in events if event.person_id})
            )
        )
    }
    numbers = {
        row.id: row.number
        for row in act.db.execute(
            select(case_file.c.id, case_file.c.number).where(
                case_file.c.id.in_({event.case_id for event in events if event.case_id})
            )
        )
    }
    approvals = {
        row.id: row.number
        for row in act.db.execute(
            select(reveal_request.c.id, reveal_request.c.number).where(
                reveal_request.c.id.in_({event.approval_id for event in events if event.approval_id})
            )
        )
    }
    shown: list[LogEntry] = []
    for entry in found:
        event = entry.event
        who = people.get(event.person_id or "")
        shown.append(
            LogEntry(
                seq=entry.seq,
                at=event.at,
                staff_no=who.staff_no if who else "",
                person=who.name if who else "",
                role=event.role or "",
                action=event.action,
                result=event.result,
                rule=event.rule or "",
                case_number=numbers.get(event.case_id or "", ""),
                fields=event.fields,
                approval=approvals.get(event.approval_id or "", ""),
                source=event.source or "",
                terminal=event.terminal or "",
                session=(event.session_id or "")[-6:],
                detail=tuple((str(key), value) for key, value in event.detail),
            )
        )
    return tuple(shown)


@handles(VerifyLog)
def verify_log(act: Act, request: VerifyLog) -> Later[Verification]:
    """Recompute everything; acts go on meanwhile."""
    del request
    act.require(Action.AUDIT_LOG_VERIFY, Resource(kind="log"))
    home = act.parts.home
    if home is None:
        act.refuse("log.no_witness")
    act.log(Action.AUDIT_LOG_VERIFY, object_kind="log", detail=((DetailKey.STATE, "begun"),))
    store, public, path = act.parts.store, act.parts.keys.log_signer.public_key, home.witness

    def finish(second: Act, result: Verification) -> VerificationView:
        second.require(Action.AUDIT_LOG_VERIFY, Resource(kind="log"))
        second.log(
            Action.AUDIT_LOG_VERIFY,
            object_kind="log",
            rows=result.events,
            detail=(
                (DetailKey.STATE, "sound" if result.ok else "unsound"),
                (DetailKey.COUNT, str(len(result.findings))),
            ),
        )
        return view_of(result)

    return Later(lambda: verify(store, Witness(path), public), finish)


def view_of(result: Verification) -> VerificationView:
    """A verification as shown: what is wrong first, then what is only worth knowing."""
    found = (*result.findings, *result.notices)[:_FINDINGS]
    return VerificationView(
        ok=result.ok,
        events=result.events,
        checkpoints=result.checkpoints,
        waiting=result.waiting,
        root=result.root.hex(),
        seconds=result.seconds,
        findings=tuple(Finding(kind=str(one.kind), position=one.position, detail=one.detail) for one in found),
    )


@handles(TakeCheckpoint)
def take_checkpoint(act: Act, request: TakeCheckpoint) -> Later[bytes | None]:
    """Sign the log's head, including the event that asks for it."""
    del request
    act.require(Action.AUDIT_CHECKPOINT_SIGN, Resource(kind="log"))
    act.log(Action.AUDIT_CHECKPOINT_SIGN, object_kind="log", detail=((DetailKey.STATE, "begun"),))
    checkpointer: Checkpointer | None = act.parts.checkpointer
    if checkpointer is None:
        act.refuse("log.no_witness")

    def finish(second: Act, note: bytes | None) -> CheckpointView:
        second.require(Action.AUDIT_CHECKPOINT_SIGN, Resource(kind="log"))
        checkpoint = parse(note) if note else None
        if note is None or checkpoint is None:
            raise AccessError("access.witness_broken")
        second.log(Action.AUDIT_CHECKPOINT_SIGN, object_kind="log", detail=((DetailKey.SIZE, str(checkpoint.size)),))
        return CheckpointView(size=checkpoint.size, root=checkpoint.root.hex(), at=checkpoint.at, note=note.decode())

    return Later(checkpointer.take, finish)
