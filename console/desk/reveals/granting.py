"""What `access.grants` is handed for one act, or for the desk's own clockwork."""

from __future__ import annotations

from sqlalchemy import select

from access.grants.context import GrantDesk, Limits
from access.store.schema import DESK_TENANT, call_record
from console.desk.act import Act
from console.desk.calls.states import CallState
from console.desk.contact.slots import take_turn
from console.settings import Settings


def limits(settings: Settings) -> Limits:
    """The desk's settings as the limits of reveals and of guessing acts."""
    return Limits(
        pending_minutes=settings.reveal.pending_minutes,
        open_within_minutes=settings.reveal.open_within_minutes,
        escalate_after_minutes=settings.reveal.escalate_after_minutes,
        u2_a_day=settings.reveal.u2_a_day,
        u3_a_day=settings.reveal.u3_a_day,
        review_percent=settings.reveal.review_percent,
        misses_a_customer_a_day=settings.search.misses_a_customer_a_day,
        searches_an_hour=settings.search.searches_an_hour,
    )


def granting(act: Act) -> GrantDesk:
    """The act's transaction, actor, events and limits."""
    return GrantDesk(
        uow=act.uow,
        proofs=act.parts.proofs,
        actor=act.who,
        event=act.event,
        ids=act.parts.ids,
        limits=limits(act.parts.settings),
        settle=act.settle,
        speaking=lambda person_id: speaking(act, person_id),
    )


def speaking(act: Act, person_id: str) -> bool:
    """Whether a person is in a call by the books, in the one order in which its end is written too."""
    take_turn(act, f"person:{person_id}", DESK_TENANT)
    query = select(call_record.c.id).where(
        call_record.c.person_id == person_id, call_record.c.state != CallState.ENDED.value
    )
    return act.db.execute(query.limit(1)).first() is not None
