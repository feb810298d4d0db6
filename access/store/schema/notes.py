"""Notes of agents and the contact data they propose: originals sealed under the case's key, masked texts sealed too.

Nothing of a note stands in the clear, not even its masked text: what no detector knows may be in it.
"""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, SmallInteger, String, Table

from access.store.schema.base import ID, INSTANT, metadata, own_id, proof_columns, tenant_ref

case_note = Table(
    "case_note",
    metadata,
    own_id(),
    tenant_ref(),
    Column("case_id", ID, nullable=False),
    Column("ordinal", Integer, nullable=False),  # place on the case, from 1
    Column("author_id", ID, nullable=False),
    Column("written_at", INSTANT, nullable=False),
    Column("key_version", SmallInteger, nullable=False),  # of the case key
    Column("sealed", LargeBinary, nullable=False),  # what was written, under the case key
    Column("shown", LargeBinary, nullable=False),  # masked text and what was found in it, under the display key
    *proof_columns(),
    Index("ix_case_note_case", "case_id", "id"),
    Index("ix_case_note_ordinal", "case_id", "ordinal", unique=True),
    info={"proven": ("tenant_id", "case_id", "ordinal", "author_id", "written_at", "key_version", "sealed", "shown")},
)

contact_change = Table(
    "contact_change",
    metadata,
    own_id(),
    tenant_ref(),
    Column("case_id", ID, nullable=False),
    Column("unit_id", ID, nullable=False),  # of the case when it was put; whose supervisor checks
    Column("requester_id", ID, nullable=False),
    Column("lead", SmallInteger, nullable=False),  # from an agency: the checker says the lawful source
    Column("note_id", ID),  # the note it was found in
    Column("field", String(32), nullable=False),
    Column("ordinal", SmallInteger, nullable=False),  # of the datum it corrects; 0: an additional one
    Column("placed", SmallInteger),  # ordinal it came to stand at
    Column("lawful_source", String(24), nullable=False),  # F-2 code; empty on a lead that nobody checked yet
    Column("key_version", SmallInteger, nullable=False),
    Column("sealed", LargeBinary, nullable=False),  # the proposed value, under the case key
    Column("shown", LargeBinary, nullable=False),  # its widest default mask, under the display key
    Column("replaced", LargeBinary),  # the sealed field that it took the place of
    Column("state", String(12), nullable=False),  # pending | accepted | refused | withdrawn
    Column("asked_at", INSTANT, nullable=False),
    Column("checked_by", ID),
    Column("checked_at", INSTANT),
    Column("reason", String(200), nullable=False),  # why refused; personal data masked
    *proof_columns(),
    Index("ix_contact_change_case", "case_id", "id"),
    Index("ix_contact_change_unit", "unit_id", "state", "id"),
    Index("ix_contact_change_requester", "requester_id", "asked_at"),
    info={
        "proven": (
            "tenant_id",
            "case_id",
            "unit_id",
            "requester_id",
            "lead",
            "note_id",
            "field",
            "ordinal",
            "placed",
            "lawful_source",
            "key_version",
            "sealed",
            "shown",
            "state",
            "asked_at",
            "checked_by",
            "checked_at",
            "reason",
        )
    },
)
