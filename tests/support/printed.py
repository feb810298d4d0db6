"""The permission matrix as the requirements print it (§3.2), read from `tests/data/permission_matrix.txt`."""

from __future__ import annotations

import re
from pathlib import Path

from access.roles import Mode, Role, Scope

_DATA = Path(__file__).parents[1] / "data" / "permission_matrix.txt"
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
READING_ROWS = {4, 43, 55}


def printed() -> list[tuple[int, Role, str]]:
    """Every cell: row, role, what stands in it."""
    cells = []
    for line in _DATA.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        number, *row = line.split("|")
        assert len(row) == len(Role)
        cells += [(int(number), role, cell) for role, cell in zip(Role, row, strict=True)]
    return cells


def modes_in_print(number: int, cell: str) -> set[Mode]:
    """What a cell's signs say is done; a cell that names only whose it is, is done or read."""
    words = re.findall(r"[A-Za-z0-9]+|●|备案", cell)
    modes = {_SIGNS[word] for word in words if word in _SIGNS}
    if number in READING_ROWS and modes <= {Mode.DO}:
        return {Mode.READ}
    if not modes:
        return {Mode.MAKER} if cell == "name only (U1)" else {Mode.DO}
    return modes


def scopes_in_print(cell: str) -> set[Scope]:
    """Whose things a cell names; empty where it names nobody's."""
    if "agency" in cell:
        return {Scope.AGENCY}
    return {scope for word, scope in _SCOPES.items() if re.search(rf"\b{word}\b", cell)}
