"""Exports: requests, decisions, files, marks, and on what basis a customer's row may leave."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "export_request",
        _id("id"),
        _id("tenant_id"),
        sa.Column("serial", sa.Integer(), nullable=False),
        _id("unit_id"),
        _id("asker_id"),
        sa.Column("asker_role", sa.String(length=16), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("purpose", sa.String(length=24), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("reach", sa.String(length=10), nullable=False),
        sa.Column("recipient", sa.String(length=80), nullable=False),
        _id("agency_id", nullable=True),
        sa.Column("recipient_key", sa.LargeBinary(), nullable=True),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("filter", sa.Text(), nullable=False),
        sa.Column("row_cap", sa.Integer(), nullable=False),
        sa.Column("profile", sa.String(length=12), nullable=False),
        sa.Column("format", sa.String(length=8), nullable=False),
        sa.Column("locked", sa.Integer(), nullable=False),
        sa.Column("use_until", sa.BigInteger(), nullable=False),
        sa.Column("basis", sa.String(length=24), nullable=False),
        sa.Column("assessment", sa.String(length=48), nullable=False),
        sa.Column("notice", sa.String(length=16), nullable=False),
        sa.Column("template", sa.String(length=8), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("chain", sa.String(length=60), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        *_proof(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export_request")),
        sa.UniqueConstraint("serial", name=op.f("uq_export_request_serial")),
    )
    op.create_index("ix_export_request_asker", "export_request", ["asker_id", "state"], unique=False)
    op.create_index("ix_export_request_state", "export_request", ["state", "use_until"], unique=False)
    op.create_table(
        "export_decision",
        _id("id"),
        _id("tenant_id"),
        _id("export_id"),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        _id("person_id"),
        sa.Column("verdict", sa.String(length=8), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        *_proof(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export_decision")),
    )
    op.create_index("ix_export_decision_place", "export_decision", ["export_id", "place"], unique=True)
    op.create_table(
        "export_file",
        _id("id"),
        _id("tenant_id"),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("left_out", sa.Integer(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("content", sa.LargeBinary(length=32), nullable=False),
        sa.Column("key_version", sa.SmallInteger(), nullable=False),
        sa.Column("rows_held", sa.LargeBinary(), nullable=False),
        sa.Column("carriers", sa.String(length=40), nullable=False),
        sa.Column("checked", sa.Integer(), nullable=False),
        sa.Column("sealed", sa.Integer(), nullable=False),
        sa.Column("password", sa.LargeBinary(), nullable=True),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        _id("released_by", nullable=True),
        sa.Column("released_at", sa.BigInteger(), nullable=True),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        _id("fetched_by", nullable=True),
        sa.Column("fetched_at", sa.BigInteger(), nullable=True),
        sa.Column("removed_at", sa.BigInteger(), nullable=True),
        *_proof(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export_file")),
    )
    op.create_table(
        "export_row",
        sa.Column("no", sa.Integer(), nullable=False, autoincrement=False),
        _id("row_id"),
        _id("tenant_id"),
        sa.PrimaryKeyConstraint("no", name=op.f("pk_export_row")),
        sa.UniqueConstraint("row_id", name=op.f("uq_export_row_row_id")),
    )
    op.create_table(
        "export_finder",
        sa.Column("hash", sa.LargeBinary(length=8), nullable=False),
        sa.Column("row_no", sa.Integer(), nullable=False),
        _id("tenant_id"),
        sa.PrimaryKeyConstraint("hash", "row_no", name=op.f("pk_export_finder")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "export_basis",
        _id("id"),
        _id("tenant_id"),
        _id("case_id"),
        sa.Column("recipient", sa.String(length=80), nullable=False),
        sa.Column("basis", sa.String(length=24), nullable=False),
        sa.Column("reference", sa.String(length=48), nullable=False),
        sa.Column("valid_until", sa.BigInteger(), nullable=False),
        _id("recorded_by"),
        *_proof(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_export_basis")),
    )
    op.create_index("ix_export_basis_case", "export_basis", ["case_id", "recipient"], unique=False)


def _id(name: str, *, nullable: bool = False) -> sa.Column[str]:
    kind = sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql")
    return sa.Column(name, kind, nullable=nullable)


def _proof() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("version", sa.Integer(), nullable=False),
        _id("event_id"),
        sa.Column("proof", sa.LargeBinary(length=32), nullable=False),
    )
