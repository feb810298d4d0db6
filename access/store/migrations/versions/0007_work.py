"""What agents do on a case: results, promises, holds, drafts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_ID = sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "case_result",
        sa.Column("id", _ID, nullable=False),
        sa.Column("tenant_id", _ID, nullable=False),
        sa.Column("case_id", _ID, nullable=False),
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("unit_id", _ID, nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("reached", sa.SmallInteger(), nullable=False),
        sa.Column("promise_id", _ID, nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_result")),
    )
    op.create_index("ix_case_result_case", "case_result", ["case_id", "at"], unique=False)
    op.create_index("ix_case_result_person", "case_result", ["person_id", "day"], unique=False)
    op.create_index("ix_case_result_unit", "case_result", ["unit_id", "day"], unique=False)
    op.create_table(
        "case_hold",
        sa.Column("id", _ID, nullable=False),
        sa.Column("tenant_id", _ID, nullable=False),
        sa.Column("case_id", _ID, nullable=False),
        sa.Column("unit_id", _ID, nullable=False),
        sa.Column("reason", sa.String(length=24), nullable=False),
        sa.Column("words", sa.String(length=400), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("placed_by", _ID, nullable=False),
        sa.Column("placed_at", sa.BigInteger(), nullable=False),
        sa.Column("confirmed_by", _ID, nullable=True),
        sa.Column("confirmed_at", sa.BigInteger(), nullable=True),
        sa.Column("lift_asked_by", _ID, nullable=True),
        sa.Column("lift_asked_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_by", _ID, nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("event_id", _ID, nullable=False),
        sa.Column("proof", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_hold")),
    )
    live = sa.text("state IN ('asked','active')")
    op.create_index(
        "ix_case_hold_live",
        "case_hold",
        ["case_id", "reason"],
        unique=True,
        sqlite_where=live,
        postgresql_where=live,
    )
    op.create_index(
        "ix_case_hold_unit",
        "case_hold",
        ["unit_id", "placed_at"],
        unique=False,
        sqlite_where=live,
        postgresql_where=live,
    )
    op.create_table(
        "case_draft",
        sa.Column("id", _ID, nullable=False),
        sa.Column("tenant_id", _ID, nullable=False),
        sa.Column("case_id", _ID, nullable=False),
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("key_version", sa.SmallInteger(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("kept_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_draft")),
    )
    op.create_index("ix_case_draft_kept_at", "case_draft", ["kept_at"], unique=False)
    op.create_index("ix_case_draft_whose", "case_draft", ["person_id", "case_id", "kind"], unique=True)
