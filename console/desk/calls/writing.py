"""What came of a call, on the books: how far it got, how it ended, what was recorded; and what a crash left open.

Each is an act of the desk's own with its event. A call's row and the attempt that it used up change together.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from sqlalchemy import select
from sqlalchemy.engine import RowMapping

from access.audit.events import DetailKey
from access.context import Origin
from access.grants import waiting
from access.store.base import UnitOfWork
from access.store.schema import DESK_TENANT, call_record, call_recording, contact_slot
from console.desk.act import Act
from console.desk.calls.states import CUSTOMER, RINGING, CallState, RecordingState, outcome_of
from console.desk.contact import slots
from console.desk.contact.facts import Outcome
from console.desk.hub import Audience
from console.desk.line import Line
from console.desk.parts import Parts
from console.desk.reveals.granting import granting
from console.dial.messages import Ended, Intruded
from console.dial.recording import counted
from console.dial.results import By, Result

DIAL: Final = "call:line:dial"
CONNECT: Final = "call:line:connect"
OVER: Final = "call:line:over"
KEEP: Final = "call:recording:keep"
INTRUDE: Final = "call:phone:intrude"


class Kept(NamedTuple):
    """What the recorder left: whether it ended as it should, and seconds."""

    whole: bool
    seconds: int


def of_desk(parts: Parts, uow: UnitOfWork) -> Act:
    """An act of the desk's own."""
    return Act(uow=uow, parts=parts, line=Line(Origin("local", "calls")))


def tell(act: Act, row: RowMapping | dict[str, Any]) -> None:
    """The caller and who runs the team look again."""
    act.push("call", row["id"], Audience.of(row["person_id"], units=(row["unit_id"],)))
    act.push("team", row["unit_id"], Audience.of(units=(row["unit_id"],)))


def dialling(act: Act, call_id: str) -> bool:
    """The customer is being called from now on. False: the call must not go on."""
    row = _row(act, call_id, DIAL)
    if row is None or row["state"] != CallState.STARTED:
        return False
    _change(act, row, DIAL, {"state": CallState.DIALLING.value})
    return True


def connected(act: Act, call_id: str) -> bool:
    """The customer answered; written before anybody hears anybody. False: the call must not go on."""
    row = _row(act, call_id, CONNECT)
    if row is None or row["state"] not in {CallState.STARTED, CallState.DIALLING}:
        return False
    _change(act, row, CONNECT, {"state": CallState.CONNECTED.value, "connected_at": act.now})
    slots.settle(act, row["slot_id"], Outcome.CONNECTED)
    return True


