"""Which columns an export may have, through which mask, and what each cell says.

A cell is made from the display store alone: no case key is touched, so an export never shows more than a masked list.
Whatever cannot be had from the stored mask, or what the profile does not show, is not offered at all (Y-4.8.2: for
modelling an ID number keeps no more than its ends and a card nothing).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum, unique
from types import MappingProxyType
from typing import Final

from access.roles import Role
from console.desk.exports.chain import Reach, never
from masking.catalogue import Catalogue
from masking.masks import MaskCode, derivable

CUSTOMER: Final = (
    "full_name",
    "gender",
    "birth_date",
    "id_type",
    "id_number",
    "mobile",
    "home_address",
    "employer_name",
    "employer_address",
    "email",
    "bank_card",
    "bank_name",
)
"""Columns read from the display store. Nobody but the debtor: a third party's data is no part of any export."""


@unique
class Kind(StrEnum):
    """What a cell holds, for files that know types."""

    TEXT = "text"
    COUNT = "count"
    MONEY = "money"  # minor units
    DATE = "date"  # ISO


FIGURES: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        "loan_number": Kind.TEXT,
        "bill_period": Kind.TEXT,
        "product": Kind.TEXT,
        "currency": Kind.TEXT,
        "principal": Kind.MONEY,
        "interest": Kind.MONEY,
        "fees": Kind.MONEY,
        "due_amount": Kind.MONEY,
        "days_past_due": Kind.COUNT,
        "due_date": Kind.DATE,
    }
)
"""Columns read from the case and its accounts."""

OFFERED: Final = (*CUSTOMER, *FIGURES)

_ANALYTICS: Final[Mapping[str, MaskCode]] = MappingProxyType(
    {
        "gender": MaskCode.SHOWN,
        "birth_date": MaskCode.AGE_BAND,
        "id_type": MaskCode.SHOWN,
        "id_number": MaskCode.I11,
        "home_address": MaskCode.A_C,
        "employer_address": MaskCode.A_C,
        "bank_name": MaskCode.SHOWN,
    }
)
"""For modelling: nothing that names or reaches a person. Figures are exact."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a file. have: the mask that the display store keeps; none for figures."""

    name: str
    kind: Kind
    code: MaskCode
    have: MaskCode | None = None


def columns(
    catalogue: Catalogue, names: tuple[str, ...], role: Role, reach: Reach, profile: str
) -> tuple[Column, ...] | None:
    """Return the columns asked for, in their order; none when one of them may not be had.

    Args:
        catalogue: The catalogue in force.
        names: Catalogue names, each once.
        role: Whose masks; an agency gets an agency's, whoever asks (J-8).
        reach: Where the file goes.
        profile: `display` or `analytics`.
    """
    found = [_column(catalogue, name, role, reach, profile) for name in names]
    whole = tuple(one for one in found if one is not None)
    return whole if whole and len(whole) == len(names) == len(set(names)) else None


def offered(catalogue: Catalogue, role: Role, reach: Reach, profile: str) -> tuple[str, ...]:
    """Return every column that may be asked for."""
    return tuple(name for name in OFFERED if _column(catalogue, name, role, reach, profile) is not None)


def _column(catalogue: Catalogue, name: str, role: Role, reach: Reach, profile: str) -> Column | None:
    if name not in OFFERED or never(catalogue, name):
        return None
    seen_by = Role.AGENCY_AGENT if reach is Reach.AGENCY else role
    cell = catalogue.cell(name, seen_by.value).code
    figure = FIGURES.get(name)
    if figure is not None:
        exact = cell in {MaskCode.AMT, MaskCode.SHOWN} or (name == "loan_number" and cell is MaskCode.LAST4)
        return Column(name, figure, cell) if exact and not (name == "loan_number" and profile == "analytics") else None
    code = _ANALYTICS.get(name, MaskCode.NONE) if profile == "analytics" else cell
    have = catalogue.display_code(name)
    # The stricter of what the role sees and what the profile shows, and only if the stored mask yields it.
    if not derivable(have, code) or (profile == "analytics" and not derivable(cell, code)):
        return None
    return None if code is MaskCode.NONE else Column(name, Kind.TEXT, code, have)
