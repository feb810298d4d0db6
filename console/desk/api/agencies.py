"""Agencies that may do the creditor's work, until when, and what somebody is still to agree to."""

from __future__ import annotations

from typing import ClassVar

from console.desk.api.base import Call, Value


class TermView(Value, frozen=True, kw_only=True):
    """An engagement that is wanted.

    Attributes:
        term_id, version: the proposal, and as it was seen.
        last_day: ISO; the last on which the agency may work.
        state: of `access.people.agencies.TermState`.
        proposed_by, checked_by: names; the second empty until compliance agreed.
        proposed_at: microseconds UTC.
        mine: the viewer could take the step whose turn it is. own: the viewer proposed it and may take it back.
    """

    term_id: str
    last_day: str
    state: str
    proposed_by: str
    proposed_at: int
    checked_by: str
    mine: bool
    own: bool
    version: int


class AgencyView(Value, frozen=True, kw_only=True):
    """An agency.

    Attributes:
        unit_id: empty for one that is not agreed to yet.
        name: its name.
        last_day: ISO; the last day of its engagement, empty where nobody put one on the books.
        zone: IANA; where that day is counted.
        in_date: whether its cases may be contacted now.
        days_left: whole days after today until the last one, none where it is not in date.
        wanted: what is proposed and not decided yet.
    """

    unit_id: str
    name: str
    last_day: str
    zone: str
    in_date: bool
    days_left: int | None
    wanted: TermView | None


class AgencyList(Value, frozen=True, kw_only=True):
    """By name. may_propose: the viewer could propose a new one."""

    agencies: tuple[AgencyView, ...]
    may_propose: bool


class ListAgencies(Call[AgencyList], frozen=True, kw_only=True, tag="agency.list"):
    """Every agency, and those that are proposed."""


class ProposeTerm(Call[AgencyView], frozen=True, kw_only=True, tag="agency.propose"):
    """Propose until when an agency is engaged. unit_id: which; empty for a new one of that name. last_day: ISO."""

    writes: ClassVar[bool] = True
    last_day: str
    unit_id: str = ""
    name: str = ""


class DecideTerm(Call[AgencyView], frozen=True, kw_only=True, tag="agency.decide"):
    """Take the step whose turn it is: compliance agrees first, then the security admin. version: as seen."""

    writes: ClassVar[bool] = True
    term_id: str
    version: int
    approve: bool


class WithdrawTerm(Call[AgencyView], frozen=True, kw_only=True, tag="agency.withdraw"):
    """Take an own proposal back that is not decided yet."""

    writes: ClassVar[bool] = True
    term_id: str
