"""When a silent line is told, by the watch's own figures: time is made here, so no machine is too slow for it."""

from __future__ import annotations

import heapq
import itertools
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

pytest.importorskip("sippy")

from console.dial import asking
from console.dial.messages import Trunk
from console.settings import CallSettings

pytestmark = [pytest.mark.clause("issue-5")]
PROMISED = 6.0


class World:
    """Time, what is due when, and a provider who answers until it breaks. Attributes: told: when, and whether up."""

    def __init__(self, asked_every: int, answer_after: float, breaks_at: float, looks_late: float) -> None:
        self.now = 1000.0
        self.began = self.now
        self._breaks_at, self._after, self._late = self.now + breaks_at, answer_after, looks_late
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()
        self.told: list[tuple[float, bool]] = []
        self.asked: list[float] = []
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(asking, "Timeout", self._every)
            patch.setattr(time, "monotonic", lambda: self.now)
            watch = asking.Watch({"_sip_tm": self}, lambda up: self.told.append((self.now - self.began, up)))
            watch.use(
                Trunk(host="127.0.0.1", port=5060, domain="trunk.test", presented="0571", asked_every=asked_every)
            )
            while self.now < self._breaks_at + 100:
                self.now, _, what = heapq.heappop(self._due)
                what()

    def newTransaction(self, request: Any, resp_cb: Callable[[Any], None]) -> None:  # noqa: N802 - the stack's
        assert request.getMethod() == "OPTIONS"
        self.asked.append(self.now - self.began)
        heard_at = self.now + self._after
        if heard_at < self._breaks_at:
            heapq.heappush(self._due, (heard_at, next(self._order), lambda: resp_cb(Answer())))

    def _every(self, look: Callable[[], None], seconds: float, times: int) -> None:
        assert times == -1

        def again() -> None:
            look()
            heapq.heappush(self._due, (self.now + seconds + self._late, next(self._order), again))

        heapq.heappush(self._due, (self.now + seconds, next(self._order), again))


class Answer:
    def getSCode(self) -> tuple[int, str]:  # noqa: N802 - the stack's
        return 405, "Method Not Allowed"


@given(
    asked_every=st.integers(1, 3) | st.just(CallSettings().asked_every),
    answer_after=st.floats(0, 1.4),
    breaks_at=st.floats(2, 40),
)
def test_a_line_that_breaks_is_told_within_six_seconds_whenever_it_breaks(
    asked_every: int, answer_after: float, breaks_at: float
) -> None:
    world = World(asked_every, answer_after, breaks_at, looks_late=0.01)
    assert [up for _, up in world.told] == [True, False]
    told_at = world.told[1][0]
    assert breaks_at <= told_at + 1e-6
    assert told_at - breaks_at <= PROMISED


@given(asked_every=st.integers(1, 60), answer_after=st.floats(0, 1.4), looks_late=st.floats(0, 0.1))
def test_a_line_that_answers_is_never_told_down_however_seldom_it_is_asked(
    asked_every: int, answer_after: float, looks_late: float
) -> None:
    world = World(asked_every, answer_after, breaks_at=300, looks_late=looks_late)
    assert [up for _, up in world.told] == [True, False]
    assert 300 <= world.told[1][0] <= 300 + asking.silence(asked_every) + asking.BEAT + 0.2
    assert len(world.asked) >= 300 / (asked_every + asking.BEAT + 0.2)


@given(asked_every=st.integers(1, 60))
def test_a_line_that_never_answers_is_told_from_the_first_question(asked_every: int) -> None:
    world = World(asked_every, 0.0, breaks_at=-1, looks_late=0.01)
    assert [up for _, up in world.told] == [False]
    assert world.told[0][0] <= asking.SILENT + asking.BEAT + 0.1


def test_whoever_is_asked_at_no_time_is_nothing() -> None:
    world = World(0, 0.0, breaks_at=5, looks_late=0.0)
    assert (world.told, world.asked) == ([], [])
