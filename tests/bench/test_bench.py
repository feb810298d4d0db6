"""The benchmarks run whole at small sizes, and every figure stands beside a floor; no machine's speed is asserted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from console.bench import imports, log, queue, sessions
from console.bench.desks import OWN
from console.bench.measure import Figure, figure, interleave
from console.cli import main
from console.cli.exits import Exit


def whole(figures: list[Figure]) -> bool:
    return all(one.value > 0 and one.floor > 0 and one.ratio == pytest.approx(one.value / one.floor) for one in figures)


def test_contenders_take_turns_and_medians_are_taken() -> None:
    order: list[str] = []
    numbers = {"a": iter([1.0, 9.0, 2.0]), "b": iter([5.0, 5.0, 50.0])}

    def contender(name: str) -> float:
        order.append(name)
        return next(numbers[name])

    medians = interleave(3, {name: lambda name=name: contender(name) for name in numbers})  # type: ignore[misc]
    assert medians == {"a": 2.0, "b": 5.0}
    assert order == ["a", "b", "b", "a", "a", "b"]


def test_a_figure_names_value_floor_and_peers() -> None:
    one = figure("x", "us", {"desk": 3.0, "bare": 2.0, "other": 7.0}, value="desk", floor="bare", rounds=1, scale=10)
    assert (one.value, one.floor, one.ratio, one.peers) == (30.0, 20.0, 1.5, {"other": 70.0})


@pytest.mark.slow
@pytest.mark.clause("issue-2")
def test_the_log(tmp_path: Path) -> None:
    figures = list(log.run(tmp_path, rounds=1, events=60, verified=2000))
    assert [one.name.split(",")[0] for one in figures] == ["log append"] * 3 + ["log verify"]
    assert whole(figures)
    assert "gmssl SM3 of the bodies" in figures[-1].peers


@pytest.mark.slow
@pytest.mark.clause("issue-2")
async def test_the_import(tmp_path: Path) -> None:
    (one,) = await imports.run(tmp_path, rounds=1, cases=300, told=lambda _: None)
    assert whole([one])
    assert one.unit == "cases/s"
    assert [name for name, value in one.peers.items() if value <= 0] == []
    assert {name.partition(",")[0] for name in one.peers} == {
        "longest pause of other writers",
        "longest wait of another writer",
        "peak memory of the desk and its workers",
        "peak memory of the desk and its workers at 75 cases",
    }


@pytest.mark.slow
@pytest.mark.clause("issue-2")
async def test_the_queue(tmp_path: Path) -> None:
    sizes = {"small": OWN + 100, "large": 2 * OWN}
    figures = await queue.run(tmp_path, rounds=3, told=lambda _: None, **sizes)
    assert whole(figures)
    assert figures[-1].name == "queue page at 2000 beside 1100 cases"
    again = await queue.run(tmp_path, rounds=3, told=lambda _: None, **sizes)
    assert whole(again), "filled desks are used again"


@pytest.mark.slow
@pytest.mark.clause("issue-4")
@pytest.mark.debian("sshd")
async def test_the_sessions(tmp_path: Path) -> None:
    figures = await sessions.run(tmp_path, sizes=(2,), pushes=2, told=lambda _: None)
    assert {one.name.split(",")[0].partition(" a ")[0] for one in figures} >= {
        "first frame after the last factor",
        "key to repaint",
        "page to repaint",
        "processor time",
        "approval to the asker's screen",
        "grant taken back to masked again",
    }
    assert whole([one for one in figures if one.unit == "ms" and not one.name.startswith("processor")])


@pytest.mark.slow
@pytest.mark.clause("design-5")
def test_as_json_each_figure_has_value_floor_ratio_peers(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.run(["bench", "import", "--rounds", "1", "--cases", "100", "--json"]) == Exit.DONE
    (one,) = json.loads(capsys.readouterr().out)
    assert {"value", "floor", "ratio", "peers", "name", "unit"} <= set(one)
