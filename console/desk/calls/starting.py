"""Call a customer: decided, judged by the contact rules, reserved, logged and committed before any phone rings.

The number is not opened: it goes sealed, in a ticket, to the one process that dials. Who has no registered phone calls
nobody, and one person is in one call.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Final

from sqlalchemy import select
from sqlalchemy.engine import RowMapping

from access.audit.events import DetailKey, Event
from access.policy import Action
from access.store.schema import DESK_TENANT, call_listening, call_record, call_recording
from console.desk.act import Act
from console.desk.api.base import Refusal
from console.desk.api.calling import CallView, StartCall
from console.desk.api.cases import FieldRef
from console.desk.api.contact import ContactRef, Means
from console.desk.calls import outages, secrets, writing
from console.desk.calls.bound import way_of
from console.desk.calls.listing import shown
from console.desk.calls.states import RETENTION, CallState, RecordingState
from console.desk.calls.switchboard import Ending, Placed
from console.desk.cases.rows import require_case
from console.desk.contact import recorder, slots
from console.desk.contact.checking import left_on
from console.desk.contact.slots import Slot
from console.desk.contact.wall import HOUR, SECOND
from console.desk.kernel import handles
from console.desk.parts import Parts
from console.desk.reveals.opening import ticket_for
from console.dial.messages import Dial, Ended
from console.dial.results import By, Result
from masking.gm import Sm2PublicKey
from masking.recording import new_recording_key, wrap_recording

MAKE: Final = "call:recording:make"
_TICKET_LASTS: Final = 100 * SECOND
_ABOUT_TO_BE_MADE: Final = 10 * SECOND
_YEAR: Final = 366 * 24 * HOUR


def recorder_ready(parts: Parts) -> bool:
    """Whether a call can be recorded now: dialer and media are there, and there is a place for the file."""
    return parts.switchboard.key is not None and parts.home is not None and parts.home.recordings.is_dir()


recorder.register(recorder_ready)


@handles(StartCall)
def start(act: Act, request: StartCall) -> CallView | Refusal:
    """Reserve the attempt, write the call, and have it made once that is committed."""
    return begin(act, request)


def begin(act: Act, request: StartCall, ring: str = "") -> CallView | Refusal:
    """As `start`. ring: the caller's phone, which called by itself and waits at the dialer."""
    case = require_case(act, request.case_id, Action.CALL_LINE_START)
    key = act.parts.switchboard.key
    phone = phone_of(act) if key is not None else ""
    slots.take_turn(act, f"person:{act.actor.person_id}", DESK_TENANT)
    if busy(act):
        act.refuse("call.already")
    if listens(act):
        act.refuse("recording.already")
    outages.require_up(act)
    # The caller's own phone rings first: until it is picked up, no customer's does.
    rings = act.parts.settings.calls.agent_ring_seconds * SECOND if not ring else 0
    slot = slots.reserve(act, case, request.contact, Means.CALL, within=rings)
    if isinstance(slot, Refusal):
        return slot
    if key is None:
        act.refuse("call.no_line")
    placed, row = _write(act, case, request, slot, key, phone, ring)
    left = left_on(act, case, request.contact, Means.CALL)
    act.uow.after_commit(lambda: act.parts.switchboard.place(replace(placed, left=left)))
    writing.tell(act, row)
    return shown(act, row, case["number"], left=left)


def phone_of(act: Act) -> str:
    """The caller's phone, registered now.

    Raises:
        Refused: `call.no_phone`, `call.phone_away`.
    """
    rows = secrets.active(act, secrets.PHONE, act.actor.person_id)
    if not rows:
        act.refuse("call.no_phone")
    name = str(rows[-1]["name"])
    if not act.parts.switchboard.present(name):
        act.refuse("call.phone_away")
    return name


def busy(act: Act) -> bool:
    """Whether the person is in a call. One that is over and not on the books so is written there now, as it ended; as
    one that nobody can say anything of where nobody knows how.
    """  # noqa: D205 - two sentences
    me, board = act.actor.person_id, act.parts.switchboard
    if board.call_of(me) is not None:
        return True
    query = select(call_record.c.id, call_record.c.started_at)
    left = act.db.execute(
        query.where(call_record.c.person_id == me, call_record.c.state != CallState.ENDED.value)
    ).all()
    known = {one.id: board.ending(one.id) for one in left}
    # Committed a moment ago, and not on the switchboard yet.
    if any(known[one.id] is None and one.started_at > act.now - _ABOUT_TO_BE_MADE for one in left):
        return True
    for one in left:
        lost = Ended(call_id=one.id, result=Result.SYSTEM_ERROR, by=By.LINE)
        ending = known[one.id] or Ending(lost, doubt=True)
        writing.ended(act, ending.end, ending.furthest, doubt=ending.doubt)
        act.uow.after_commit(partial(board.written, one.id))
    return False


