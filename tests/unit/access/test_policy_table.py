"""The matrix regenerated from the running policy is the requirements' matrix, cell by cell; a wrong policy shows."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from access.policy import ACTIONS, Action, Actor, Conditions, Decision, Policy, Resource, decide
from access.policy.table import Given, TableCell, regenerate
from access.roles import Mode, Role, Scope, load_matrix
from access.roles.matrix import EMPTY, Matrix, Permit
from tests.support.printed import modes_in_print, printed, scopes_in_print

NOW = 1_800_000_000_000_000
NOT_YET = {(48, Role.SYSTEM_ADMIN)}
"""Cells whose condition this build cannot know: nobody can give the order yet. They refuse."""


@cache
def table() -> dict[tuple[int, Role], TableCell]:
    return {(cell.row, cell.role): cell for cell in regenerate(NOW)}


def has_act(row: int, mode: Mode, scopes: set[Scope]) -> bool:
    """Whether this build has an act of the row in this mode that reaches so far."""
    return any(
        (row, mode) in spec.permits and (not spec.scopes or not scopes or bool(scopes & spec.scopes))
        for spec in ACTIONS.values()
    )


def named(cell: TableCell) -> list[Given]:
    """What the decision allowed by the matrix's own row, separation rules left out."""
    return [one for one in cell.given if one.rule == f"§3.2-{cell.row}"]


@pytest.mark.clause("S-3.2", "issue-3")
@pytest.mark.parametrize(("number", "role", "cell"), printed())
def test_the_policy_answers_what_the_requirements_print(number: int, role: Role, cell: str) -> None:
    found = table()[number, role]
    if not found.built:
        assert found.text == "—"
        return
    if cell == "·" or (number, role) in NOT_YET:
        assert named(found) == []
        return
    scopes = scopes_in_print(cell)
    wanted = {mode for mode in modes_in_print(number, cell) if has_act(number, mode, scopes)}
    assert {one.mode for one in named(found)} == wanted
    if scopes:
        assert all(one.scope in scopes for one in named(found))


@pytest.mark.clause("S-3.2", "issue-3")
def test_what_is_not_in_the_matrix_is_given_by_a_rule_that_is_named() -> None:
    extra = {(cell.row, cell.role, one.rule) for cell in table().values() for one in cell.given} - {
        (cell.row, cell.role, f"§3.2-{cell.row}") for cell in table().values()
    }
    assert extra <= {(one.row, one.role, one.clause) for one in load_matrix().extensions}


@pytest.mark.clause("S-3.2")
def test_every_act_of_the_build_stands_in_some_cell() -> None:
    reached = {(cell.row, one.mode) for cell in table().values() for one in cell.given}
    missing = {action for action, spec in ACTIONS.items() if not reached & set(spec.permits)}
    # Countersigning is for the bootstrap time alone; a table is about a desk that is past it.
    assert missing == {Action.ACCOUNT_ROLE_COUNTERSIGN}


def test_an_empty_policy_makes_an_empty_matrix() -> None:
    assert all(not cell.given for cell in regenerate(NOW, Policy(EMPTY).decide))


@pytest.mark.clause("S-3.2")
def test_a_policy_that_allows_too_much_shows_in_the_cell() -> None:
    """The table is asked for, not read: a decision that strays from the matrix is seen at once."""

    def lenient(actor: Actor, action: Action, resource: Resource, conditions: Conditions, now: int) -> Decision:
        found = decide(actor, action, resource, conditions, now)
        if action is Action.CASE_QUEUE_LIST_OWN and Role.SYSTEM_ADMIN in actor.roles:
            return Decision(allowed=True, role=Role.SYSTEM_ADMIN, rule="§3.2-2", code="", clause="", mode=Mode.DO)
        return found

    cells = {(cell.row, cell.role): cell for cell in regenerate(NOW, lenient)}
    assert cells[2, Role.SYSTEM_ADMIN].text == "●@any"
    assert table()[2, Role.SYSTEM_ADMIN].text == "·"


def test_a_matrix_with_one_cell_more_differs_in_that_cell_only() -> None:
    rows = dict(load_matrix().rows)
    cells = {**rows[23].cells, Role.AGENT: (Permit(Mode.DO, Scope.OWN),)}
    rows[23] = replace(rows[23], cells=cells)
    changed = {(c.row, c.role): c.text for c in regenerate(NOW, Policy(Matrix(rows, load_matrix().extensions)).decide)}
    differing = {key for key, cell in table().items() if cell.text != changed[key]}
    assert differing == {(23, Role.AGENT)}
