"""Every sign-in that the log tells of: who, when, from where, in which session.

Read from the log and not from the list of sessions, whose rows say nothing that could not be rewritten.
"""

from __future__ import annotations

from sqlalchemy import Connection, select

from access.audit.events import Event, decode
from access.policy.actions import Action
from access.store.schema import audit_event, audit_outbox


def sign_ins(connection: Connection) -> list[Event]:
    """Return the events that opened a session, oldest first, those not yet chained last.

    Raises:
        EventRefused: A body is no event of the schema; the log has been tampered with.
    """
    chained = select(audit_event.c.body).where(audit_event.c.action == str(Action.ACCOUNT_SESSION_SIGN_IN))
    bodies = list(connection.execute(chained.order_by(audit_event.c.seq)).scalars())
    bodies += connection.execute(select(audit_outbox.c.body)).scalars()
    events = (decode(bytes(body)) for body in bodies)
    return [event for event in events if _opened(event)]


def _opened(event: Event) -> bool:
    return (
        event.action == Action.ACCOUNT_SESSION_SIGN_IN
        and event.result == "ok"
        and event.session_id is not None
        and event.person_id is not None
    )
