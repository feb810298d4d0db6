"""The marks of screens: which code a session has, what its terminal cannot show, whose screen a picture shows.

The picture was read where it lies, without a key; only its sums come here. Whose session a word is, the log says, and
comparing costs other people's acts nothing: it is done on a thread of its own.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from sqlalchemy import select

from access.audit.events import DetailKey, Event
from access.audit.sign_ins import sign_ins
from access.people.directory import person_row
from access.policy import Action, Resource
from access.store.schema import staff_session
from console.desk.act import Act, Later
from console.desk.api.base import Done
from console.desk.api.marks import MOST_READINGS, READING_BYTES, NoteColours, ScreenTrace, TraceScreen
from console.desk.kernel import handles
from console.desk.parts import Parts
from watermark.screen_mark import SessionCodes

if TYPE_CHECKING:
    from watermark.screen_trace.match import Match

_COLOURS: Final = frozenset({"fewer", "none", "no_copies"})
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


def codes_of(parts: Parts) -> SessionCodes:
    """The codes that this desk's sessions are marked with."""
    return SessionCodes(parts.keys.mark.digest)


@handles(NoteColours)
def note_colours(act: Act, request: NoteColours) -> Done:
    """Keep that this session's screens carry the visible mark alone, or that what is copied there carries none."""
    if request.colours not in _COLOURS:
        act.refuse("marks.colours_unknown")
    act.log(
        "account:session:colours",
        object_kind="session",
        object_id=act.seated.session_id,
        detail=((DetailKey.CODE, request.colours),),
    )
    return Done()


class _Compared(NamedTuple):
    """The best match among so many sign-ins, and the sign-in that it is."""

    match: Match | None
    sessions: int
    event: Event | None


@handles(TraceScreen)
def trace_screen(act: Act, request: TraceScreen) -> Later[_Compared]:
    """Compare a picture's readings with the word of every session that the log knows."""
    act.require(Action.AUDIT_SCREEN_TRACE, Resource(kind="log"))
    readings = request.readings
    fit = len(readings) <= MOST_READINGS and all(len(reading) == READING_BYTES for reading in readings)
    if not fit or not _DIGEST.fullmatch(request.digest):
        act.refuse("trace.readings_unfit")
    digest = (DetailKey.DIGEST, request.digest)
    kind = "text" if request.text else "picture"
    act.log(Action.AUDIT_SCREEN_TRACE, object_kind=kind, detail=((DetailKey.STATE, "begun"), digest))
    parts = act.parts

    def finish(second: Act, compared: _Compared) -> ScreenTrace:
        second.require(Action.AUDIT_SCREEN_TRACE, Resource(kind="log"))
        shown = _shown(second, compared, bool(readings))
        named = {"object_id": shown.session_id} if shown.session_id else {}
        second.log(
            Action.AUDIT_SCREEN_TRACE,
            object_kind="session" if named else kind,
            rows=compared.sessions,
            detail=((DetailKey.VERDICT, shown.verdict), digest),
            **named,
        )
        return shown

    return Later(lambda: _compared(parts, readings), finish)


def _compared(parts: Parts, readings: tuple[bytes, ...]) -> _Compared:
    # numpy is loaded by whoever traces and by nobody else.
    import numpy as np  # noqa: PLC0415

    from watermark.screen_trace.match import best_match, signs_of  # noqa: PLC0415

    with parts.store.engine.connect() as connection:
        events = sign_ins(connection)
    if not events or not readings:
        return _Compared(None, len(events), None)
    codes = codes_of(parts)
    words = signs_of([codes.word(event.session_id or "") for event in events])
    match = best_match([np.frombuffer(reading, ">i2") for reading in readings], words)
    return _Compared(match, len(events), events[match.word] if match.named else None)


def _shown(act: Act, compared: _Compared, read: bool) -> ScreenTrace:  # noqa: FBT001 - whether there were readings
    match, event = compared.match, compared.event
    if match is None or event is None:
        reason = "no_cells" if not read else "no_sessions" if not compared.sessions else "weak"
        return ScreenTrace(
            verdict="undetermined",
            reason=reason,
            p_false=match.p_false if match is not None else 1.0,
            agreement=match.agreement if match is not None else 0.0,
            signs=match.signs if match is not None else 0,
            sessions=compared.sessions,
        )
    session_id, who = event.session_id or "", person_row(act.uow, act.proofs, event.person_id or "")
    closed = act.db.execute(select(staff_session.c.closed_at).where(staff_session.c.id == session_id)).scalar()
    return ScreenTrace(
        verdict="named",
        reason="",
        p_false=match.p_false,
        agreement=match.agreement,
        signs=match.signs,
        sessions=compared.sessions,
        session_id=session_id,
        code=codes_of(act.parts).code(session_id).hex(),
        staff_no=who["staff_no"] if who is not None else "",
        person=who["name"] if who is not None else "",
        source=event.source or "",
        terminal=event.terminal or "",
        opened_at=event.at,
        closed_at=closed,
    )
