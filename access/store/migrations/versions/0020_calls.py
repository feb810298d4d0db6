"""Calls: calls, their recordings, and the sealed secrets of phones and of the provider's line."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_ID = sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "call_record",
        sa.Column("id", _ID, nullable=False),
        sa.Column("tenant_id", _ID, nullable=False),
        sa.Column("case_id", _ID, nullable=False),
        sa.Column("unit_id", _ID, nullable=False),
        sa.Column("agency_id", _ID, nullable=True),
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("slot_id", _ID, nullable=False),
        sa.Column("field", sa.String(length=24), nullable=False),
        sa.Column("ordinal", sa.SmallInteger(), nullable=False),
        sa.Column("third", sa.SmallInteger(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("result", sa.String(length=20), nullable=True),
        sa.Column("ended_side", sa.String(length=12), nullable=True),
        sa.Column("sip_code", sa.Integer(), nullable=False),
        sa.Column("cause", sa.Integer(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("connected_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("talked_ms", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("event_id", _ID, nullable=False),
        sa.Column("proof", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_record")),
    )
    op.create_index("ix_call_record_case", "call_record", ["case_id", "started_at"], unique=False)
    op.create_index("ix_call_record_person", "call_record", ["person_id", "started_at"], unique=False)
    op.create_index("ix_call_record_state", "call_record", ["state"], unique=False)
    op.create_index("ix_call_record_unit", "call_record", ["unit_id", "started_at"], unique=False)
    op.create_table(
        "call_recording",
        sa.Column("id", _ID, nullable=False),
        sa.Column("tenant_id", _ID, nullable=False),
        sa.Column("call_id", _ID, nullable=False),
        sa.Column("case_id", _ID, nullable=False),
        sa.Column("wrapped_key", sa.LargeBinary(length=64), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.Column("retention", sa.String(length=16), nullable=False),
        sa.Column("keep_until", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("event_id", _ID, nullable=False),
        sa.Column("proof", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_recording")),
        sa.UniqueConstraint("call_id", name=op.f("uq_call_recording_call_id")),
    )
    op.create_index("ix_call_recording_case", "call_recording", ["case_id"], unique=False)
    op.create_table(
        "call_secret",
        sa.Column("id", _ID, nullable=False),
        sa.Column("tenant_id", _ID, nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("person_id", _ID, nullable=True),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("sealed", sa.LargeBinary(length=256), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("set_by", _ID, nullable=False),
        sa.Column("set_at", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("event_id", _ID, nullable=False),
        sa.Column("proof", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_secret")),
    )
    op.create_index("ix_call_secret_name", "call_secret", ["kind", "name"], unique=False)
    op.create_index("ix_call_secret_person", "call_secret", ["person_id"], unique=False)
