"""What is written to customers: the editions of its templates.

An approved template permits a message, so its row proves itself. No customer's datum and nobody's number stands here.
"""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Table, Text

from access.store.schema.base import ID, INSTANT, metadata, own_id, proof_columns, tenant_ref

message_template = Table(
    "message_template",
    metadata,
    own_id(),
    tenant_ref(),
    Column("unit_id", ID, nullable=False),  # who proposed it works there; templates are the desk's
    Column("code", String(24), nullable=False),
    Column("edition", Integer, nullable=False),  # within its code
    Column("title", String(40), nullable=False),
    Column("state", String(12), nullable=False),  # console.desk.messages.states.TemplateState
    Column("body", Text, nullable=False),
    Column("made_by", ID, nullable=False),
    Column("made_at", INSTANT, nullable=False),
    Column("approved_by", ID),
    Column("approved_at", INSTANT),
    Column("ended_by", ID),  # who refused or retired it
    Column("ended_at", INSTANT),
    *proof_columns(),
    Index("ix_message_template_code", "code", "edition", unique=True),
    info={
        "proven": (
            "unit_id",
            "code",
            "edition",
            "title",
            "state",
            "body",
            "made_by",
            "approved_by",
            "ended_by",
        )
    },
)
