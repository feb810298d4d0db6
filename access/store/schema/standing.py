"""Standing approvals: a supervisor's word, for one shift, that a team may see who is on the line while it speaks.

One says yes to showing a customer's name, so it proves itself, with who gave it and who ended it.
"""

from __future__ import annotations

from sqlalchemy import Column, Index, String, Table

from access.store.schema.base import ID, INSTANT, metadata, own_id, proof_columns, tenant_ref

standing_approval = Table(
    "standing_approval",
    metadata,
    own_id(),
    tenant_ref(),
    Column("unit_id", ID, nullable=False),  # whose cases
    Column("tier", String(2), nullable=False),
    Column("state", String(8), nullable=False),  # active | revoked
    Column("given_by", ID, nullable=False),
    Column("given_at", INSTANT, nullable=False),
    Column("ends_at", INSTANT, nullable=False),
    Column("revoked_by", ID),
    Column("revoked_at", INSTANT),
    *proof_columns(),
    Index("ix_standing_approval_unit", "unit_id", "ends_at"),
    info={"proven": ("unit_id", "tier", "state", "given_by", "given_at", "ends_at", "revoked_by", "revoked_at")},
)
