"""How somebody comes to a role and keeps it: applications and their steps, recertification, delegated approvals."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, SmallInteger, String, Table, text

from access.store.schema.base import ID, INSTANT, metadata, own_id, proof_columns, tenant_ref

role_application = Table(
    "role_application",
    metadata,
    own_id(),
    tenant_ref(),
    Column("number", String(16), nullable=False, unique=True),  # P-00000017
    Column("person_id", ID, nullable=False, index=True),  # who shall hold the role
    Column("role", String(24), nullable=False),
    Column("unit_id", ID),  # the team that the role reaches; none for desk-wide roles
    Column("head", SmallInteger, nullable=False),  # 1: as the unit's head
    Column("days", Integer, nullable=False),
    Column("applicant_id", ID, nullable=False),
    Column("words", String(400), nullable=False),  # personal data masked
    Column("state", String(12), nullable=False, index=True),  # access.roles.application.ApplicationState
    Column("bootstrap", SmallInteger, nullable=False),  # 1: countersigned by the auditor while nobody else was there
    Column("asked_at", INSTANT, nullable=False),
    Column("decided_at", INSTANT),
    Column("grant_id", ID),
    *proof_columns(),
    info={
        "proven": (
            "number",
            "person_id",
            "role",
            "unit_id",
            "head",
            "days",
            "applicant_id",
            "words",
            "state",
            "bootstrap",
            "asked_at",
            "decided_at",
            "grant_id",
        )
    },
)

role_step = Table(
    "role_step",
    metadata,
    own_id(),
    tenant_ref(),
    Column("application_id", ID, nullable=False, index=True),
    Column("stage", String(12), nullable=False),  # access.roles.application.Stage
    Column("person_id", ID, nullable=False),
    Column("role", String(24), nullable=False),
    Column("stands_for", ID),  # whose approval it is, where a delegate gave it
    Column("verdict", String(8), nullable=False),  # approve | refuse
    Column("reason", String(400), nullable=False),  # personal data masked
    Column("at", INSTANT, nullable=False),
    *proof_columns(),
    info={"proven": ("application_id", "stage", "person_id", "role", "stands_for", "verdict", "reason", "at")},
)

role_campaign = Table(
    "role_campaign",
    metadata,
    own_id(),
    tenant_ref(),
    Column("number", String(16), nullable=False, unique=True),  # Z-00000003
    Column("opened_by", ID),  # none: the desk itself, when one is due
    Column("opened_at", INSTANT, nullable=False),
    Column("due_at", INSTANT, nullable=False),
    Column("state", String(8), nullable=False),  # open | closed
    *proof_columns(),
    info={"proven": ("number", "opened_by", "opened_at", "due_at", "state")},
)

role_recert = Table(
    "role_recert",
    metadata,
    own_id(),
    tenant_ref(),
    Column("campaign_id", ID, nullable=False, index=True),
    Column("grant_id", ID, nullable=False, index=True),
    Column("person_id", ID, nullable=False),
    Column("role", String(24), nullable=False),
    Column("unit_id", ID),
    Column("state", String(12), nullable=False),  # access.roles.application.RecertState
    Column("decided_by", ID),
    Column("decided_at", INSTANT),
    *proof_columns(),
    info={
        "proven": (
            "campaign_id",
            "grant_id",
            "person_id",
            "role",
            "unit_id",
            "state",
            "decided_by",
            "decided_at",
        )
    },
)

delegation = Table(
    "delegation",
    metadata,
    own_id(),
    tenant_ref(),
    Column("unit_id", ID, nullable=False, index=True),  # whose requests and applications it is for
    Column("from_id", ID, nullable=False),  # whose approvals
    Column("to_id", ID, nullable=False),  # who gives them instead
    Column("starts_at", INSTANT, nullable=False),
    Column("ends_at", INSTANT, nullable=False),
    Column("state", String(8), nullable=False),  # active | ended
    *proof_columns(),
    Index(
        "ix_delegation_live",
        "unit_id",
        "ends_at",
        sqlite_where=text("state = 'active'"),
        postgresql_where=text("state = 'active'"),
    ),
    info={"proven": ("unit_id", "from_id", "to_id", "starts_at", "ends_at", "state")},
)

technical_post = Table(
    "technical_post",
    metadata,
    own_id(),
    tenant_ref(),
    Column("person_id", ID, nullable=False, index=True),
    Column("kind", String(8), nullable=False),  # dev | test | ops
    Column("state", String(8), nullable=False),  # active | ended
    *proof_columns(),
    info={"proven": ("person_id", "kind", "state")},
)
