"""Messages sent, and by what their reports find them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

_ID = sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "message_sent",
        sa.Column("id", _ID, nullable=False),
        sa.Column("tenant_id", _ID, nullable=False),
        sa.Column("case_id", _ID, nullable=False),
        sa.Column("unit_id", _ID, nullable=False),
        sa.Column("agency_id", _ID, nullable=True),
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("slot_id", _ID, nullable=False),
        sa.Column("template_id", _ID, nullable=False),
        sa.Column("field", sa.String(length=24), nullable=False),
        sa.Column("ordinal", sa.SmallInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("pieces", sa.SmallInteger(), nullable=False),
        sa.Column("parts", sa.SmallInteger(), nullable=False),
        sa.Column("reference", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("marks", sa.String(length=4), nullable=False),
        sa.Column("handles", sa.LargeBinary(length=64), nullable=False),
        sa.Column("code", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=False),
        sa.Column("handed_at", sa.BigInteger(), nullable=True),
        sa.Column("over_at", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("event_id", _ID, nullable=False),
        sa.Column("proof", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_sent")),
        info={
            "proven": (
                "tenant_id",
                "case_id",
                "unit_id",
                "agency_id",
                "person_id",
                "slot_id",
                "template_id",
                "field",
                "ordinal",
                "body",
                "pieces",
                "parts",
                "reference",
                "state",
                "marks",
                "handles",
                "sent_at",
                "handed_at",
                "over_at",
            )
        },
    )
    op.create_index("ix_message_sent_case", "message_sent", ["case_id", "sent_at"])
    op.create_index("ix_message_sent_person", "message_sent", ["person_id", "sent_at"])
    op.create_index("ix_message_sent_unit", "message_sent", ["unit_id", "sent_at"])
    op.create_index("ix_message_sent_state", "message_sent", ["state"])
    op.create_index("ix_message_sent_reference", "message_sent", ["reference"])
    op.create_table(
        "message_handle",
        sa.Column("handle", sa.LargeBinary(length=16), nullable=False),
        sa.Column("tenant_id", _ID, nullable=False),
        sa.Column("message_id", _ID, nullable=False),
        sa.PrimaryKeyConstraint("handle", name=op.f("pk_message_handle")),
    )
