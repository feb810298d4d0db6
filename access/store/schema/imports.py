"""Lenders' sources and the batches they sent."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
)

from access.store.schema.base import ID, INSTANT, MINOR, metadata, own_id, proof_columns, tenant_ref

source = Table(
    "source",
    metadata,
    own_id(),
    tenant_ref(),
    Column("name", String(64), nullable=False, unique=True),
    Column("unit_id", ID, nullable=False),  # the team whose pool new cases enter
    Column("mapping", Text, nullable=False),  # JSON: column header -> catalogue field, saved from the last good file
    Column("state", String(16), nullable=False),  # proposed | registered | retired
    Column("proposed_by", ID, nullable=False),
    Column("approved_by", ID),
    Column("public_key", LargeBinary),  # SM2, 64 bytes x || y; none: no signed drop
    *proof_columns(),
    info={"proven": ("tenant_id", "name", "unit_id", "state", "proposed_by", "approved_by", "public_key")},
)

import_batch = Table(
    "import_batch",
    metadata,
    own_id(),
    tenant_ref(),
    Column("source_id", ID, nullable=False),
    Column("kind", String(16), nullable=False),  # cases | repayments | recalls
    Column("file_name", String(200), nullable=False),  # personal data masked
    Column("file_digest", LargeBinary(32), nullable=False),  # SM3
    Column("file_size", BigInteger, nullable=False),
    Column("state", String(16), nullable=False),  # staging | waiting | published | refused | quarantined | abandoned
    Column("staged_rows", Integer, nullable=False),
    Column("good_rows", Integer, nullable=False),
    Column("bad_rows", Integer, nullable=False),
    Column("new_cases", Integer, nullable=False),
    Column("new_accounts", Integer, nullable=False),
    Column("changed_accounts", Integer, nullable=False),
    Column("started_by", ID, nullable=False),
    Column("approved_by", ID),
    Column("started_at", INSTANT, nullable=False),
    Column("published_at", INSTANT),
    Column("longest_pause", BigInteger, nullable=False),  # microseconds other writers waited at most
    *proof_columns(),
    info={"proven": ("tenant_id", "source_id", "kind", "file_digest", "state", "started_by", "approved_by")},
)

import_reject = Table(
    "import_reject",
    metadata,
    Column("batch_id", ID, primary_key=True),
    Column("number", Integer, primary_key=True),  # running number inside the batch
    tenant_ref(),
    Column("row", Integer, nullable=False),  # data row, counted from 1; 0 for the file as a whole
    Column("column", String(80), nullable=False),
    Column("code", String(48), nullable=False),
    Column("hint", String(200), nullable=False),  # masked, for the reject report
)

staged_change = Table(
    "staged_change",
    metadata,
    own_id(),
    tenant_ref(),
    Column("batch_id", ID, nullable=False),
    Column("case_id", ID, nullable=False),
    Column("account_id", ID, nullable=False),
    Column("kind", String(16), nullable=False),  # figures | repayment | recall
    Column("principal", MINOR),
    Column("interest", MINOR),
    Column("fees", MINOR),
    Column("due", MINOR),
    Column("days_past_due", Integer),
    Column("paid", MINOR),
    Column("paid_on", String(10)),
    Column("reference", LargeBinary(16)),  # blind entry of the lender's payment reference
    Column("row", Integer, nullable=False),  # data row in the lender's file
    Index("ix_staged_change_batch", "batch_id", "account_id"),
)

# What a batch brings to cases that are already on the desk waits here until the batch is published, so that
# nobody finds or opens it before. New cases need no such room: their own rows are invisible.
staged_blind = Table(
    "staged_blind",
    metadata,
    Column("batch_id", ID, nullable=False),
    Column("blind", LargeBinary(16), nullable=False),
    Column("case_id", ID, nullable=False),
    tenant_ref(),
    PrimaryKeyConstraint("batch_id", "blind", "case_id"),
    sqlite_with_rowid=False,
)

staged_case = Table(
    "staged_case",
    metadata,
    Column("batch_id", ID, nullable=False),
    Column("case_id", ID, nullable=False),
    tenant_ref(),
    Column("seen", LargeBinary, nullable=False),  # the display blob this was made from; another by now: overtaken
    Column("seen_version", Integer, nullable=False),  # the same of case_seals
    Column("display", LargeBinary, nullable=False),
    Column("seals", LargeBinary, nullable=False),
    PrimaryKeyConstraint("batch_id", "case_id"),
)
