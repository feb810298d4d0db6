"""Calls made through the desk, what was recorded of them, and what signs a line on.

A call and a recording prove themselves: whether a customer was reached, who spoke and for how long is evidence.
Nobody's number stands here: a call names a case and the place of a number on it. A recording's key is wrapped under the
key ring, a secret of a phone or of the provider's line is sealed; neither is ever here in clear.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, SmallInteger, String, Table

from access.store.schema.base import ID, INSTANT, metadata, own_id, proof_columns, tenant_ref

call_record = Table(
    "call_record",
    metadata,
    own_id(),
    tenant_ref(),
    Column("case_id", ID, nullable=False),
    Column("unit_id", ID, nullable=False),  # the case's unit then
    Column("agency_id", ID),
    Column("person_id", ID, nullable=False),  # who called
    Column("slot_id", ID, nullable=False),
    Column("field", String(24), nullable=False),
    Column("ordinal", SmallInteger, nullable=False),
    Column("third", SmallInteger, nullable=False),  # somebody who is no party to the debt
    Column("state", String(12), nullable=False),  # console.desk.calls.states.CallState
    Column("result", String(20)),  # console.dial.results.Result, once ended
    Column("ended_side", String(12)),  # console.dial.results.By
    Column("sip_code", Integer, nullable=False),
    Column("cause", Integer, nullable=False),
    Column("started_at", INSTANT, nullable=False),
    Column("connected_at", INSTANT),
    Column("ended_at", INSTANT),
    Column("talked_ms", BigInteger, nullable=False),
    *proof_columns(),
    Index("ix_call_record_case", "case_id", "started_at"),
    Index("ix_call_record_person", "person_id", "started_at"),
    Index("ix_call_record_unit", "unit_id", "started_at"),
    Index("ix_call_record_state", "state"),
    info={
        "proven": (
            "tenant_id",
            "case_id",
            "unit_id",
            "agency_id",
            "person_id",
            "slot_id",
            "field",
            "ordinal",
            "third",
            "state",
            "result",
            "ended_side",
            "started_at",
            "connected_at",
            "ended_at",
            "talked_ms",
        )
    },
)

call_recording = Table(
    "call_recording",
    metadata,
    own_id(),  # names its file
    tenant_ref(),
    Column("call_id", ID, nullable=False, unique=True),
    Column("case_id", ID, nullable=False),
    Column("wrapped_key", LargeBinary(64), nullable=False),  # masking.recording
    Column("state", String(12), nullable=False),  # console.desk.calls.states.RecordingState
    Column("seconds", Integer, nullable=False),  # whole and begun ones in the file
    Column("retention", String(16), nullable=False),  # console.desk.calls.states.RETENTION
    Column("keep_until", INSTANT, nullable=False),  # not destroyed before
    Column("made_at", INSTANT, nullable=False),
    *proof_columns(),
    Index("ix_call_recording_case", "case_id"),
    info={"proven": ("tenant_id", "call_id", "case_id", "wrapped_key", "state", "seconds", "retention", "keep_until")},
)

call_secret = Table(
    "call_secret",
    metadata,
    own_id(),
    tenant_ref(),
    Column("kind", String(8), nullable=False),  # phone | trunk | post
    Column("person_id", ID),  # whose phone
    Column("name", String(32), nullable=False),  # a phone's; empty for the provider's line
    Column("sealed", LargeBinary(256), nullable=False),  # digest secret or password, under the key ring's factor key
    Column("state", String(12), nullable=False),  # active | replaced
    Column("set_by", ID, nullable=False),
    Column("set_at", INSTANT, nullable=False),
    *proof_columns(),
    Index("ix_call_secret_person", "person_id"),
    Index("ix_call_secret_name", "kind", "name"),
    info={"proven": ("kind", "person_id", "name", "sealed", "state", "set_by")},
)
