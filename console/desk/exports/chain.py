"""Who must agree to an export, in which order: by where it goes, how sensitive the whole is, and how many it names.

Requirements §4.3, Y-4.8.3, J-15 and the catalogue's combinations and volumes. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Final

from access.roles import Role
from masking.catalogue import Catalogue, JrtClass
from masking.catalogue.levels import HIGHEST


@unique
class Reach(StrEnum):
    """How far a file goes."""

    INTERNAL = "internal"
    AGENCY = "agency"  # entrusted processing (R-22, J-8)
    EXTERNAL = "external"  # provided to somebody else (Y-4.8.3, R-34)


_ORDER: Final = (Role.SUPERVISOR, Role.COMPLIANCE, Role.SECURITY_ADMIN)
_BASE: Final = frozenset({Role.SUPERVISOR, Role.SECURITY_ADMIN})


@dataclass(frozen=True, slots=True)
class Judged:
    """What an export needs.

    Attributes:
        level: 1 to 4, of the whole.
        chain: Roles that must agree, in order.
        combinations: Named combinations met.
        blocked: Why it cannot be asked for at all, or none.
    """

    level: int
    chain: tuple[Role, ...]
    combinations: tuple[str, ...] = ()
    blocked: str | None = None


def judge(catalogue: Catalogue, fields: Iterable[str], reach: Reach, row_cap: int) -> Judged:
    """Say how sensitive an export is and who must agree to it.

    Args:
        catalogue: The catalogue in force.
        fields: Catalogue names of the columns.
        reach: Where it goes.
        row_cap: The most customers it may name; what it is judged by, since the filter may match more tomorrow.

    Returns:
        The judgement; `blocked` is `export.field_never` for fields that authenticate somebody, or that may not be held,
        `export.too_many` where the catalogue demands an assessment and sign-off that this desk has no office for.
    """
    names = tuple(fields)
    if not names or any(never(catalogue, name) for name in names):
        return Judged(HIGHEST, _ORDER, blocked="export.field_never")
    whole = catalogue.effective_level(names)
    volumes = catalogue.volume(row_cap)
    needed = _BASE | {Role(one.value) for one in whole.approvers}
    needed |= {Role(one.value) for volume in volumes for one in volume.approvers}
    # A combination says more than its fields: the whole is one level up and one more has to agree (J-15).
    if reach is not Reach.INTERNAL or whole.combinations:
        needed |= {Role.COMPLIANCE}
    blocked = "export.too_many" if any(volume.assessment for volume in volumes) else None
    chain = tuple(role for role in _ORDER if role in needed)
    if len(chain) != len(needed):
        blocked = blocked or "export.no_approver"
    return Judged(whole.control, chain, whole.combinations, blocked)


def never(catalogue: Catalogue, name: str) -> bool:
    """Tell whether a field may never stand in an export: it authenticates a person, or may not be held at all."""
    field = catalogue.fields.get(name)
    return field is None or field.jrt in {JrtClass.C3, JrtClass.C2_AUX} or field.forbidden is not None
