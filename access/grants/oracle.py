"""The budget of acts that answer to a hidden value: exact search, blind verification, import dry run.

Their misses count together per customer over all staff: the third within 24 hours freezes it until somebody else
unlocks it. A person has so many exact searches an hour, hits included. What is counted is told from which keyed entry
or case was asked about, never from what was typed.

A freeze is lifted only if the log knows that it was: `lifted_at` written past the desk changes nothing. Uses are plain
rows; one deleted by SQL lowers a count, and the log, which has the event of every such act, shows the hole.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from sqlalchemy import func, insert, literal, select, update

from access.audit.events import Event
from access.grants.context import DAY, HOUR, GrantDesk, Limits, actor_of
from access.grants.counter import bump
from access.grants.refusals import refuse
from access.policy import Actor
from access.policy.model import WHOLE_DESK
from access.roles import Role
from access.roles.separation import not_a_party
from access.store.base import UnitOfWork
from access.store.proof import newest_version
from access.store.schema import DESK_TENANT, audit_event, audit_outbox, oracle_freeze, oracle_use, tenant

ActName = Literal["search", "verify", "import"]

FREEZE: Final = "case:freeze:trip"
LIFT: Final = "case:freeze:lift"

_COUNTER: Final = "oracle.uses"
_ALSO: Final = ".also"
_DONE: Final = "import.done"
_LIFTED: Final = 2


@dataclass(frozen=True, slots=True)
class Budget:
    """What is left.

    Attributes:
        searches_left: Exact searches the person still has this hour.
        frozen: One of the subjects is frozen; nothing is answered about it.
    """

    searches_left: int
    frozen: bool


@dataclass(frozen=True, slots=True)
class Freeze:
    """A freeze in force.

    Attributes:
        id: Its id.
        subject: Keyed entry or case it is on, 16 bytes.
        frozen_at: Since when, microseconds UTC.
        tripped_by: Person whose miss was the last.
    """

    id: str
    subject: bytes
    frozen_at: int
    tripped_by: str


def tenants_in_scope(actor: Actor, uow: UnitOfWork) -> tuple[str, ...]:
    """Return the creditors whose customers the actor's seats reach; every search asks about each of them."""
    seats = [seat for seat in actor.seats if seat.valid_from <= uow.now < seat.valid_until]
    if any(seat.tenant_id == WHOLE_DESK for seat in seats):
        return tuple(uow.connection.execute(select(tenant.c.id).order_by(tenant.c.id)).scalars())
    return tuple(sorted({seat.tenant_id for seat in seats}))


def budget(source: GrantDesk | UnitOfWork, person_id: str, subjects: Sequence[bytes]) -> Budget:
    """Return what the person may still ask about these subjects.

    Args:
        source: The act, or its unit of work where the usual limits hold.
        person_id: Who asks.
        subjects: Keyed entries or cases asked about.
    """
    limits = source.limits if isinstance(source, GrantDesk) else Limits()
    uow = source.uow if isinstance(source, GrantDesk) else source
    used = uow.connection.execute(
        select(func.count()).where(
            oracle_use.c.person_id == person_id, oracle_use.c.act == "search", oracle_use.c.at > uow.now - HOUR
        )
    ).scalar_one()
    frozen = bool(_in_force(uow, subjects)) or any(
        _misses(uow, subject) >= limits.misses_a_customer_a_day for subject in dict.fromkeys(subjects)
    )
    return Budget(max(0, limits.searches_an_hour - used), frozen)


def spend(desk: GrantDesk, subjects: Sequence[bytes], act: ActName, missed: bool) -> tuple[Freeze, ...]:  # noqa: FBT001
    """Write down one act, and freeze what it was the last miss on.

    The act's own event is the caller's.

    Args:
        desk: The act, with its actor.
        subjects: Keyed entries or cases asked about.
        act: Which kind of act.
        missed: It answered no; a miss counts on each subject.

    Returns:
        The freezes it tripped.
    """
    actor = actor_of(desk)
    bump(desk.uow, _COUNTER)
    asked = tuple(dict.fromkeys(subjects))
    uses = [
        {
            "id": desk.ids.new(),
            "tenant_id": DESK_TENANT,
            "person_id": actor.person_id,
            "subject": subject,
            "act": act if place == 0 else act + _ALSO,
            "missed": int(missed),
            "at": desk.now,
        }
        for place, subject in enumerate(asked)
    ]
    if uses:
        desk.uow.connection.execute(insert(oracle_use), uses)
    if not missed:
        return ()
    already = {freeze.subject for freeze in _in_force(desk.uow, asked)}
    return tuple(
        _freeze(desk, actor, subject)
        for subject in asked
        if subject not in already and _misses(desk.uow, subject) >= desk.limits.misses_a_customer_a_day
    )


