"""How sensitive fields are together: the strictest of three codes, raised by named combinations (J-15, T2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from masking.catalogue.model import Field, JrtClass, PlanLevel, RegLevel, Tier, ViewerRole

_FROM_JRT: Final[Mapping[JrtClass, int]] = {JrtClass.C1: 2, JrtClass.C2: 3, JrtClass.C2_AUX: 4, JrtClass.C3: 4}
_FROM_REG: Final[Mapping[RegLevel, int]] = {
    RegLevel.OTHER: 1,
    RegLevel.SENSITIVE: 3,
    RegLevel.IMPORTANT: 4,
    RegLevel.CORE: 4,
}
HIGHEST: Final = 4


@dataclass(frozen=True, slots=True)
class Combination:
    """Fields that say more together than alone.

    Attributes:
        name: Stable key.
        groups: It is met when at least one field of every group is there.
        plan: The plan's level it is treated as, or None.
        export_tier: The tier an export of it needs, or None.
        approvers: Roles whose approval an export of it needs besides.
    """

    name: str
    groups: tuple[frozenset[str], ...]
    plan: PlanLevel | None
    export_tier: Tier | None
    approvers: frozenset[ViewerRole]


@dataclass(frozen=True, slots=True)
class Volume:
    """What an export of more than ``over`` customers needs besides: approvers, or an assessment on record."""

    over: int
    approvers: frozenset[ViewerRole]
    assessment: bool


@dataclass(frozen=True, slots=True)
class EffectiveLevel:
    """How a set of fields is to be treated.

    Attributes:
        control: 1 to 4, the strictest of the three codes, one higher when a combination is met.
        jrt: Highest class among the fields.
        plan: Highest level of the plan, combinations included.
        reg: Highest level of the regulator.
        combinations: Names of the combinations met.
        export_tier: The tier an export needs because of them.
        approvers: Roles whose approval an export needs because of them.
    """

    control: int
    jrt: JrtClass
    plan: PlanLevel
    reg: RegLevel
    combinations: tuple[str, ...]
    export_tier: Tier | None
    approvers: frozenset[ViewerRole]


def control_of(field: Field) -> int:
    """Return the strictest of a field's three codes, as one scale of 1 to 4; a low one never unlocks a high one."""
    return max(_FROM_JRT[field.jrt], int(field.plan), _FROM_REG[field.reg])


def effective(fields: Iterable[Field], combinations: Iterable[Combination]) -> EffectiveLevel:
    """Return how fields shown or sent together are to be treated. No field at all is the strictest: fail closed."""
    among = tuple(fields)
    if not among:
        return EffectiveLevel(HIGHEST, JrtClass.C3, PlanLevel.CORE_SENSITIVE, RegLevel.CORE, (), Tier.U0, frozenset())
    names = {field.name for field in among}
    met = tuple(one for one in combinations if all(names & group for group in one.groups))
    raised = 1 if any(len(one.groups) > 1 for one in met) else 0
    plan = max([field.plan for field in among] + [one.plan for one in met if one.plan is not None])
    order = list(_FROM_JRT)
    tiers = [one.export_tier for one in met if one.export_tier is not None]
    return EffectiveLevel(
        control=min(HIGHEST, max(int(plan), max(control_of(field) for field in among) + raised)),
        jrt=max((field.jrt for field in among), key=order.index),
        plan=plan,
        reg=max(field.reg for field in among),
        combinations=tuple(one.name for one in met),
        export_tier=max(tiers, key=list(Tier).index) if tiers else None,
        approvers=frozenset().union(*(one.approvers for one in met)),
    )
