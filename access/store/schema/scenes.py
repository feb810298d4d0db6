"""Contacts outside the proxy: filings of special scenes, what was decided on them, and plans of field visits.

What was agreed to opens a number or permits a visit, so these rows prove themselves.
Nobody's number and nobody's address stands here.
"""

from __future__ import annotations

from sqlalchemy import Column, Index, LargeBinary, SmallInteger, String, Table, Text

from access.store.schema.base import ID, INSTANT, metadata, own_id, proof_columns, tenant_ref

special_filing = Table(
    "special_filing",
    metadata,
    own_id(),
    tenant_ref(),
    Column("number", String(16), nullable=False),
    Column("case_id", ID, nullable=False),
    Column("unit_id", ID, nullable=False),  # whose supervisor decides first
    Column("asker_id", ID, nullable=False),
    Column("field", String(24), nullable=False),
    Column("ordinal", SmallInteger, nullable=False),
    Column("third", SmallInteger, nullable=False),  # another person's number
    Column("entry", LargeBinary(16)),  # of the number that was filed for, in the blind index
    Column("scenario", String(24), nullable=False),  # console.desk.special.states.Scenario
    Column("words", Text, nullable=False),
    Column("minutes", SmallInteger, nullable=False),
    Column("chain", String(64), nullable=False),  # roles that must agree, in order
    Column("state", String(12), nullable=False),  # console.desk.special.states.FilingState
    Column("filed_at", INSTANT, nullable=False),
    Column("wait_until", INSTANT, nullable=False),  # undecided until then: over
    Column("open_by", INSTANT),  # agreed to: unopened until then, over
    Column("opened_at", INSTANT),
    Column("session_id", ID),  # the one session in which it is seen
    Column("ends_at", INSTANT),
    Column("slot_id", ID),  # the attempt that it counts as
    Column("ended_at", INSTANT),
    Column("ended_by", ID),
    Column("outcome", String(16), nullable=False),  # what the asker reported; empty: nothing yet
    Column("report", Text, nullable=False),
    Column("review_by", INSTANT),  # unreviewed from then on: the asker files nothing more
    Column("reviewed_by", ID),
    Column("reviewed_at", INSTANT),
    Column("review", Text, nullable=False),
    *proof_columns(),
    Index("ix_special_filing_number", "number", unique=True),
    Index("ix_special_filing_case", "case_id", "filed_at"),
    Index("ix_special_filing_asker", "asker_id", "state"),
    Index("ix_special_filing_state", "state"),
    info={
        "proven": (
            "tenant_id",
            "number",
            "case_id",
            "unit_id",
            "asker_id",
            "field",
            "ordinal",
            "third",
            "entry",
            "scenario",
            "words",
            "minutes",
            "chain",
            "state",
            "filed_at",
            "wait_until",
            "open_by",
            "opened_at",
            "session_id",
            "ends_at",
            "slot_id",
            "ended_by",
            "outcome",
            "report",
            "review_by",
            "reviewed_by",
            "review",
        )
    },
)

special_decision = Table(
    "special_decision",
    metadata,
    own_id(),
    tenant_ref(),
    Column("filing_id", ID, nullable=False),
    Column("place", SmallInteger, nullable=False),  # in the chain, from 1
    Column("role", String(16), nullable=False),
    Column("person_id", ID, nullable=False),
    Column("verdict", String(8), nullable=False),  # approve | refuse
    Column("words", Text, nullable=False),
    Column("at", INSTANT, nullable=False),
    *proof_columns(),
    Index("ix_special_decision_filing", "filing_id", "place", unique=True),
    info={"proven": ("tenant_id", "filing_id", "place", "role", "person_id", "verdict", "words", "at")},
)

visit_plan = Table(
    "visit_plan",
    metadata,
    own_id(),
    tenant_ref(),
    Column("case_id", ID, nullable=False),
    Column("unit_id", ID, nullable=False),
    Column("debtor", LargeBinary(16), nullable=False),
    Column("field", String(24), nullable=False),
    Column("ordinal", SmallInteger, nullable=False),
    Column("day", String(10), nullable=False),  # where the debtor is
    Column("from_at", INSTANT, nullable=False),
    Column("until_at", INSTANT, nullable=False),
    Column("planner_id", ID, nullable=False),
    Column("first_id", ID, nullable=False),  # the two who go
    Column("second_id", ID, nullable=False),
    Column("consent_id", ID, nullable=False),
    Column("state", String(12), nullable=False),  # console.desk.visits.states.VisitState
    Column("planned_at", INSTANT, nullable=False),
    Column("decided_by", ID),
    Column("decided_at", INSTANT),
    Column("words", Text, nullable=False),  # why it was refused or called off
    Column("set_out_at", INSTANT),
    Column("slot_id", ID),  # the attempt that it counts as
    Column("ended_by", ID),
    Column("ended_at", INSTANT),
    Column("result", String(16), nullable=False),  # console.desk.visits.states.VisitResult; empty: none yet
    Column("went", String(80), nullable=False),  # who did go, by id, joined by a comma
    Column("ids_shown", SmallInteger, nullable=False),
    Column("note", Text, nullable=False),
    *proof_columns(),
    Index("ix_visit_plan_case", "case_id", "from_at"),
    Index("ix_visit_plan_debtor", "debtor", "day"),
    Index("ix_visit_plan_state", "state", "until_at"),
    info={
        "proven": (
            "tenant_id",
            "case_id",
            "unit_id",
            "debtor",
            "field",
            "ordinal",
            "day",
            "from_at",
            "until_at",
            "planner_id",
            "first_id",
            "second_id",
            "consent_id",
            "state",
            "decided_by",
            "words",
            "set_out_at",
            "slot_id",
            "ended_by",
            "result",
            "went",
            "ids_shown",
            "note",
        )
    },
)
