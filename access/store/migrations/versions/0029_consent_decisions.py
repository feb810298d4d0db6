"""What a second person said of a consent by letter or message, and how those that wait are found.

A table of its own: the rows of consents keep the proofs they were written with. Who confirmed one before this stands in
the log alone.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

_ID = sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql")


def upgrade() -> None:
    """Create the table and the indexes."""
    op.create_table(
        "consent_decision",
        sa.Column("id", _ID, nullable=False),
        sa.Column("tenant_id", _ID, nullable=False),
        sa.Column("consent_id", _ID, nullable=False),
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("verdict", sa.String(length=8), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("event_id", _ID, nullable=False),
        sa.Column("proof", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_decision")),
    )
    op.create_index("ix_consent_decision_consent", "consent_decision", ["consent_id"], unique=True)
    op.create_index("ix_contact_consent_recorder", "contact_consent", ["recorded_by", "recorded_at"], unique=False)
    op.create_index("ix_contact_consent_state", "contact_consent", ["state", "expires_at"], unique=False)
