"""What every catalogued field must promise, whoever edited the catalogue.

Each rule has a name, which ``CatalogueBroken`` carries: a mask that does not follow from the stored one, an
authenticator that could be seen, a tier with the wrong number of approvers. A catalogue that breaks one is not loaded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from masking.catalogue.errors import CatalogueBroken
from masking.catalogue.model import (
    Cell,
    Condition,
    DataType,
    Field,
    ForbiddenKind,
    JrtClass,
    Predicate,
    RegLevel,
    Rows,
    Tier,
    TierRule,
    ViewerRole,
)
from masking.masks.codes import MaskCode, widest

_NAME: Final = re.compile(r"[a-z][a-z0-9_]{1,31}")
LONGEST_MINUTES: Final = 30
_APPROVALS: Final[Mapping[Tier, int]] = {Tier.U0: 0, Tier.U1: 0, Tier.U2: 1, Tier.U3: 2, Tier.UV: 0}
_TASK_ONLY: Final = frozenset({MaskCode.FULL, MaskCode.SUMMARY, MaskCode.PAGES})
_AGENCY: Final = frozenset({ViewerRole.AGENCY_AGENT, ViewerRole.AGENCY_MANAGER})
_ADMINS: Final = frozenset({ViewerRole.SYSTEM_ADMIN, ViewerRole.SECURITY_ADMIN})
_AUTHENTICATORS: Final = frozenset({JrtClass.C3, JrtClass.C2_AUX})
# Masks that let no part of the value out; what identifies a customer must be under a stricter mask than these show.
_PLAIN: Final = frozenset({MaskCode.FULL, MaskCode.SHOWN})


def display_of(name: str, cells: Mapping[ViewerRole, Cell]) -> MaskCode:
    """Return the widest mask among cells outside tasks, from which every other such mask follows.

    Raises:
        CatalogueBroken: There is none.
    """
    codes = {cell.code for cell in cells.values() if cell.predicate is not Predicate.IN_TASK}
    found = widest(codes)
    if found is None:
        raise CatalogueBroken(rule="derivable", where=name)
    return found


def check_field(field: Field) -> None:
    """Refuse a field that breaks a rule.

    Raises:
        CatalogueBroken: With the rule's name.
    """
    for checks in (_identity, _cells, _authenticators, _tiers, _special, _import):
        for rule in checks(field):
            raise CatalogueBroken(rule=rule, where=field.name)


def _identity(field: Field) -> Iterator[str]:
    if not _NAME.fullmatch(field.name):
        yield "name"
    if field.data_type is DataType.CUSTOMER and field.reg > RegLevel.SENSITIVE:
        yield "customer_at_most_sensitive"
    if field.cibi and field.data_type is not DataType.CUSTOMER:
        yield "cibi_is_customer_data"


def _cells(field: Field) -> Iterator[str]:
    for role, cell in field.cells.items():
        if cell.predicate is Predicate.NEVER and (cell.code is not MaskCode.NONE or cell.actions):
            yield "never_shows_nothing"
        if cell.code is MaskCode.NONE and cell.rows is not Rows.ALL:
            yield "none_has_no_rows"
        if cell.code in _TASK_ONLY and cell.predicate is not Predicate.IN_TASK:
            yield "in_full_only_in_a_task"
        if role in _ADMINS and field.data_type is DataType.CUSTOMER and cell.code is not MaskCode.NONE:
            yield "administrators_see_no_customer"
        if field.jrt is JrtClass.C2 and field.cibi and cell.code in _PLAIN and cell.predicate is not Predicate.IN_TASK:
            yield "identity_is_masked"


def _authenticators(field: Field) -> Iterator[str]:
    if field.jrt in _AUTHENTICATORS and field.forbidden not in {ForbiddenKind.C3, ForbiddenKind.AUTH_AUX}:
        yield "authenticator_is_forbidden"
    if field.forbidden is None:
        return
    if field.importable:
        yield "forbidden_not_importable"
    if any(cell != Cell(Predicate.NEVER, MaskCode.NONE) for cell in field.cells.values()):
        yield "forbidden_not_shown"
    if [one.tier for one in field.tiers] != [Tier.U0] or field.special:
        yield "forbidden_not_revealed"


def _tiers(field: Field) -> Iterator[str]:
    kinds = {one.tier for one in field.tiers}
    if Tier.U0 in kinds and len(field.tiers) > 1:
        yield "u0_alone"
    for one in field.tiers:
        yield from _tier(one)


def _tier(one: TierRule) -> Iterator[str]:
    if len(set(one.approvers)) != len(one.approvers) or len(one.approvers) != _APPROVALS[one.tier]:
        yield "approvals_of_tier"
    if one.tier is Tier.U0:
        if one.requesters or one.minutes or one.condition is not Condition.NONE:
            yield "u0_is_never"
        return
    if not 1 <= one.minutes <= LONGEST_MINUTES:
        yield "minutes"
    yield from _people(one)
    if (one.tier is Tier.U1) != (one.condition is Condition.IN_CALL):
        yield "u1_in_call"
    if (one.tier is Tier.UV) != (one.condition is Condition.IN_TASK):
        yield "uv_in_task"


def _people(one: TierRule) -> Iterator[str]:
    if not one.requesters:
        yield "somebody_may_ask"
    if one.tier is not Tier.U1 and one.requesters & _AGENCY:
        yield "agency_reveals_nothing_but_in_call"
    if one.requesters & _ADMINS or ViewerRole.AUDITOR in one.requesters:
        yield "administrators_and_auditors_ask_for_nothing"
    if any(role in _AGENCY or role is ViewerRole.SYSTEM_ADMIN for role in one.approvers):
        yield "approver_role"


def _special(field: Field) -> Iterator[str]:
    special = field.special
    if special is None:
        return
    if len(set(special.approvers)) < 2 or special.requesters & _AGENCY:  # noqa: PLR2004 - two people agree
        yield "special_two_approvals"
    if not 1 <= special.minutes <= LONGEST_MINUTES or not special.requesters:
        yield "special_minutes"


def _import(field: Field) -> Iterator[str]:
    if field.importable and not field.kinds:
        yield "importable_into_something"
    if field.kinds and not field.importable:
        yield "kinds_need_importable"
    if field.importable and field.data_type not in {DataType.CUSTOMER, DataType.BUSINESS}:
        yield "importable_is_customers"
    if field.repeats and not field.importable:
        yield "repeats_need_importable"
