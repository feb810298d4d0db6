"""People, their logins, factors, roles and sessions.

An attempt's count carries no proof: it only says no, and who could take it away gains tries at three factors, each of
them in the log. A session's row says who sat where; what its person may do is read from proven rows at every act.
"""

from __future__ import annotations

from sqlalchemy import Column, Integer, LargeBinary, String, Table

from access.store.schema.base import ID, INSTANT, metadata, own_id, proof_columns, tenant_ref

org_unit = Table(
    "org_unit",
    metadata,
    own_id(),
    tenant_ref(),
    Column("parent_id", ID),
    Column("kind", String(16), nullable=False),  # department | team | agency
    Column("name", String(80), nullable=False),
    Column("head_id", ID),
    Column("deputy_id", ID),
    *proof_columns(),
    info={"proven": ("parent_id", "kind", "name", "head_id", "deputy_id")},
)

person = Table(
    "person",
    metadata,
    own_id(),
    tenant_ref(),
    Column("staff_no", String(32), nullable=False, unique=True),
    Column("name", String(80), nullable=False),
    Column("unit_id", ID, nullable=False),
    Column("agency_id", ID),
    Column("state", String(16), nullable=False),  # access.people.staff.STATES
    Column("trained_until", INSTANT),
    Column("confidentiality_signed_at", INSTANT),
    Column("confidentiality_until", INSTANT),  # first instant out of force; none for as long as she is employed
    *proof_columns(),
    info={
        "proven": (
            "staff_no",
            "name",
            "unit_id",
            "agency_id",
            "state",
            "trained_until",
            "confidentiality_signed_at",
            "confidentiality_until",
        )
    },
)

login = Table(
    "login",
    metadata,
    own_id(),
    tenant_ref(),
    Column("person_id", ID, nullable=False, index=True),
    Column("name", String(64), nullable=False, unique=True),
    Column("state", String(16), nullable=False),  # active | disabled
    Column("language", String(8), nullable=False),
    *proof_columns(),
    info={"proven": ("person_id", "name", "state")},
)

login_attempt = Table(
    "login_attempt",
    metadata,
    Column("name", String(64), primary_key=True),
    tenant_ref(),
    Column("failed", Integer, nullable=False),
    Column("blocked_until", INSTANT, nullable=False),
)

factor = Table(
    "factor",
    metadata,
    own_id(),
    tenant_ref(),
    Column("person_id", ID, nullable=False, index=True),
    Column("kind", String(16), nullable=False),  # access.people.factors.KINDS
    Column("secret", LargeBinary, nullable=False),  # Argon2id string, sealed seed, public key
    Column("last_step", INSTANT, nullable=False),  # newest TOTP step already used, 0 for none
    Column("state", String(16), nullable=False),  # active | pending | replaced
    *proof_columns(),
    info={"proven": ("person_id", "kind", "secret", "last_step", "state")},
)

role_grant = Table(
    "role_grant",
    metadata,
    own_id(),
    tenant_ref(),
    Column("person_id", ID, nullable=False, index=True),
    Column("role", String(24), nullable=False),
    Column("unit_id", ID),  # the team or agency it reaches; none for desk-wide roles
    Column("valid_from", INSTANT, nullable=False),
    Column("valid_until", INSTANT, nullable=False),
    Column("state", String(16), nullable=False),  # active | overdue | suspended | revoked | expired
    Column("requested_by", ID, nullable=False),
    Column("approved_by", ID, nullable=False),
    Column("application_id", ID),  # none: of the desk's founding
    Column("noticed_at", INSTANT),  # when its end was announced
    *proof_columns(),
    info={
        "proven": (
            "tenant_id",
            "person_id",
            "role",
            "unit_id",
            "valid_from",
            "valid_until",
            "state",
            "requested_by",
            "approved_by",
            "application_id",
            "noticed_at",
        )
    },
)

staff_session = Table(
    "staff_session",
    metadata,
    own_id(),
    tenant_ref(),
    Column("person_id", ID, nullable=False, index=True),
    Column("login_id", ID, nullable=False),
    Column("source", String(64), nullable=False),
    Column("terminal", String(64), nullable=False),
    Column("opened_at", INSTANT, nullable=False),
    Column("closed_at", INSTANT),
    Column("close_reason", String(32)),
    Column("kind", String(8), nullable=False, server_default="screen"),
)
