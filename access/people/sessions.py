"""Sessions: who is signed in where, since when, and why it ended; how many screens one person may have at once.

That one ended is told from the log: a closed session that somebody opens again by SQL stays closed.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, select, update
from sqlalchemy.engine import RowMapping

from access.context import Origin
from access.people.deed import Deed, log
from access.policy import Action
from access.store.base import UnitOfWork
from access.store.proof import newest_version, subject_of
from access.store.schema import DESK_TENANT, login, person, staff_session

_LONGEST_PLACE = 64
_ENDED = 2
DISPLACED = "displaced"
_OVER_THEIR_HEAD = frozenset({"ended", "revoked", DISPLACED})
_NOT_THEIR_DOING = _OVER_THEIR_HEAD | {"restart"}
_SCREEN, _COMMAND = "screen", "command"


def add_session(uow: UnitOfWork, person_id: str, login_id: str, origin: Origin, session_id: str | None = None) -> str:
    """Write an open session and return its id. The event of the sign-in that opens it is the caller's.

    Args:
        uow: The act.
        person_id: Who is signed in.
        login_id: By which login.
        origin: Address and terminal.
        session_id: Id named before, where the event that opens the session already carries it; else a new one.
    """
    new_id: str = session_id or uow.ids.new()
    uow.connection.execute(
        staff_session.insert().values(
            id=new_id,
            tenant_id=DESK_TENANT,
            person_id=person_id,
            login_id=login_id,
            source=origin.source[:_LONGEST_PLACE],
            terminal=origin.terminal[:_LONGEST_PLACE],
            opened_at=uow.now,
        )
    )
    return new_id


def close_session(deed: Deed, session_id: str, reason: str) -> bool:
    """End a session if it is open; return whether it was.

    Args:
        deed: Who ends it; none for the desk.
        session_id: Which.
        reason: `signed_out`, `ended`, `disconnected`, `revoked`, `restart`, `displaced`.
    """
    done = deed.uow.connection.execute(
        update(staff_session)
        .where(staff_session.c.id == session_id, staff_session.c.closed_at.is_(None))
        .values(closed_at=deed.uow.now, close_reason=reason)
    )
    if done.rowcount != 1:
        return False
    log(
        deed,
        Action.ACCOUNT_SESSION_END,
        object_kind="session",
        object_id=session_id,
        reason=reason,
        subject=subject_of(staff_session, session_id),
        subject_version=_ENDED,
    )
    return True


def session_open(uow: UnitOfWork, session_id: str, person_id: str) -> bool:
    """Tell whether a session is this person's and neither the row nor the log says that it ended."""
    query = select(staff_session.c.person_id, staff_session.c.closed_at, newest_version(staff_session).label("known"))
    row = uow.connection.execute(query.where(staff_session.c.id == session_id)).one_or_none()
    return row is not None and row.person_id == person_id and row.closed_at is None and row.known is None


def as_command(uow: UnitOfWork, session_id: str) -> None:
    """Note that a session is a command's, which does its work and goes; it takes no screen from anybody."""
    uow.connection.execute(update(staff_session).where(staff_session.c.id == session_id).values(kind=_COMMAND))


def end_older_screens(deed: Deed, person_id: str, session_id: str, most: int) -> tuple[str, ...]:
    """End the person's oldest screens, so that with a new one there are no more than allowed; return their ids.

    Args:
        deed: The sign-in.
        person_id: Whose, whichever login opened them.
        session_id: The new one, which stays.
        most: How many screens one person may have at once.
    """
    # Two sign-ins of one person at once come one after the other. A lock would not do: an act sees one moment, and only
    # a row that was written since makes the second one begin again.
    deed.uow.connection.execute(update(person).where(person.c.id == person_id).values(state=person.c.state))
    screens = [
        row["id"]
        for row in open_sessions(deed.uow)
        if row["person_id"] == person_id and row["kind"] == _SCREEN and row["id"] != session_id
    ]
    older = screens[: max(0, len(screens) - (most - 1))]
    return tuple(one for one in older if close_session(deed, one, DISPLACED))


def close_reason(uow: UnitOfWork, session_id: str) -> str:
    """Return why a session ended; empty for one that did not, or that is unknown."""
    query = select(staff_session.c.close_reason).where(staff_session.c.id == session_id)
    return uow.connection.execute(query).scalar() or ""


def was_revoked(uow: UnitOfWork, session_id: str) -> bool:
    """Tell whether a session was ended over its person's head, or is unknown: nothing continues from it."""
    query = select(staff_session.c.close_reason).where(staff_session.c.id == session_id)
    row = uow.connection.execute(query).one_or_none()
    return row is None or row.close_reason in _OVER_THEIR_HEAD


def close_sessions_of(deed: Deed, person_id: str, reason: str) -> tuple[str, ...]:
    """End all open sessions of a person and return their ids."""
    found = [row["id"] for row in open_sessions(deed.uow) if row["person_id"] == person_id]
    return tuple(session_id for session_id in found if close_session(deed, session_id, reason))


def open_sessions(uow: UnitOfWork) -> list[RowMapping]:
    """Return all open sessions, oldest first."""
    query = (
        select(staff_session)
        .where(staff_session.c.closed_at.is_(None))
        .order_by(staff_session.c.opened_at, staff_session.c.id)
    )
    return list(uow.connection.execute(query).mappings().all())


def ended_of(connection: Connection, session_ids: Collection[str]) -> frozenset[str]:
    """Return which of these sessions have ended."""
    query = select(staff_session.c.id).where(
        staff_session.c.id.in_(sorted(session_ids)), staff_session.c.closed_at.is_not(None)
    )
    return frozenset(connection.execute(query).scalars())


def parting_of(connection: Connection, session_id: str) -> tuple[str, str]:
    """Return why a session ended and its person's language; both empty where they left of their own will."""
    query = select(staff_session.c.close_reason, login.c.language).where(
        staff_session.c.id == session_id, login.c.id == staff_session.c.login_id
    )
    row = connection.execute(query).one_or_none()
    if row is None or row.close_reason not in _NOT_THEIR_DOING:
        return "", ""
    return row.close_reason, row.language


def online(uow: UnitOfWork, person_ids: Collection[str]) -> frozenset[str]:
    """Return which of these people have an open session."""
    query = select(staff_session.c.person_id).where(
        staff_session.c.person_id.in_(sorted(person_ids)), staff_session.c.closed_at.is_(None)
    )
    return frozenset(uow.connection.execute(query).scalars())
