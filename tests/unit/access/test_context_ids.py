"""Time that does not run backwards, and ids that rise."""

from __future__ import annotations

import threading
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access.context import SECOND, MonotoneGuard, SystemClock
from access.errors import ClockWentBack
from access.ids import UuidIds, is_id
from tests.support.clock import FakeClock


@pytest.mark.clause("design-4")
def test_guard_smooths_small_steps_and_refuses_large_ones() -> None:
    clock = FakeClock()
    guard = MonotoneGuard(clock)
    first = guard.now_us()
    clock.advance(-1.5)
    assert guard.now_us() == first
    assert guard.ok
    clock.advance(-1)
    with pytest.raises(ClockWentBack) as refused:
        guard.now_us()
    assert refused.value.params == {"seconds": 2}
    assert [guard.ok] == [False]
    clock.advance(2.6)
    assert guard.now_us() == first + SECOND // 10
    assert guard.ok


@pytest.mark.clause("design-4")
def test_guard_knows_what_was_before_it() -> None:
    clock = FakeClock()
    with pytest.raises(ClockWentBack):
        MonotoneGuard(clock, newest=clock.now_us() + 10 * SECOND).now_us()


@given(steps=st.lists(st.floats(-1.9, 5), max_size=40))
def test_guarded_time_never_falls(steps: list[float]) -> None:
    clock = FakeClock()
    guard = MonotoneGuard(clock)
    last = guard.now_us()
    for step in steps:
        clock.advance(step)
        try:
            now = guard.now_us()
        except ClockWentBack:
            continue
        assert now >= last
        last = now


def test_system_clock_counts_microseconds() -> None:
    assert 1_700_000_000 * SECOND < SystemClock().now_us() < 5_000_000_000 * SECOND


@given(steps=st.lists(st.sampled_from([0.0, 0.0, 0.0005, 0.001, 5, -3]), max_size=60))
def test_ids_rise_whatever_the_clock_does(steps: list[float]) -> None:
    clock = FakeClock()
    ids = UuidIds(clock)
    made = []
    for step in steps:
        clock.advance(step)
        made.append(ids.new())
    assert made == sorted(set(made))
    for one in made:
        assert is_id(one)
        read = uuid.UUID(one)
        assert read.version == 7
        assert read.variant == uuid.RFC_4122


def test_an_id_carries_its_millisecond() -> None:
    clock = FakeClock()
    made = uuid.UUID(UuidIds(clock).new())
    assert made.int >> 80 == clock.now_us() // 1000


def test_random_bits_that_run_over_move_to_the_next_millisecond() -> None:
    clock = FakeClock()
    ids = UuidIds(clock, lambda count: b"\xff" * count)
    made = [ids.new()]
    ids._random = (1 << 74) - 2
    made += [ids.new(), ids.new()]
    assert made == sorted(set(made))
    assert uuid.UUID(made[-1]).int >> 80 == clock.now_us() // 1000 + 1


def test_ids_of_many_threads_differ() -> None:
    ids = UuidIds(FakeClock())
    made: list[str] = []

    def make() -> None:
        mine = [ids.new() for _ in range(500)]
        assert mine == sorted(mine)
        made.extend(mine)

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 2000


@pytest.mark.parametrize("text", ["", "x" * 32, "A" * 32, "0" * 31, "0" * 33, "0" * 32 + "\n"])
def test_what_is_no_id(text: str) -> None:
    assert not is_id(text)
