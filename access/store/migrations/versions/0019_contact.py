"""Contact rules, consents, stops and attempts: how and when a customer may be contacted, and every attempt."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_ID = sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "contact_edition",
        sa.Column("id", _ID, nullable=False),
        sa.Column("tenant_id", _ID, nullable=False),
        sa.Column("unit_id", _ID, nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=24), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("made_by", _ID, nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("reviewed_by", _ID, nullable=True),
        sa.Column("approved_by", _ID, nullable=True),
        sa.Column("approved_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_by", _ID, nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("event_id", _ID, nullable=False),
        sa.Column("proof", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_edition")),
        info={
            "proven": (
                "unit_id",
                "edition",
                "code",
                "state",
                "text",
                "starts_at",
                "made_by",
                "reviewed_by",
                "approved_by",
                "ended_by",
            )
        },
    )
    op.create_index("ix_contact_edition_edition", "contact_edition", ["edition"], unique=True)
    op.create_table(
        "contact_slot",
        sa.Column("id", _ID, nullable=False),
        sa.Column("tenant_id", _ID, nullable=False),
        sa.Column("case_id", _ID, nullable=False),
        sa.Column("unit_id", _ID, nullable=False),
        sa.Column("person_id", _ID, nullable=True),
        sa.Column("debtor", sa.LargeBinary(length=16), nullable=False),
        sa.Column("number", sa.LargeBinary(length=16), nullable=False),
        sa.Column("field", sa.String(length=24), nullable=False),
        sa.Column("ordinal", sa.SmallInteger(), nullable=False),
        sa.Column("own", sa.SmallInteger(), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("inbound", sa.SmallInteger(), nullable=False),
        sa.Column("reserved_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.String(length=12), nullable=False),
        sa.Column("settled_at", sa.BigInteger(), nullable=True),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("event_id", _ID, nullable=False),
        sa.Column("proof", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_slot")),
        info={
            "proven": (
                "tenant_id",
                "case_id",
                "person_id",
                "debtor",
                "number",
                "own",
                "channel",
                "inbound",
                "reserved_at",
                "expires_at",
                "outcome",
                "edition",
            )
        },
    )
    op.create_index("ix_contact_slot_case", "contact_slot", ["case_id", "reserved_at"], unique=False)
    op.create_index("ix_contact_slot_debtor", "contact_slot", ["debtor", "reserved_at"], unique=False)
    op.create_index("ix_contact_slot_number", "contact_slot", ["number", "reserved_at"], unique=False)
    op.create_table(
        "contact_turn",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("tenant_id", _ID, nullable=False),
        sa.Column("turn", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_contact_turn")),
    )
    op.create_table(
        "contact_consent",
        sa.Column("id", _ID, nullable=False),
        sa.Column("tenant_id", _ID, nullable=False),
        sa.Column("case_id", _ID, nullable=False),
        sa.Column("unit_id", _ID, nullable=False),
        sa.Column("debtor", sa.LargeBinary(length=16), nullable=False),
        sa.Column("channel", sa.String(length=8), nullable=False),
        sa.Column("from_minute", sa.SmallInteger(), nullable=False),
        sa.Column("until_minute", sa.SmallInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("evidence", sa.String(length=16), nullable=False),
        sa.Column("reference", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("recorded_by", _ID, nullable=False),
        sa.Column("recorded_at", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn_by", _ID, nullable=True),
        sa.Column("withdrawn_at", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("event_id", _ID, nullable=False),
        sa.Column("proof", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_consent")),
        info={
            "proven": (
                "tenant_id",
                "case_id",
                "debtor",
                "channel",
                "from_minute",
                "until_minute",
                "expires_at",
                "evidence",
                "reference",
                "state",
                "recorded_by",
                "recorded_at",
                "withdrawn_by",
            )
        },
    )
    op.create_index("ix_contact_consent_debtor", "contact_consent", ["debtor"], unique=False)
    op.create_table(
        "contact_stop",
        sa.Column("id", _ID, nullable=False),
        sa.Column("tenant_id", _ID, nullable=False),
        sa.Column("case_id", _ID, nullable=False),
        sa.Column("unit_id", _ID, nullable=False),
        sa.Column("number", sa.LargeBinary(length=16), nullable=False),
        sa.Column("field", sa.String(length=24), nullable=False),
        sa.Column("ordinal", sa.SmallInteger(), nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("set_by", _ID, nullable=False),
        sa.Column("set_at", sa.BigInteger(), nullable=False),
        sa.Column("lifted_by", _ID, nullable=True),
        sa.Column("lifted_at", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("event_id", _ID, nullable=False),
        sa.Column("proof", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_stop")),
        info={"proven": ("tenant_id", "case_id", "number", "reason", "state", "set_by", "lifted_by")},
    )
    op.create_index("ix_contact_stop_number", "contact_stop", ["number"], unique=False)
