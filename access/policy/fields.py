"""How much of a field an actor sees, and by which tier it could be revealed to them: the catalogue, read by scope.

A cell counts only from a seat whose scope reaches the row and whose predicate the row meets. Who reaches it from
several seats gets the strictest of their cells. Pure and total: what cannot be decided is hidden and never revealed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from access.policy.decide import gated, unfit
from access.policy.model import Actor, Conditions, Resource, Seat
from access.policy.scope import within
from access.roles import Mode, Permit, Qualifier, Role, Scope, load_matrix
from masking.catalogue import Catalogue, Cell, Condition, Field, Predicate, Rows, Tier, TierRule, ViewerRole
from masking.masks import MaskCode, derivable

HIDDEN: Final = Cell(Predicate.NEVER, MaskCode.NONE)
"""What is not shown at all."""

_OPEN_ROW: Final = 4
_ASK_ROW: Final = 7
_LIST_ROWS: Final = ((2, Mode.DO), (3, Mode.DO))
_NEXT_BEST: Final = (Tier.U1, Tier.UV, Tier.U2, Tier.U3)
_FEWER: Final = (Rows.DAYS_7, Rows.LAST_1, Rows.NEXT_1, Rows.LAST_3, Rows.ALL)


def visible_cell(  # noqa: PLR0917 - a field of the catalogue, then the decision's own arguments
    catalogue: Catalogue, field: str, actor: Actor, resource: Resource, conditions: Conditions, now: int
) -> Cell:
    """Return what the actor sees of a field of this case, or of the cases of this queue. Never raises.

    Args:
        catalogue: The catalogue in force.
        field: Name of the field; an unknown one is hidden.
        actor: Who looks.
        resource: The case, or the queue that is listed.
        conditions: Only `lost_contact` bears on masks.
        now: Microseconds UTC; seats out of force show nothing.
    """
    try:
        return _visible(catalogue, field, _View(actor, resource, conditions, now))
    except Exception:  # noqa: BLE001 - total: whatever goes wrong here hides
        return HIDDEN


def reveal_rule(  # noqa: PLR0917 - a field of the catalogue, then the decision's own arguments
    catalogue: Catalogue, field: str, actor: Actor, resource: Resource, conditions: Conditions, now: int
) -> tuple[TierRule, Role] | None:
    """Return the easiest rule by which the actor may ask for this field in clear, and in which role. Never raises.

    In a call that is U1, in an assigned task UV, otherwise one approval before two. None where there is no way, which
    is U0: nothing hidden, never revealed, not this role's, or the case is outside the actor's scope.
    """
    try:
        found = list(_rules(catalogue.field(field), _View(actor, resource, conditions, now)))
    except Exception:  # noqa: BLE001 - total: whatever goes wrong here reveals nothing
        return None
    return min(found, key=lambda one: _NEXT_BEST.index(one[0].tier), default=None)


def reveal_tier(  # noqa: PLR0917 - a field of the catalogue, then the decision's own arguments
    catalogue: Catalogue, field: str, actor: Actor, resource: Resource, conditions: Conditions, now: int
) -> Tier:
    """Return the tier by which this actor could have the field revealed now; `U0` for never, or not as things are."""
    found = reveal_rule(catalogue, field, actor, resource, conditions, now)
    return Tier.U0 if found is None or not condition_met(found[0], conditions) else found[0].tier


def condition_met(rule: TierRule, conditions: Conditions) -> bool:
    """Tell whether what a rule asks of the case holds (失联 for a contact's name)."""
    return rule.condition is not Condition.LOST_CONTACT or conditions.lost_contact


@dataclass(frozen=True, slots=True)
class _View:
    """Who looks, at what, when."""

    actor: Actor
    resource: Resource
    conditions: Conditions
    now: int

    def reaching(self) -> Iterator[tuple[Seat, Permit]]:
        """Seats in force whose scope reaches the resource, each with the permit that does."""
        if unfit(self.actor) is not None or gated(self.actor) is not None:
            return
        rows = ((_OPEN_ROW, Mode.READ), *(_LIST_ROWS if self.resource.kind == "queue" else ()))
        for seat in self.actor.seats:
            if not seat.valid_from <= self.now < seat.valid_until:
                continue
            permits = [permit for row, mode in rows for permit, _ in load_matrix().permits(row, seat.role, mode)]
            reached = next((permit for permit in permits if self.within(permit, seat)), None)
            if reached is not None:
                yield seat, reached

    def within(self, permit: Permit, seat: Seat) -> bool:
        """Tell whether a permit held in a seat reaches the resource."""
        return within(permit, seat, self.actor, self.resource, self.conditions)

    def meets(self, scope: Scope, seat: Seat) -> bool:
        """Tell whether the resource lies in a scope, seen from a seat."""
        return self.within(Permit(Mode.READ, scope), seat)


def _visible(catalogue: Catalogue, field: str, view: _View) -> Cell:
    cells: list[Cell] = []
    for seat, permit in view.reaching():
        cell = catalogue.cell(field, ViewerRole(seat.role.value))
        if Qualifier.NO_ID_FIELDS in permit.qualifiers and catalogue.field(field).cibi:
            cell = HIDDEN
        cells.append(cell if _holds(cell, seat, view) else HIDDEN)
    if not cells:
        return HIDDEN
    strictest = cells[0]
    for cell in cells[1:]:
        strictest = _stricter(strictest, cell)
    return strictest


def _rules(field: Field, view: _View) -> Iterator[tuple[TierRule, Role]]:
    for seat, _ in view.reaching():
        asking = [permit for permit, _ in load_matrix().permits(_ASK_ROW, seat.role, Mode.MAKER)]
        if not any(view.within(permit, seat) for permit in asking):
            continue
        for tier in _NEXT_BEST:
            rule = field.rule(tier, ViewerRole(seat.role.value))
            if rule is None or (tier is Tier.U1 and not view.conditions.in_call):
                continue
            if tier is Tier.UV and not view.meets(Scope.TASK, seat):
                continue
            yield rule, seat.role


_PREDICATES: Final[Mapping[Predicate, Scope]] = MappingProxyType(
    {
        Predicate.ALWAYS: Scope.ANY,
        Predicate.OWN: Scope.OWN,
        Predicate.OWN_LOST_CONTACT: Scope.OWN,
        Predicate.OWN_RECORD: Scope.OWN,
        Predicate.TEAM: Scope.TEAM,
        Predicate.AGENCY: Scope.AGENCY,
        Predicate.IN_TASK: Scope.TASK,
    }
)


def _holds(cell: Cell, seat: Seat, view: _View) -> bool:
    if cell.predicate is Predicate.OWN_LOST_CONTACT and not view.conditions.lost_contact:
        return False
    scope = _PREDICATES.get(cell.predicate)
    return scope is not None and view.meets(scope, seat)


def _stricter(one: Cell, other: Cell) -> Cell:
    """Combine two cells of one viewer: the narrower mask, the fewer records, only what both allow to be done."""
    if derivable(one.code, other.code):
        code, predicate = other.code, other.predicate
    elif derivable(other.code, one.code):
        code, predicate = one.code, one.predicate
    else:
        return HIDDEN
    rows = min(one.rows, other.rows, key=_FEWER.index)
    return Cell(predicate, code, rows, one.actions & other.actions)
