"""What a desk without a desk answers about agencies and until when they are engaged."""

from __future__ import annotations

from access.policy.actions import Action
from console.desk.api import agencies
from console.desk.api.agencies import AgencyView, TermView

NOW = 1_795_329_120_000_000
LONG = "Featherstonehaugh-Smythe"
AGENCY_ACTS = {
    "supervisor": {Action.ACCOUNT_AGENCY_LIST, Action.ACCOUNT_AGENCY_PROPOSE, Action.ACCOUNT_AGENCY_WITHDRAW},
    "security_admin": {Action.ACCOUNT_AGENCY_LIST, Action.ACCOUNT_AGENCY_APPROVE},
    "auditor": {Action.ACCOUNT_AGENCY_LIST},
    "compliance": {Action.ACCOUNT_AGENCY_LIST, Action.ACCOUNT_AGENCY_CHECK},
}
"""Acts of this room, by role."""


def term(number: int, state: str, *, mine: bool = False, own: bool = False) -> TermView:
    """A proposal."""
    return TermView(
        term_id=f"t{number}",
        last_day="2027-11-30",
        state=state,
        proposed_by="李娜",
        proposed_at=NOW,
        checked_by=LONG if state == "checked" else "",
        mine=mine,
        own=own,
        version=number,
    )


def agency(number: int, name: str, last_day: str, days: int | None, wanted: TermView | None = None) -> AgencyView:
    """An agency; number 0: not agreed to yet."""
    return AgencyView(
        unit_id=f"u{number}" if number else "",
        name=name,
        last_day=last_day,
        zone="Asia/Shanghai",
        in_date=days is not None,
        days_left=days,
        wanted=wanted,
    )


AGENCIES = (
    agency(1, "启明外包", "2027-11-20", 362),
    agency(2, LONG, "2026-11-01", None, term(2, "checked", mine=True)),
    agency(3, "华信服务", "", None),
    agency(0, "新程服务", "", None, term(4, "proposed", own=True)),
)


class AgencyAnswers:
    """Mixed into `FakeDesk`; answers by the calls' names."""

    def _ListAgencies(self, _: agencies.ListAgencies) -> agencies.AgencyList:  # noqa: N802 - named after the call
        return agencies.AgencyList(agencies=AGENCIES, may_propose=True)

    def _ProposeTerm(self, request: agencies.ProposeTerm) -> AgencyView:  # noqa: N802
        return agency(0, request.name or "启明外包", "", None, term(5, "proposed", own=True))

    def _DecideTerm(self, request: agencies.DecideTerm) -> AgencyView:  # noqa: N802
        return agency(2, LONG, "2027-11-30" if request.approve else "2026-11-01", 372 if request.approve else None)

    def _WithdrawTerm(self, _: agencies.WithdrawTerm) -> AgencyView:  # noqa: N802
        return agency(0, "新程服务", "", None)
