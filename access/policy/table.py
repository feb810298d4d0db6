"""The permission matrix as the running policy answers it (requirements §3.2), cell by cell, never read from its source.

Each cell is asked for: somebody with this one role, the acts of this row, things in every place. A cell of an act that
this build does not have is not built; so is a row of none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from access.policy.actions import Action
from access.policy.decide import decide
from access.policy.explain import typical
from access.policy.probe import Decide, reaches
from access.policy.specs import ACTIONS
from access.roles import Mode, Role, Scope

SIGNS: Final[Mapping[Mode, str]] = MappingProxyType(
    {
        Mode.CHECKER: "C",
        Mode.CHECKER2: "C2",
        Mode.CHECKER3: "C3",
        Mode.CUSTODIAN1: "KC1",
        Mode.CUSTODIAN2: "KC2",
        Mode.DO: "●",
        Mode.FILING: "备案",
        Mode.LOG: "L",
        Mode.MAKER: "M",
        Mode.NOTIFIED: "notified",
        Mode.READ: "R",
        Mode.REPORT: "report",
        Mode.REQUEST: "request",
    }
)


@dataclass(frozen=True, slots=True)
class Given:
    """One thing that a role was found to do in a row: mode, how far, and the rule that the decision named."""

    mode: Mode
    scope: Scope
    rule: str


@dataclass(frozen=True, slots=True)
class TableCell:
    """What the policy answered for one role in one row. built: modes of the row that this build has acts for."""

    row: int
    role: Role
    given: tuple[Given, ...]
    built: frozenset[Mode]

    @property
    def text(self) -> str:
        """The cell in the signs of the requirements: `M@team`, `·` for a refusal, `—` for a row without acts.

        What a separation rule adds names that rule.
        """
        if not self.built:
            return "—"
        parts = [
            f"{SIGNS[one.mode]}@{one.scope}" + ("" if one.rule == f"§3.2-{self.row}" else f" [{one.rule}]")
            for one in self.given
        ]
        return ", ".join(dict.fromkeys(parts)) or "·"


def regenerate(now: int, ask: Decide = decide) -> tuple[TableCell, ...]:
    """Ask for every cell; rows in order, roles in the matrix's column order.

    Args:
        now: The instant asked about.
        ask: The decision; the running one by default.
    """
    built: dict[int, set[Mode]] = {}
    for spec in ACTIONS.values():
        for number, mode in spec.permits:
            built.setdefault(number, set()).add(mode)
    found: dict[tuple[int, Role], dict[tuple[Mode, str], Given]] = {}
    for role in Role:
        actor = typical(role, now)
        for action in Action:
            for reach in reaches(actor, action, now, ask):
                row = _row(action, reach.mode, reach.rule)
                if row is not None:
                    cell = found.setdefault((row, role), {})
                    known = cell.get((reach.mode, reach.rule))
                    if known is None or _wider(reach.scope, known.scope):
                        cell[reach.mode, reach.rule] = Given(reach.mode, reach.scope, reach.rule)
    return tuple(
        TableCell(row, role, tuple(found.get((row, role), {}).values()), frozenset(built.get(row, ())))
        for row in range(1, 58)
        for role in Role
    )


_WIDTH: Final = (Scope.OWN, Scope.TASK, Scope.AGENCY, Scope.TEAM, Scope.ANY)


def _wider(one: Scope, other: Scope) -> bool:
    return _WIDTH.index(one) > _WIDTH.index(other)


def _row(action: Action, mode: Mode, rule: str) -> int | None:
    """Which row an answer belongs to: the one that the decision named, else the act's own row for the mode."""
    rows = [row for row, permitted in ACTIONS[action].permits if permitted is mode]
    named = rule.removeprefix("§3.2-")
    if named.isdigit() and int(named) in rows:
        return int(named)
    return rows[0] if rows else None
