"""Requests to reveal, what approvers said, the grants that came of them, and the budget of guessing acts."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, SmallInteger, String, Table, text

from access.store.schema.base import ID, INSTANT, metadata, own_id, proof_columns, tenant_ref

reveal_request = Table(
    "reveal_request",
    metadata,
    own_id(),
    tenant_ref(),
    Column("number", String(16), nullable=False, unique=True),  # R-00088213
    Column("case_id", ID, nullable=False, index=True),
    Column("requester_id", ID, nullable=False),
    Column("unit_id", ID, nullable=False),
    Column("fields", String(400), nullable=False),  # field names with ordinals, comma separated: mobile, contact_name#2
    Column("tier", String(2), nullable=False),
    Column("third_party", SmallInteger, nullable=False),
    Column("reason", String(32), nullable=False),
    Column("words", String(400), nullable=False),  # personal data masked
    Column("minutes", Integer, nullable=False),
    Column("state", String(12), nullable=False),  # access.grants.states.RequestState
    Column("asked_at", INSTANT, nullable=False),
    Column("escalated_at", INSTANT),
    Column("decided_at", INSTANT),
    *proof_columns(),
    Index("ix_reveal_request_live", "state", "unit_id", "asked_at"),
    Index("ix_reveal_request_person", "requester_id", "asked_at"),
    info={
        "proven": (
            "tenant_id",
            "number",
            "case_id",
            "requester_id",
            "unit_id",
            "fields",
            "tier",
            "third_party",
            "reason",
            "words",
            "minutes",
            "state",
            "asked_at",
            "escalated_at",
        )
    },
)

reveal_decision = Table(
    "reveal_decision",
    metadata,
    own_id(),
    tenant_ref(),
    Column("request_id", ID, nullable=False, index=True),
    Column("stage", SmallInteger, nullable=False),  # 1 first approval, 2 second
    Column("approver_id", ID, nullable=False),
    Column("approver_role", String(24), nullable=False),
    Column("stands_for", ID),  # whose approval it is, where a delegate gave it
    Column("verdict", String(8), nullable=False),  # approve | refuse
    Column("fields", String(400), nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("reason", String(400), nullable=False),  # personal data masked
    Column("decided_at", INSTANT, nullable=False),
    *proof_columns(),
    info={
        "proven": (
            "request_id",
            "stage",
            "approver_id",
            "approver_role",
            "stands_for",
            "verdict",
            "fields",
            "minutes",
            "reason",
        )
    },
)

reveal_grant = Table(
    "reveal_grant",
    metadata,
    own_id(),
    tenant_ref(),
    Column("request_id", ID, nullable=False, unique=True),
    Column("case_id", ID, nullable=False, index=True),
    Column("person_id", ID, nullable=False),
    Column("fields", String(400), nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("state", String(12), nullable=False),  # access.grants.states.GrantState
    Column("approved_at", INSTANT, nullable=False),
    Column("open_by", INSTANT, nullable=False),
    Column("first_view_at", INSTANT),
    Column("ends_at", INSTANT),
    Column("reviewed_by", ID),
    *proof_columns(),
    Index(
        "ix_reveal_grant_live",
        "person_id",
        "case_id",
        sqlite_where=text("state IN ('approved','active')"),
        postgresql_where=text("state IN ('approved','active')"),
    ),
    info={
        "proven": (
            "tenant_id",
            "request_id",
            "case_id",
            "person_id",
            "fields",
            "minutes",
            "state",
            "approved_at",
            "open_by",
            "first_view_at",
            "ends_at",
        )
    },
)

oracle_use = Table(
    "oracle_use",
    metadata,
    own_id(),
    tenant_ref(),
    Column("person_id", ID, nullable=False),
    Column("subject", LargeBinary(16), nullable=False),  # blind entry asked about, or the case id's bytes
    Column("act", String(16), nullable=False),  # search | verify | import
    Column("missed", SmallInteger, nullable=False),
    Column("at", INSTANT, nullable=False),
    Index("ix_oracle_use_subject", "subject", "at"),
    Index("ix_oracle_use_person", "person_id", "at"),
)

oracle_freeze = Table(
    "oracle_freeze",
    metadata,
    own_id(),
    tenant_ref(),
    Column("subject", LargeBinary(16), nullable=False),
    Column("frozen_at", INSTANT, nullable=False),
    Column("tripped_by", ID, nullable=False),
    Column("lifted_at", INSTANT),
    Column("lifted_by", ID),
    Index("ix_oracle_freeze_subject", "subject"),
)
