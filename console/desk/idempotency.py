"""Writes answered once: the same person and key get the same answer for 24 hours, another request under it is refused.

A commit can fail back to the caller and still be stored (`an error after the fact`), so a screen repeats the call
under its key and cannot do the thing twice. The answer is kept with the standing in which it was given: whoever lost a
role, a team or their training since is told that it was done, not what came of it.
"""

from __future__ import annotations

from typing import Final

import msgspec
from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError

from access.store.schema import DESK_TENANT, idempotency
from console.desk.act import Act
from console.desk.api.base import AnyCall
from masking.gm import sm3

REPEATED: Final = "desk:call:repeat"

_KEPT: Final = 24 * 3600 * 1_000_000
_KEY_LIMIT: Final = 64
_STANDING: Final = 32
_encode = msgspec.msgpack.Encoder(order="deterministic").encode


def name(key: str, request: bytes) -> bytes:
    """What a call is called, so that a proof can be given for it and for no other: its key and its digest, 32 bytes."""
    return sm3(key.encode(errors="replace") + b"\0" + request)


class KeyTaken(Exception):
    """Another act kept an answer under this key while this one ran; it is repeated and finds it."""


def digest(call: AnyCall) -> bytes:
    """SM3 of the request, 32 bytes."""
    return sm3(_encode(call))


def answered(act: Act, key: str, request: bytes) -> bytes | None:
    """The kept reply, or None when this is new.

    Raises:
        Refused: `desk.key_reused`: the key was used for another request; `desk.key_unfit`: too long;
            `desk.answer_withheld`: it was done, in a standing that the person has no more.
    """
    if not 0 < len(key) <= _KEY_LIMIT or not key.isascii() or not key.isprintable():
        act.refuse("desk.key_unfit")
    row = act.db.execute(
        select(idempotency.c.digest, idempotency.c.reply).where(
            idempotency.c.actor_id == act.seated.person_id,
            idempotency.c.key == key,
            idempotency.c.created_at > act.now - _KEPT,
        )
    ).first()
    if row is None:
        return None
    if bytes(row.digest) != _keyed(act, request):
        act.refuse("desk.key_reused")
    stored = bytes(row.reply)
    if stored[:_STANDING] != _standing(act):
        act.refuse("desk.answer_withheld")
    return stored[_STANDING:]


def keep(act: Act, key: str, request: bytes, reply: bytes) -> None:
    """Keep the reply; called in the act's own transaction.

    Raises:
        KeyTaken: somebody kept one meanwhile (PostgreSQL; SQLite's writer is alone).
    """
    act.db.execute(
        delete(idempotency).where(
            idempotency.c.actor_id == act.seated.person_id,
            idempotency.c.created_at <= act.now - _KEPT,
        )
    )
    row = insert(idempotency).values(
        actor_id=act.seated.person_id,
        key=key,
        tenant_id=DESK_TENANT,
        digest=_keyed(act, request),
        reply=_standing(act) + reply,
        created_at=act.now,
    )
    try:
        act.db.execute(row)
    except IntegrityError:
        raise KeyTaken from None


def _keyed(act: Act, request: bytes) -> bytes:
    """The digest as stored: without the key nobody can try out words that were masked before they were kept."""
    return act.parts.keys.token.digest(b"idempotency", request)


def _standing(act: Act) -> bytes:
    """What the person's rights rest on at this instant, 32 bytes."""
    who = act.actor
    seats = sorted(
        (str(seat.role), seat.tenant_id, seat.unit_id or "")
        for seat in who.seats
        if seat.valid_from <= act.now < seat.valid_until
    )
    return sm3(_encode((seats, who.unit_id, who.agency_id, who.state, who.trained, who.confidentiality)))
