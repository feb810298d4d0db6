"""Assignment strategies, bulk moves, capacity, interests."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_ID = sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql")


def upgrade() -> None:
    """Create the tables."""
    op.create_table(
        "strategy_edition",
        sa.Column("id", _ID, nullable=False),
        sa.Column("tenant_id", _ID, nullable=False),
        sa.Column("unit_id", _ID, nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("dry_run", sa.Text(), nullable=True),
        sa.Column("limits", sa.Integer(), nullable=False),
        sa.Column("made_by", _ID, nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("reviewed_by", _ID, nullable=True),
        sa.Column("approved_by", _ID, nullable=True),
        sa.Column("started_by", _ID, nullable=True),
        sa.Column("started_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("before_id", _ID, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("event_id", _ID, nullable=False),
        sa.Column("proof", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_strategy_edition")),
        info={
            "proven": (
                "unit_id",
                "edition",
                "state",
                "text",
                "dry_run",
                "limits",
                "made_by",
                "reviewed_by",
                "approved_by",
                "started_by",
                "before_id",
            )
        },
    )
    op.create_index(
        "ix_strategy_edition_live",
        "strategy_edition",
        ["unit_id"],
        unique=True,
        sqlite_where=sa.text("state = 'live'"),
        postgresql_where=sa.text("state = 'live'"),
    )
    op.create_index("ix_strategy_edition_unit", "strategy_edition", ["unit_id", "edition"], unique=True)
    op.create_table(
        "bulk_move",
        sa.Column("id", _ID, nullable=False),
        sa.Column("tenant_id", _ID, nullable=False),
        sa.Column("unit_id", _ID, nullable=False),
        sa.Column("strategy_id", _ID, nullable=True),
        sa.Column("made_by", _ID, nullable=True),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("undo_until", sa.BigInteger(), nullable=False),
        sa.Column("cases", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("undone_by", _ID, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("event_id", _ID, nullable=False),
        sa.Column("proof", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_move")),
        info={"proven": ("unit_id", "strategy_id", "made_by", "made_at", "undo_until", "cases", "digest", "state")},
    )
    op.create_index("ix_bulk_move_unit", "bulk_move", ["unit_id", "made_at"], unique=False)
    op.create_table(
        "bulk_move_case",
        sa.Column("move_id", _ID, nullable=False),
        sa.Column("case_id", _ID, nullable=False),
        sa.Column("tenant_id", _ID, nullable=False),
        sa.Column("from_id", _ID, nullable=True),
        sa.Column("from_agency_id", _ID, nullable=True),
        sa.Column("to_id", _ID, nullable=True),
        sa.Column("case_version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("move_id", "case_id", name=op.f("pk_bulk_move_case")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "capacity",
        sa.Column("id", _ID, nullable=False),
        sa.Column("tenant_id", _ID, nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("set_by", _ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("event_id", _ID, nullable=False),
        sa.Column("proof", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_capacity")),
        info={"proven": ("most", "set_by")},
    )
    op.create_table(
        "interest",
        sa.Column("id", _ID, nullable=False),
        sa.Column("tenant_id", _ID, nullable=False),
        sa.Column("case_id", _ID, nullable=False),
        sa.Column("unit_id", _ID, nullable=False),
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("debtor", sa.LargeBinary(length=16), nullable=True),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("declared_by", _ID, nullable=False),
        sa.Column("declared_at", sa.BigInteger(), nullable=False),
        sa.Column("lift_asked_by", _ID, nullable=True),
        sa.Column("lifted_by", _ID, nullable=True),
        sa.Column("lifted_at", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("event_id", _ID, nullable=False),
        sa.Column("proof", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interest")),
        info={
            "proven": (
                "tenant_id",
                "case_id",
                "unit_id",
                "person_id",
                "debtor",
                "kind",
                "state",
                "declared_by",
                "lift_asked_by",
                "lifted_by",
            )
        },
    )
    op.create_index(
        "ix_interest_in_force",
        "interest",
        ["case_id", "person_id"],
        unique=True,
        sqlite_where=sa.text("state <> 'lifted'"),
        postgresql_where=sa.text("state <> 'lifted'"),
    )
    op.create_index("ix_interest_unit", "interest", ["unit_id", "declared_at"], unique=False)
    op.create_index("ix_interest_debtor", "interest", ["debtor"], unique=False)
    op.create_table(
        "strategy_run",
        sa.Column("id", _ID, nullable=False),
        sa.Column("tenant_id", _ID, nullable=False),
        sa.Column("unit_id", _ID, nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("noted_at", sa.BigInteger(), nullable=False),
        sa.Column("moved", sa.Integer(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("at_priority", sa.Integer(), nullable=True),
        sa.Column("at_case", _ID, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_strategy_run")),
    )
    op.create_index(
        "ix_strategy_run_due",
        "strategy_run",
        ["noted_at"],
        unique=False,
        sqlite_where=sa.text("state = 'due'"),
        postgresql_where=sa.text("state = 'due'"),
    )
