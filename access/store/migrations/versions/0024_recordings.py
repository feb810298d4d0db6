"""Recordings: who listened to them, and their destruction."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_ID = sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "call_listening",
        sa.Column("id", _ID, nullable=False),
        sa.Column("tenant_id", _ID, nullable=False),
        sa.Column("recording_id", _ID, nullable=False),
        sa.Column("call_id", _ID, nullable=False),
        sa.Column("case_id", _ID, nullable=False),
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("mark", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=24), nullable=False),
        sa.Column("reference", sa.String(length=48), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("result", sa.String(length=20), nullable=True),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("event_id", _ID, nullable=False),
        sa.Column("proof", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_listening")),
        sa.UniqueConstraint("mark", name=op.f("uq_call_listening_mark")),
        info={
            "proven": (
                "tenant_id",
                "recording_id",
                "call_id",
                "case_id",
                "person_id",
                "mark",
                "reason",
                "reference",
                "state",
                "result",
                "seconds",
                "started_at",
                "ended_at",
            )
        },
    )
    op.create_index("ix_call_listening_recording", "call_listening", ["recording_id", "started_at"], unique=False)
    op.create_index("ix_call_listening_state", "call_listening", ["state"], unique=False)
    op.create_table(
        "destruction",
        sa.Column("id", _ID, nullable=False),
        sa.Column("tenant_id", _ID, nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("covers", sa.Integer(), nullable=False),
        sa.Column("destroyed", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("proposed_by", _ID, nullable=False),
        sa.Column("proposed_at", sa.BigInteger(), nullable=False),
        sa.Column("approved_by", _ID, nullable=True),
        sa.Column("approved_at", sa.BigInteger(), nullable=True),
        sa.Column("executed_by", _ID, nullable=True),
        sa.Column("executed_at", sa.BigInteger(), nullable=True),
        sa.Column("witnessed_by", _ID, nullable=True),
        sa.Column("witnessed_at", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("event_id", _ID, nullable=False),
        sa.Column("proof", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_destruction")),
        info={
            "proven": (
                "state",
                "until",
                "covers",
                "destroyed",
                "digest",
                "proposed_by",
                "proposed_at",
                "approved_by",
                "approved_at",
                "executed_by",
                "executed_at",
                "witnessed_by",
                "witnessed_at",
            )
        },
    )
    op.create_index("ix_destruction_state", "destruction", ["state"], unique=False)
    op.create_table(
        "destruction_item",
        sa.Column("id", _ID, nullable=False),
        sa.Column("tenant_id", _ID, nullable=False),
        sa.Column("destruction_id", _ID, nullable=False),
        sa.Column("recording_id", _ID, nullable=False),
        sa.Column("result", sa.String(length=12), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_destruction_item")),
    )
    op.create_index("ix_destruction_item_destruction", "destruction_item", ["destruction_id"], unique=False)
    op.create_index("ix_destruction_item_recording", "destruction_item", ["recording_id"], unique=False)
