from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.cli.options import hoist, spoken


@pytest.mark.parametrize(
    ("said", "read"),
    [
        (["cases", "list", "--json"], ["--json", "cases", "list"]),
        (["cases", "--as", "lina", "list"], ["--as", "lina", "cases", "list"]),
        (["cases", "list", "--home=/x", "--scope", "team"], ["--home=/x", "cases", "list", "--scope", "team"]),
        (["import", "--", "--json"], ["import", "--", "--json"]),
        (["cases", "--as"], ["--as", "cases"]),
    ],
)
def test_options_that_stand_anywhere_are_read_first(said: list[str], read: list[str]) -> None:
    assert hoist(said) == read


@given(st.lists(st.sampled_from(["a", "b", "--json", "--as", "--home", "--home=x", "--", "--x"]), max_size=8))
def test_no_word_is_lost(words: list[str]) -> None:
    assert sorted(hoist(words)) == sorted(words)


@given(
    st.lists(st.sampled_from(["a", "b", "--x"]), max_size=4),
    st.lists(st.sampled_from(["c", "d"]), max_size=4),
)
def test_place_makes_no_difference(before: list[str], after: list[str]) -> None:
    assert hoist([*before, "--as", "n", *after]) == hoist(["--as", "n", *before, *after])


@pytest.mark.parametrize(
    ("environment", "language"),
    [({"LANG": "zh_CN.UTF-8"}, "zh_CN"), ({"LC_ALL": "en_GB"}, "en"), ({"LANG": "C"}, None), ({}, None)],
)
def test_the_terminals_language(environment: dict[str, str], language: str | None) -> None:
    assert spoken(environment) == language