def give_back(uow: UnitOfWork, subject: bytes) -> None:
    """Count an import no more: it was published, so it did what it told, and everybody sees it."""
    uow.connection.execute(
        update(oracle_use).where(oracle_use.c.subject == subject, oracle_use.c.act == "import").values(act=_DONE)
    )


def imports_left(desk: GrantDesk, person_id: str) -> int:
    """Return how many more imports that come to nothing the person may try this hour, dry runs included.

    A file that is refused tells which of its rows are known just as a dry run does.
    """
    used = desk.uow.connection.execute(
        select(func.count()).where(
            oracle_use.c.person_id == person_id, oracle_use.c.act == "import", oracle_use.c.at > desk.uow.now - HOUR
        )
    ).scalar_one()
    return max(0, desk.limits.searches_an_hour - used)


def frozen_now(uow: UnitOfWork) -> tuple[Freeze, ...]:
    """Return every freeze in force, oldest first."""
    return _in_force(uow, None)


def freeze(uow: UnitOfWork, freeze_id: str) -> Freeze | None:
    """Return one freeze if it is in force."""
    return next((one for one in _in_force(uow, None) if one.id == freeze_id), None)


def unlock(desk: GrantDesk, freeze_id: str) -> Freeze:
    """Lift a freeze; misses before it count no more. The caller has decided that the actor may.

    Raises:
        Refused: `freeze.not_found`, or `separation.own_request` for the person who tripped it.
    """
    actor = actor_of(desk)
    found = freeze(desk.uow, freeze_id)
    if found is None:
        refuse("freeze.not_found", "C-5.4h")
    if not_a_party(actor.person_id, (found.tripped_by,)) is not None:
        refuse("separation.own_request", "§3.3-1", Role.SECURITY_ADMIN, Role.COMPLIANCE)
    desk.uow.connection.execute(
        update(oracle_freeze)
        .where(oracle_freeze.c.id == freeze_id)
        .values(lifted_at=desk.now, lifted_by=actor.person_id)
    )
    desk.uow.append(_event(desk, LIFT, freeze_id, _LIFTED))
    return found


def _in_force(uow: UnitOfWork, subjects: Collection[bytes] | None) -> tuple[Freeze, ...]:
    query = select(oracle_freeze).where(
        oracle_freeze.c.lifted_at.is_(None) | (func.coalesce(newest_version(oracle_freeze), 1) < _LIFTED)
    )
    if subjects is not None:
        query = query.where(oracle_freeze.c.subject.in_(list(subjects)))
    rows = uow.connection.execute(query.order_by(oracle_freeze.c.id)).mappings()
    return tuple(Freeze(row["id"], bytes(row["subject"]), row["frozen_at"], row["tripped_by"]) for row in rows)


def _misses(uow: UnitOfWork, subject: bytes) -> int:
    """Count misses of 24 hours on a subject since the log says that it was last unlocked."""
    frozen = select(literal(f"{oracle_freeze.name}:").concat(oracle_freeze.c.id)).where(
        oracle_freeze.c.subject == subject
    )
    lifts = [
        uow.connection.execute(
            select(func.max(log.c.at)).where(log.c.subject.in_(frozen), log.c.subject_version == _LIFTED)
        ).scalar()
        for log in (audit_event, audit_outbox)
    ]
    since = max(uow.now - DAY, *(lift or 0 for lift in lifts))
    query = select(func.count()).where(
        oracle_use.c.subject == subject, oracle_use.c.missed == 1, oracle_use.c.at > since
    )
    return int(uow.connection.execute(query).scalar_one())


def _freeze(desk: GrantDesk, actor: Actor, subject: bytes) -> Freeze:
    made = Freeze(desk.ids.new(), subject, desk.now, actor.person_id)
    values: dict[str, Any] = {
        "id": made.id,
        "tenant_id": DESK_TENANT,
        "subject": subject,
        "frozen_at": made.frozen_at,
        "tripped_by": made.tripped_by,
    }
    desk.uow.connection.execute(insert(oracle_freeze), values)
    desk.uow.append(_event(desk, FREEZE, made.id, 1))
    return made


def _event(desk: GrantDesk, action: str, freeze_id: str, version: int) -> Event:
    return desk.event(
        action,
        object_kind="freeze",
        object_id=freeze_id,
        subject=f"{oracle_freeze.name}:{freeze_id}",
        subject_version=version,
    )
