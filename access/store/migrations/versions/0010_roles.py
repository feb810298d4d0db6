"""Role applications and their approvals, recertification, delegated approvals, technical posts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def _id(name: str, *, nullable: bool = False) -> sa.Column[str]:
    kind = sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql")
    return sa.Column(name, kind, nullable=nullable)


def _proof() -> tuple[sa.Column[int], sa.Column[str], sa.Column[bytes]]:
    return (
        sa.Column("version", sa.Integer(), nullable=False),
        _id("event_id"),
        sa.Column("proof", sa.LargeBinary(length=32), nullable=False),
    )


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "role_application",
        _id("id"),
        _id("tenant_id"),
        sa.Column("number", sa.String(length=16), nullable=False),
        _id("person_id"),
        sa.Column("role", sa.String(length=24), nullable=False),
        _id("unit_id", nullable=True),
        sa.Column("head", sa.SmallInteger(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        _id("applicant_id"),
        sa.Column("words", sa.String(length=400), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("bootstrap", sa.SmallInteger(), nullable=False),
        sa.Column("asked_at", sa.BigInteger(), nullable=False),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        _id("grant_id", nullable=True),
        *_proof(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_application")),
        sa.UniqueConstraint("number", name=op.f("uq_role_application_number")),
    )
    op.create_index(op.f("ix_role_application_person_id"), "role_application", ["person_id"], unique=False)
    op.create_index(op.f("ix_role_application_state"), "role_application", ["state"], unique=False)
    op.create_table(
        "role_step",
        _id("id"),
        _id("tenant_id"),
        _id("application_id"),
        sa.Column("stage", sa.String(length=12), nullable=False),
        _id("person_id"),
        sa.Column("role", sa.String(length=24), nullable=False),
        _id("stands_for", nullable=True),
        sa.Column("verdict", sa.String(length=8), nullable=False),
        sa.Column("reason", sa.String(length=400), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        *_proof(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_step")),
    )
    op.create_index(op.f("ix_role_step_application_id"), "role_step", ["application_id"], unique=False)
    op.create_table(
        "role_campaign",
        _id("id"),
        _id("tenant_id"),
        sa.Column("number", sa.String(length=16), nullable=False),
        _id("opened_by", nullable=True),
        sa.Column("opened_at", sa.BigInteger(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        *_proof(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_campaign")),
        sa.UniqueConstraint("number", name=op.f("uq_role_campaign_number")),
    )
    op.create_table(
        "role_recert",
        _id("id"),
        _id("tenant_id"),
        _id("campaign_id"),
        _id("grant_id"),
        _id("person_id"),
        sa.Column("role", sa.String(length=24), nullable=False),
        _id("unit_id", nullable=True),
        sa.Column("state", sa.String(length=12), nullable=False),
        _id("decided_by", nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        *_proof(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_recert")),
    )
    op.create_index(op.f("ix_role_recert_campaign_id"), "role_recert", ["campaign_id"], unique=False)
    op.create_index(op.f("ix_role_recert_grant_id"), "role_recert", ["grant_id"], unique=False)
    op.create_table(
        "delegation",
        _id("id"),
        _id("tenant_id"),
        _id("unit_id"),
        _id("from_id"),
        _id("to_id"),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        *_proof(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegation")),
    )
    op.create_index(
        "ix_delegation_live",
        "delegation",
        ["unit_id", "ends_at"],
        unique=False,
        sqlite_where=sa.text("state = 'active'"),
        postgresql_where=sa.text("state = 'active'"),
    )
    op.create_index(op.f("ix_delegation_unit_id"), "delegation", ["unit_id"], unique=False)
    op.create_table(
        "technical_post",
        _id("id"),
        _id("tenant_id"),
        _id("person_id"),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        *_proof(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_technical_post")),
    )
    op.create_index(op.f("ix_technical_post_person_id"), "technical_post", ["person_id"], unique=False)
