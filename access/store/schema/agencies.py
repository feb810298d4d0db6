"""Engagements of agencies: until when a creditor's work may be done by one, and who agreed to it.

Whether somebody outside may contact customers rests on it, so these rows prove themselves. They stand apart from the
units, whose rows keep the proofs they were written with.
"""

from __future__ import annotations

from sqlalchemy import Column, Index, String, Table

from access.store.schema.base import ID, INSTANT, metadata, own_id, proof_columns, tenant_ref

agency_term = Table(
    "agency_term",
    metadata,
    own_id(),
    tenant_ref(),
    Column("unit_id", ID),  # the agency; none until one that is new is agreed to
    Column("name", String(80), nullable=False),  # the agency's, as it was proposed
    Column("last_day", String(10), nullable=False),  # ISO; the last on which it may work
    Column("zone", String(64), nullable=False),  # IANA; where that day is counted
    Column("ends_at", INSTANT, nullable=False),  # first instant out of date
    Column("state", String(12), nullable=False),  # access.people.agencies.TermState
    Column("proposed_by", ID, nullable=False),
    Column("proposed_at", INSTANT, nullable=False),
    Column("checked_by", ID),
    Column("approved_by", ID),
    Column("ended_by", ID),  # who refused it or took it back
    *proof_columns(),
    Index("ix_agency_term_unit", "unit_id", "state"),
    Index("ix_agency_term_state", "state"),
    info={
        "proven": (
            "unit_id",
            "name",
            "last_day",
            "zone",
            "ends_at",
            "state",
            "proposed_by",
            "proposed_at",
            "checked_by",
            "approved_by",
            "ended_by",
        )
    },
)
