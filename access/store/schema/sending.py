"""Messages that were sent, and by what their reports find them.

A message proves itself: that a customer was written to, with which words and what became of it is evidence. Nobody's
number stands here: a message names a case and the place of a number on it. Its words are a template's with a figure, a
day and the lender's account. What finds a report's message only points: the message itself says whether it is right.
"""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, SmallInteger, String, Table, Text

from access.store.schema.base import ID, INSTANT, metadata, own_id, proof_columns, tenant_ref

message_sent = Table(
    "message_sent",
    metadata,
    own_id(),  # our reference towards the provider
    tenant_ref(),
    Column("case_id", ID, nullable=False),
    Column("unit_id", ID, nullable=False),  # the case's unit then
    Column("agency_id", ID),
    Column("person_id", ID, nullable=False),  # who sent it
    Column("slot_id", ID, nullable=False),
    Column("template_id", ID, nullable=False),
    Column("field", String(24), nullable=False),
    Column("ordinal", SmallInteger, nullable=False),
    Column("body", Text, nullable=False),
    Column("pieces", SmallInteger, nullable=False),  # handed over one by one
    Column("parts", SmallInteger, nullable=False),  # short messages that it takes
    Column("reference", Integer, nullable=False),  # of SMPP, of the first piece; the next piece's is one more
    Column("state", String(12), nullable=False),  # console.desk.messages.fates.MessageState
    Column("marks", String(4), nullable=False),  # console.desk.messages.fates.Mark of each piece
    Column("handles", LargeBinary(64), nullable=False),  # providers' names of the pieces, keyed digests; zeros for none
    Column("code", Integer, nullable=False),  # the provider's last status
    Column("sent_at", INSTANT, nullable=False),
    Column("handed_at", INSTANT),
    Column("over_at", INSTANT),  # when the state was last told
    *proof_columns(),
    Index("ix_message_sent_case", "case_id", "sent_at"),
    Index("ix_message_sent_person", "person_id", "sent_at"),
    Index("ix_message_sent_unit", "unit_id", "sent_at"),
    Index("ix_message_sent_state", "state"),
    Index("ix_message_sent_reference", "reference"),
    info={
        "proven": (
            "tenant_id",
            "case_id",
            "unit_id",
            "agency_id",
            "person_id",
            "slot_id",
            "template_id",
            "field",
            "ordinal",
            "body",
            "pieces",
            "parts",
            "reference",
            "state",
            "marks",
            "handles",
            "sent_at",
            "handed_at",
            "over_at",
        )
    },
)

message_handle = Table(
    "message_handle",
    metadata,
    Column("handle", LargeBinary(16), primary_key=True),
    tenant_ref(),
    Column("message_id", ID, nullable=False),
)
