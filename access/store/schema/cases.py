"""Case files: one debtor of one creditor, with accounts, sealed fields and the index for exact search.

A case row is visible once its import batch is published; until then nothing lists, opens or finds it.

An account's figures carry no proof: they open and allow nothing, and a lender's next file tells them afresh. Nor does a
blind entry: it names a case that whoever searches must reach by proven rows anyway. A sealed field proves itself.
"""

from __future__ import annotations

from sqlalchemy import (
    Column,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Table,
    Text,
    text,
)

from access.store.schema.base import ID, INSTANT, MINOR, metadata, own_id, proof_columns, tenant_ref

case_file = Table(
    "case_file",
    metadata,
    own_id(),
    tenant_ref(),
    Column("number", String(24), nullable=False),  # C-2026-0018841: tenant's counter
    Column("batch_id", ID, nullable=False),
    Column("debtor", LargeBinary(16)),  # blind entry of the ID number; none: merged with nobody
    Column("unit_id", ID, nullable=False),
    Column("agency_id", ID),
    Column("assignee_id", ID),
    Column("state", SmallInteger, nullable=False),  # console.desk.cases.states.CaseState; < 50 is workable
    Column("priority", Integer, nullable=False),  # console.desk.work.order: band, rank, days in one number
    Column("days_past_due", Integer, nullable=False),
    Column("due", MINOR, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("accounts", Integer, nullable=False),
    Column("last_result", String(32), nullable=False),
    Column("hold", String(24)),  # access.policy.holds.HoldReason in force, the strongest; none: may be contacted
    Column("next_at", INSTANT),  # agreed or planned next contact
    Column("rest_until", INSTANT),  # worked; comes up again then
    Column("wake_at", INSTANT),  # when its place in the queue changes by itself
    Column("rank", SmallInteger),  # strategy's order inside a band, 0..99; none is 0
    Column("zone", String(40), nullable=False),
    Column("key_version", Integer, nullable=False),
    Column("wrapped_key", LargeBinary),  # none after the case was shredded
    Column("display", LargeBinary, nullable=False),  # sealed blob of widest default masks
    Column("barred", Text),  # ids of people kept from it by an interest, joined by commas; none for nobody
    *proof_columns(),
    Index("ix_case_file_number", "tenant_id", "number", unique=True),
    Index(
        "ix_case_file_queue",
        "assignee_id",
        text("priority DESC"),
        "id",
        sqlite_where=text("state < 50 AND assignee_id IS NOT NULL"),
        postgresql_where=text("state < 50 AND assignee_id IS NOT NULL"),
    ),
    Index(
        "ix_case_file_pool",
        "unit_id",
        text("priority DESC"),
        "id",
        "batch_id",
        sqlite_where=text("state < 50 AND assignee_id IS NULL"),
        postgresql_where=text("state < 50 AND assignee_id IS NULL"),
    ),
    Index(
        "ix_case_file_team",
        "unit_id",
        text("priority DESC"),
        "id",
        sqlite_where=text("state < 50 AND assignee_id IS NOT NULL"),
        postgresql_where=text("state < 50 AND assignee_id IS NOT NULL"),
    ),
    Index(
        "ix_case_file_wake",
        "wake_at",
        sqlite_where=text("wake_at IS NOT NULL"),
        postgresql_where=text("wake_at IS NOT NULL"),
    ),
    Index("ix_case_file_batch", "batch_id"),
    Index("ix_case_file_debtor", "debtor"),
    info={"proven": ("tenant_id", "number", "batch_id", "unit_id", "agency_id", "assignee_id", "hold", "barred")},
)

account = Table(
    "account",
    metadata,
    own_id(),
    tenant_ref(),
    Column("case_id", ID, nullable=False, index=True),
    Column("batch_id", ID, nullable=False),
    Column("bill", LargeBinary(16), nullable=False),  # blind entry of source, loan number and period
    Column("loan", LargeBinary(16), nullable=False),  # blind entry of the loan number, as in blind_entry
    Column("ordinal", SmallInteger, nullable=False),  # of its loan number in case_seals
    Column("loan_tail", String(16), nullable=False),  # widest default mask of the loan number
    Column("bill_period", String(10), nullable=False),
    Column("product", String(60), nullable=False),
    Column("currency", String(3), nullable=False),
    Column("credit_limit", MINOR),
    Column("principal", MINOR),
    Column("interest", MINOR),
    Column("fees", MINOR),
    Column("due", MINOR, nullable=False),
    Column("rate", String(16)),  # Decimal as text, per year
    Column("days_past_due", Integer, nullable=False),
    Column("due_date", String(10)),
    Column("last_paid", MINOR),
    Column("last_paid_on", String(10)),
    Column("state", String(16), nullable=False),  # open | settled | recalled
    Column("row", Integer, nullable=False),  # data row in the lender's file
    Index("ix_account_bill", "bill", "batch_id", unique=True),
)

# One row a case: its fields are written together, by the hundred thousand, and none is ever looked for by itself.
case_seals = Table(
    "case_seals",
    metadata,
    Column("case_id", ID, primary_key=True),
    tenant_ref(),
    Column("version", Integer, nullable=False),  # raised by every change; what is staged tells by it
    Column("seals", LargeBinary, nullable=False),  # masking.case_seals: every field sealed alone under the case's key
)

blind_entry = Table(
    "blind_entry",
    metadata,
    Column("blind", LargeBinary(16), nullable=False),  # keyed over tenant, kind and normalised value
    Column("case_id", ID, nullable=False),
    tenant_ref(),
    PrimaryKeyConstraint("blind", "case_id"),  # which entries a case has stands in its seals
    sqlite_with_rowid=False,
)

repayment = Table(
    "repayment",
    metadata,
    own_id(),
    tenant_ref(),
    Column("case_id", ID, nullable=False, index=True),
    Column("account_id", ID, nullable=False),
    Column("batch_id", ID, nullable=False),
    Column("paid", MINOR, nullable=False),
    Column("paid_on", String(10), nullable=False),
    Column("reference", LargeBinary(16), nullable=False, unique=True),
)

promise = Table(
    "promise",
    metadata,
    own_id(),
    tenant_ref(),
    Column("case_id", ID, nullable=False, index=True),
    Column("amount", MINOR, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("due_on", String(10), nullable=False),
    Column("channel", String(24), nullable=False),
    Column("paid", MINOR, nullable=False),
    Column("state", String(12), nullable=False),  # open | kept | broken | replaced | withdrawn
    Column("made_by", ID, nullable=False),
    Column("made_at", INSTANT, nullable=False),
    Column("ended_by", ID),  # who replaced or withdrew it; none: repayments or the clock
    Column("ended_at", INSTANT),
    Column("reason", String(24)),  # console.desk.api.work.WithdrawReason
    Index("ix_promise_due", "state", "due_on"),
)
