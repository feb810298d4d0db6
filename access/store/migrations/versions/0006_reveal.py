"""Requests, decisions, grants, guessing budgets."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "reveal_request",
        sa.Column(
            "id", sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "tenant_id",
            sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column(
            "case_id",
            sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "requester_id",
            sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "unit_id",
            sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("fields", sa.String(length=400), nullable=False),
        sa.Column("tier", sa.String(length=2), nullable=False),
        sa.Column("third_party", sa.SmallInteger(), nullable=False),
        sa.Column("reason", sa.String(length=32), nullable=False),
        sa.Column("words", sa.String(length=400), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("escalated_at", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "event_id",
            sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("proof", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reveal_request")),
        sa.UniqueConstraint("number", name=op.f("uq_reveal_request_number")),
        info={
            "proven": (
                "tenant_id",
                "case_id",
                "requester_id",
                "unit_id",
                "fields",
                "tier",
                "third_party",
                "reason",
                "minutes",
                "state",
                "asked_at",
                "escalated_at",
            )
        },
    )
    op.create_index(op.f("ix_reveal_request_case_id"), "reveal_request", ["case_id"], unique=False)
    op.create_index("ix_reveal_request_live", "reveal_request", ["state", "unit_id", "asked_at"], unique=False)
    op.create_index("ix_reveal_request_person", "reveal_request", ["requester_id", "asked_at"], unique=False)
    op.create_table(
        "reveal_decision",
        sa.Column(
            "id", sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "tenant_id",
            sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "request_id",
            sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("stage", sa.SmallInteger(), nullable=False),
        sa.Column(
            "approver_id",
            sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("approver_role", sa.String(length=24), nullable=False),
        sa.Column(
            "stands_for",
            sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("verdict", sa.String(length=8), nullable=False),
        sa.Column("fields", sa.String(length=400), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "event_id",
            sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("proof", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reveal_decision")),
        info={"proven": ("request_id", "stage", "approver_id", "approver_role", "verdict", "fields", "minutes")},
    )
    op.create_index(op.f("ix_reveal_decision_request_id"), "reveal_decision", ["request_id"], unique=False)
    op.create_table(
        "reveal_grant",
        sa.Column(
            "id", sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "tenant_id",
            sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "request_id",
            sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "case_id",
            sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "person_id",
            sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("fields", sa.String(length=400), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("approved_at", sa.BigInteger(), nullable=False),
        sa.Column("open_by", sa.BigInteger(), nullable=False),
        sa.Column("first_view_at", sa.BigInteger(), nullable=True),
        sa.Column("ends_at", sa.BigInteger(), nullable=True),
        sa.Column(
            "reviewed_by",
            sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "event_id",
            sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("proof", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reveal_grant")),
        sa.UniqueConstraint("request_id", name=op.f("uq_reveal_grant_request_id")),
        info={
            "proven": (
                "tenant_id",
                "request_id",
                "case_id",
                "person_id",
                "fields",
                "minutes",
                "state",
                "approved_at",
                "open_by",
                "first_view_at",
                "ends_at",
            )
        },
    )
    op.create_index(op.f("ix_reveal_grant_case_id"), "reveal_grant", ["case_id"], unique=False)
    op.create_index(
        "ix_reveal_grant_live",
        "reveal_grant",
        ["person_id", "case_id"],
        unique=False,
        sqlite_where=sa.text("state IN ('approved','active')"),
        postgresql_where=sa.text("state IN ('approved','active')"),
    )
    op.create_table(
        "oracle_use",
        sa.Column(
            "id", sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "tenant_id",
            sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column(
            "person_id",
            sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("subject", sa.LargeBinary(length=16), nullable=False),
        sa.Column("act", sa.String(length=16), nullable=False),
        sa.Column("missed", sa.SmallInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_oracle_use")),
    )
    op.create_index("ix_oracle_use_person", "oracle_use", ["person_id", "at"], unique=False)
    op.create_index("ix_oracle_use_subject", "oracle_use", ["subject", "at"], unique=False)
    op.create_table(
        "oracle_freeze",
        sa.Column(
            "id", sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"), nullable=False
        ),
        sa.Column(
            "tenant_id",
            sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("subject", sa.LargeBinary(length=16), nullable=False),
        sa.Column("frozen_at", sa.BigInteger(), nullable=False),
        sa.Column(
            "tripped_by",
            sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"),
            nullable=False,
        ),
        sa.Column("lifted_at", sa.BigInteger(), nullable=True),
        sa.Column(
            "lifted_by",
            sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql"),
            nullable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_oracle_freeze")),
    )
    op.create_index("ix_oracle_freeze_subject", "oracle_freeze", ["subject"], unique=False)
