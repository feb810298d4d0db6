"""What a desk without a desk answers about handing cases out, interests and strategies."""

from __future__ import annotations

from typing import Any

from access.policy.actions import Action
from console.desk.api import assign, strategy
from console.desk.api.base import Done

NOW = 1_795_329_120_000_000
MINUTE = 60_000_000
LONG = "Featherstonehaugh-Smythe"
_READ = {Action.STRATEGY_EDITION_READ}
STRATEGY_ACTS = {
    "agent": {Action.CASE_INTEREST_DECLARE},
    "supervisor": _READ
    | {
        Action.CASE_ASSIGNMENT_BULK,
        Action.CASE_CAPACITY_SET,
        Action.CASE_INTEREST_DECLARE,
        Action.CASE_INTEREST_LIFT,
        Action.CASE_INTEREST_LIST,
        Action.STRATEGY_EDITION_APPLY,
        Action.STRATEGY_EDITION_DRY_RUN,
        Action.STRATEGY_EDITION_PROPOSE,
        Action.STRATEGY_EDITION_ROLL_BACK,
    },
    "security_admin": _READ | {Action.STRATEGY_EDITION_APPROVE},
    "auditor": _READ,
}
"""Acts of these rooms, by role."""

LINES = ('name = "early first"', "", "[[rule]]", 'name = "early"', "days = [0, 30]", "rank = 90", 'to = "team"')
LOADS = (
    assign.Load(person_id="p1", staff_no="A0173", name="张伟", open=120, gets=10, most=150, own_most=True),
    assign.Load(person_id="p6", staff_no="A0174", name="欧阳娜娜", open=150, gives=12, most=150),
    assign.Load(
        person_id="p7",
        staff_no="A0175",
        name=LONG,
        open=99,
        gets=2,
        most=90,
        unfit="assign.away",
        until=NOW + 3 * 1440 * MINUTE,
    ),
)
MOVES = tuple(
    assign.Move(
        case_id=f"case-{number}",
        number=f"C-2026-{number:07d}",
        days_past_due=number,
        giver="欧阳娜娜" if number % 2 else "",
        taker=LONG if number % 3 else "张伟",
        rule="early",
    )
    for number in range(1, 30)
)
REFUSED = (
    assign.Refused(code="assign.interest", clause="§4.6", count=1, number="C-2026-0000099", giver="张伟"),
    assign.Refused(code="assign.full", clause="S-6-12", count=37),
)
PASSED = (
    assign.Passed(staff_no="A0174", name="欧阳娜娜", code="assign.untrained"),
    assign.Passed(staff_no="A0175", name=LONG, code="assign.away", until=NOW + 3 * 1440 * MINUTE),
    assign.Passed(staff_no="A0173", name="张伟", code="assign.full", cases=37),
)


def edition(number: int, state: str, **changes: Any) -> strategy.Edition:
    """One edition."""
    made: dict[str, Any] = {
        "strategy_id": f"s{number}",
        "edition": number,
        "name": "early first" if number % 2 else "按逾期天数与金额档分给全组的长名字策略",
        "unit": "一组",
        "state": state,
        "rules": 2,
        "limits": state == "reviewed",
        "made_by": "李娜",
        "made_at": NOW,
        "reviewed_by": LONG if state not in {"draft", "dry_run"} else "",
        "approved_by": "何洁" if state in {"approved", "live", "retired"} else "",
        "started_at": None,
        "version": number,
        "to_undo": 1200 if state == "rolled_back" else 0,
    }
    return strategy.Edition(**made | changes)


STATES = ("retired", "live", "dry_run", "reviewed", "approved", "draft", "rolled_back", "refused")
EDITIONS = tuple(reversed([edition(number, state) for number, state in enumerate(STATES, 1)]))
RUN = strategy.DryRun(
    count=1234,
    ranked=5678,
    waiting=9,
    rules=(
        strategy.RuleCount(rule="early", cases=4000, moves=1200),
        strategy.RuleCount(rule="late", cases=9, moves=34),
    ),
    people=LOADS,
    moves=MOVES,
    refused=REFUSED,
    passed=PASSED,
    at=NOW,
)


