"""Notes and changes of contact data."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def _id() -> sa.types.TypeEngine[str]:
    return sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "case_note",
        sa.Column("id", _id(), nullable=False),
        sa.Column("tenant_id", _id(), nullable=False),
        sa.Column("case_id", _id(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("author_id", _id(), nullable=False),
        sa.Column("written_at", sa.BigInteger(), nullable=False),
        sa.Column("key_version", sa.SmallInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("shown", sa.LargeBinary(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("event_id", _id(), nullable=False),
        sa.Column("proof", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_case_note"),
    )
    op.create_index("ix_case_note_case", "case_note", ["case_id", "id"])
    op.create_index("ix_case_note_ordinal", "case_note", ["case_id", "ordinal"], unique=True)
    op.create_table(
        "contact_change",
        sa.Column("id", _id(), nullable=False),
        sa.Column("tenant_id", _id(), nullable=False),
        sa.Column("case_id", _id(), nullable=False),
        sa.Column("unit_id", _id(), nullable=False),
        sa.Column("requester_id", _id(), nullable=False),
        sa.Column("lead", sa.SmallInteger(), nullable=False),
        sa.Column("note_id", _id(), nullable=True),
        sa.Column("field", sa.String(length=32), nullable=False),
        sa.Column("ordinal", sa.SmallInteger(), nullable=False),
        sa.Column("placed", sa.SmallInteger(), nullable=True),
        sa.Column("lawful_source", sa.String(length=24), nullable=False),
        sa.Column("key_version", sa.SmallInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("shown", sa.LargeBinary(), nullable=False),
        sa.Column("replaced", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("checked_by", _id(), nullable=True),
        sa.Column("checked_at", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("event_id", _id(), nullable=False),
        sa.Column("proof", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_contact_change"),
    )
    op.create_index("ix_contact_change_case", "contact_change", ["case_id", "id"])
    op.create_index("ix_contact_change_unit", "contact_change", ["unit_id", "state", "id"])
    op.create_index("ix_contact_change_requester", "contact_change", ["requester_id", "asked_at"])
