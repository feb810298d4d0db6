"""What the desk knows about itself, its creditors, and the writes it has already answered."""

from __future__ import annotations

from sqlalchemy import Column, LargeBinary, String, Table, Text

from access.store.schema.base import ID, INSTANT, metadata, own_id, tenant_ref

desk_meta = Table(
    "desk_meta",
    metadata,
    Column("key", String(64), primary_key=True),
    tenant_ref(),
    Column("value", Text, nullable=False),
)

tenant = Table(
    "tenant",
    metadata,
    own_id(),
    tenant_ref(),
    Column("code", String(32), nullable=False, unique=True),
    Column("name", String(120), nullable=False),
    Column("created_at", INSTANT, nullable=False),
)

idempotency = Table(
    "idempotency",
    metadata,
    Column("actor_id", ID, primary_key=True),
    Column("key", String(64), primary_key=True),
    tenant_ref(),
    Column("digest", LargeBinary(32), nullable=False),
    Column("reply", LargeBinary, nullable=False),
    Column("created_at", INSTANT, nullable=False, index=True),
)
