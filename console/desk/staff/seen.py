"""Sessions as those see them who may end them: who, since when, from where, on which terminal, and whether locked."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.engine import RowMapping

from access.people.directory import held_rows, person_row, seats_of
from access.people.sessions import close_session, open_sessions
from access.policy import Action, Resource
from access.store.schema import person, staff_session
from console.desk.act import Act
from console.desk.api.base import Done
from console.desk.api.staff import EndSession, ListSessions, SessionList, SessionView
from console.desk.hub import Audience
from console.desk.kernel import handles
from console.desk.staff.targets import target, tell


@handles(ListSessions)
def list_sessions(act: Act, request: ListSessions) -> SessionList:
    """Open sessions, newest first."""
    del request
    everybody = act.allowed(Action.ACCOUNT_SESSION_LIST, Resource(kind="desk")).allowed
    if not everybody:
        act.require(Action.ACCOUNT_SESSION_LIST, Resource(kind="desk", unit_id=act.unit_id))
    where = () if everybody else (person.c.unit_id == act.unit_id,)
    people = {row["id"]: row for row in held_rows(act.uow, act.proofs, person, *where)}
    live = act.parts.hub.sittings()
    found = [
        _view(act, row, people[row["person_id"]], live.get(row["id"], "away"))
        for row in reversed(open_sessions(act.uow))
        if row["person_id"] in people
    ]
    act.log(Action.ACCOUNT_SESSION_LIST, object_kind="session", rows=len(found))
    return SessionList(sessions=tuple(found))


def _view(act: Act, row: RowMapping, who: RowMapping, state: str) -> SessionView:
    return SessionView(
        session_id=row["id"],
        person_id=who["id"],
        staff_no=who["staff_no"],
        name=who["name"],
        roles=tuple(sorted({str(seat.role) for seat in seats_of(act.uow, act.proofs, who["id"])})),
        since=row["opened_at"],
        source=row["source"],
        terminal=row["terminal"],
        state=state,
        mine=row["id"] == act.seated.session_id,
        kind=row["kind"],
    )


@handles(EndSession)
def end_session(act: Act, request: EndSession) -> Done:
    """End it over the person's head: no ticket continues from it."""
    query = select(staff_session).where(staff_session.c.id == request.session_id, staff_session.c.closed_at.is_(None))
    row = act.db.execute(query).mappings().one_or_none()
    who = person_row(act.uow, act.proofs, row["person_id"]) if row is not None else None
    act.require(Action.ACCOUNT_SESSION_END, target(who))
    if row is None or who is None or not close_session(act, row["id"], "ended"):
        act.refuse("session.not_found")
    act.push("session", who["id"], Audience.of(who["id"]))
    tell(act, who["id"], who["unit_id"])
    return Done()
