"""Listen to a recording: decided, its reason asked, logged and committed before any phone rings.

It is played to the registered phone of whoever asked, under a mark that names the listening; no screen, file or command
ever holds what was said. Own calls, the team's, or a call that a task is about (requirements §3.2-17), which somebody
else has to have given or made (`console.desk.calls.tasked`).
"""

from __future__ import annotations

import secrets as chance
from typing import Final

from sqlalchemy import select
from sqlalchemy.engine import RowMapping

from access.audit.events import DetailKey
from access.policy import Action, Conditions, Decision, Resource
from access.policy.model import barred_ids
from access.store.schema import DESK_TENANT, call_listening, call_record, call_recording
from console.desk.act import Act
from console.desk.api.base import Done
from console.desk.api.recordings import (
    REASONS,
    TASK_REASONS,
    ListeningNow,
    ListeningView,
    ReadListening,
    StartListening,
    SteerListening,
    StopListening,
)
from console.desk.calls.assigned import number_in
from console.desk.calls.earphones import Heard, Ordered
from console.desk.calls.starting import busy, listens, phone_of
from console.desk.calls.states import PLAYABLE
from console.desk.calls.tasked import task_reference, tasked
from console.desk.cases.rows import load_case
from console.desk.contact.slots import take_turn
from console.desk.contact.wall import HOUR
from console.desk.kernel import handles
from console.dial.tones import MARK_DIGITS, MARK_LETTERS
from masking.recording import RecordingKey, unwrap_recording

OPEN: Final = "open"
_RECENT: Final = 7 * 24 * HOUR
_PAIRS: Final = 5


@handles(StartListening)
def start(act: Act, request: StartListening) -> ListeningView:
    """Write down who listens and why, and have the phone rung once that is committed."""
    reason, reference = _why(act, request.reason, request.reference)
    call, recording = _found(act, request.call_id)
    resource = _resource(act, call, task=tasked(act, call, reason, reference))
    act.require(Action.CALL_RECORDING_LISTEN, resource, _conditions(act, call, reason))
    if recording is None or recording["state"] not in PLAYABLE:
        act.refuse("recording.none")
    board = act.parts.switchboard
    if board.key is None:
        act.refuse("call.no_line")
    phone = phone_of(act)
    take_turn(act, f"person:{act.actor.person_id}", DESK_TENANT)
    if busy(act):
        act.refuse("call.already")
    if listens(act):
        act.refuse("recording.already")
    case = load_case(act, call["case_id"])
    ordered = Ordered(
        listening_id=act.parts.ids.new(),
        call_id=call["id"],
        person_id=act.actor.person_id,
        number=case["number"] if case is not None else "",
        phone=phone,
        alias=f"rec-{case['number']}" if case is not None else "rec",
        key=_key(act, recording),
        mark=_mark(act),
        second=_within(request.second, recording["seconds"]),
        seconds=recording["seconds"],
    )
    _write(act, call, ordered, reason, reference)
    now = act.now
    act.uow.after_commit(lambda: board.listen(ordered, now))
    return shown(Heard(ordered, "ringing", ordered.second, act.now))


@handles(SteerListening)
def steer(act: Act, request: SteerListening) -> ListeningView:
    """Another part of what one listens to; decided and logged like the first."""
    heard = act.parts.switchboard.earphones.of(act.actor.person_id)
    if heard is None:
        act.require(Action.CALL_RECORDING_LEAVE, _own(act))
        act.refuse("recording.not_listening")
    ordered = heard.ordered
    row = act.proofs.get(act.uow, call_listening, ordered.listening_id)
    call, recording = _found(act, ordered.call_id)
    if row is None or recording is None or recording["state"] not in PLAYABLE:
        act.refuse("recording.none")
    resource = _resource(act, call, task=tasked(act, call, row["reason"], row["reference"]))
    act.require(Action.CALL_RECORDING_LISTEN, resource, _conditions(act, call, row["reason"]))
    second = _within(request.second, ordered.seconds)
    act.log(
        Action.CALL_RECORDING_LISTEN,
        object_kind="recording",
        object_id=recording["id"],
        case_id=call["case_id"],
        tenant_id=call["tenant_id"],
        reason=row["reason"],
        approval_id=ordered.listening_id,
        detail=((DetailKey.SECONDS, str(second)), (DetailKey.NAME, "stand" if request.paused else "from")),
    )
    act.uow.after_commit(lambda: act.parts.switchboard.steer(ordered.listening_id, second, paused=request.paused))
    return shown(Heard(ordered, "paused" if request.paused else "playing", second, act.now))


@handles(ReadListening)
def read(act: Act, request: ReadListening) -> ListeningNow:
    """No decision but that it is one's own."""
    del request
    me = act.actor.person_id
    act.require(Action.CALL_RECORDING_LEAVE, _own(act))
    heard = act.parts.switchboard.earphones.of(me)
    act.log(Action.CALL_RECORDING_LEAVE, object_kind="recording", object_id="now", rows=int(heard is not None))
    return ListeningNow(listening=shown(heard) if heard is not None else None)


@handles(StopListening)
def stop(act: Act, request: StopListening) -> Done:
    """Hang up; that it is over is written once it is."""
    del request
    me, board = act.actor.person_id, act.parts.switchboard
    act.require(Action.CALL_RECORDING_LEAVE, _own(act))
    heard = board.earphones.of(me)
    act.log(
        Action.CALL_RECORDING_LEAVE,
        object_kind="recording",
        object_id=heard.ordered.key.recording_id if heard is not None else "none",
    )
    if heard is not None:
        listening_id = heard.ordered.listening_id
        act.uow.after_commit(lambda: board.hang_up(listening_id))
    return Done()


