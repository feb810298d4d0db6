"""What `access.grants` is handed for one act, or for the desk's own clockwork."""

from __future__ import annotations

from access.grants.context import GrantDesk, Limits
from console.desk.act import Act
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
    )
