"""The matrix as data is the matrix of the requirements, cell by cell, and broken data is refused."""

from __future__ import annotations

from importlib import resources

import pytest

from access.roles import Mode, Permit, Qualifier, Role, Scope, load_matrix, seatable
from access.roles.matrix import EMPTY, MatrixBroken, parse_matrix, parse_permit
from access.roles.role import UNSEATED
from tests.support.printed import modes_in_print, printed, scopes_in_print


@pytest.mark.clause("S-3.2", "C-5.4c")
@pytest.mark.parametrize(("number", "role", "cell"), printed())
def test_every_cell_says_what_the_requirements_print(number: int, role: Role, cell: str) -> None:
    permits = load_matrix().rows[number].cells[role]
    if cell == "·":
        assert permits == ()
        return
    assert {permit.mode for permit in permits} == modes_in_print(number, cell)
    scopes = scopes_in_print(cell)
    if scopes:
        assert {permit.scope for permit in permits} == scopes
    if "(" in cell or "≥" in cell or "≤" in cell:
        scope_in_brackets = cell in {"L (team)", "request (own agency)"}
        assert scope_in_brackets or any(permit.qualifiers for permit in permits)


@pytest.mark.clause("S-3.2")
def test_nobody_edits_the_log_and_system_admins_touch_no_customer() -> None:
    rows = load_matrix().rows
    assert all(not cell for cell in rows[44].cells.values())
    for number in (2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 14, 17, 18):
        assert rows[number].cells[Role.SYSTEM_ADMIN] == ()


def _text() -> str:
    return resources.files("access.roles").joinpath("matrix.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("number = 57\n", "number = 58\n"),
        ("number = 57\n", "number = 56\n"),
        ('name = "break_glass"', 'name = "sign_in"'),
        ('agent = ["read@own"]', 'agnet = ["read@own"]'),
        ('agent = ["read@own"]', 'agent = "read@own"'),
        ('agent = ["read@own"]', 'agent = ["see@own"]'),
        ('agent = ["read@own"]', 'agent = ["read@everywhere"]'),
        ('agent = ["read@own"]', 'agent = ["read@own+sometimes"]'),
        ('agent = ["read@own"]', 'agent = ["read"]'),
        ("row = 8", "row = 80"),
        ('role = "compliance"', 'role = "janitor"'),
        ("[[row]]", "[[row"),
    ],
)
def test_a_damaged_matrix_is_refused_whole(old: str, new: str) -> None:
    assert old in _text()
    with pytest.raises(MatrixBroken):
        parse_matrix(_text().replace(old, new))


def test_the_empty_matrix_permits_nothing() -> None:
    assert EMPTY.permits(1, Role.AGENT, Mode.DO) == ()
    assert EMPTY.roles_with(1, [Mode.DO]) == ()


def test_a_cell_is_mode_scope_and_qualifiers() -> None:
    assert parse_permit("do@own+last4") == Permit(Mode.DO, Scope.OWN, frozenset({Qualifier.LAST4}))


@pytest.mark.clause("S-3.3-5")
def test_extensions_carry_their_own_clause() -> None:
    found = load_matrix().permits(8, Role.COMPLIANCE, Mode.CHECKER)
    assert [clause for _, clause in found] == ["§3.3-5"]


def test_roles_without_work_cannot_be_seated_and_say_why() -> None:
    assert [role for role in Role if not seatable(role)] == [Role.REVIEWER, Role.AGENCY_MANAGER]
    assert all(reason for reason in UNSEATED.values())
