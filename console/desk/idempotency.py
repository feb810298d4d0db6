"""Writes answered once: the same person and key get the same answer for 24 hours, another request under it is refused.

A commit can fail back to the caller and still be stored (`an error after the fact`), so a screen repeats the call
under its key and cannot do the thing twice.
"""

from __future__ import annotations

from typing import Final

import msgspec
from sqlalchemy import delete, insert, select

from access.store.schema import DESK_TENANT, idempotency
from console.desk.act import Act
from console.desk.api.base import AnyCall
from masking.gm import sm3

_KEPT: Final = 24 * 3600 * 1_000_000
_KEY_LIMIT: Final = 64
_encode = msgspec.msgpack.Encoder(order="deterministic").encode


def digest(call: AnyCall) -> bytes:
    """SM3 of the request, 32 bytes."""
    return sm3(_encode(call))


def answered(act: Act, key: str, request: bytes) -> bytes | None:
    """The kept reply, or None when this is new.

    Raises:
        Refused: `desk.key_reused`: the key was used for another request; `desk.key_unfit`: too long.
    """
    if not 0 < len(key) <= _KEY_LIMIT:
        act.refuse("desk.key_unfit")
    row = act.db.execute(
        select(idempotency.c.digest, idempotency.c.reply).where(
            idempotency.c.actor_id == act.line.person_id,
            idempotency.c.key == key,
            idempotency.c.created_at > act.now - _KEPT,
        )
    ).first()
    if row is None:
        return None
    if bytes(row.digest) != request:
        act.refuse("desk.key_reused")
    return bytes(row.reply)


def keep(act: Act, key: str, request: bytes, reply: bytes) -> None:
    """Keep the reply; called in the act's own transaction."""
    act.db.execute(
        delete(idempotency).where(
            idempotency.c.actor_id == act.line.person_id,
            idempotency.c.created_at <= act.now - _KEPT,
        )
    )
    act.db.execute(
        insert(idempotency).values(
            actor_id=act.line.person_id,
            key=key,
            tenant_id=DESK_TENANT,
            digest=request,
            reply=reply,
            created_at=act.now,
        )
    )
