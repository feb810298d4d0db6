"""Staff life cycle: invitations, transfers, leaving, gates."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_ID = sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "staff_order",
        sa.Column("id", _ID, nullable=False),
        sa.Column("tenant_id", _ID, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("person_id", _ID, nullable=True),
        sa.Column("staff_no", sa.String(length=32), nullable=True),
        sa.Column("name", sa.String(length=80), nullable=True),
        sa.Column("login", sa.String(length=64), nullable=True),
        sa.Column("unit_id", _ID, nullable=True),
        sa.Column("privileged", sa.SmallInteger(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("asked_by", _ID, nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("decided_by", _ID, nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("event_id", _ID, nullable=False),
        sa.Column("proof", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_order")),
    )
    op.create_index("ix_staff_order_open", "staff_order", ["state", "asked_at"], unique=False)
    op.create_index(op.f("ix_staff_order_person_id"), "staff_order", ["person_id"], unique=False)
    op.create_table(
        "departure",
        sa.Column("id", _ID, nullable=False),
        sa.Column("tenant_id", _ID, nullable=False),
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=24), nullable=False),
        sa.Column("from_unit_id", _ID, nullable=False),
        sa.Column("to_unit_id", _ID, nullable=True),
        sa.Column("last_day", sa.String(length=10), nullable=False),
        sa.Column("freeze_at", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("noted_by", _ID, nullable=False),
        sa.Column("noted_at", sa.BigInteger(), nullable=False),
        sa.Column("carried_out_by", _ID, nullable=True),
        sa.Column("carried_out_at", sa.BigInteger(), nullable=True),
        sa.Column("cases", sa.Integer(), nullable=True),
        sa.Column("confirmed_by", _ID, nullable=True),
        sa.Column("confirmed_at", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("event_id", _ID, nullable=False),
        sa.Column("proof", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_departure")),
    )
    op.create_index("ix_departure_due", "departure", ["state", "freeze_at"], unique=False)
    op.create_index(op.f("ix_departure_person_id"), "departure", ["person_id"], unique=False)
    op.create_table(
        "training_record",
        sa.Column("id", _ID, nullable=False),
        sa.Column("tenant_id", _ID, nullable=False),
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("held_on", sa.String(length=10), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=True),
        sa.Column("passed", sa.SmallInteger(), nullable=False),
        sa.Column("content", sa.String(length=80), nullable=False),
        sa.Column("valid_until", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("entered_by", _ID, nullable=False),
        sa.Column("entered_at", sa.BigInteger(), nullable=False),
        sa.Column("checked_by", _ID, nullable=True),
        sa.Column("checked_at", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("event_id", _ID, nullable=False),
        sa.Column("proof", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_record")),
    )
    op.create_index(op.f("ix_training_record_person_id"), "training_record", ["person_id"], unique=False)
