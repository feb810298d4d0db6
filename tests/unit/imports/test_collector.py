"""The cycle collector of a desk that takes in a file: it rests, and comes back as it was."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from console.desk.imports.collector import resting


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)
    gc.unfreeze()


def test_it_rests_until_the_last_of_two_imports_has_left() -> None:
    gc.set_threshold(700, 11, 12)
    with resting():
        first = gc.get_threshold()
        with resting():
            assert gc.get_threshold() == first
        assert gc.get_threshold() == first
        assert gc.get_freeze_count() > 0
        assert first[0] > 10_000
        assert first[1:] == (11, 12)
    assert gc.get_threshold() == (700, 11, 12)
    assert gc.get_freeze_count() == 0


def test_it_comes_back_after_an_import_that_failed() -> None:
    gc.set_threshold(700, 11, 12)
    with pytest.raises(ValueError, match="lost"), resting():
        raise ValueError("lost")
    assert gc.get_threshold() == (700, 11, 12)
    assert gc.get_freeze_count() == 0


@pytest.mark.parametrize("young", [0, 200_000])
def test_one_that_is_off_or_seldom_looks_anyway_is_left_so(young: int) -> None:
    gc.set_threshold(young, 11, 12)
    with resting():
        assert gc.get_threshold()[0] == young
    assert gc.get_threshold()[0] == young
