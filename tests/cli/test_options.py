from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.main import get_command
from typer.testing import CliRunner

from console.cli.main import app
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


def commands(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    """A command and everything below it."""
    yield path, command
    for name, below in getattr(command, "commands", {}).items():
        yield from commands(below, (*path, name))


@pytest.mark.clause("Y-4.2.2")
def test_every_command_says_why_it_asks_for_a_code_each_time() -> None:
    every = dict(commands(get_command(app)))
    assert ("grants", "approve") in every
    assert [path for path, command in every.items() if "one-time code" not in (command.epilog or "")] == []
    shown = " ".join(CliRunner().invoke(app, ["grants", "approve", "--help"]).output.split())
    assert "each command is a session of its own" in shown
