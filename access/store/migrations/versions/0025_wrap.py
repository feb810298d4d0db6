"""After a call and during it: the result that wraps a call up, and standing approvals of who is on the line."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_ID = sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql")


def upgrade() -> None:
    """Create the table, and the column that names a result's call."""
    op.create_table(
        "standing_approval",
        sa.Column("id", _ID, nullable=False),
        sa.Column("tenant_id", _ID, nullable=False),
        sa.Column("unit_id", _ID, nullable=False),
        sa.Column("tier", sa.String(length=2), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("given_by", _ID, nullable=False),
        sa.Column("given_at", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_by", _ID, nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("event_id", _ID, nullable=False),
        sa.Column("proof", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_standing_approval")),
    )
    op.create_index("ix_standing_approval_unit", "standing_approval", ["unit_id", "ends_at"], unique=False)
    op.add_column("case_result", sa.Column("call_id", _ID, nullable=True))
    op.create_index("ix_case_result_call", "case_result", ["call_id"], unique=True)
