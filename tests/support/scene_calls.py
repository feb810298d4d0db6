"""Every call of special scenes and of visits, by somebody who knows the ids."""

from __future__ import annotations

from console.desk.api import special, visits
from console.desk.api.base import AnyCall
from console.desk.api.cases import FieldRef

WORDS = "线路中断，客户要求当日回电"


def scene_calls(case_id: str, filing_id: str, visit_id: str) -> tuple[AnyCall, ...]:
    """One call of each kind."""
    return (
        special.ListSpecials(),
        special.ReadSpecial(filing_id=filing_id),
        special.ReadSpecialOptions(case_id=case_id),
        special.FileSpecial(
            case_id=case_id, field=FieldRef(name="mobile"), scenario="proxy_failure", words=WORDS, minutes=5
        ),
        special.DecideSpecial(filing_id=filing_id, version=1, approve=False, words=WORDS),
        special.WithdrawSpecial(filing_id=filing_id),
        special.OpenSpecial(filing_id=filing_id),
        special.EndSpecial(filing_id=filing_id),
        special.ReportSpecial(filing_id=filing_id, outcome="reached", words=WORDS),
        special.ReviewSpecial(filing_id=filing_id, version=1, cleared=True, words=WORDS),
        visits.ListVisits(),
        visits.PlanVisit(
            case_id=case_id,
            field=FieldRef(name="home_address"),
            day="2026-11-20",
            from_minute=600,
            until_minute=660,
            visitors=("A0173", "A0174"),
        ),
        visits.DecideVisit(visit_id=visit_id, version=1, approve=False, words=WORDS),
        visits.CancelVisit(visit_id=visit_id, words=WORDS),
        visits.SetOut(visit_id=visit_id),
        visits.WriteVisit(visit_id=visit_id, result="met", went=("A0173", "A0174"), ids_shown=True),
    )
