"""What agents do on a case: results, holds, drafts. Promises stand with the cases, for repayments settle them.

A hold says yes to lifting it, so it proves itself, and the reason that is in force stands in the case's own proven
row. A result is what a worker says happened; a draft is sealed under the desk's draft key, and its writer's alone.
"""

from __future__ import annotations

from sqlalchemy import Column, Index, LargeBinary, SmallInteger, String, Table, text

from access.store.schema.base import ID, INSTANT, metadata, own_id, proof_columns, tenant_ref

case_result = Table(
    "case_result",
    metadata,
    own_id(),
    tenant_ref(),
    Column("case_id", ID, nullable=False),
    Column("person_id", ID, nullable=False),  # who worked the case
    Column("unit_id", ID, nullable=False),  # the case's unit then
    Column("code", String(32), nullable=False),  # console.desk.api.work.ResultCode
    Column("reached", SmallInteger, nullable=False),  # the debtor answered
    Column("promise_id", ID),
    Column("call_id", ID),  # of which call it is what came
    Column("at", INSTANT, nullable=False),
    Column("day", String(10), nullable=False),  # ISO date in the desk's zone
    Index("ix_case_result_call", "call_id", unique=True),
    Index("ix_case_result_case", "case_id", "at"),
    Index("ix_case_result_person", "person_id", "day"),
    Index("ix_case_result_unit", "unit_id", "day"),
)

case_hold = Table(
    "case_hold",
    metadata,
    own_id(),
    tenant_ref(),
    Column("case_id", ID, nullable=False),
    Column("unit_id", ID, nullable=False),
    Column("reason", String(24), nullable=False),  # access.policy.holds.HoldReason
    Column("words", String(400), nullable=False),  # personal data masked
    Column("state", String(12), nullable=False),  # asked | active | rejected | withdrawn | lifted
    Column("placed_by", ID, nullable=False),
    Column("placed_at", INSTANT, nullable=False),
    Column("confirmed_by", ID),  # who let an asked one take effect, or confirmed one that took effect at once
    Column("confirmed_at", INSTANT),
    Column("lift_asked_by", ID),
    Column("lift_asked_at", INSTANT),
    Column("ended_by", ID),
    Column("ended_at", INSTANT),
    *proof_columns(),
    Index(
        "ix_case_hold_live",
        "case_id",
        "reason",
        unique=True,
        sqlite_where=text("state IN ('asked','active')"),
        postgresql_where=text("state IN ('asked','active')"),
    ),
    Index(
        "ix_case_hold_unit",
        "unit_id",
        "placed_at",
        sqlite_where=text("state IN ('asked','active')"),
        postgresql_where=text("state IN ('asked','active')"),
    ),
    info={
        "proven": (
            "tenant_id",
            "case_id",
            "unit_id",
            "reason",
            "words",
            "state",
            "placed_by",
            "placed_at",
            "confirmed_by",
            "lift_asked_by",
            "ended_by",
        )
    },
)

case_draft = Table(
    "case_draft",
    metadata,
    own_id(),
    tenant_ref(),
    Column("case_id", ID, nullable=False),
    Column("person_id", ID, nullable=False),
    Column("kind", String(16), nullable=False),  # console.desk.api.work.DraftKind
    Column("key_version", SmallInteger, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("kept_at", INSTANT, nullable=False),
    Index("ix_case_draft_whose", "person_id", "case_id", "kind", unique=True),
    Index("ix_case_draft_kept_at", "kept_at"),
)
