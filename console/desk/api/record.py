"""Who saw what and why: one's own record, the team's, and everybody who saw one customer."""

from __future__ import annotations

from console.desk.api.base import Call, Value


class RecordEntry(Value, frozen=True, kw_only=True):
    """One look or act, from the log. why: reason code of the request or act, else the purpose it was done for.

    creditor: whose case it is; two creditors may both count up to one case number.
    """

    seq: int
    at: int
    staff_no: str
    person: str
    role: str
    action: str
    result: str
    case_id: str
    case_number: str
    creditor: str
    fields: tuple[str, ...]
    why: str
    approval: str


class RecordPage(Value, frozen=True, kw_only=True):
    """Newest first; `cursor` continues towards older. cases: numbers of the cases looked for, for one customer."""

    entries: tuple[RecordEntry, ...]
    cursor: int | None
    cases: tuple[str, ...] = ()


class ReadOwnRecord(Call[RecordPage], frozen=True, kw_only=True, tag="record.own"):
    """What I opened and why; `everything`: all that I did about customers."""

    everything: bool = False
    before: int | None = None


class ReadTeamRecord(Call[RecordPage], frozen=True, kw_only=True, tag="record.team"):
    """What the people of the own team opened and why; person_id: of one of them."""

    person_id: str = ""
    before: int | None = None


class ReadCustomerRecord(Call[RecordPage], frozen=True, kw_only=True, tag="record.customer"):
    """Who saw one customer, found by case number or by a whole value.

    kind: case_number (several between blanks) | mobile | id_number | bank_card | loan_number. reason: complaint |
    data_request | incident | audit. reference: number of the complaint, request or audit it is for.
    """

    kind: str
    value: str
    reason: str
    reference: str
    before: int | None = None
