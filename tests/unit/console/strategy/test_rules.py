"""Rules of a strategy: read whole or not at all, and blind to whatever a mask hides."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.desk.strategy.parsing import parse
from console.desk.strategy.rules import EDGES, Rules, bucket_floor
from console.desk.strategy.states import StrategyState, may_step
from masking.masks.figures import bucket

GOOD = (
    'name = "by age"',
    "",
    "[capacity]",
    "default = 150",
    "A0173 = 20",
    "",
    "[[rule]]",
    'name = "early"',
    "days = [0, 30]",
    "amount = [1000, 50000]",
    'products = ["信用卡"]',
    "rank = 90",
    'channel = "call"',
    "interval_days = 2",
    'to = ["A0173", "A0174"]',
    "take = true",
    "",
    "[[rule]]",
    'name = "rest"',
    'to = "keep"',
)


def rules() -> Rules:
    found, faults = parse(GOOD)
    assert found is not None, faults
    return found


def test_a_whole_text_becomes_rules() -> None:
    found = rules()
    assert (found.name, found.default, found.capacity, found.asks_products) == ("by age", 150, {"A0173": 20}, True)
    assert found.staff == {"A0173", "A0174"}
    assert (found.most("A0173", 300), found.most("A0999", 300)) == (20, 150)
    early = found.rule_for(30, 1_000_00, ("信用卡",))
    assert early is not None
    assert (early.name, early.rank, early.channel, early.interval_days, early.take) == ("early", 90, "call", 2, True)
    card = ("信用卡",)
    others = ((31, 1_000_00, card), (30, 999_99, card), (30, 50_000_00, card), (3, 1_000_00, ()))
    for days, due, products in others:
        rest = found.rule_for(days, due, products)
        assert rest is not None
        assert rest.name == "rest"


@pytest.mark.clause("S-6-30")
@pytest.mark.parametrize(
    ("line", "text", "fault"),
    [
        (1, "title = 3", (1, "rules.unknown")),
        (4, "default = -1", (4, "rules.bounds")),
        (5, "A0173 = true", (5, "rules.value")),
        (8, 'name = "Early One"', (8, "rules.code")),
        (9, "days = [30, 1]", (9, "rules.span")),
        (9, "days = 3", (9, "rules.span")),
        (10, "amount = [1000, 1234]", (10, "rules.edges")),
        (11, 'products = ["13800138000"]', (11, "rules.name")),
        (12, "rank = 100", (12, "rules.bounds")),
        (12, 'rank = "high"', (12, "rules.value")),
        (13, 'channel = "pigeon"', (13, "rules.one_of")),
        (14, "interval_days = 1000", (14, "rules.bounds")),
        (15, 'to = "somebody"', (15, "rules.one_of")),
        (15, "to = []", (15, "rules.value")),
        (15, 'to = ["team"]', (15, "rules.staff")),
        (16, 'take = "yes"', (16, "rules.value")),
        (19, 'name = "early"', (19, "rules.twice")),
        (20, "colour = 1", (20, "rules.unknown")),
        (9, "days = [", (None, "rules.not_toml")),
    ],
)
def test_a_fault_is_named_by_its_line_and_nothing_is_taken(line: int, text: str, fault: tuple[int | None, str]) -> None:
    lines = list(GOOD)
    lines[line - 1] = text
    found, faults = parse(lines)
    assert found is None
    assert any(one.code == fault[1] and fault[0] in {None, one.line} for one in faults), faults


@pytest.mark.clause("S-6-30")
def test_every_fault_is_named_at_once() -> None:
    lines = list(GOOD)
    lines[8], lines[11], lines[18] = "days = [9]  # from", "rank = -1", 'name = "early"'
    _, faults = parse(lines)
    assert [(one.line, one.code) for one in faults] == [(12, "rules.bounds")]
    lines[11], lines[13] = "rank = 1", "interval_days = 91"
    lines[14] = "to = 3"
    assert [one.line for one in parse(lines)[1]] == [14, 15]


def test_a_rule_that_no_case_comes_to_is_a_fault() -> None:
    early = GOOD[6:16]
    rest = GOOD[17:]
    found, faults = parse((*GOOD[:6], *rest, *early))
    assert found is None
    assert [(one.line, one.code, one.what) for one in faults] == [(10, "rules.unreached", "early")]


def test_what_is_personal_is_not_repeated() -> None:
    _, faults = parse(("name = 'x'", "[[rule]]", 'name = "a"', "13800138000 = 1"))
    assert "13800138000" not in repr(faults)
    found, faults = parse((*GOOD, "# 张三 13800138000 先办"))
    assert found is None
    assert [(one.line, one.code, one.what) for one in faults] == [(21, "rules.personal", "")]
    assert parse((*GOOD, "# 先办新案 first the new ones"))[0] is not None


@pytest.mark.parametrize(
    "lines", [(), ("",), ("name = 'x'",), ("rule = 3",), ("x" * 201,), ("",) * 401, ("[[rule]]",) * 60]
)
def test_what_is_no_strategy_is_none(lines: tuple[str, ...]) -> None:
    found, faults = parse(lines)
    assert found is None
    assert faults


@given(st.lists(st.text(max_size=40), max_size=12))
def test_any_text_is_answered(lines: list[str]) -> None:
    found, faults = parse(lines)
    assert (found is None) is bool(faults)


@pytest.mark.clause("design-4", "C-5.4d-1")
@given(st.integers(0, 40_000_000), st.integers(0, 40_000_000), st.integers(0, 400))
def test_two_amounts_of_one_bucket_are_the_same_to_every_rule(one: int, other: int, days: int) -> None:
    """Where a mask shows a bucket only, neither hand nor order says more."""
    found = rules()
    if bucket(f"{one / 100:.2f}") == bucket(f"{other / 100:.2f}"):
        assert bucket_floor(one) == bucket_floor(other)
        assert found.rule_for(days, one, ("信用卡",)) is found.rule_for(days, other, ("信用卡",))
    else:
        assert bucket_floor(one) != bucket_floor(other)


def test_edges_are_those_of_the_mask() -> None:
    assert [bucket_floor(edge * 100) for edge in EDGES] == [0, 1_000, 10_000, 50_000, 50_000]
    assert bucket_floor(200_000_01) == 200_000


@pytest.mark.clause("S-4.6")
def test_only_the_steps_of_the_requirements_are_taken() -> None:
    forward = ("draft", "dry_run", "reviewed", "approved", "live", "retired")
    for before, after in pairwise(forward):
        assert may_step(before, StrategyState(after))
    for state in StrategyState:
        assert not may_step("rolled_back", state)
        assert not may_step("refused", state)
        assert not may_step("nonsense", state)
        assert may_step(state, StrategyState.LIVE) is (state in {StrategyState.APPROVED, StrategyState.RETIRED})
