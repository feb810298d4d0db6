"""Who listened to a recording, for which task, and recordings destroyed once they need not be kept any more.

A task lets somebody hear recordings that are not their own, so it proves itself: who has it, who gave it, what it
covers, until when. A listening's mark names it in whatever was made of what was heard. A destruction is proposed,
approved, carried out and witnessed by different people; what it covers stands in its items, one a recording.
"""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, String, Table, Text

from access.store.schema.base import ID, INSTANT, metadata, own_id, proof_columns, tenant_ref

call_listening = Table(
    "call_listening",
    metadata,
    own_id(),
    tenant_ref(),
    Column("recording_id", ID, nullable=False),
    Column("call_id", ID, nullable=False),
    Column("case_id", ID, nullable=False),
    Column("person_id", ID, nullable=False),
    Column("mark", String(16), nullable=False, unique=True),  # console.desk.calls.marking
    Column("reason", String(24), nullable=False),  # console.desk.api.recordings.REASONS
    Column("reference", String(48), nullable=False),
    Column("state", String(8), nullable=False),  # open | over
    Column("result", String(20)),  # console.dial.results.Result, once over
    Column("seconds", Integer, nullable=False),  # that the phone was played to
    Column("started_at", INSTANT, nullable=False),
    Column("ended_at", INSTANT),
    *proof_columns(),
    Index("ix_call_listening_recording", "recording_id", "started_at"),
    Index("ix_call_listening_state", "state"),
    info={
        "proven": (
            "tenant_id",
            "recording_id",
            "call_id",
            "case_id",
            "person_id",
            "mark",
            "reason",
            "reference",
            "state",
            "result",
            "seconds",
            "started_at",
            "ended_at",
        )
    },
)

listening_task = Table(
    "listening_task",
    metadata,
    own_id(),
    tenant_ref(),
    Column("number", String(16), nullable=False),
    Column("person_id", ID, nullable=False),  # who listens
    Column("given_by", ID, nullable=False),
    Column("unit_id", ID),  # for which team it was given; none: for the desk
    Column("reason", String(24), nullable=False),  # console.desk.api.listening_tasks.GIVEN
    Column("reference", String(48), nullable=False),  # of the complaint, request or audit
    Column("case_id", ID),  # whose calls; none: those that were drawn
    Column("calls", Text, nullable=False),  # drawn ones, by id, joined by commas
    Column("state", String(8), nullable=False),  # active | ended
    Column("given_at", INSTANT, nullable=False),
    Column("ends_at", INSTANT, nullable=False),
    Column("ended_by", ID),
    Column("ended_at", INSTANT),
    *proof_columns(),
    Index("ix_listening_task_number", "number", unique=True),
    Index("ix_listening_task_person", "person_id", "given_at"),
    info={
        "proven": (
            "tenant_id",
            "number",
            "person_id",
            "given_by",
            "unit_id",
            "reason",
            "reference",
            "case_id",
            "calls",
            "state",
            "given_at",
            "ends_at",
            "ended_by",
            "ended_at",
        )
    },
)

destruction = Table(
    "destruction",
    metadata,
    own_id(),
    tenant_ref(),
    Column("state", String(12), nullable=False),  # console.desk.calls.destroying.State
    Column("until", INSTANT, nullable=False),  # covers what was not to be kept beyond this
    Column("covers", Integer, nullable=False),
    Column("destroyed", Integer, nullable=False),
    Column("digest", String(64), nullable=False),  # SM3 over the ids of what it covers
    Column("proposed_by", ID, nullable=False),
    Column("proposed_at", INSTANT, nullable=False),
    Column("approved_by", ID),
    Column("approved_at", INSTANT),
    Column("executed_by", ID),
    Column("executed_at", INSTANT),
    Column("witnessed_by", ID),
    Column("witnessed_at", INSTANT),
    *proof_columns(),
    Index("ix_destruction_state", "state"),
    info={
        "proven": (
            "state",
            "until",
            "covers",
            "destroyed",
            "digest",
            "proposed_by",
            "proposed_at",
            "approved_by",
            "approved_at",
            "executed_by",
            "executed_at",
            "witnessed_by",
            "witnessed_at",
        )
    },
)

destruction_item = Table(
    "destruction_item",
    metadata,
    own_id(),
    tenant_ref(),
    Column("destruction_id", ID, nullable=False),
    Column("recording_id", ID, nullable=False),
    Column("result", String(12), nullable=False),  # due | destroyed | held
    Index("ix_destruction_item_destruction", "destruction_id"),
    Index("ix_destruction_item_recording", "recording_id"),
)
