"""SSH keys that let registered lenders into their drops."""

from __future__ import annotations

from sqlalchemy import Column, LargeBinary, String, Table

from access.store.schema.base import ID, metadata, own_id, proof_columns, tenant_ref

drop_key = Table(
    "drop_key",
    metadata,
    own_id(),
    tenant_ref(),
    Column("source_id", ID, nullable=False, index=True),
    Column("login", String(32), nullable=False, index=True),  # what the lender signs in as, without `+drop`
    Column("blob", LargeBinary, nullable=False),  # SSH public key, as it travels
    Column("addresses", String(400), nullable=False),  # networks it may come from, a blank between; empty: any
    Column("state", String(16), nullable=False),  # proposed | active | ended
    Column("proposed_by", ID, nullable=False),
    Column("agreed_by", ID),
    *proof_columns(),
    info={"proven": ("tenant_id", "source_id", "login", "blob", "addresses", "state", "proposed_by", "agreed_by")},
)
