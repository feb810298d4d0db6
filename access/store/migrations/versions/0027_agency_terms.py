"""Until when agencies are engaged.

A table of its own: the rows of units keep the proofs they were written with. No term is made up for agencies that are
there already: one whose engagement nobody wrote down is not in date (C-5.8b2; what is broken stays shut), so its cases
are contacted by nobody until a supervisor, compliance and the security admin have put its last day on the books.
Everything else about it, its people, cases and exports, stays as it was.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_ID = sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql")


def upgrade() -> None:
    """Create the table."""
    op.create_table(
        "agency_term",
        sa.Column("id", _ID, nullable=False),
        sa.Column("tenant_id", _ID, nullable=False),
        sa.Column("unit_id", _ID, nullable=True),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("last_day", sa.String(length=10), nullable=False),
        sa.Column("zone", sa.String(length=64), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("proposed_by", _ID, nullable=False),
        sa.Column("proposed_at", sa.BigInteger(), nullable=False),
        sa.Column("checked_by", _ID, nullable=True),
        sa.Column("approved_by", _ID, nullable=True),
        sa.Column("ended_by", _ID, nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("event_id", _ID, nullable=False),
        sa.Column("proof", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agency_term")),
    )
    op.create_index("ix_agency_term_state", "agency_term", ["state"], unique=False)
    op.create_index("ix_agency_term_unit", "agency_term", ["unit_id", "state"], unique=False)
