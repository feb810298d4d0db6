"""What happens often is told, each kind by itself, and nothing of it is lost."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from console.dial.telling import _MOST, SAME, Telling


class Heard:
    """What was told. Attributes: words: how often anything was said of a kind; counts: how often it came."""

    def __init__(self) -> None:
        self.words: Counter[str] = Counter()
        self.counts: Counter[str] = Counter()

    def __call__(self, kind: str, count: int) -> None:
        self.words[kind] += 1
        self.counts[kind] += count


def test_the_first_of_each_kind_at_once_and_the_rest_of_the_second_as_a_count() -> None:
    heard = Heard()
    telling = Telling(heard, "many")
    for kind in ("a", "b", "a", "a"):
        telling.put(kind, 10.0)
    assert heard.counts == {"a": 1, "b": 1}
    telling.rest(10.5)
    assert heard.counts == {"a": 3, "b": 1}
    assert heard.words == {"a": 2, "b": 1}
    telling.put("a", 10.0 + SAME)
    assert heard.counts["a"] == 4


@given(st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 0.7), st.booleans()), max_size=60))
def test_nothing_is_lost_whenever_it_comes_and_is_looked_after(
    came: list[tuple[str, float, bool]],
) -> None:
    heard, now = Heard(), 5.0
    telling = Telling(heard, "many")
    for kind, pause, look in came:
        now += pause
        telling.put(kind, now)
        if look:
            telling.rest(now)
    telling.rest(now)
    assert heard.counts == Counter(kind for kind, _, _ in came)


def test_forged_senders_are_told_as_many_and_fill_nothing() -> None:
    heard = Heard()
    telling = Telling(heard, "many")
    for number in range(_MOST + 500):
        telling.put(f"k{number}", 1.0)
    assert len(telling._told) <= _MOST + 1
    telling.rest(1.1)
    assert sum(heard.counts.values()) == _MOST + 500
    assert heard.counts["many"] == 500
    telling.rest(1.0 + SAME)
    assert telling._told == {}
