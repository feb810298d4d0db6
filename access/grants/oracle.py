"""The budget of acts that answer to a hidden value: exact search, blind verification, import dry run.

Their misses count together per customer over all staff: the third within 24 hours freezes it until somebody else
unlocks it. A person has so many exact searches an hour, hits included. What is counted is told from which keyed entry
or case was asked about, never from what was typed.

All of this is counted in the log (`ledger`): searches by person, misses and freezes by a keyed tag of what was asked
about. The rows of `oracle_freeze` only list what may be lifted; deleting or changing one by SQL frees nobody. Imports
that come to nothing are counted in rows, because one that is published is given back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from sqlalchemy import func, insert, select, update

from access.grants import ledger
from access.grants.context import DAY, HOUR, GrantDesk, actor_of
from access.grants.counter import bump
from access.grants.refusals import refuse
from access.policy import Actor
from access.policy.model import WHOLE_DESK
from access.roles import Role
from access.roles.separation import not_a_party
from access.store.base import UnitOfWork
from access.store.schema import DESK_TENANT, oracle_freeze, oracle_use, tenant

ActName = Literal["search", "verify", "import"]

FREEZE: Final = "case:freeze:trip"
LIFT: Final = "case:freeze:lift"

MISS: Final = "case:budget:miss"
SPEND: Final = "case:budget:spend"

_COUNTER: Final = "oracle.uses"
_DONE: Final = "import.done"
_SEARCHES: Final = "oracle_searches"
_MISSES: Final = "oracle_misses"
_HOLDS: Final = "oracle_holds"


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


def budget(desk: GrantDesk, person_id: str, subjects: Sequence[bytes]) -> Budget:
    """Return what the person may still ask about these subjects.

    Args:
        desk: The act.
        person_id: Who asks.
        subjects: Keyed entries or cases asked about.
    """
    most = desk.limits.searches_an_hour
    used = ledger.count_since(desk.uow, f"{_SEARCHES}:{person_id}", desk.now - HOUR, most)
    frozen = any(
        _held(desk, subject) is not None or _misses(desk, subject) >= desk.limits.misses_a_customer_a_day
        for subject in dict.fromkeys(subjects)
    )
    return Budget(max(0, most - used), frozen)


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
    if act == "search":
        _note(desk, SPEND, f"{_SEARCHES}:{actor.person_id}")
    if act == "import" and asked:
        _note_import(desk, actor, asked[0])
    if not missed:
        return ()
    for subject in asked:
        _note(desk, MISS, _tally(desk, _MISSES, subject))
    return tuple(
        _freeze(desk, actor, subject)
        for subject in asked
        if _held(desk, subject) is None and _misses(desk, subject) >= desk.limits.misses_a_customer_a_day
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


def frozen_now(desk: GrantDesk) -> tuple[Freeze, ...]:
    """Return every freeze in force, oldest first."""
    rows = desk.uow.connection.execute(select(oracle_freeze.c.id, oracle_freeze.c.subject).order_by(oracle_freeze.c.id))
    found = [(row.id, _held(desk, bytes(row.subject))) for row in rows]
    return tuple(held for row_id, held in found if held is not None and held.id == row_id)


def freeze(desk: GrantDesk, freeze_id: str) -> Freeze | None:
    """Return one freeze if it is in force."""
    return next((one for one in frozen_now(desk) if one.id == freeze_id), None)


def unlock(desk: GrantDesk, freeze_id: str) -> Freeze:
    """Lift a freeze; misses before it count no more. The caller has decided that the actor may.

    Raises:
        Refused: `freeze.not_found`, or `separation.own_request` for the person who tripped it.
    """
    actor = actor_of(desk)
    bump(desk.uow, _COUNTER)
    found = freeze(desk, freeze_id)
    if found is None:
        refuse("freeze.not_found", "C-5.4h")
    if not_a_party(actor.person_id, (found.tripped_by,)) is not None:
        refuse("separation.own_request", "§3.3-1", Role.SECURITY_ADMIN, Role.COMPLIANCE)
    desk.uow.connection.execute(
        update(oracle_freeze)
        .where(oracle_freeze.c.id == freeze_id)
        .values(lifted_at=desk.now, lifted_by=actor.person_id)
    )
    _note(desk, LIFT, _tally(desk, _HOLDS, found.subject), object_kind="freeze", object_id=freeze_id)
    return found


def _held(desk: GrantDesk, subject: bytes) -> Freeze | None:
    """Return the freeze on a subject that the log says is in force: freezing and lifting alternate there."""
    last = next(iter(ledger.newest(desk.uow, _tally(desk, _HOLDS, subject))), None)
    if last is None or last.event.action != FREEZE:
        return None
    event = last.event
    return Freeze(event.object_id or "", subject, event.at, event.person_id or "")


def _misses(desk: GrantDesk, subject: bytes) -> int:
    """Count misses of 24 hours on a subject since it was last unlocked; no further than they matter."""
    last = next(iter(ledger.newest(desk.uow, _tally(desk, _HOLDS, subject))), None)
    since = max(desk.now - DAY, last.event.at if last is not None and last.event.action == LIFT else 0)
    most = desk.limits.misses_a_customer_a_day
    return ledger.count_since(desk.uow, _tally(desk, _MISSES, subject), since, most)


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
    _note(desk, FREEZE, _tally(desk, _HOLDS, subject), object_kind="freeze", object_id=made.id)
    return made


def _note_import(desk: GrantDesk, actor: Actor, subject: bytes) -> None:
    values = {
        "id": desk.ids.new(),
        "tenant_id": DESK_TENANT,
        "person_id": actor.person_id,
        "subject": subject,
        "act": "import",
        "missed": 0,
        "at": desk.now,
    }
    desk.uow.connection.execute(insert(oracle_use), values)


def _tally(desk: GrantDesk, kind: str, subject: bytes) -> str:
    """Return the tally of a subject, which the log knows by a keyed tag only."""
    return f"{kind}:{desk.proofs.tag(kind, subject)}"


def _note(desk: GrantDesk, action: str, tally: str, **more: Any) -> None:  # noqa: ANN401 - of the closed schema
    version = ledger.next_version(desk.uow, tally)
    desk.uow.append(desk.event(action, **{"object_kind": "budget"} | more, subject=tally, subject_version=version))
