"""Running a team: absences, coaching notes, figures."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables, and the indexes that figures are counted by."""
    op.create_table(
        "absence",
        _id("id"),
        _id("tenant_id"),
        _id("person_id"),
        _id("unit_id"),
        _id("cover_id", nullable=True),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("starts_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        _id("set_by"),
        *_proof(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
    )
    op.create_index("ix_absence_person", "absence", ["person_id", "ends_at"], unique=False)
    op.create_index("ix_absence_cover", "absence", ["cover_id", "ends_at"], unique=False)
    op.create_index("ix_absence_unit", "absence", ["unit_id", "ends_at"], unique=False)
    op.create_table(
        "coaching_note",
        _id("id"),
        _id("tenant_id"),
        _id("unit_id"),
        _id("agent_id"),
        _id("author_id"),
        _id("case_id", nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("scores", sa.String(length=200), nullable=False),
        sa.Column("written_at", sa.BigInteger(), nullable=False),
        sa.Column("acknowledged_at", sa.BigInteger(), nullable=True),
        *_proof(),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_coaching_note")),
    )
    op.create_index("ix_coaching_note_agent", "coaching_note", ["agent_id", "id"], unique=False)
    op.create_index("ix_coaching_note_unit", "coaching_note", ["unit_id", "id"], unique=False)
    op.create_index(
        "ix_case_file_untouched",
        "case_file",
        ["assignee_id", "id"],
        unique=False,
        sqlite_where=sa.text("state = 0 AND assignee_id IS NOT NULL"),
        postgresql_where=sa.text("state = 0 AND assignee_id IS NOT NULL"),
    )
    op.create_index("ix_promise_made", "promise", ["made_by", "made_at"], unique=False)
    op.create_index("ix_promise_owed", "promise", ["made_by", "due_on"], unique=False)


def _id(name: str, *, nullable: bool = False) -> sa.Column[str]:
    kind = sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql")
    return sa.Column(name, kind, nullable=nullable)


def _proof() -> tuple[sa.Column[Any], ...]:
    return (
        sa.Column("version", sa.Integer(), nullable=False),
        _id("event_id"),
        sa.Column("proof", sa.LargeBinary(length=32), nullable=False),
    )
