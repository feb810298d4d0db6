"""The field catalogue: every field the desk knows, its three levels, who sees how much of it, and how it is revealed.

Versioned data (``catalogue.toml``) under rules that the loader enforces: a catalogue that breaks one is not loaded.
Masks themselves are ``masking.masks``'s; whether a row meets a predicate, and whether a reveal is allowed, is
``access``'s.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib import resources
from types import MappingProxyType
from typing import Final

from masking.catalogue.errors import CatalogueBroken, UnknownField
from masking.catalogue.headers import HeaderClash, HeaderMatch, HeaderOutcome, Headers
from masking.catalogue.levels import Combination, EffectiveLevel, Volume, control_of, effective
from masking.catalogue.load import read
from masking.catalogue.model import (
    Cell,
    CellAction,
    Condition,
    DataType,
    Field,
    ForbiddenKind,
    Holder,
    ImportKind,
    JrtClass,
    PlanLevel,
    Predicate,
    RegLevel,
    Rows,
    SpecialRule,
    Tier,
    TierRule,
    ViewerRole,
)
from masking.masks.codes import MaskCode

__all__ = [
    "Catalogue",
    "CatalogueBroken",
    "Cell",
    "CellAction",
    "Combination",
    "Condition",
    "DataType",
    "EffectiveLevel",
    "Field",
    "ForbiddenKind",
    "HeaderMatch",
    "HeaderOutcome",
    "Holder",
    "ImportKind",
    "JrtClass",
    "PlanLevel",
    "Predicate",
    "RegLevel",
    "Rows",
    "SpecialRule",
    "Tier",
    "TierRule",
    "UnknownField",
    "ViewerRole",
    "Volume",
]

_HIDDEN: Final = Cell(Predicate.NEVER, MaskCode.NONE)
_ROLES: Final = frozenset(role.value for role in ViewerRole)


class Catalogue:
    """One version of the catalogue, immutable.

    Attributes:
        version: Its number, raised with every change.
        digest: SHA-256 of its bytes, in hex; what events and exports name.
        fields: Every field by its name, in the catalogue's order.
    """

    def __init__(self, source: bytes) -> None:
        """Read a catalogue.

        Raises:
            CatalogueBroken: It does not hold together.
        """
        contents = read(source)
        self.version = contents.version
        self.digest = hashlib.sha256(source).hexdigest()
        self.fields: Mapping[str, Field] = MappingProxyType({field.name: field for field in contents.fields})
        self.combinations = contents.combinations
        self.volumes = contents.volumes
        try:
            self._headers = Headers(contents.fields, contents.forbidden_words, contents.ignorable)
        except HeaderClash as clash:
            raise CatalogueBroken(rule="header_clash", where=str(clash)) from clash

    @staticmethod
    def load() -> Catalogue:
        """Return the catalogue that comes with the package; read once.

        Raises:
            CatalogueBroken: It does not hold together; nothing may start.
        """
        return _packaged()

    def field(self, name: str) -> Field:
        """Return a field.

        Raises:
            UnknownField: There is none of this name.
        """
        try:
            return self.fields[name]
        except KeyError:
            raise UnknownField(field=name[:32]) from None

    def cell(self, name: str, role: ViewerRole | str) -> Cell:
        """Return what a role sees of a field; for an unknown role, nothing.

        Raises:
            UnknownField: There is no field of this name.
        """
        cells = self.field(name).cells
        return cells[ViewerRole(role)] if role in _ROLES else _HIDDEN

    def display_code(self, name: str) -> MaskCode:
        """Return the mask that the display blob keeps of a field: the widest outside tasks.

        Raises:
            UnknownField: There is no field of this name.
        """
        return self.field(name).display

    def importable(self, kind: ImportKind = ImportKind.CASES) -> tuple[Field, ...]:
        """Return the fields that a file of a kind may hold, in the catalogue's order."""
        return tuple(field for field in self.fields.values() if kind in field.kinds)

    def control_level(self, name: str) -> int:
        """Return the strictest of a field's three codes, 1 to 4 (T2).

        Raises:
            UnknownField: There is no field of this name.
        """
        return control_of(self.field(name))

    def effective_level(self, names: Iterable[str]) -> EffectiveLevel:
        """Return how fields shown or sent together are to be treated (J-15).

        Raises:
            UnknownField: A name is not in the catalogue.
        """
        return effective([self.field(name) for name in names], self.combinations)

    def volume(self, customers: int) -> tuple[Volume, ...]:
        """Return what an export of so many customers needs besides, smallest threshold first."""
        return tuple(one for one in self.volumes if customers > one.over)

    def match_header(self, header: str, kind: ImportKind = ImportKind.CASES) -> HeaderMatch:
        """Return which field a lender's header means in a file of a kind."""
        return self._headers.match(header, kind)


@cache
def _packaged() -> Catalogue:
    return Catalogue(resources.files("masking.catalogue").joinpath("catalogue.toml").read_bytes())
