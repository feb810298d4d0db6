"""Assignment strategies and what they are still to be applied to, bulk moves, capacity, interests.

A strategy says who gets cases and in which order they are worked, an interest who never gets one: both prove
themselves. Who is kept from a case stands in the case's own proven row too (`case_file.barred`), so that nobody can
lift an interest by deleting a row. A run says only what is left to do: what it does is decided case by case, so its row
proves nothing.
"""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, PrimaryKeyConstraint, String, Table, Text, text

from access.store.schema.base import ID, INSTANT, metadata, own_id, proof_columns, tenant_ref

strategy_edition = Table(
    "strategy_edition",
    metadata,
    own_id(),
    tenant_ref(),
    Column("unit_id", ID, nullable=False),
    Column("edition", Integer, nullable=False),  # 1, 2, … within the unit
    Column("state", String(12), nullable=False),  # console.desk.strategy.states.StrategyState
    Column("text", Text, nullable=False),  # TOML, as it was proposed
    Column("dry_run", Text),  # JSON: what the last dry run counted; no case, no customer
    Column("limits", Integer, nullable=False),  # 1: changes contact limits, so compliance approves too
    Column("made_by", ID, nullable=False),
    Column("made_at", INSTANT, nullable=False),
    Column("reviewed_by", ID),
    Column("approved_by", ID),
    Column("started_by", ID),
    Column("started_at", INSTANT),
    Column("ended_at", INSTANT),
    Column("before_id", ID),  # the edition that was live when this one started
    *proof_columns(),
    Index("ix_strategy_edition_unit", "unit_id", "edition", unique=True),
    Index(
        "ix_strategy_edition_live",
        "unit_id",
        unique=True,
        sqlite_where=text("state = 'live'"),
        postgresql_where=text("state = 'live'"),
    ),
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

bulk_move = Table(
    "bulk_move",
    metadata,
    own_id(),
    tenant_ref(),
    Column("unit_id", ID, nullable=False),
    Column("strategy_id", ID),
    Column("made_by", ID),  # none: the desk itself, by the strategy
    Column("made_at", INSTANT, nullable=False),
    Column("undo_until", INSTANT, nullable=False),
    Column("cases", Integer, nullable=False),
    Column("digest", String(64), nullable=False),  # SM3 over its rows of bulk_move_case, so that none is slipped in
    Column("state", String(12), nullable=False),  # done | undone
    Column("undone_by", ID),
    *proof_columns(),
    Index("ix_bulk_move_unit", "unit_id", "made_at"),
    info={"proven": ("unit_id", "strategy_id", "made_by", "made_at", "undo_until", "cases", "digest", "state")},
)

bulk_move_case = Table(
    "bulk_move_case",
    metadata,
    Column("move_id", ID, nullable=False),
    Column("case_id", ID, nullable=False),
    tenant_ref(),
    Column("from_id", ID),
    Column("from_agency_id", ID),
    Column("to_id", ID),
    Column("case_version", Integer, nullable=False),  # of the case after the move
    PrimaryKeyConstraint("move_id", "case_id"),
    sqlite_with_rowid=False,
)

capacity = Table(
    "capacity",
    metadata,
    own_id(),  # of the person
    tenant_ref(),
    Column("most", Integer, nullable=False),  # open cases
    Column("set_by", ID, nullable=False),
    *proof_columns(),
    info={"proven": ("most", "set_by")},
)

interest = Table(
    "interest",
    metadata,
    own_id(),
    tenant_ref(),
    Column("case_id", ID, nullable=False),
    Column("unit_id", ID, nullable=False),  # the case's, then
    Column("person_id", ID, nullable=False),  # who is kept from the case
    Column("debtor", LargeBinary(16)),  # the case's; what the person is kept from is every case of it at the creditor
    Column("kind", String(12), nullable=False),  # relative | colleague | vip
    Column("state", String(12), nullable=False),  # active | lifting | lifted
    Column("declared_by", ID, nullable=False),
    Column("declared_at", INSTANT, nullable=False),
    Column("lift_asked_by", ID),
    Column("lifted_by", ID),
    Column("lifted_at", INSTANT),
    *proof_columns(),
    Index(
        "ix_interest_in_force",
        "case_id",
        "person_id",
        unique=True,
        sqlite_where=text("state <> 'lifted'"),
        postgresql_where=text("state <> 'lifted'"),
    ),
    Index("ix_interest_unit", "unit_id", "declared_at"),
    Index("ix_interest_debtor", "debtor"),
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

strategy_run = Table(
    "strategy_run",
    metadata,
    own_id(),  # of the import batch whose cases the live strategy is applied to
    tenant_ref(),
    Column("unit_id", ID, nullable=False),
    Column("state", String(12), nullable=False),  # due | done | stopped
    Column("noted_at", INSTANT, nullable=False),
    Column("moved", Integer, nullable=False),
    Column("waiting", Integer, nullable=False),
    Column("at_priority", Integer),  # how far it is, in working order; none: from the top
    Column("at_case", ID),
    Index(
        "ix_strategy_run_due",
        "noted_at",
        sqlite_where=text("state = 'due'"),
        postgresql_where=text("state = 'due'"),
    ),
)
