"""Counters in the database that make acts queue where their rows alone would not.

On PostgreSQL two acts that only insert see neither each other nor a conflict; both change the counter, so the second
is repeated by the store and sees what the first did. On SQLite the writer is alone anyway.
"""

from __future__ import annotations

from sqlalchemy import select, text, update

from access.store.base import UnitOfWork
from access.store.schema import DESK_TENANT, desk_meta

_START = text("INSERT INTO desk_meta (key, tenant_id, value) VALUES (:key, :tenant, '0') ON CONFLICT (key) DO NOTHING")


def bump(uow: UnitOfWork, key: str, *, least: int = 0) -> int:
    """Count one further and return the new count; acts that bump one counter happen one after the other.

    Args:
        uow: The act.
        key: Which counter.
        least: The count is above this in any case, should somebody have set it back.
    """
    uow.connection.execute(_START, {"key": key, "tenant": DESK_TENANT})
    query = uow.lock(select(desk_meta.c.value).where(desk_meta.c.key == key))
    stored = uow.connection.execute(query).scalar_one()
    count = max(int(stored) if stored.isascii() and stored.isdigit() else 0, least) + 1
    uow.connection.execute(update(desk_meta).where(desk_meta.c.key == key).values(value=str(count)))
    return count