def ended(act: Act, end: Ended, furthest: str = "", *, doubt: bool = False) -> None:
    """The call is over.

    Args:
        act: the desk's, or of whoever finds it over.
        end: how.
        furthest: the last phase that was heard of, whether or not it could be written.
        doubt: nobody can say how far it came beyond what is written.
    """
    row = _row(act, end.call_id, OVER)
    if row is None or row["state"] == CallState.ENDED:
        return
    before = CallState(row["state"])
    slots.take_turn(act, f"person:{row['person_id']}", DESK_TENANT)
    changes = {
        "state": CallState.ENDED.value,
        "result": end.result.value,
        "ended_side": end.by.value,
        "sip_code": min(end.code, 999),
        "cause": min(end.cause, 127),
        "ended_at": act.now,
        "talked_ms": min(end.talked, 1 << 40),
    }
    detail = (
        (DetailKey.TO, end.result.value),
        (DetailKey.NAME, end.by.value),
        (DetailKey.SECONDS, str(min(end.talked // 1000, 10**6))),
    )
    _change(act, row, OVER, changes, detail)
    if before is not CallState.CONNECTED:
        doubt = (doubt or furthest.startswith(CUSTOMER)) and not _inbound(act, row)
        outcome = outcome_of(end.result, before, rang=furthest == RINGING, doubt=doubt)
        slots.settle(act, row["slot_id"], outcome)
    for grant in waiting.begin(granting(act), row["person_id"]):
        act.push("grant", grant["id"], Audience.of(row["person_id"]))
    act.push("case", row["case_id"], Audience.of(row["person_id"], units=(row["unit_id"],)))


def recorded(act: Act, call_id: str, kept: Kept) -> RecordingState | None:
    """What the recorder left; None: it is written already, or its row does not prove itself."""
    query = select(call_recording).where(call_recording.c.call_id == call_id)
    rows = act.proofs.holding(act.uow, call_recording, act.db.execute(query).mappings().all())
    if not rows or rows[0]["state"] != RecordingState.OPEN:
        act.log(KEEP, object_kind="call", object_id=call_id, result="failed", rule="call.recording_written")
        return None
    row = rows[0]
    state = RecordingState.NONE if not kept.seconds else RecordingState.WHOLE if kept.whole else RecordingState.TORN
    event = act.event(
        KEEP,
        object_kind="recording",
        object_id=row["id"],
        case_id=row["case_id"],
        tenant_id=row["tenant_id"],
        detail=((DetailKey.STATE, state.value), (DetailKey.SECONDS, str(kept.seconds))),
    )
    changes = {"state": state.value, "seconds": kept.seconds}
    act.proofs.update(act.uow, call_recording, row["id"], row["version"], changes, event)
    return state


def intruded(act: Act, said: Intruded) -> None:
    """Somebody tried to call through the dialer and was refused: from which registered phone, and how often."""
    act.log(
        INTRUDE,
        object_kind="phone",
        object_id=said.name or "none",
        result="refused",
        rule="call.proof_false" if said.false_proof else "call.only_rung",
        detail=((DetailKey.COUNT, str(min(said.count, 10**6))),),
    )


def recover(parts: Parts) -> None:
    """End what a desk that stopped or was killed left open; its dialer ended the calls themselves.

    How long was spoken is what was recorded of it.
    """
    with parts.store.engine.connect() as connection:
        open_calls = select(call_record.c.id).where(call_record.c.state != CallState.ENDED.value)
        calls = connection.execute(open_calls.order_by(call_record.c.id)).scalars().all()
        unkept = select(call_recording.c.id, call_recording.c.call_id)
        files = connection.execute(unkept.where(call_recording.c.state == RecordingState.OPEN.value)).all()
    left = {call_id: left_behind(parts, recording_id) for recording_id, call_id in files}
    for call_id in calls:
        talked = left[call_id].seconds * 1000 if call_id in left else 0
        end = Ended(call_id=call_id, result=Result.SYSTEM_ERROR, by=By.LINE, talked=talked)
        parts.store.run(lambda uow, end=end: ended(of_desk(parts, uow), end, doubt=True))  # type: ignore[misc]
    for recording_id, call_id in files:
        kept = left[call_id]
        state = parts.store.run(lambda uow, name=call_id, kept=kept: recorded(of_desk(parts, uow), name, kept))  # type: ignore[misc]
        if state is RecordingState.NONE:
            drop(parts, recording_id)


def left_behind(parts: Parts, recording_id: str) -> Kept:
    """What is in a file that nobody said anything of: whole where it was closed, else up to its last whole second."""
    file = parts.home.recordings / f"{recording_id}.vdr" if parts.home is not None else None
    if file is None or not file.is_file():
        return Kept(whole=False, seconds=0)
    with file.open("rb") as opened:
        seconds, whole = counted(opened)
    return Kept(whole=whole, seconds=seconds)


def drop(parts: Parts, recording_id: str) -> None:
    """Remove the file of a call in which nobody spoke."""
    if parts.home is not None:
        (parts.home.recordings / f"{recording_id}.vdr").unlink(missing_ok=True)


def _inbound(act: Act, row: RowMapping) -> bool:
    """Whether the customer called: then it is surely not their phone that rang."""
    query = select(contact_slot.c.inbound).where(contact_slot.c.id == row["slot_id"])
    return bool(act.db.execute(query).scalar())


def _row(act: Act, call_id: str, action: str) -> RowMapping | None:
    row = act.proofs.get(act.uow, call_record, call_id)
    if row is None:
        act.log(action, object_kind="call", object_id=call_id, result="failed", rule="call.not_found")
    return row


def _change(
    act: Act,
    row: RowMapping,
    action: str,
    changes: dict[str, Any],
    detail: tuple[tuple[DetailKey, str], ...] = (),
) -> None:
    event = act.event(
        action,
        object_kind="call",
        object_id=row["id"],
        case_id=row["case_id"],
        tenant_id=row["tenant_id"],
        detail=detail,
    )
    act.proofs.update(act.uow, call_record, row["id"], row["version"], changes, event)
    tell(act, row)
