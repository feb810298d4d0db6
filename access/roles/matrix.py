"""The permission matrix of requirements §3.2, read from `matrix.toml` and checked whole before anybody asks it.

The file holds the 57 rows by 9 roles exactly as the requirements print them, and, apart from them, the few
*extensions* that the separation rules of §3.3 add (a deputy, a supervisor's own request). A missing row, an unknown
role, mode, scope or qualifier makes the whole matrix unusable, and an unusable matrix denies.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum, unique
from functools import cache
from importlib import resources
from typing import Any, Final

from access.roles.role import Role

ROWS: Final = 57


class MatrixBroken(Exception):
    """The matrix cannot be used; the message names row and cell."""


@unique
class Mode(StrEnum):
    """What a role does in an act: do it, prepare it, approve it, look at it."""

    CHECKER = "checker"
    CHECKER2 = "checker2"
    CHECKER3 = "checker3"
    CUSTODIAN1 = "custodian1"
    CUSTODIAN2 = "custodian2"
    DO = "do"
    FILING = "filing"
    LOG = "log"
    MAKER = "maker"
    NOTIFIED = "notified"
    READ = "read"
    REPORT = "report"
    REQUEST = "request"


@unique
class Scope(StrEnum):
    """Which rows a permission reaches."""

    AGENCY = "agency"
    ANY = "any"
    DEPUTY = "deputy"
    OWN = "own"
    TASK = "task"
    TEAM = "team"


@unique
class Qualifier(StrEnum):
    """A condition that a cell adds to its mode and scope; the act it belongs to checks it."""

    BOOTSTRAP = "bootstrap"
    COACHING = "coaching"
    DEPARTMENT = "department"
    DIFFERENT_PEOPLE = "different_people"
    ESCALATED = "escalated"
    LAST4 = "last4"
    LEAD_ONLY = "lead_only"
    LIMITS = "limits"
    LOGS = "logs"
    MASKED = "masked"
    NAME_ONLY = "name_only"
    NO_ID_FIELDS = "no_id_fields"
    ON_ORDER = "on_order"
    OTHER_SUPERVISOR = "other_supervisor"
    POLICY = "policy"
    PRIVILEGED = "privileged"
    REGULATOR_OFFICER = "regulator_officer"
    RESTORE = "restore"
    SCOPE_AND_LEVEL = "scope_and_level"
    SEALED = "sealed"
    SEVEN_DAYS = "seven_days"
    SUMMARY = "summary"
    SUPERVISORS_REQUEST = "supervisors_request"
    SYSTEM_EVIDENCE = "system_evidence"
    THIRD_PARTY = "third_party"
    THRESHOLD = "threshold"
    WITH_DATA_OWNER = "with_data_owner"


@dataclass(frozen=True, slots=True)
class Permit:
    """One thing a role may do in one row: `mode@scope`, with qualifiers behind `+`."""

    mode: Mode
    scope: Scope
    qualifiers: frozenset[Qualifier] = frozenset()


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the matrix; a role that is not in `cells` is denied."""

    number: int
    name: str
    title: str
    cells: Mapping[Role, tuple[Permit, ...]]


@dataclass(frozen=True, slots=True)
class Extension:
    """A permit that a separation rule adds to a row, with the rule that gives it."""

    row: int
    role: Role
    permit: Permit
    clause: str


@dataclass(frozen=True, slots=True)
class Matrix:
    """The whole matrix. An empty one permits nothing."""

    rows: Mapping[int, Row]
    extensions: tuple[Extension, ...] = ()

    def permits(self, row: int, role: Role, mode: Mode) -> tuple[tuple[Permit, str], ...]:
        """Return the role's permits of this mode in the row, each with its clause; none means denied."""
        found: list[tuple[Permit, str]] = []
        entry = self.rows.get(row)
        if entry is not None:
            found += [(permit, f"§3.2-{row}") for permit in entry.cells.get(role, ()) if permit.mode is mode]
        found += [
            (extension.permit, extension.clause)
            for extension in self.extensions
            if extension.row == row and extension.role is role and extension.permit.mode is mode
        ]
        return tuple(found)

    def roles_with(self, row: int, modes: Iterable[Mode]) -> tuple[Role, ...]:
        """Return the roles that hold one of the modes in the row, in the matrix's column order."""
        entry = self.rows.get(row)
        if entry is None:
            return ()
        wanted = frozenset(modes)
        return tuple(role for role in Role if any(permit.mode in wanted for permit in entry.cells.get(role, ())))


EMPTY: Final = Matrix({})


@cache
def load_matrix() -> Matrix:
    """Read and check the bundled matrix.

    Raises:
        MatrixBroken: The file is not the complete, well-formed matrix.
    """
    text = resources.files("access.roles").joinpath("matrix.toml").read_text(encoding="utf-8")
    return parse_matrix(text)


def parse_matrix(text: str) -> Matrix:
    """Turn TOML text into a checked matrix.

    Raises:
        MatrixBroken: A row or cell is missing, doubled or not understood.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise MatrixBroken("not TOML") from error
    rows: dict[int, Row] = {}
    for entry in data.get("row", ()):
        row = _row(entry)
        if row.number in rows:
            raise MatrixBroken(f"row {row.number} stands twice")
        rows[row.number] = row
    if sorted(rows) != list(range(1, ROWS + 1)):
        raise MatrixBroken(f"rows 1 to {ROWS} are not all there")
    if len({row.name for row in rows.values()}) != ROWS:
        raise MatrixBroken("two rows have one name")
    extensions = tuple(_extension(entry, rows) for entry in data.get("extension", ()))
    return Matrix(rows, extensions)


def parse_permit(text: str) -> Permit:
    """Read `mode@scope` or `mode@scope+qualifier+…`.

    Raises:
        MatrixBroken: A part is not known.
    """
    head, *names = text.split("+")
    mode, separator, scope = head.partition("@")
    if not separator:
        raise MatrixBroken(f"cell {text!r} has no scope")
    try:
        return Permit(Mode(mode), Scope(scope), frozenset(Qualifier(name) for name in names))
    except ValueError as error:
        raise MatrixBroken(f"cell {text!r} is not understood") from error


def _row(entry: Mapping[str, Any]) -> Row:
    number, name, title = entry.get("number"), entry.get("name"), entry.get("title")
    if not (isinstance(number, int) and isinstance(name, str) and isinstance(title, str) and name and title):
        raise MatrixBroken("a row lacks number, name or title")
    unknown = set(entry) - {"number", "name", "title"} - set(Role)
    if unknown:
        raise MatrixBroken(f"row {number} names unknown columns")
    cells: dict[Role, tuple[Permit, ...]] = {}
    for role in Role:
        raw = entry.get(role.value)
        if not isinstance(raw, list):
            raise MatrixBroken(f"row {number} says nothing about {role.value}")
        cells[role] = tuple(parse_permit(str(cell)) for cell in raw)
    return Row(number, name, title, cells)


def _extension(entry: Mapping[str, Any], rows: Mapping[int, Row]) -> Extension:
    try:
        row, role, cell, clause = entry["row"], Role(entry["role"]), entry["cell"], entry["clause"]
    except (KeyError, ValueError) as error:
        raise MatrixBroken("an extension lacks row, role, cell or clause") from error
    if row not in rows or not isinstance(clause, str):
        raise MatrixBroken("an extension names no row or clause")
    return Extension(row, role, parse_permit(str(cell)), clause)
