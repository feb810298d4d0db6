"""Exports: what was asked for, who agreed, what file came of it, and on what basis a customer's row may leave.

A request, each decision on it and each basis prove themselves: a file is made only of a request whose newest state and
whose every decision holds. What tracing a leaked fragment needs (`export_file`'s marks, `export_row`, `export_finder`)
names no customer in clear.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    PrimaryKeyConstraint,
    SmallInteger,
    String,
    Table,
    Text,
)

from access.store.schema.base import ID, INSTANT, metadata, own_id, proof_columns, tenant_ref

export_request = Table(
    "export_request",
    metadata,
    own_id(),
    tenant_ref(),
    Column("serial", Integer, nullable=False, unique=True),  # the desk's counter, never given twice; VX-000042
    Column("unit_id", ID, nullable=False),  # whose cases
    Column("asker_id", ID, nullable=False),
    Column("asker_role", String(16), nullable=False),  # whose masks the file has, unless it goes to an agency
    Column("asked_at", INSTANT, nullable=False),
    Column("state", String(12), nullable=False),  # console.desk.exports.states.ExportState
    Column("purpose", String(24), nullable=False),
    Column("words", Text, nullable=False),  # why, in words; personal data masked
    Column("reach", String(10), nullable=False),  # internal | agency | external
    Column("recipient", String(80), nullable=False),  # person or organisation
    Column("agency_id", ID),
    Column("recipient_key", LargeBinary),  # SM2, 64 bytes x || y; none: a bare file, in a demo only
    Column("fields", Text, nullable=False),  # catalogue names, comma separated, in the file's order
    Column("filter", Text, nullable=False),  # JSON, see console.desk.exports.filters
    Column("row_cap", Integer, nullable=False),
    Column("profile", String(12), nullable=False),  # display | analytics
    Column("format", String(8), nullable=False),  # csv | xlsx | pdf
    Column("locked", Integer, nullable=False),  # 1: with a password, which its asker gets by another way
    Column("use_until", INSTANT, nullable=False),
    Column("basis", String(24), nullable=False),  # consent | contract | statute; internal: duty
    Column("assessment", String(48), nullable=False),  # number of the assessment on record; empty inside
    Column("notice", String(16), nullable=False),  # day of report or exemption; empty where none is needed
    Column("template", String(8), nullable=False),  # list | case: one case, a line for each field
    Column("level", Integer, nullable=False),  # 1..4, of the whole
    Column("chain", String(60), nullable=False),  # roles that must agree, in order, comma separated
    Column("ended_at", INSTANT),
    *proof_columns(),
    Index("ix_export_request_asker", "asker_id", "state"),
    Index("ix_export_request_state", "state", "use_until"),
    info={
        "proven": (
            "tenant_id",
            "serial",
            "unit_id",
            "asker_id",
            "asker_role",
            "asked_at",
            "state",
            "purpose",
            "words",
            "reach",
            "recipient",
            "agency_id",
            "recipient_key",
            "fields",
            "filter",
            "row_cap",
            "profile",
            "format",
            "locked",
            "use_until",
            "basis",
            "assessment",
            "notice",
            "template",
            "level",
            "chain",
        )
    },
)

export_decision = Table(
    "export_decision",
    metadata,
    own_id(),
    tenant_ref(),
    Column("export_id", ID, nullable=False),
    Column("place", Integer, nullable=False),  # in the chain, from 1
    Column("role", String(16), nullable=False),
    Column("person_id", ID, nullable=False),
    Column("verdict", String(8), nullable=False),  # approve | refuse
    Column("words", Text, nullable=False),
    Column("at", INSTANT, nullable=False),
    *proof_columns(),
    Index("ix_export_decision_place", "export_id", "place", unique=True),
    info={"proven": ("export_id", "place", "role", "person_id", "verdict", "at")},
)

export_file = Table(
    "export_file",
    metadata,
    own_id(),  # of the request
    tenant_ref(),
    Column("rows", Integer, nullable=False),
    Column("left_out", Integer, nullable=False),  # cases without a basis to leave the house
    Column("size", BigInteger, nullable=False),
    Column("digest", LargeBinary(32), nullable=False),  # SM3 of the file as it leaves
    Column("content", LargeBinary(32), nullable=False),  # SM3 of the marked file inside
    Column("key_version", SmallInteger, nullable=False),  # of the key that the marks were drawn with
    Column("rows_held", LargeBinary, nullable=False),  # numbers of export_row, packed (watermark.rowset)
    Column("carriers", String(40), nullable=False),  # watermark.Carrier values, comma separated
    Column("checked", Integer, nullable=False),  # 1: it has the check column
    Column("sealed", Integer, nullable=False),  # 1: nobody but the recipient opens it
    Column("password", LargeBinary),  # of a locked file, sealed; gone once shown
    Column("made_at", INSTANT, nullable=False),
    Column("released_by", ID),
    Column("released_at", INSTANT),
    Column("expires_at", INSTANT),  # of the released file, when nobody fetched it
    Column("fetched_by", ID),
    Column("fetched_at", INSTANT),
    Column("removed_at", INSTANT),  # from this desk's disk
    *proof_columns(),
    info={
        "proven": (
            "rows",
            "left_out",
            "size",
            "digest",
            "content",
            "key_version",
            "rows_held",
            "carriers",
            "checked",
            "sealed",
            "password",
            "released_by",
            "released_at",
            "expires_at",
            "fetched_by",
            "fetched_at",
            "removed_at",
        )
    },
)

export_row = Table(
    "export_row",
    metadata,
    Column("no", Integer, primary_key=True, autoincrement=False),  # one number a row for ever, in every export
    Column("row_id", ID, nullable=False, unique=True),  # id of the case
    tenant_ref(),
)

export_finder = Table(
    "export_finder",
    metadata,
    Column("hash", LargeBinary(8), nullable=False),  # keyed, over what a file shows of the row
    Column("row_no", Integer, nullable=False),
    tenant_ref(),
    PrimaryKeyConstraint("hash", "row_no"),
    sqlite_with_rowid=False,
)

export_basis = Table(
    "export_basis",
    metadata,
    own_id(),
    tenant_ref(),
    Column("case_id", ID, nullable=False),
    Column("recipient", String(80), nullable=False),
    Column("basis", String(24), nullable=False),  # consent | contract | statute
    Column("reference", String(48), nullable=False),
    Column("valid_until", INSTANT, nullable=False),
    Column("recorded_by", ID, nullable=False),
    *proof_columns(),
    Index("ix_export_basis_case", "case_id", "recipient"),
    info={"proven": ("case_id", "recipient", "basis", "reference", "valid_until", "recorded_by")},
)