def listens(act: Act) -> bool:
    """Whether the person listens to a recording, or ordered one a moment ago and it is not on the switchboard yet."""
    me = act.actor.person_id
    ordered = (
        select(call_listening.c.id)
        .where(call_listening.c.person_id == me, call_listening.c.started_at > act.now - _ABOUT_TO_BE_MADE)
        .where(call_listening.c.state == "open")
    )
    return act.parts.switchboard.earphones.of(me) is not None or act.db.execute(ordered).first() is not None


def _write(  # noqa: PLR0917 - everything that was found fit
    act: Act, case: RowMapping, request: StartCall, slot: Slot, key: Sm2PublicKey, phone: str, ring: str
) -> tuple[Placed, dict[str, object]]:
    call_id = act.parts.ids.new()
    contact, said = request.contact, act.parts.settings.calls
    event = act.event(
        Action.CALL_LINE_START,
        object_kind="call",
        object_id=call_id,
        case_id=case["id"],
        tenant_id=case["tenant_id"],
        fields=(contact.field,),
        detail=((DetailKey.ORDINAL, str(contact.ordinal)), (DetailKey.NAME, "third" if slot.third else "debtor")),
    )
    ticket = ticket_for(
        act,
        case,
        FieldRef(name=contact.field, ordinal=contact.ordinal),
        key,
        call_id=call_id,
        event_id=event.id,
        ends_at=act.now + _TICKET_LASTS,
    )
    way = way_of(act, case["id"], contact)
    order = Dial(
        call_id=call_id,
        ticket=ticket,
        phone=phone,
        alias=case["number"],
        presented=way.presented,
        over=way.over,
        ring=ring,
        ring_seconds=said.ring_seconds,
        agent_ring_seconds=said.agent_ring_seconds,
        silent_seconds=said.silent_seconds,
    )
    return written(act, case, contact, slot, event, order)


def written(  # noqa: PLR0917 - everything that a call is
    act: Act, case: RowMapping, contact: ContactRef, slot: Slot, event: Event, order: Dial
) -> tuple[Placed, dict[str, object]]:
    """Write a call and what will be recorded of it, with the event of the act."""
    call_id, recording_id, said = order.call_id, act.parts.ids.new(), act.parts.settings.calls
    values: dict[str, object] = {
        "id": call_id,
        "tenant_id": case["tenant_id"],
        "case_id": case["id"],
        "unit_id": case["unit_id"],
        "agency_id": case["agency_id"],
        "person_id": act.actor.person_id,
        "slot_id": slot.slot_id,
        "field": contact.field,
        "ordinal": contact.ordinal,
        "third": int(slot.third),
        "state": CallState.STARTED.value,
        "result": None,
        "ended_side": None,
        "sip_code": 0,
        "cause": 0,
        "started_at": act.now,
        "connected_at": None,
        "ended_at": None,
        "talked_ms": 0,
    }
    row = act.proofs.insert(act.uow, call_record, values, event)
    recording_key = new_recording_key(recording_id)
    kept = {
        "id": recording_id,
        "tenant_id": case["tenant_id"],
        "call_id": call_id,
        "case_id": case["id"],
        "wrapped_key": wrap_recording(act.parts.keys.kek(), recording_key, case["tenant_id"]),
        "state": RecordingState.OPEN.value,
        "seconds": 0,
        "retention": RETENTION,
        "keep_until": act.now + said.keep_years * _YEAR,
        "made_at": act.now,
    }
    made = act.event(
        MAKE, object_kind="recording", object_id=recording_id, case_id=case["id"], tenant_id=case["tenant_id"]
    )
    act.proofs.insert(act.uow, call_recording, kept, made)
    placed = Placed(
        order=order,
        key=recording_key,
        person_id=act.actor.person_id,
        tenant_id=case["tenant_id"],
        case_id=case["id"],
        unit_id=case["unit_id"],
        agency_id=case["agency_id"],
        since=act.now,
    )
    return placed, row