def still_may(act: Act, ordered: Ordered) -> Decision | None:
    """The decision on what somebody listens to, taken anew; None where nothing can be decided on any more.

    The task is that of the start: a complaint that is settled meanwhile cuts nobody off in mid-sentence. One that was
    given is looked at again: it was taken back, or its time is over.
    """
    row = act.proofs.get(act.uow, call_listening, ordered.listening_id)
    call = act.proofs.get(act.uow, call_record, ordered.call_id)
    if row is None or call is None:
        return None
    given = bool(number_in(row["reference"]))
    task = tasked(act, call, row["reason"], row["reference"]) if given else row["reason"] in TASK_REASONS
    resource = _resource(act, call, task=task)
    return act.allowed(Action.CALL_RECORDING_LISTEN, resource, _conditions(act, call, row["reason"]))


def shown(heard: Heard) -> ListeningView:
    """As the listener sees it."""
    ordered = heard.ordered
    return ListeningView(
        listening_id=ordered.listening_id,
        call_id=ordered.call_id,
        number=ordered.number,
        seconds=ordered.seconds,
        second=heard.second,
        state=heard.state,
        mark=ordered.mark,
        at=heard.at,
    )


def _own(act: Act) -> Resource:
    """What is on one's own phone, for whoever may listen to anything."""
    me = act.actor
    return Resource(
        kind="recording",
        requester_id=me.person_id,
        unit_id=act.unit_id,
        agency_id=me.agency_id,
        task_person_id=me.person_id,
    )


def _why(act: Act, reason: str, reference: str) -> tuple[str, str]:
    """The reason, and the number of what it is for where it is a task."""
    if reason in TASK_REASONS:
        return reason, task_reference(act, reference)
    if reason not in REASONS:
        act.refuse("recording.reason_unknown")
    return reason, ""


def _found(act: Act, call_id: str) -> tuple[RowMapping, RowMapping | None]:
    """The call and its recording, each as it proves itself.

    Raises:
        Refused: as for whatever lies outside every scope.
    """
    call = act.proofs.get(act.uow, call_record, call_id)
    if call is None:
        act.require(Action.CALL_RECORDING_LISTEN, Resource.absent("recording"))
        act.refuse("scope.denied", clause="Y-4.2.1")
    query = select(call_recording).where(call_recording.c.call_id == call_id)
    rows = act.proofs.holding(act.uow, call_recording, act.db.execute(query).mappings().all())
    return call, rows[0] if rows else None


def _resource(act: Act, call: RowMapping, *, task: bool) -> Resource:
    """As the decision sees it: it stays the caller's; nobody hears a customer they have an interest in."""
    case = load_case(act, call["case_id"])
    return Resource(
        kind="recording",
        id=call["id"],
        tenant_id=call["tenant_id"],
        requester_id=call["person_id"],
        unit_id=call["unit_id"],
        agency_id=call["agency_id"],
        task_person_id=act.actor.person_id if task else None,
        barred_ids=barred_ids(case["barred"]) if case is not None else (),
        found=case is not None,
    )


def _conditions(act: Act, call: RowMapping, reason: str) -> Conditions:
    return Conditions(coaching=reason == "coaching", recent=act.now - call["started_at"] <= _RECENT)


def _key(act: Act, recording: RowMapping) -> RecordingKey:
    """Raises: SealBroken."""
    wrapped = bytes(recording["wrapped_key"])
    return unwrap_recording(act.parts.keys.kek(), wrapped, recording["tenant_id"], recording["id"])


def _mark(act: Act) -> str:
    """One that no listening has: letters and digits by turns, so that it is nobody's number."""
    while True:
        mark = "".join(chance.choice(MARK_LETTERS) + chance.choice(MARK_DIGITS) for _ in range(_PAIRS))
        taken = select(call_listening.c.id).where(call_listening.c.mark == mark)
        if act.db.execute(taken).first() is None:
            return mark


def _within(second: int, seconds: int) -> int:
    return max(0, min(second, seconds - 1))


def _write(act: Act, call: RowMapping, ordered: Ordered, reason: str, reference: str) -> None:
    event = act.event(
        Action.CALL_RECORDING_LISTEN,
        object_kind="recording",
        object_id=ordered.key.recording_id,
        case_id=call["case_id"],
        tenant_id=call["tenant_id"],
        reason=reason,
        approval_id=ordered.listening_id,
        detail=(
            (DetailKey.SECONDS, str(ordered.second)),
            (DetailKey.NAME, "mark-" + ordered.mark),
            *(((DetailKey.REFERENCE, reference),) if reference else ()),
        ),
    )
    values = {
        "id": ordered.listening_id,
        "tenant_id": call["tenant_id"],
        "recording_id": ordered.key.recording_id,
        "call_id": call["id"],
        "case_id": call["case_id"],
        "person_id": ordered.person_id,
        "mark": ordered.mark,
        "reason": reason,
        "reference": reference,
        "state": OPEN,
        "result": None,
        "seconds": 0,
        "started_at": act.now,
        "ended_at": None,
    }
    act.proofs.insert(act.uow, call_listening, values, event)
