"""What every function of this room is handed: the act's transaction, who acts, how events are written, the limits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

from sqlalchemy import select

from access.audit.events import Event
from access.context import SECOND, Ids
from access.grants.refusals import refuse
from access.policy import (
    ROLE_PURPOSES,
    Action,
    Actor,
    Conditions,
    Decision,
    Purpose,
    Refused,
    Resource,
    decide,
)
from access.roles import Role
from access.store.base import UnitOfWork
from access.store.proof import RowProofs
from access.store.schema import audit_event, audit_outbox

MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR

_TOLERANCE: Final = 2 * SECOND


@dataclass(frozen=True, slots=True)
class Limits:
    """Figures that no source fixes (requirements §4.1, marked ours); settings of the desk.

    Attributes:
        pending_minutes: How long a request waits for each approval.
        open_within_minutes: How long an approved grant waits for its first view.
        escalate_after_minutes: After how long the unit's deputy may decide too.
        u2_a_day: Requests of tiers U2 and U3 that a person may make in 24 hours.
        u3_a_day: Of these, how many of tier U3.
        review_percent: Share of used grants that are reviewed; those of tier U3 all are.
        misses_a_customer_a_day: Misses on one customer in 24 hours, over all staff, that freeze it.
        searches_an_hour: Exact searches of one person in 60 minutes.
    """

    pending_minutes: int = 15
    open_within_minutes: int = 10
    escalate_after_minutes: int = 5
    u2_a_day: int = 20
    u3_a_day: int = 3
    review_percent: int = 5
    misses_a_customer_a_day: int = 3
    searches_an_hour: int = 20


def _silent(person_id: str) -> bool:
    """Where nobody calls nobody speaks."""
    del person_id
    return False


def _as_decided(decision: Decision) -> Decision:
    """Where nobody sits at a screen nothing can be asked of them."""
    return decision


@dataclass(frozen=True, slots=True)
class GrantDesk:
    """One act on requests, grants or budgets.

    Attributes:
        uow: Its transaction.
        proofs: Writes and checks rows that prove themselves.
        actor: Who acts; none for the desk's own clockwork.
        event: Builds an event of this act, not yet appended: `event(action, **fields of the closed schema)`.
        ids: Names new rows.
        limits: The desk's settings.
        settle: Counts what the person proved in her session into a decision that is about to be acted on.
        speaking: Whether a person is in a call, so that what they are granted waits for its end (`grants.waiting`).
    """

    uow: UnitOfWork
    proofs: RowProofs
    actor: Actor | None
    event: Callable[..., Event]
    ids: Ids
    limits: Limits = field(default_factory=Limits)
    settle: Callable[[Decision], Decision] = _as_decided
    speaking: Callable[[str], bool] = _silent

    @property
    def now(self) -> int:
        """The act's one instant, microseconds UTC."""
        return self.uow.now


def clock_runs(uow: UnitOfWork) -> bool:
    """Tell whether the act's instant is not behind the newest event of the log.

    A desk whose clock was set back would give every grant more time than was approved. The store's clock already
    watches for that (`access.context.MonotoneGuard`); this holds across restarts and between hosts as well.
    """
    newest = (
        uow.connection.execute(query.limit(1)).scalar()
        for query in (
            select(audit_event.c.at).order_by(audit_event.c.seq.desc()),
            select(audit_outbox.c.at).order_by(audit_outbox.c.event_id.desc()),
        )
    )
    return all(at is None or at - uow.now <= _TOLERANCE for at in newest)


def actor_of(desk: GrantDesk) -> Actor:
    """Return who acts.

    Raises:
        Refused: `session.nobody`: the desk's clockwork asks, decides and opens nothing.
    """
    if desk.actor is None:
        refuse("session.nobody", "Y-4.2.1")
    return desk.actor


def purposes(actor: Actor) -> tuple[Purpose, ...]:
    """Return what the actor's roles may touch data for, each once."""
    found = [purpose for role in sorted(actor.roles) for purpose in sorted(ROLE_PURPOSES[role])]
    return tuple(dict.fromkeys(found))


def within_act(desk: GrantDesk, base: Conditions | None = None) -> Conditions:
    """Return conditions with what an act that runs knows by itself: its log can be written, its clock runs.

    The keys are the caller's: without them nothing can be opened, whatever was decided here.
    """
    return replace(base or Conditions(), log_ok=True, keys_ok=True, clock_ok=clock_runs(desk.uow))


def require(desk: GrantDesk, action: Action, resource: Resource, conditions: Conditions) -> Decision:
    """Decide for the purposes that the actor's roles serve, or end the act.

    Raises:
        Refused: With the decision; `reveal.no_approver` where nobody could approve.
    """
    actor = actor_of(desk)
    decision: Decision | None = None
    for purpose in purposes(actor) or (None,):
        decision = desk.settle(decide(actor, action, resource, replace(conditions, purpose=purpose), desk.now))
        if decision.allowed:
            return decision
    if decision is None or decision.code == "approver.none":
        refuse("reveal.no_approver", "§3.3-5", Role.SUPERVISOR, Role.SYSTEM_ADMIN)
    raise Refused(decision)
