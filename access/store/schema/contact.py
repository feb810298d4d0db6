"""How and when a customer may be contacted: editions of the rules, consents, stops, and every attempt.

A slot is an attempt, taken before anything rings and settled by what came of it; it permits a contact, so it proves
itself, and one that does not counts as a conversation. An edition and a consent permit as well. A stop only forbids: a
row of it that does not prove itself counts as in force.

Nobody's number stands here. A number is known by its entry in the blind index, a debtor by the entry under which
imports merge, or by the case where there is none.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, SmallInteger, String, Table, Text

from access.store.schema.base import ID, INSTANT, metadata, own_id, proof_columns, tenant_ref

contact_edition = Table(
    "contact_edition",
    metadata,
    own_id(),
    tenant_ref(),
    Column("unit_id", ID, nullable=False),  # who proposed it works there; the rules are the desk's
    Column("edition", Integer, nullable=False),
    Column("code", String(24), nullable=False),  # of the profile
    Column("state", String(12), nullable=False),  # console.desk.contact.states.EditionState
    Column("text", Text, nullable=False),
    Column("starts_at", INSTANT, nullable=False),  # in force from then on, once approved
    Column("made_by", ID, nullable=False),
    Column("made_at", INSTANT, nullable=False),
    Column("reviewed_by", ID),
    Column("approved_by", ID),
    Column("approved_at", INSTANT),
    Column("ended_by", ID),  # who rolled it back
    Column("ended_at", INSTANT),
    *proof_columns(),
    Index("ix_contact_edition_edition", "edition", unique=True),
    info={
        "proven": (
            "unit_id",
            "edition",
            "code",
            "state",
            "text",
            "starts_at",
            "made_by",
            "reviewed_by",
            "approved_by",
            "ended_by",
        )
    },
)

contact_slot = Table(
    "contact_slot",
    metadata,
    own_id(),
    tenant_ref(),
    Column("case_id", ID, nullable=False),
    Column("unit_id", ID, nullable=False),
    Column("person_id", ID),  # who contacted; none for a contact that came in
    Column("debtor", LargeBinary(16), nullable=False),
    Column("number", LargeBinary(16), nullable=False),
    Column("field", String(24), nullable=False),
    Column("ordinal", SmallInteger, nullable=False),
    Column("own", SmallInteger, nullable=False),  # the debtor's own number
    Column("channel", String(8), nullable=False),  # console.desk.api.contact.Means
    Column("inbound", SmallInteger, nullable=False),
    Column("reserved_at", INSTANT, nullable=False),
    Column("expires_at", INSTANT, nullable=False),  # unsettled until then: nobody was reached
    Column("outcome", String(12), nullable=False),  # console.desk.contact.facts.Outcome
    Column("settled_at", INSTANT),
    Column("edition", Integer, nullable=False),  # of the rules that allowed it; 0: those that came with the desk
    *proof_columns(),
    Index("ix_contact_slot_debtor", "debtor", "reserved_at"),
    Index("ix_contact_slot_number", "number", "reserved_at"),
    Index("ix_contact_slot_case", "case_id", "reserved_at"),
    info={
        "proven": (
            "tenant_id",
            "case_id",
            "person_id",
            "debtor",
            "number",
            "own",
            "channel",
            "inbound",
            "reserved_at",
            "expires_at",
            "outcome",
            "edition",
        )
    },
)

# One row for whatever is counted: every reservation writes it, so that of two at once one sees the other.
contact_turn = Table(
    "contact_turn",
    metadata,
    Column("name", String(40), primary_key=True),  # kind and entry
    tenant_ref(),
    Column("turn", BigInteger, nullable=False),
)

contact_consent = Table(
    "contact_consent",
    metadata,
    own_id(),
    tenant_ref(),
    Column("case_id", ID, nullable=False),
    Column("unit_id", ID, nullable=False),
    Column("debtor", LargeBinary(16), nullable=False),
    Column("channel", String(8), nullable=False),
    Column("from_minute", SmallInteger, nullable=False),  # of the day where the debtor is
    Column("until_minute", SmallInteger, nullable=False),  # first minute outside; before from_minute: past midnight
    Column("expires_at", INSTANT, nullable=False),
    Column("evidence", String(16), nullable=False),  # console.desk.api.contact.EVIDENCE
    Column("reference", String(64), nullable=False),
    Column("state", String(12), nullable=False),  # asked | active | refused | withdrawn
    Column("recorded_by", ID, nullable=False),
    Column("recorded_at", INSTANT, nullable=False),
    Column("withdrawn_by", ID),
    Column("withdrawn_at", INSTANT),
    *proof_columns(),
    Index("ix_contact_consent_debtor", "debtor"),
    Index("ix_contact_consent_recorder", "recorded_by", "recorded_at"),
    Index("ix_contact_consent_state", "state", "expires_at"),
    info={
        "proven": (
            "tenant_id",
            "case_id",
            "debtor",
            "channel",
            "from_minute",
            "until_minute",
            "expires_at",
            "evidence",
            "reference",
            "state",
            "recorded_by",
            "recorded_at",
            "withdrawn_by",
        )
    },
)

# What the second person said of a consent that waited for one; apart, so that consents keep the proofs they have.
consent_decision = Table(
    "consent_decision",
    metadata,
    own_id(),
    tenant_ref(),
    Column("consent_id", ID, nullable=False),
    Column("person_id", ID, nullable=False),
    Column("verdict", String(8), nullable=False),  # confirm | refuse
    Column("words", Text, nullable=False),  # why it was refused, masked
    Column("at", INSTANT, nullable=False),
    *proof_columns(),
    Index("ix_consent_decision_consent", "consent_id", unique=True),
    info={"proven": ("tenant_id", "consent_id", "person_id", "verdict", "words", "at")},
)

contact_stop = Table(
    "contact_stop",
    metadata,
    own_id(),
    tenant_ref(),
    Column("case_id", ID, nullable=False),
    Column("unit_id", ID, nullable=False),
    Column("number", LargeBinary(16), nullable=False),  # stopped on every case of the creditor
    Column("field", String(24), nullable=False),
    Column("ordinal", SmallInteger, nullable=False),
    Column("reason", String(16), nullable=False),  # console.desk.api.contact.STOP_REASONS
    Column("state", String(12), nullable=False),  # active | lifted
    Column("set_by", ID, nullable=False),
    Column("set_at", INSTANT, nullable=False),
    Column("lifted_by", ID),
    Column("lifted_at", INSTANT),
    *proof_columns(),
    Index("ix_contact_stop_number", "number"),
    info={"proven": ("tenant_id", "case_id", "number", "reason", "state", "set_by", "lifted_by")},
)
