"""Contacts outside the proxy: special scenes and field visits."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

_ID = sa.String(length=32).with_variant(sa.String(length=32, collation="C"), "postgresql")


def upgrade() -> None:
    """Create the tables."""
    _filings()
    _decisions()
    _visits()


def _filings() -> None:
    op.create_table(
        "special_filing",
        sa.Column("id", _ID, nullable=False),
        sa.Column("tenant_id", _ID, nullable=False),
        sa.Column("number", sa.String(length=16), nullable=False),
        sa.Column("case_id", _ID, nullable=False),
        sa.Column("unit_id", _ID, nullable=False),
        sa.Column("asker_id", _ID, nullable=False),
        sa.Column("field", sa.String(length=24), nullable=False),
        sa.Column("ordinal", sa.SmallInteger(), nullable=False),
        sa.Column("third", sa.SmallInteger(), nullable=False),
        sa.Column("scenario", sa.String(length=24), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("minutes", sa.SmallInteger(), nullable=False),
        sa.Column("chain", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("filed_at", sa.BigInteger(), nullable=False),
        sa.Column("wait_until", sa.BigInteger(), nullable=False),
        sa.Column("open_by", sa.BigInteger(), nullable=True),
        sa.Column("opened_at", sa.BigInteger(), nullable=True),
        sa.Column("session_id", _ID, nullable=True),
        sa.Column("ends_at", sa.BigInteger(), nullable=True),
        sa.Column("slot_id", _ID, nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_by", _ID, nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("report", sa.Text(), nullable=False),
        sa.Column("review_by", sa.BigInteger(), nullable=True),
        sa.Column("reviewed_by", _ID, nullable=True),
        sa.Column("reviewed_at", sa.BigInteger(), nullable=True),
        sa.Column("review", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("event_id", _ID, nullable=False),
        sa.Column("proof", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_special_filing")),
        info={
            "proven": (
                "tenant_id",
                "number",
                "case_id",
                "unit_id",
                "asker_id",
                "field",
                "ordinal",
                "third",
                "scenario",
                "words",
                "minutes",
                "chain",
                "state",
                "filed_at",
                "wait_until",
                "open_by",
                "opened_at",
                "session_id",
                "ends_at",
                "slot_id",
                "ended_by",
                "outcome",
                "report",
                "review_by",
                "reviewed_by",
                "review",
            )
        },
    )
    op.create_index("ix_special_filing_asker", "special_filing", ["asker_id", "state"], unique=False)
    op.create_index("ix_special_filing_case", "special_filing", ["case_id", "filed_at"], unique=False)
    op.create_index("ix_special_filing_number", "special_filing", ["number"], unique=True)
    op.create_index("ix_special_filing_state", "special_filing", ["state"], unique=False)


def _decisions() -> None:
    op.create_table(
        "special_decision",
        sa.Column("id", _ID, nullable=False),
        sa.Column("tenant_id", _ID, nullable=False),
        sa.Column("filing_id", _ID, nullable=False),
        sa.Column("place", sa.SmallInteger(), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("person_id", _ID, nullable=False),
        sa.Column("verdict", sa.String(length=8), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("event_id", _ID, nullable=False),
        sa.Column("proof", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_special_decision")),
        info={
            "proven": (
                "tenant_id",
                "filing_id",
                "place",
                "role",
                "person_id",
                "verdict",
                "words",
                "at",
            )
        },
    )
    op.create_index("ix_special_decision_filing", "special_decision", ["filing_id", "place"], unique=True)


def _visits() -> None:
    op.create_table(
        "visit_plan",
        sa.Column("id", _ID, nullable=False),
        sa.Column("tenant_id", _ID, nullable=False),
        sa.Column("case_id", _ID, nullable=False),
        sa.Column("unit_id", _ID, nullable=False),
        sa.Column("debtor", sa.LargeBinary(length=16), nullable=False),
        sa.Column("field", sa.String(length=24), nullable=False),
        sa.Column("ordinal", sa.SmallInteger(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("from_at", sa.BigInteger(), nullable=False),
        sa.Column("until_at", sa.BigInteger(), nullable=False),
        sa.Column("planner_id", _ID, nullable=False),
        sa.Column("first_id", _ID, nullable=False),
        sa.Column("second_id", _ID, nullable=False),
        sa.Column("consent_id", _ID, nullable=False),
        sa.Column("state", sa.String(length=12), nullable=False),
        sa.Column("planned_at", sa.BigInteger(), nullable=False),
        sa.Column("decided_by", _ID, nullable=True),
        sa.Column("decided_at", sa.BigInteger(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("set_out_at", sa.BigInteger(), nullable=True),
        sa.Column("slot_id", _ID, nullable=True),
        sa.Column("ended_by", _ID, nullable=True),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("result", sa.String(length=16), nullable=False),
        sa.Column("went", sa.String(length=80), nullable=False),
        sa.Column("ids_shown", sa.SmallInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("event_id", _ID, nullable=False),
        sa.Column("proof", sa.LargeBinary(length=32), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_plan")),
        info={
            "proven": (
                "tenant_id",
                "case_id",
                "unit_id",
                "debtor",
                "field",
                "ordinal",
                "day",
                "from_at",
                "until_at",
                "planner_id",
                "first_id",
                "second_id",
                "consent_id",
                "state",
                "decided_by",
                "words",
                "set_out_at",
                "slot_id",
                "ended_by",
                "result",
                "went",
                "ids_shown",
                "note",
            )
        },
    )
    op.create_index("ix_visit_plan_case", "visit_plan", ["case_id", "from_at"], unique=False)
    op.create_index("ix_visit_plan_debtor", "visit_plan", ["debtor", "day"], unique=False)
    op.create_index("ix_visit_plan_state", "visit_plan", ["state", "until_at"], unique=False)
