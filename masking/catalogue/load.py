"""Reading ``catalogue.toml`` into fields, and refusing whatever does not hold together.

Shape is judged here: unknown keys, missing roles, unknown codes. What the fields then promise is judged in
``masking.catalogue.rules``.
"""

from __future__ import annotations

import dataclasses
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import Any, Final, TypeVar

from masking.catalogue.errors import CatalogueBroken
from masking.catalogue.levels import Combination, Volume
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
from masking.catalogue.rules import check_field, display_of
from masking.masks.codes import MaskCode

E = TypeVar("E", bound=Enum)
Table = Mapping[str, Any]

_TOP: Final = frozenset(
    {"version", "requesters", "profile", "field", "combination", "volume", "forbidden_words", "ignorable"}
)
_FIELD: Final = frozenset(field.name for field in dataclasses.fields(Field)) - {
    "jrt",
    "plan",
    "reg",
    "cells",
    "display",
} | {
    "levels",
    "show",
}
_TIER: Final = frozenset({"tier", "for", "approvers", "when", "minutes", "plus_length"})
_SPECIAL: Final = frozenset({"for", "approvers", "minutes"})
_COMBINATION: Final = frozenset({"name", "all", "plan", "export_tier", "approvers"})
_VOLUME: Final = frozenset({"over", "approvers", "assessment"})
_LEVELS: Final = frozenset({"jrt", "plan", "reg"})
_REG: Final[Mapping[str, RegLevel]] = {level.name.lower(): level for level in RegLevel}
_TYPES: Final[Mapping[str, DataType]] = {one.name.lower(): one for one in DataType}


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything a catalogue file says."""

    version: int
    fields: tuple[Field, ...]
    combinations: tuple[Combination, ...]
    volumes: tuple[Volume, ...]
    forbidden_words: Mapping[str, ForbiddenKind]
    ignorable: tuple[str, ...]


def read(source: bytes) -> Contents:
    """Return what a catalogue file says.

    Raises:
        CatalogueBroken: It is no TOML, holds an unknown key or word, lacks one, or breaks a rule.
    """
    try:
        top: Table = tomllib.loads(source.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as fault:
        raise CatalogueBroken(rule="toml", where="file") from fault
    try:
        return _contents(top)
    except CatalogueBroken:
        raise
    except (KeyError, TypeError, ValueError, AttributeError) as fault:
        raise CatalogueBroken(rule="shape", where=str(fault)[:60]) from fault


def _contents(top: Table) -> Contents:
    _known(top, _TOP, "file")
    requesters = _roles(top["requesters"], "requesters")
    profiles = {name: _cells(table, name) for name, table in top["profile"].items()}
    fields = tuple(_field(table, profiles, requesters) for table in top["field"])
    names = [field.name for field in fields]
    for name in names:
        if names.count(name) > 1:
            raise CatalogueBroken(rule="unique", where=name)
    used = {table["show"] for table in top["field"]}
    for unused in profiles.keys() - used:
        raise CatalogueBroken(rule="unused_profile", where=unused)
    known = frozenset(names)
    version = top["version"]
    if type(version) is not int or version < 1:
        raise CatalogueBroken(rule="version", where="file")
    return Contents(
        version=version,
        fields=fields,
        combinations=tuple(_combination(table, known) for table in top["combination"]),
        volumes=tuple(sorted(map(_volume, top["volume"]), key=lambda one: one.over)),
        forbidden_words=MappingProxyType(
            {word: _word(ForbiddenKind, kind, word) for kind, words in top["forbidden_words"].items() for word in words}
        ),
        ignorable=tuple(map(_text, top["ignorable"])),
    )


def _field(table: Table, profiles: Mapping[str, Mapping[ViewerRole, Cell]], requesters: frozenset[ViewerRole]) -> Field:
    name = _text(table["name"])
    _known(table, _FIELD, name)
    levels = table["levels"]
    _known(levels, _LEVELS, name)
    if table["show"] not in profiles:
        raise CatalogueBroken(rule="profile", where=name)
    cells = profiles[table["show"]]
    importable = _flag(table.get("importable", False))
    special = table.get("special")
    forbidden = table.get("forbidden")
    field = Field(
        name=name,
        zh=_text(table["zh"]),
        en=_text(table["en"]),
        jrt=_word(JrtClass, levels["jrt"], name),
        plan=_word(PlanLevel, levels["plan"], name),
        reg=_REG[levels["reg"]],
        cibi=_flag(table.get("cibi", False)),
        data_type=_TYPES[table.get("data_type", "customer")],
        holder=_word(Holder, table["holder"], name),
        cells=cells,
        tiers=tuple(_tier(one, name, requesters) for one in table["tiers"]),
        special=None if special is None else _special(special, name),
        importable=importable,
        kinds=frozenset(_word(ImportKind, kind, name) for kind in table.get("kinds", ["cases"] if importable else [])),
        repeats=_flag(table.get("repeats", False)),
        third_party=_flag(table.get("third_party", False)),
        forbidden=None if forbidden is None else _word(ForbiddenKind, forbidden, name),
        display=display_of(name, cells),
        aliases=tuple(map(_text, table.get("aliases", []))),
    )
    check_field(field)
    return field


def _cells(table: Table, where: str) -> Mapping[ViewerRole, Cell]:
    _known(table, frozenset(ViewerRole), where)
    for role in ViewerRole:
        if role not in table:
            raise CatalogueBroken(rule="every_role", where=f"{where}.{role}")
    return MappingProxyType({role: _cell(table[role], f"{where}.{role}") for role in ViewerRole})


def _cell(text: str, where: str) -> Cell:
    """Read ``predicate CODE``, then optionally ``rows=…`` and ``+action``."""
    if text == "-":
        return Cell(Predicate.NEVER, MaskCode.NONE)
    predicate, code, *more = text.split(" ")
    rows = Rows.ALL
    actions = set()
    for one in more:
        if one.startswith("+"):
            actions.add(_word(CellAction, one[1:], where))
        else:
            rows = _word(Rows, one.removeprefix("rows="), where)
    return Cell(_word(Predicate, predicate, where), _word(MaskCode, code, where), rows, frozenset(actions))


def _tier(table: Table, where: str, requesters: frozenset[ViewerRole]) -> TierRule:
    _known(table, _TIER, where)
    tier = _word(Tier, table["tier"], where)
    default: frozenset[ViewerRole] = frozenset() if tier is Tier.U0 else requesters
    return TierRule(
        tier=tier,
        requesters=_roles(table["for"], where) if "for" in table else default,
        approvers=tuple(_word(ViewerRole, one, where) for one in table.get("approvers", [])),
        condition=_word(Condition, table.get("when", "none"), where),
        minutes=_whole(table.get("minutes", 0)),
        plus_length=_flag(table.get("plus_length", False)),
    )


def _special(table: Table, where: str) -> SpecialRule:
    _known(table, _SPECIAL, where)
    approvers = tuple(_word(ViewerRole, one, where) for one in table["approvers"])
    return SpecialRule(_roles(table["for"], where), approvers, _whole(table["minutes"]))


def _combination(table: Table, names: frozenset[str]) -> Combination:
    where = _text(table["name"])
    _known(table, _COMBINATION, where)
    groups = tuple(frozenset(group) for group in table["all"])
    for name in frozenset[str]().union(*groups) - names:
        raise CatalogueBroken(rule="combination_field", where=f"{where}.{name}")
    if not groups or not all(groups):
        raise CatalogueBroken(rule="combination_groups", where=where)
    return Combination(
        name=where,
        groups=groups,
        plan=_word(PlanLevel, table["plan"], where) if "plan" in table else None,
        export_tier=_word(Tier, table["export_tier"], where) if "export_tier" in table else None,
        approvers=_roles(table.get("approvers", []), where),
    )


def _volume(table: Table) -> Volume:
    _known(table, _VOLUME, "volume")
    return Volume(_whole(table["over"]), _roles(table["approvers"], "volume"), _flag(table["assessment"]))


def _known(table: Table, keys: frozenset[str] | frozenset[ViewerRole], where: str) -> None:
    for key in table:
        if key not in keys:
            raise CatalogueBroken(rule="unknown_key", where=f"{where}.{key}")


def _word(kind: Callable[[Any], E], value: object, where: str) -> E:
    try:
        return kind(value)
    except ValueError as fault:
        raise CatalogueBroken(rule="unknown_word", where=f"{where}.{value}") from fault


def _roles(values: list[str], where: str) -> frozenset[ViewerRole]:
    return frozenset(_word(ViewerRole, one, where) for one in values)


def _text(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise TypeError("text expected")
    return value


def _flag(value: object) -> bool:
    if not isinstance(value, bool):
        raise TypeError("true or false expected")
    return value


def _whole(value: object) -> int:
    if type(value) is not int:
        raise TypeError("whole number expected")
    return value
