"""The budget of acts that answer to a hidden value: exact search, blind verification, import dry run.

Their misses count together per customer over all staff: the third within 24 hours freezes it until somebody else
unlocks it. Blind verification names its customer. A search that found nobody was a guess at every customer of the
searcher's units whose mask the value fits, so it counts on this *look-alike class* (creditor, unit, kind, mask), and
thereby on each customer in it: other digits for the hidden ones are no fresh start. The
counting itself is in `access.grants.misses`.

A person has so many of these acts an hour: searches, hits included, and verifications that did not match.

A file that is only tried, or refused, answers for as many rows as it has, and nobody can say at which customers its new
rows would be guesses. What keeps it from being an oracle is where files come from: in production only from a registered
lender's drop, under the lender's own signature, so that nobody at the desk can make one up (any other is refused by
`console.desk.imports.start`). Elsewhere, where data is made up, a person has so many such files an hour.

All of this is counted in the log (`ledger`), by keyed tags of what was asked about, never from what was typed. The rows
of `oracle_freeze` only list what may be lifted; deleting or changing one by SQL frees nobody. Imports that come to
nothing are counted in rows, because one that is published is given back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from sqlalchemy import func, insert, select, update

from access.grants import ledger
from access.grants.context import HOUR, GrantDesk, actor_of
from access.grants.counter import bump
from access.grants.misses import FREEZE, LIFT, ClassMisses, frozen_by, holds_of, note_miss, note_own_miss
from access.grants.refusals import refuse
from access.policy import Actor
from access.policy.model import WHOLE_DESK
from access.roles import Role
from access.roles.separation import not_a_party
from access.store.base import UnitOfWork
from access.store.schema import DESK_TENANT, oracle_freeze, oracle_use, tenant

ActName = Literal["search", "verify", "import"]

SPEND: Final = "case:budget:spend"

_COUNTER: Final = "oracle.uses"
_DONE: Final = "import.done"
_SEARCHES: Final = "oracle_searches"
_LIKE: Final = "oracle_like"


@dataclass(frozen=True, slots=True)
class Budget:
    """What is left.

    Attributes:
        searches_left: Searches, or verifications that do not match, the person still has this hour.
        frozen: One of the subjects is frozen; nothing is answered about it.
        misses_left: Misses until it is.
    """

    searches_left: int
    frozen: bool
    misses_left: int


@dataclass(frozen=True, slots=True)
class Freeze:
    """A freeze in force.

    Attributes:
        id: Its id.
        subject: Customer (a case's id) or look-alike class it is on, 16 bytes.
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


def look_alikes(desk: GrantDesk, tenant_id: str, unit_id: str | None, kind: str, mask: str) -> bytes:
    """Return the subject under which guesses at all customers of one creditor and unit with one mask are counted.

    Args:
        desk: The act.
        tenant_id: The creditor.
        unit_id: The unit whose customers the asker reaches.
        kind: What kind of value.
        mask: What everybody sees of it; a class must depend on no digit that the mask hides.
    """
    return bytes.fromhex(desk.proofs.tag(_LIKE, "\x1f".join((tenant_id, unit_id or "", kind, mask)).encode()))


def budget(desk: GrantDesk, person_id: str, subjects: Sequence[bytes], customer: bytes | None = None) -> Budget:
    """Return what the person may still ask.

    Args:
        desk: The act.
        person_id: Who asks.
        subjects: Look-alike classes asked about.
        customer: Whom a verification is about; none for a search, which may meet anybody of the classes.
    """
    most, limit = desk.limits.searches_an_hour, desk.limits.misses_a_customer_a_day
    used = ledger.count_since(desk.uow, f"{_SEARCHES}:{person_id}", desk.now - HOUR, most)
    counts = [ClassMisses.read(desk, subject) for subject in dict.fromkeys(subjects)]
    missed = max((_count(desk, one, customer) for one in counts), default=0)
    frozen = missed >= limit or any(one.frozen(desk, customer) for one in counts)
    return Budget(max(0, most - used), frozen, 0 if frozen else limit - missed)


def spend(
    desk: GrantDesk,
    subjects: Sequence[bytes],
    act: ActName,
    missed: bool,  # noqa: FBT001
    customer: bytes | None = None,
) -> tuple[Freeze, ...]:
    """Write down one act, and freeze what it was the last miss on.

    The act's own event is the caller's.

    Args:
        desk: The act, with its actor.
        subjects: Look-alike classes asked about.
        act: Which kind of act.
        missed: It answered no; a miss counts on each subject.
        customer: Whom a verification was about.

    Returns:
        The freezes it tripped.
    """
    actor = actor_of(desk)
    bump(desk.uow, _COUNTER)
    asked = tuple(dict.fromkeys(subjects))
    if act == "search" or (act == "verify" and missed):
        _note(desk, SPEND, f"{_SEARCHES}:{actor.person_id}")
    if act == "import" and asked:
        _note_import(desk, actor, asked[0])
    if not missed:
        return ()
    for subject in asked:
        note_miss(desk, subject, customer)
    if customer is not None:
        note_own_miss(desk, customer)
    tripped: dict[bytes, Freeze] = {}
    for subject in asked:
        on = customer or subject
        count = _count(desk, ClassMisses.read(desk, subject), customer)
        if count >= desk.limits.misses_a_customer_a_day and _held(desk, on) is None:
            tripped[on] = _freeze(desk, actor, on)
    return tuple(tripped.values())


def _count(desk: GrantDesk, misses: ClassMisses, customer: bytes | None) -> int:
    if customer is None:
        return misses.on_anybody(desk)
    return misses.on_customer(desk, customer, desk.limits.misses_a_customer_a_day)


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
    _note(desk, LIFT, holds_of(desk, found.subject), object_kind="freeze", object_id=freeze_id)
    return found


def _held(desk: GrantDesk, subject: bytes) -> Freeze | None:
    """Return the freeze on a subject that the log says is in force."""
    event = frozen_by(desk, subject)
    return Freeze(event.object_id or "", subject, event.at, event.person_id or "") if event is not None else None


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
    _note(desk, FREEZE, holds_of(desk, subject), object_kind="freeze", object_id=made.id)
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


def _note(desk: GrantDesk, action: str, tally: str, **more: Any) -> None:  # noqa: ANN401 - of the closed schema
    version = ledger.next_version(desk.uow, tally)
    desk.uow.append(desk.event(action, **{"object_kind": "budget"} | more, subject=tally, subject_version=version))
