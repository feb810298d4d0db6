"""What becomes of a message, on the books: handed over, answered for, reported; and what a crash left open.

Each is an act of the desk's own with its event. The first stands before the sender hears of the message, so that what
nobody answered for afterwards is known to be unknown.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import RowMapping

from access.audit.events import DetailKey
from access.context import Origin
from access.store.base import UnitOfWork
from access.store.schema import message_handle, message_sent
from console.desk.act import Act
from console.desk.contact import slots
from console.desk.contact.wall import HOUR
from console.desk.hub import Audience
from console.desk.line import Line
from console.desk.messages.fates import UNDER_WAY, MessageState, abandoned, answered, outcome_of, reported, state_of
from console.desk.parts import Parts
from console.send.messages import HANDLE, Answer, Answered, Reported

HAND: Final = "message:text:hand"
ANSWER: Final = "message:text:answer"
REPORT: Final = "message:text:report"
GIVE_UP: Final = "message:text:give_up"

_REFERENCES_LAST: Final = 72 * HOUR
_NONE: Final = bytes(HANDLE)


def of_desk(parts: Parts, uow: UnitOfWork) -> Act:
    """An act of the desk's own."""
    return Act(uow=uow, parts=parts, line=Line(Origin("local", "messages")))


def tell(act: Act, row: RowMapping | dict[str, Any]) -> None:
    """The sender, and who runs the team, look again."""
    audience = Audience.of(row["person_id"], units=(row["unit_id"],))
    act.push("messages", row["id"], audience)
    act.push("case", row["case_id"], audience)


def handed(act: Act, message_id: str) -> bool:
    """The sender is about to get it. False: it must not."""
    row = _row(act, message_id, HAND)
    if row is None or row["state"] != MessageState.WAITING:
        return False
    _change(act, row, HAND, {"state": MessageState.HANDED.value, "handed_at": act.now})
    return True


def took(act: Act, said: Answered) -> bool:
    """One piece is answered for; late or strange answers change nothing. True: there is nothing more to come of it."""
    row = _row(act, said.message_id, ANSWER)
    if row is None or row["state"] == MessageState.WAITING:
        return True
    marks = answered(row["marks"], said.part, said.answer)
    if marks == row["marks"]:
        return row["state"] not in UNDER_WAY
    handles = bytes(row["handles"])
    if said.answer is Answer.ACCEPTED and len(said.handle) == HANDLE:
        at = said.part * HANDLE
        handles = handles[:at] + said.handle + handles[at + HANDLE :]
        _point(act, said.handle, row)
    code = min(said.code, 1 << 30) or row["code"]
    _move(act, row, ANSWER, marks, {"handles": handles, "code": code})
    return state_of(marks) not in UNDER_WAY


def came(act: Act, said: Reported) -> None:
    """A report: found by our own name, by the provider's, or by our reference; one that finds nothing is an event."""
    found = _found(act, said)
    if found is None:
        act.log(REPORT, object_kind="message", object_id="none", result="failed", rule="message.no_such_report")
        return
    row, piece = found
    marks = reported(row["marks"], piece, said.fate)
    if marks != row["marks"]:
        _move(act, row, REPORT, marks, {})


def give_up(act: Act, message_id: str) -> None:
    """Nobody will answer for it any more: what was not handed over did not leave, of the rest nobody knows."""
    row = _row(act, message_id, GIVE_UP)
    if row is None or row["state"] not in UNDER_WAY:
        return
    _move(act, row, GIVE_UP, abandoned(row["marks"], row["state"]), {})


def recover(parts: Parts) -> None:
    """Say of what a desk that stopped or was killed left under way what can be said."""
    with parts.store.engine.connect() as connection:
        query = select(message_sent.c.id).where(message_sent.c.state.in_(sorted(UNDER_WAY)))
        left = connection.execute(query.order_by(message_sent.c.id)).scalars().all()
    for message_id in left:
        parts.store.run(lambda uow, name=message_id: give_up(of_desk(parts, uow), name))  # type: ignore[misc]


def _move(act: Act, row: RowMapping, action: str, marks: str, more: dict[str, Any]) -> None:
    state = state_of(marks)
    changes = {"marks": marks, "state": state.value, "over_at": act.now} | more
    _change(act, row, action, changes)
    if row["state"] in UNDER_WAY and state not in UNDER_WAY:
        slots.settle(act, row["slot_id"], outcome_of(state, changes.get("code", row["code"])))


def _change(act: Act, row: RowMapping, action: str, changes: dict[str, Any]) -> None:
    event = act.event(
        action,
        object_kind="message",
        object_id=row["id"],
        case_id=row["case_id"],
        tenant_id=row["tenant_id"],
        detail=((DetailKey.TO, changes["state"]),),
    )
    act.proofs.update(act.uow, message_sent, row["id"], row["version"], changes, event)
    tell(act, row)


def _row(act: Act, message_id: str, action: str) -> RowMapping | None:
    row = act.proofs.get(act.uow, message_sent, message_id)
    if row is None:
        act.log(action, object_kind="message", object_id="none", result="failed", rule="message.not_found")
    return row


def _point(act: Act, handle: bytes, row: RowMapping) -> None:
    insert = postgresql.insert if act.db.dialect.name == "postgresql" else sqlite.insert
    values = {"handle": handle, "tenant_id": row["tenant_id"], "message_id": row["id"]}
    newer = insert(message_handle).values(values)
    # A provider that counts its names anew means the message it took last.
    act.db.execute(newer.on_conflict_do_update(index_elements=["handle"], set_={"message_id": row["id"]}))


def _found(act: Act, said: Reported) -> tuple[RowMapping, int] | None:
    """The message and its piece, if it proves itself and is the one that is meant."""
    if said.message_id:
        row = act.proofs.get(act.uow, message_sent, said.message_id)
        return (row, 0) if row is not None and row["pieces"] == 1 else None
    if len(said.handle) == HANDLE and said.handle != _NONE:
        query = select(message_handle.c.message_id).where(message_handle.c.handle == said.handle)
        message_id = act.db.execute(query).scalar()
        row = act.proofs.get(act.uow, message_sent, message_id) if message_id is not None else None
        if row is not None:
            places = [at for at in range(row["pieces"]) if _handle(row, at) == said.handle]
            return (row, places[0]) if places else None
    return _by_reference(act, said.reference) if said.reference else None


def _by_reference(act: Act, reference: int) -> tuple[RowMapping, int] | None:
    """Of a piece whose provider's name nobody kept: the only one of these days that bears our reference."""
    query = select(message_sent).where(
        message_sent.c.reference <= reference,
        message_sent.c.reference > reference - 4,
        message_sent.c.sent_at > act.now - _REFERENCES_LAST,
    )
    rows = act.proofs.holding(act.uow, message_sent, act.db.execute(query).mappings().all())
    places = [(row, reference - row["reference"]) for row in rows]
    fit = [(row, at) for row, at in places if at < row["pieces"] and _handle(row, at) == _NONE]
    return fit[0] if len(fit) == 1 else None


def _handle(row: RowMapping, piece: int) -> bytes:
    return bytes(row["handles"])[piece * HANDLE : (piece + 1) * HANDLE]