class StrategyAnswers:
    """Mixed into `FakeDesk`; answers by the calls' names."""

    def _ListLoads(self, _: assign.ListLoads) -> assign.LoadList:  # noqa: N802 - named after the call
        return assign.LoadList(people=LOADS, pool=321)

    def _SetCapacity(self, _: assign.SetCapacity) -> assign.LoadList:  # noqa: N802
        return assign.LoadList(people=LOADS, pool=321)

    def _PreviewMoves(self, _: assign.PreviewMoves) -> assign.Plan:  # noqa: N802
        return assign.Plan(
            digest="d" * 64, count=29, stays=3, people=LOADS, moves=MOVES, refused=REFUSED, passed=PASSED
        )

    def _MoveCases(self, _: assign.MoveCases) -> assign.Moved:  # noqa: N802
        return assign.Moved(move_id="m1", count=29, undo_until=NOW + 10 * MINUTE)

    def _ListMoves(self, _: assign.ListMoves) -> assign.MoveList:  # noqa: N802
        move = assign.MoveView(
            move_id="m1",
            made_at=NOW,
            made_by=LONG,
            count=29,
            state="done",
            undo_until=NOW + 10 * MINUTE,
            can_undo=True,
            by_strategy=False,
        )
        return assign.MoveList(moves=(move,))

    def _UndoMove(self, _: assign.UndoMove) -> assign.Undone:  # noqa: N802
        return assign.Undone(count=27, kept=2, pooled=1)

    def _DeclareInterest(self, _: assign.DeclareInterest) -> Done:  # noqa: N802
        return Done()

    def _ListInterests(self, _: assign.ListInterests) -> assign.InterestList:  # noqa: N802
        return assign.InterestList(
            interests=tuple(
                assign.Interest(
                    interest_id=f"i{number}",
                    case_id=f"case-{number}",
                    number=f"C-2026-{number:07d}",
                    person=LONG if number else "张伟",
                    staff_no="A0173",
                    kind=("relative", "colleague", "vip")[number],
                    state="lifting" if number else "active",
                    declared_by="李娜",
                    declared_at=NOW,
                    lift_asked_by="赵强" if number else "",
                    version=number + 1,
                )
                for number in range(3)
            )
        )

    def _LiftInterest(self, _: assign.LiftInterest) -> assign.InterestList:  # noqa: N802
        return assign.InterestList(interests=())

    def _ListStrategies(self, _: strategy.ListStrategies) -> strategy.EditionList:  # noqa: N802
        return strategy.EditionList(editions=EDITIONS, run=strategy.Run(state="done", moved=812, waiting=9, at=NOW))

    def _ReadStrategy(self, request: strategy.ReadStrategy) -> strategy.EditionView:  # noqa: N802
        found = next(one for one in EDITIONS if one.strategy_id == request.strategy_id)
        return strategy.EditionView(
            edition=found, lines=LINES, diff=("@@ -1 +1 @@", "-rank = 10", "+rank = 90"), against=2, dry_run=RUN
        )

    def _ProposeStrategy(self, request: strategy.ProposeStrategy) -> strategy.Proposal:  # noqa: N802
        if 'to = "nobody"' in request.lines:
            fault = strategy.RuleFault(line=7, code="rules.one_of", what="keep, pool, team")
            return strategy.Proposal(edition=None, faults=(fault,))
        return strategy.Proposal(edition=edition(9, "draft"), faults=())

    def _TryStrategy(self, _: strategy.TryStrategy) -> strategy.DryRun:  # noqa: N802
        return RUN

    def _DecideStrategy(self, request: strategy.DecideStrategy) -> strategy.Edition:  # noqa: N802
        return edition(3, "approved" if request.approve else "refused")

    def _StartStrategy(self, _: strategy.StartStrategy) -> strategy.Applied:  # noqa: N802
        return strategy.Applied(edition=edition(5, "live"), moved=500, left=734, ranked=5678)

    def _ApplyStrategy(self, _: strategy.ApplyStrategy) -> strategy.Applied:  # noqa: N802
        return strategy.Applied(edition=edition(5, "live"), moved=734, left=0, ranked=0)

    def _RollBackStrategy(self, request: strategy.RollBackStrategy) -> strategy.Applied:  # noqa: N802
        # The first part of three changes the edition's version, as on a desk.
        left = {2: 800, 7: 1200, 12: 400}.get(request.version, 0)
        version = {2: 12, 7: 12}.get(request.version, 13)
        after = edition(int(request.strategy_id[1:]), "rolled_back", version=version, to_undo=left)
        return strategy.Applied(edition=after, moved=390, kept=10, left=left, ranked=40 if request.version == 2 else 0)
