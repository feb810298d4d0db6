"""Privacy numbers: the institution's own numbers that customers may call, and who was bound to whom over which.

A number that two people put into the pool permits calls, and a binding says who is put through to whose case, so both
prove themselves. No customer's number stands here but as the entry that the blind index has of it anyhow.
"""

from __future__ import annotations

from sqlalchemy import Column, Index, LargeBinary, SmallInteger, String, Table

from access.store.schema.base import ID, INSTANT, metadata, own_id, proof_columns, tenant_ref

call_number = Table(
    "call_number",
    metadata,
    own_id(),
    tenant_ref(),
    Column("number", String(24), nullable=False),  # our own, in digits
    Column("provider", String(8), nullable=False),  # console.desk.calls.privacy_states.Provider
    Column("state", String(12), nullable=False),  # console.desk.calls.privacy_states.NumberState
    Column("made_by", ID, nullable=False),
    Column("made_at", INSTANT, nullable=False),
    Column("approved_by", ID),
    Column("ended_by", ID),  # who refused or retired it
    *proof_columns(),
    Index("ix_call_number_number", "number"),
    info={"proven": ("number", "provider", "state", "made_by", "approved_by", "ended_by")},
)

call_binding = Table(
    "call_binding",
    metadata,
    own_id(),
    tenant_ref(),
    Column("case_id", ID, nullable=False),
    Column("unit_id", ID, nullable=False),  # the case's unit then
    Column("agency_id", ID),
    Column("person_id", ID, nullable=False),  # whose phone: A
    Column("number_id", ID, nullable=False),  # X
    Column("field", String(24), nullable=False),  # B, by its place on the case
    Column("ordinal", SmallInteger, nullable=False),
    Column("entry", LargeBinary(16), nullable=False),  # B in the blind index
    Column("state", String(12), nullable=False),  # console.desk.calls.privacy_states.BindingState
    Column("why", String(24), nullable=False),  # the dialer's code for one that was refused
    Column("made_at", INSTANT, nullable=False),
    Column("expires_at", INSTANT, nullable=False),
    *proof_columns(),
    Index("ix_call_binding_case", "case_id", "expires_at"),
    Index("ix_call_binding_number", "number_id", "expires_at"),
    info={
        "proven": (
            "tenant_id",
            "case_id",
            "unit_id",
            "agency_id",
            "person_id",
            "number_id",
            "field",
            "ordinal",
            "entry",
            "state",
            "why",
            "made_at",
            "expires_at",
        )
    },
)
