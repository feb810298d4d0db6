"""Special scenes: a number in clear for one contact, filed, agreed to, opened, reported, looked at afterwards."""

from __future__ import annotations

from typing import ClassVar

from console.desk.api.base import Call, Value
from console.desk.api.cases import FieldRef


class FilingStep(Value, frozen=True, kw_only=True):
    """What one of the chain said. verdict: approve | refuse."""

    role: str
    person: str
    verdict: str
    words: str
    at: int


class SpecialFiling(Value, frozen=True, kw_only=True):
    """One filing; never the number itself.

    Attributes:
        filing_id, number, case_id, case_number: the filing and its case.
        field: which of the case's numbers. masked: as the viewer may see it; `@none` for not at all.
        third: another person's than the debtor's.
        scenario, words, minutes: what for, why, how long (`console.desk.special.states.Scenario`).
        state: of `console.desk.special.states.FilingState`.
        asker, staff_no: who filed it. chain: roles that must agree, in order. steps: what they said.
        wait_until, open_by, opened_at, ends_at, review_by: microseconds UTC.
        outcome, report: what the asker says came of it (`console.desk.special.states.Report`); empty: nothing yet.
        reviewer, review: who looked at it afterwards, and what they said.
        overdue: it should have been looked at by now.
        may: what the viewer may do with it now: approve, refuse, withdraw, open, end, report, review.
    """

    filing_id: str
    number: str
    case_id: str
    case_number: str
    field: FieldRef
    masked: str
    third: bool
    scenario: str
    words: str
    minutes: int
    state: str
    filed_at: int
    asker: str
    staff_no: str
    chain: tuple[str, ...]
    steps: tuple[FilingStep, ...]
    wait_until: int
    open_by: int | None
    opened_at: int | None
    ends_at: int | None
    outcome: str
    report: str
    review_by: int | None
    reviewer: str
    review: str
    overdue: bool
    may: tuple[str, ...]
    version: int


class SpecialList(Value, frozen=True, kw_only=True):
    """Newest first. blocked: one of the viewer's own was not looked at in time, so they file nothing more."""

    filings: tuple[SpecialFiling, ...]
    blocked: bool


class ListSpecials(Call[SpecialList], frozen=True, kw_only=True, tag="special.list"):
    """Filings that the person may know of. todo: only those that wait for the person."""

    todo: bool = False


class ReadSpecial(Call[SpecialFiling], frozen=True, kw_only=True, tag="special.read"):
    """One filing. filing_id: id, or number as `S-00000001`."""

    filing_id: str


class SpecialOption(Value, frozen=True, kw_only=True):
    """A number that may be filed for: masked for the viewer, longest time in minutes, who must agree."""

    field: FieldRef
    masked: str
    minutes: int
    chain: tuple[str, ...]


class SpecialOptions(Value, frozen=True, kw_only=True):
    """What can be filed on a case, and for which scenes."""

    case_id: str
    number: str
    options: tuple[SpecialOption, ...]
    scenarios: tuple[str, ...]


class ReadSpecialOptions(Call[SpecialOptions], frozen=True, kw_only=True, tag="special.options"):
    """For a form. case_id: id or number."""

    case_id: str


class FileSpecial(Call[SpecialFiling], frozen=True, kw_only=True, tag="special.file"):
    """File for one number of a case. case_id: id or number. minutes: 0 for the longest allowed."""

    writes: ClassVar[bool] = True
    case_id: str
    field: FieldRef
    scenario: str
    words: str
    minutes: int = 0


class DecideSpecial(Call[SpecialFiling], frozen=True, kw_only=True, tag="special.decide"):
    """Agree to a filing as it was seen, or refuse it saying why."""

    writes: ClassVar[bool] = True
    filing_id: str
    version: int
    approve: bool
    words: str = ""


class WithdrawSpecial(Call[SpecialFiling], frozen=True, kw_only=True, tag="special.withdraw"):
    """Take back an own filing that was not opened."""

    writes: ClassVar[bool] = True
    filing_id: str


class SpecialNumber(Value, frozen=True, kw_only=True):
    """The number in clear, until `ends_at` by the desk's clock, which reads `now`; microseconds UTC."""

    field: FieldRef
    value: str
    ends_at: int
    now: int


class OpenSpecial(Call[SpecialNumber], frozen=True, kw_only=True, tag="special.open"):
    """See the number: the first time its minutes begin, and only this session sees it."""

    filing_id: str


class EndSpecial(Call[SpecialFiling], frozen=True, kw_only=True, tag="special.end"):
    """Give an own one back, or take somebody's away."""

    writes: ClassVar[bool] = True
    filing_id: str


class ReportSpecial(Call[SpecialFiling], frozen=True, kw_only=True, tag="special.report"):
    """Say what came of it; one that is still open is given back by that."""

    writes: ClassVar[bool] = True
    filing_id: str
    outcome: str
    words: str


class ReviewSpecial(Call[SpecialFiling], frozen=True, kw_only=True, tag="special.review"):
    """Look at one that is over: cleared, or handed on as an incident."""

    writes: ClassVar[bool] = True
    filing_id: str
    version: int
    cleared: bool
    words: str
