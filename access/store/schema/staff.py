"""Staff life cycle: what was ordered about an account, who leaves or moves, and the training ledger."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, SmallInteger, String, Table

from access.store.schema.base import ID, INSTANT, metadata, own_id, proof_columns, tenant_ref

staff_order = Table(
    "staff_order",
    metadata,
    own_id(),
    tenant_ref(),
    Column("kind", String(12), nullable=False),  # access.people.orders.OrderKind
    Column("state", String(12), nullable=False),  # access.people.orders.OrderState
    Column("person_id", ID, index=True),  # none until somebody asked for is made
    Column("staff_no", String(32)),
    Column("name", String(80)),
    Column("login", String(64)),
    Column("unit_id", ID),
    Column("privileged", SmallInteger, nullable=False),
    Column("reason", String(200), nullable=False),  # personal data masked
    Column("asked_by", ID, nullable=False),
    Column("asked_at", INSTANT, nullable=False),
    Column("decided_by", ID),
    Column("decided_at", INSTANT),
    *proof_columns(),
    Index("ix_staff_order_open", "state", "asked_at"),
    info={
        "proven": (
            "kind",
            "state",
            "person_id",
            "staff_no",
            "name",
            "login",
            "unit_id",
            "privileged",
            "reason",
            "asked_by",
            "asked_at",
            "decided_by",
            "decided_at",
        )
    },
)

departure = Table(
    "departure",
    metadata,
    own_id(),
    tenant_ref(),
    Column("person_id", ID, nullable=False, index=True),
    Column("kind", String(12), nullable=False),  # transfer | leave
    Column("state", String(24), nullable=False),  # access.people.departures.DepartureState
    Column("from_unit_id", ID, nullable=False),
    Column("to_unit_id", ID),  # where a transfer leads
    Column("last_day", String(10), nullable=False),  # ISO date in the desk's zone; empty for at once
    Column("freeze_at", INSTANT),  # none: when the system admin carries it out
    Column("reason", String(200), nullable=False),  # personal data masked
    Column("noted_by", ID, nullable=False),
    Column("noted_at", INSTANT, nullable=False),
    Column("carried_out_by", ID),  # none where the clock did it
    Column("carried_out_at", INSTANT),
    Column("cases", Integer),  # how many went back to the pool
    Column("confirmed_by", ID),
    Column("confirmed_at", INSTANT),
    *proof_columns(),
    Index("ix_departure_due", "state", "freeze_at"),
    info={
        "proven": (
            "person_id",
            "kind",
            "state",
            "from_unit_id",
            "to_unit_id",
            "last_day",
            "freeze_at",
            "reason",
            "noted_by",
            "noted_at",
            "carried_out_by",
            "carried_out_at",
            "cases",
            "confirmed_by",
            "confirmed_at",
        )
    },
)

training_record = Table(
    "training_record",
    metadata,
    own_id(),
    tenant_ref(),
    Column("person_id", ID, nullable=False, index=True),
    Column("kind", String(12), nullable=False),  # induction | quarterly | exam
    Column("held_on", String(10), nullable=False),  # ISO date
    Column("minutes", Integer, nullable=False),
    Column("score", Integer),  # 0 to 100, where there was a test
    Column("passed", SmallInteger, nullable=False),
    Column("content", String(80), nullable=False),
    Column("valid_until", INSTANT, nullable=False),
    Column("state", String(12), nullable=False),  # effective | waiting | struck
    Column("entered_by", ID, nullable=False),
    Column("entered_at", INSTANT, nullable=False),
    Column("checked_by", ID),
    Column("checked_at", INSTANT),
    *proof_columns(),
    info={
        "proven": (
            "person_id",
            "kind",
            "held_on",
            "minutes",
            "score",
            "passed",
            "content",
            "valid_until",
            "state",
            "entered_by",
            "entered_at",
            "checked_by",
            "checked_at",
        )
    },
)
