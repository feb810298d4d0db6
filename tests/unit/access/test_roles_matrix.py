"""The matrix as data is the matrix of the requirements, cell by cell, and broken data is refused."""

from __future__ import annotations

import re
from importlib import resources

import pytest

from access.roles import Mode, Permit, Qualifier, Role, Scope, load_matrix, seatable
from access.roles.matrix import EMPTY, MatrixBroken, parse_matrix, parse_permit
from access.roles.role import UNSEATED

# Requirements §3.2 as printed: number, then AG SUP REV SYS SEC AUD CMP OAG OMG.
PRINTED = """
1|●|●|●|●|●|●|●|●|●
2|●|●|·|·|·|·|·|●|·
3|·|●|·|·|·|·|·|·|●
4|own|team|task|·|·|task|task|own|agency (no id fields)
5|own|team|·|·|·|·|task|·|·
6|own|team|·|·|·|·|·|own (last 4)|·
7|M|M|M|·|·|·|M|name only (U1)|·
8|·|C|·|·|·|·|·|·|·
9|·|·|·|·|C2|·|C2 (third-party data)|·|·
10|own|team|·|·|●|·|●|own|·
11|M|M|·|·|·|·|·|·|·
12|·|C|·|·|C2|L|C2 (third parties)|·|·
13|own|team|·|·|·|·|·|own|·
14|own|team|·|·|·|·|·|own|·
15|·|M|·|·|·|·|C|·|·
16|own|team|·|·|·|L|·|·|·
17|own|team|task|·|·|task|task|own ≤7 d|agency (coaching)
18|own|team|·|·|·|·|·|own|·
19|M|C|·|·|·|·|·|lead only (M)|·
20|M (system evidence)|C|·|·|·|·|·|M|·
21|own|team|·|·|·|L|C (policy)|·|·
22|M|●|·|·|·|·|●|M|M
23|·|●|·|·|·|·|·|·|within agency
24|·|M|·|·|C (scope/level)|L|C2|·|·
25|·|M|·|·|C|L|·|·|·
26|·|M|·|·|C|L|C2 (limits)|·|·
27|M|M|·|·|·|·|·|M|·
28|·|·|C|·|·|L|C2 ≥ threshold|·|·
29|·|M|·|·|·|·|·|·|·
30|·|·|C, C2 (different people)|·|·|L|C2 ≥ threshold|·|·
31|●|●|·|·|·|·|●|●|●
32|·|·|·|·|·|L|●|·|·
33|·|M|M|·|M (logs)|M (logs)|M|·|·
34|·|C (other supervisor)|·|·|C2|L|·|·|·
35|·|C|·|·|C2|L|C3|·|·
36|·|·|·|● (sealed, cannot open)|·|L|·|·|·
37|·|request|·|M|C (privileged)|L|·|·|request (own agency)
38|·|C (department)|·|M|C2|L|备案|·|·
39|·|team|·|●|●|·|●|·|own agency
40|·|M|·|●|C|L|·|·|M
41|·|·|·|·|M|L|C|·|·
42|·|·|·|·|M|L|C + data owner|·|·
43|own|team summary|·|·|● masked|●|task|own|agency summary
44|·|·|·|·|·|·|·|·|·
45|·|·|·|·|·|●|C|·|·
46|·|L (team)|·|·|●|L|L|·|·
47|report|report|report|report|M|report|C|report|report
48|·|·|·|on order|●|·|●|·|·
49|·|·|·|·|M|L|C|·|·
50|·|·|·|● executes|M|● supervises|C|·|·
51|·|·|·|·|KC1|L|KC2|·|·
52|·|·|·|●|C (restore)|L|·|·|·
53|·|M|·|·|C2|L|C|·|·
54|·|M|·|·|M|L|C|·|·
55|own read|team read|own|M|·|L|C|own|agency read
56|·|·|·|·|M|L|C / ●|·|·
57|·|·|·|M|C|notified|C2|·|·
"""
_SIGNS = {
    "●": Mode.DO,
    "M": Mode.MAKER,
    "C": Mode.CHECKER,
    "C2": Mode.CHECKER2,
    "C3": Mode.CHECKER3,
    "L": Mode.LOG,
    "KC1": Mode.CUSTODIAN1,
    "KC2": Mode.CUSTODIAN2,
    "备案": Mode.FILING,
    "notified": Mode.NOTIFIED,
    "report": Mode.REPORT,
    "request": Mode.REQUEST,
}
_SCOPES = {"own": Scope.OWN, "team": Scope.TEAM, "task": Scope.TASK, "agency": Scope.AGENCY}
_READING_ROWS = {4, 43, 55}


def _printed() -> list[tuple[int, Role, str]]:
    cells = []
    for line in PRINTED.strip().splitlines():
        number, *row = line.split("|")
        assert len(row) == len(Role)
        cells += [(int(number), role, cell) for role, cell in zip(Role, row, strict=True)]
    return cells


def _modes_in_print(number: int, cell: str) -> set[Mode]:
    words = re.findall(r"[A-Za-z0-9]+|●|备案", cell)
    modes = {_SIGNS[word] for word in words if word in _SIGNS}
    if number in _READING_ROWS and modes <= {Mode.DO}:
        return {Mode.READ}
    if not modes:
        return {Mode.MAKER} if cell == "name only (U1)" else {Mode.DO}
    return modes


@pytest.mark.clause("S-3.2", "C-5.4c")
@pytest.mark.parametrize(("number", "role", "cell"), _printed())
def test_every_cell_says_what_the_requirements_print(number: int, role: Role, cell: str) -> None:
    permits = load_matrix().rows[number].cells[role]
    if cell == "·":
        assert permits == ()
        return
    assert {permit.mode for permit in permits} == _modes_in_print(number, cell)
    printed = {scope for word, scope in _SCOPES.items() if re.search(rf"\b{word}\b", cell)}
    if "agency" in cell:
        printed = {Scope.AGENCY}
    if printed:
        assert {permit.scope for permit in permits} == printed
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
