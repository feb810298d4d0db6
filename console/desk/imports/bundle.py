"""What travels between the reading side of an import and the writing side: questions, answers, sealed rows.

Everything is MessagePack of flat tuples in the column order of the tables, so that a chunk goes from the worker's pipe
into `executemany` without being taken apart. No plain value of a customer is among it.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from console.desk.imports.faults import Fault

Row = list[Any]

CASE_COLUMNS: Final = (
    "id", "tenant_id", "batch_id", "debtor", "unit_id", "agency_id", "assignee_id", "state", "priority",
    "days_past_due", "due", "currency", "accounts", "last_result", "next_at", "zone", "key_version", "wrapped_key",
    "display", "version", "event_id", "number", "proof",
)  # fmt: skip
"""The worker leaves out the last two, which the writer adds."""

ACCOUNT_COLUMNS: Final = (
    "id", "tenant_id", "case_id", "batch_id", "bill", "loan", "ordinal", "loan_tail", "bill_period", "product",
    "currency", "credit_limit", "principal", "interest", "fees", "due", "rate", "days_past_due", "due_date",
    "last_paid", "last_paid_on", "state", "row",
)  # fmt: skip
SEALS_COLUMNS: Final = ("case_id", "tenant_id", "version", "seals")
STAGED_COLUMNS: Final = ("case_id", "tenant_id", "seen", "seen_version", "display", "seals")
BLIND_COLUMNS: Final = ("blind", "case_id", "tenant_id")
CHANGE_COLUMNS: Final = (
    "id", "tenant_id", "batch_id", "case_id", "account_id", "kind", "principal", "interest", "fees", "due",
    "days_past_due", "paid", "paid_on", "reference", "row",
)  # fmt: skip


class Question(msgspec.Struct, tag="question", array_like=True):
    """Which of these are known? Blind entries only.

    Attributes:
        debtors: Of ID number and name.
        bills: Of loan number and bill period.
        loans: Of loan numbers whose period the file does not say.
        references: Of lenders' payment references; where there are any, the bills' payments are told.
        chunk: Which chunk of the file asks, from 0.
    """

    debtors: list[bytes]
    bills: list[bytes]
    loans: list[bytes] = msgspec.field(default_factory=list)
    references: list[bytes] = msgspec.field(default_factory=list)
    chunk: int = 0


class KnownCase(msgspec.Struct, array_like=True):
    """A case that exists already, on the desk or earlier in this batch.

    Attributes:
        case_id: Its id.
        own: It belongs to this batch and is still invisible.
        wrapped_key: Its data key under the KEK.
        seals: Its sealed fields, `masking.case_seals`; what this batch adds already is among them.
        masks: Its display blob, opened: slot to mask.
        seen: The display blob as it stands on the desk.
        seen_version: Version of its seals on the desk.
        currency: Of its amount.
    """

    case_id: str
    own: bool
    wrapped_key: bytes
    seals: bytes
    masks: dict[str, str]
    seen: bytes
    seen_version: int
    currency: str


class Payment(msgspec.Struct, array_like=True):
    """A payment that an account has already.

    Attributes:
        reference: Blind entry it was booked under.
        paid: Minor units.
        paid_on: ISO date.
        row: Data row of this file that brought it, 0 for one on the desk.
    """

    reference: bytes
    paid: int
    paid_on: str
    row: int = 0


class KnownBill(msgspec.Struct, array_like=True):
    """A loan's bill that is known already.

    Attributes:
        account_id: The account.
        case_id: Its case.
        debtor: The case's debtor entry.
        own: It stands earlier in this file, in data row `row`.
        row: Data row it came from.
        state: open, settled or recalled.
        currency: Of its amounts and of its case's; `USD/CNY` where these are two, and then nothing is booked on it.
        staged: Data row of this file that changes it already, 0 for none.
        payments: What was paid for it, this file's earlier rows among it; told of repayments alone.
    """

    account_id: str
    case_id: str
    debtor: bytes | None
    own: bool
    row: int
    state: str
    currency: str
    staged: int = 0
    payments: list[Payment] = msgspec.field(default_factory=list)


class Answer(msgspec.Struct, tag="answer", array_like=True):
    """What is known of a question, by blind entry."""

    cases: dict[bytes, KnownCase]
    bills: dict[bytes, list[KnownBill]]


class Growth(msgspec.Struct, array_like=True):
    """What a chunk adds to a case of the same batch that an earlier chunk wrote; `display` and `seals` replace its."""

    case_id: str
    accounts: int
    due: int
    days_past_due: int
    display: bytes
    seals: bytes


class Bundle(msgspec.Struct, tag="bundle", array_like=True):
    """One chunk, sealed and ready to be written.

    Attributes:
        cases: New cases, in `CASE_COLUMNS` but for the last two.
        accounts: New accounts, in `ACCOUNT_COLUMNS`.
        seals: Sealed fields of new cases, in `SEALS_COLUMNS`.
        blinds: Blind entries of cases of this batch, in `BLIND_COLUMNS`.
        grown: Additions to cases of this batch from earlier chunks.
        added: What cases on the desk will hold, in `STAGED_COLUMNS`.
        added_blinds: Blind entries for cases on the desk, in `BLIND_COLUMNS`.
        changes: Staged changes, in `CHANGE_COLUMNS`.
        faults: What is wrong with rows of this chunk.
        good: Rows taken. bad: rows refused. known: rows about bills that are on the desk.
        chunk: Which chunk of the file it is, from 0.
        done: Bytes of the file read so far.
        skipped: Rows so far that are no data.
        renewed: Contact data of cases on the desk of which the lender says something new.
    """

    cases: list[Row] = msgspec.field(default_factory=list)
    accounts: list[Row] = msgspec.field(default_factory=list)
    seals: list[Row] = msgspec.field(default_factory=list)
    blinds: list[Row] = msgspec.field(default_factory=list)
    grown: list[Growth] = msgspec.field(default_factory=list)
    added: list[Row] = msgspec.field(default_factory=list)
    added_blinds: list[Row] = msgspec.field(default_factory=list)
    changes: list[Row] = msgspec.field(default_factory=list)
    faults: list[Fault] = msgspec.field(default_factory=list)
    good: int = 0
    bad: int = 0
    known: int = 0
    chunk: int = 0
    done: int = 0
    skipped: int = 0
    renewed: int = 0


class Opened(msgspec.Struct, tag="opened", array_like=True):
    """The file can be read: its size in bytes, its column mapping, headers of bill reference and payment reference."""

    size: int
    mapping: list[tuple[str, str]]
    bill_column: str
    reference_column: str = ""


class Ended(msgspec.Struct, tag="ended", array_like=True):
    """All rows are read, or the file was refused whole (then with its faults)."""

    faults: list[Fault]
    quarantine: bool = False
    failed: str = ""


Message = Question | Bundle | Opened | Ended
encode: Final = msgspec.msgpack.Encoder().encode
decode: Final = msgspec.msgpack.Decoder(Message).decode
decode_answer: Final = msgspec.msgpack.Decoder(Answer | None).decode
