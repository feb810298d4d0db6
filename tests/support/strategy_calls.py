"""Every call of handing cases out, of interests and of strategies, by somebody who knows the ids."""

from __future__ import annotations

from collections.abc import Mapping

from console.desk.api import assign, strategy
from console.desk.api.base import AnyCall

TEXT = (
    'name = "by days past due"',
    "[[rule]]",
    'name = "all"',
    "rank = 30",
    'to = "team"',
)
"""A strategy that holds for every team."""


def strategy_calls(case_id: str, persons: Mapping[str, str], strategy_id: str) -> tuple[AnyCall, ...]:
    """One call of each kind. The interest is about somebody whom no step of a scene rests on."""
    other = persons["wangfang"]
    return (
        assign.ListLoads(),
        assign.SetCapacity(person_id=other, most=50),
        assign.PreviewMoves(case_ids=(case_id,), to_ids=(other,)),
        assign.PreviewMoves(count=10, to_ids=(other,)),
        assign.MoveCases(case_ids=(case_id,), to_ids=(other,), digest="0" * 64),
        assign.ListMoves(),
        assign.UndoMove(),
        assign.UndoMove(move_id="0" * 32),
        assign.DeclareInterest(case_id=case_id, person_id=persons["machao"], kind="vip"),
        assign.ListInterests(),
        assign.LiftInterest(interest_id="0" * 32, version=1),
        strategy.ListStrategies(),
        strategy.ReadStrategy(strategy_id=strategy_id),
        strategy.ProposeStrategy(lines=("name = 3",)),
        strategy.ProposeStrategy(lines=TEXT),
        strategy.TryStrategy(strategy_id=strategy_id),
        strategy.DecideStrategy(strategy_id=strategy_id, version=1, approve=True),
        strategy.StartStrategy(strategy_id=strategy_id, version=1),
        strategy.ApplyStrategy(),
        strategy.RollBackStrategy(strategy_id=strategy_id, version=1),
        strategy.ReadAdvice(case_id=case_id),
    )
