"""The log's tables.

On SQLite an event takes its place at once; on PostgreSQL it waits in the outbox for the chainer.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, String, Table, text

from access.store.schema.base import ID, INSTANT, metadata, tenant_ref


def _event_columns() -> tuple[Column[object], ...]:
    # Searchable copies of what the canonical body says; verification compares them.
    return (
        tenant_ref(),
        Column("at", INSTANT, nullable=False),
        Column("action", String(64), nullable=False),
        Column("person_id", ID),
        Column("case_id", ID),
        Column("subject", String(64)),  # table:id of the proven row this event wrote
        Column("subject_version", Integer),
        Column("result", String(8), nullable=False),
        Column("body", LargeBinary, nullable=False),  # canonical event bytes
    )


audit_event = Table(
    "audit_event",
    metadata,
    Column("seq", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    Column("event_id", ID, nullable=False, unique=True),
    Column("leaf", LargeBinary(32), nullable=False),  # SM3(0x00 || body)
    *_event_columns(),
    Index(
        "ix_audit_event_case",
        "case_id",
        "seq",
        sqlite_where=text("case_id IS NOT NULL"),
        postgresql_where=text("case_id IS NOT NULL"),
    ),
    Index("ix_audit_event_person", "person_id", "seq"),
    Index(
        "ix_audit_event_record",  # what a person did about customers
        "person_id",
        "seq",
        sqlite_where=text("case_id IS NOT NULL"),
        postgresql_where=text("case_id IS NOT NULL"),
    ),
    Index(
        "ix_audit_event_refused",
        "person_id",
        "at",
        sqlite_where=text("result = 'refused'"),
        postgresql_where=text("result = 'refused'"),
    ),
    Index(
        "ix_audit_event_subject",
        "subject",
        "subject_version",
        sqlite_where=text("subject IS NOT NULL"),
        postgresql_where=text("subject IS NOT NULL"),
    ),
)

audit_outbox = Table(
    "audit_outbox",
    metadata,
    Column("event_id", ID, primary_key=True),
    *_event_columns(),
    Index("ix_audit_outbox_subject", "subject", "subject_version"),
    Index("ix_audit_outbox_case", "case_id"),
)

audit_head = Table(
    "audit_head",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),  # always 1
    tenant_ref(),
    Column("size", BigInteger, nullable=False),
    Column("frontier", LargeBinary, nullable=False),  # 32-byte subtree roots, largest first
)

audit_checkpoint = Table(
    "audit_checkpoint",
    metadata,
    Column("size", BigInteger().with_variant(Integer, "sqlite"), primary_key=True, autoincrement=False),
    tenant_ref(),
    Column("root", LargeBinary(32), nullable=False),
    Column("note", LargeBinary, nullable=False),  # signed note, as in the file outside the database
    Column("at", INSTANT, nullable=False),
)
