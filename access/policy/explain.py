"""Why somebody sees what they see: every act and every field, by the decision itself and the catalogue in force."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from access.policy.decide import gated, unfit
from access.policy.fields import HIDDEN, reveal_rule, visible_cell
from access.policy.model import Actor, Conditions, Seat
from access.policy.probe import Reach, held, places
from access.roles import AGENCY_ROLES, Role, Scope
from masking.catalogue import Catalogue, Cell, Tier, TierRule
from masking.masks import MaskCode

OPEN_RULE: Final = "§3.2-4"
ASK_RULE: Final = "§3.2-7"
_WHERE: Final = (Scope.OWN, Scope.TEAM, Scope.AGENCY, Scope.TASK)
_ROLE_UNIT: Final = "a" * 32
_ROLE_AGENCY: Final = "b" * 32
_ROLE_PERSON: Final = "1" * 32


@dataclass(frozen=True, slots=True)
class Sight:
    """How somebody sees a field of cases in one place.

    Attributes:
        field: Name of the field.
        scope: Whose cases.
        mask: Mask code in which it is shown.
        tier: By which tier it could be revealed; `U0` for never.
        minutes: For how long at most.
        rule: What shows it.
    """

    field: str
    scope: Scope
    mask: MaskCode
    tier: Tier
    minutes: int
    rule: str


@dataclass(frozen=True, slots=True)
class Gain:
    """What a further seat would add."""

    acts: tuple[Reach, ...]
    fields: tuple[Sight, ...]
    lost: tuple[Reach, ...] = ()


def sights(catalogue: Catalogue, actor: Actor, now: int, field: str | None = None) -> tuple[Sight, ...]:
    """Return how the actor sees fields: one entry a field and place; a field that is hidden everywhere has none.

    Args:
        catalogue: The catalogue in force.
        actor: Who.
        now: Microseconds UTC.
        field: Only this field.
    """
    names = [field] if field is not None else list(catalogue.fields)
    found: list[Sight] = []
    for name in names:
        for scope in _WHERE:
            for case in places(actor, scope, "case"):
                cell = visible_cell(catalogue, name, actor, case, Conditions(), now)
                rule = reveal_rule(catalogue, name, actor, case, Conditions(), now)
                found += _sight(name, scope, cell, rule)
                break
    return tuple(found)


def _sight(name: str, scope: Scope, cell: Cell, rule: tuple[TierRule, Role] | None) -> list[Sight]:
    if cell == HIDDEN and rule is None:
        return []
    if rule is None:
        return [Sight(name, scope, cell.code, Tier.U0, 0, OPEN_RULE)]
    return [Sight(name, scope, cell.code, rule[0].tier, rule[0].minutes, ASK_RULE)]


def may(actor: Actor, now: int) -> tuple[Reach, ...]:
    """Return everything the actor may do."""
    return held(actor, now)


def why_nothing(actor: Actor) -> tuple[str, str] | None:
    """Return code and clause of why the actor may do nothing at all; none for somebody who may."""
    lack = unfit(actor) or gated(actor)
    return (lack.code, lack.clause) if lack is not None else None


def gain(catalogue: Catalogue, actor: Actor, seat: Seat, now: int) -> Gain:
    """Return what one seat more would let the actor do and see that they cannot now, and what it would cost them."""
    ready = replace(actor, state="active", trained=True, confidentiality=True)
    after = replace(ready, seats=(*ready.seats, seat))
    had, has = set(may(ready, now)), may(after, now)
    saw, sees = set(sights(catalogue, ready, now)), sights(catalogue, after, now)
    return Gain(
        acts=tuple(reach for reach in has if reach not in had),
        fields=tuple(sight for sight in sees if sight not in saw),
        lost=tuple(reach for reach in may(ready, now) if reach not in set(has)),
    )


def typical(role: Role, now: int) -> Actor:
    """Return somebody who holds this role and nothing else, fit for work, in a unit of their own."""
    agency = role in AGENCY_ROLES
    unit = _ROLE_AGENCY if agency else _ROLE_UNIT
    return Actor(
        person_id=_ROLE_PERSON,
        seats=(Seat(role, "0" * 32, unit, now, now + 1),),
        unit_id=unit,
        agency_id=_ROLE_AGENCY if agency else None,
        state="active",
        trained=True,
        confidentiality=True,
    )
