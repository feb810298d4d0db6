"""What a desk without a desk answers about special scenes and visits."""

from __future__ import annotations

from access.policy.actions import Action
from console.desk.api import special, visits
from console.desk.api.cases import FieldRef
from console.desk.api.special import FilingStep, SpecialFiling
from console.desk.api.visits import Visit, Visitor

NOW = 1_795_329_120_000_000
MINUTE = 60_000_000
LONG = "Featherstonehaugh-Smythe"
_LISTS = {Action.SPECIAL_FILING_LIST}
_VISITS = {
    Action.VISIT_PLAN_LIST,
    Action.VISIT_PLAN_MAKE,
    Action.VISIT_PLAN_SET_OUT,
    Action.VISIT_PLAN_WRITE,
    Action.VISIT_PLAN_CANCEL,
}
SCENE_ACTS = {
    "agent": _LISTS | _VISITS | {Action.SPECIAL_FILING_MAKE},
    "supervisor": _LISTS | _VISITS | {Action.SPECIAL_FILING_MAKE, Action.VISIT_PLAN_APPROVE},
    "security_admin": _LISTS,
    "auditor": _LISTS,
    "compliance": _LISTS,
}
"""Acts of this room, by role."""

WORDS = "代理线路自昨日起中断，客户要求今日回电确认还款安排，主管已口头同意按特殊场景处理。"


def filing(number: int, state: str, may: tuple[str, ...], **more: object) -> SpecialFiling:
    """One filing."""
    step = FilingStep(role="supervisor", person=LONG, verdict="approve", words="情况属实", at=NOW)
    made: dict[str, object] = {
        "filing_id": f"f{number}",
        "number": f"S-{number:08d}",
        "case_id": "c1",
        "case_number": "C-2026-0000001",
        "field": FieldRef(name="mobile"),
        "masked": "138****8000",
        "third": False,
        "scenario": "hearing_impaired" if number % 2 else "proxy_failure",
        "words": WORDS,
        "minutes": 30,
        "state": state,
        "filed_at": NOW,
        "asker": LONG if number % 2 else "张伟",
        "staff_no": "A0173",
        "chain": ("supervisor", "security_admin"),
        "steps": (step,) if state != "filed" else (),
        "wait_until": NOW + 60 * MINUTE,
        "open_by": NOW + 60 * MINUTE,
        "opened_at": NOW,
        "ends_at": NOW + 30 * MINUTE,
        "outcome": "reached" if state == "returned" else "",
        "report": WORDS if state == "returned" else "",
        "review_by": NOW if state == "returned" else None,
        "reviewer": "",
        "review": "",
        "overdue": state == "returned",
        "may": may,
        "version": 1,
    }
    return SpecialFiling(**made | more)  # type: ignore[arg-type]


FILINGS = (
    filing(1, "filed", ("approve", "refuse")),
    filing(2, "active", ("open", "end", "report")),
    filing(3, "returned", ("review",)),
)


def visit(number: int, state: str, may: tuple[str, ...]) -> Visit:
    """One visit."""
    return Visit(
        visit_id=f"v{number}",
        case_id="c1",
        case_number="C-2026-0000001",
        field=FieldRef(name="home_address"),
        masked="上海市浦东新区***",
        day="2026-11-24",
        zone="Asia/Shanghai",
        from_at=NOW,
        until_at=NOW + 60 * MINUTE,
        planner="张伟",
        visitors=(Visitor(staff_no="A0173", name="张伟"), Visitor(staff_no="A0174", name=LONG)),
        consent="REC-one",
        state=state,
        decided_by="李娜" if state != "planned" else "",
        words="",
        set_out_at=None,
        result="turned_away" if state == "done" else "",
        went=(),
        ids_shown=False,
        note="",
        may=may,
        version=1,
    )


VISITS = (
    visit(1, "planned", ("approve", "refuse", "cancel")),
    visit(2, "approved", ("set_out", "cancel")),
    visit(3, "under_way", ("write",)),
    visit(4, "done", ()),
)


class SceneAnswers:
    """Mixed into the fake desk."""

    def _ListSpecials(self, _: special.ListSpecials) -> special.SpecialList:  # noqa: N802
        return special.SpecialList(filings=FILINGS, blocked=False)

    def _ReadSpecial(self, request: special.ReadSpecial) -> SpecialFiling:  # noqa: N802
        return next((one for one in FILINGS if one.filing_id == request.filing_id), FILINGS[0])

    def _ReadSpecialOptions(self, request: special.ReadSpecialOptions) -> special.SpecialOptions:  # noqa: N802
        one = special.SpecialOption(
            field=FieldRef(name="mobile"), masked="138****8000", minutes=30, chain=("supervisor", "security_admin")
        )
        scenes = ("proxy_failure", "court_request", "hearing_impaired")
        return special.SpecialOptions(case_id="c1", number=request.case_id, options=(one,), scenarios=scenes)

    def _FileSpecial(self, _: special.FileSpecial) -> SpecialFiling:  # noqa: N802
        return FILINGS[0]

    def _DecideSpecial(self, _: special.DecideSpecial) -> SpecialFiling:  # noqa: N802
        return filing(1, "sup_ok", ())

    def _WithdrawSpecial(self, _: special.WithdrawSpecial) -> SpecialFiling:  # noqa: N802
        return filing(1, "withdrawn", ())

    def _OpenSpecial(self, _: special.OpenSpecial) -> special.SpecialNumber:  # noqa: N802
        return special.SpecialNumber(
            field=FieldRef(name="mobile"), value="13800138000", ends_at=NOW + 5 * MINUTE, now=NOW
        )

    def _EndSpecial(self, _: special.EndSpecial) -> SpecialFiling:  # noqa: N802
        return filing(2, "returned", ())

    def _ReportSpecial(self, _: special.ReportSpecial) -> SpecialFiling:  # noqa: N802
        return filing(2, "returned", ())

    def _ReviewSpecial(self, _: special.ReviewSpecial) -> SpecialFiling:  # noqa: N802
        return filing(3, "cleared", ())

    def _ListVisits(self, _: visits.ListVisits) -> visits.VisitList:  # noqa: N802
        return visits.VisitList(visits=VISITS)

    def _PlanVisit(self, _: visits.PlanVisit) -> Visit:  # noqa: N802
        return VISITS[0]

    def _DecideVisit(self, _: visits.DecideVisit) -> Visit:  # noqa: N802
        return VISITS[1]

    def _CancelVisit(self, _: visits.CancelVisit) -> Visit:  # noqa: N802
        return visit(1, "cancelled", ())

    def _SetOut(self, _: visits.SetOut) -> Visit:  # noqa: N802
        return VISITS[2]

    def _WriteVisit(self, _: visits.WriteVisit) -> Visit:  # noqa: N802
        return VISITS[3]
