"""What a viewer sees of a case: the display blob opened, each mask narrowed to the viewer's cell.

The blob holds every field in its widest default mask under the display key; no case key is touched here. A field whose
cell is a task view, or that the blob does not hold, is not shown at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from sqlalchemy.engine import RowMapping

from access.policy import Actor, Conditions, Resource, reveal_tier, visible_cell
from console.desk.parts import Parts
from masking.catalogue import Cell, Tier
from masking.masks import MaskCode, narrow
from masking.sealing import SealContext

_decode: Final = msgspec.msgpack.Decoder(dict[str, str]).decode
_encode: Final = msgspec.msgpack.Encoder().encode
_FIELD: Final = "display"
_TABLE: Final = "case_file"
HIDDEN: Final = "@none"


def slot(name: str, ordinal: int) -> str:
    """How the blob names a field: `mobile`, and `mobile#2` for the second."""
    return name if ordinal == 1 else f"{name}#{ordinal}"


def parse_slot(text: str) -> tuple[str, int]:
    """The other way round."""
    name, mark, ordinal = text.partition("#")
    return name, int(ordinal) if mark else 1


def display_context(tenant_id: str, case_id: str, key_version: int) -> SealContext:
    """Where a display blob stands."""
    return SealContext(tenant_id, _TABLE, case_id, case_id, _FIELD, key_version)


def seal_display(parts: Parts, tenant_id: str, case_id: str, masked: Mapping[str, str]) -> bytes:
    """Seal the widest default masks of a case, by slot."""
    context = display_context(tenant_id, case_id, parts.display.key_id)
    return parts.display.seal_blob(_encode(dict(masked)), context)


def open_display(parts: Parts, row: Mapping[str, Any] | RowMapping) -> dict[str, str]:
    """The widest default masks of a case, by slot.

    Raises:
        SealBroken: the blob is not this case's, or was changed.
    """
    context = display_context(row["tenant_id"], row["id"], parts.display.key_id)
    return _decode(parts.display.open_blob(bytes(row["display"]), context))


class _Named(msgspec.Struct):
    """Of a display blob only the name, which is all that a list shows."""

    full_name: str = ""


_decode_name: Final = msgspec.msgpack.Decoder(_Named).decode


def open_name(parts: Parts, row: Mapping[str, Any] | RowMapping) -> str:
    """The widest default mask of a case's name.

    Raises:
        SealBroken: the blob is not this case's, or was changed.
    """
    context = display_context(row["tenant_id"], row["id"], parts.display.key_id)
    return _decode_name(parts.display.open_blob(bytes(row["display"]), context)).full_name


class Viewer:
    """Narrows masks to what one actor may see of one kind of case; cells are decided once."""

    def __init__(self, parts: Parts, actor: Actor, resource: Resource, conditions: Conditions, now: int) -> None:
        self._parts = parts
        self._actor = actor
        self._resource = resource
        self._conditions = conditions
        self._now = now
        self._cells: dict[str, Cell] = {}

    def cell(self, name: str) -> Cell:
        """The viewer's catalogue cell for a field."""
        found = self._cells.get(name)
        if found is None:
            found = visible_cell(self._parts.catalogue, name, self._actor, self._resource, self._conditions, self._now)
            self._cells[name] = found
        return found

    def tier(self, name: str) -> Tier:
        """The tier by which the viewer could have a field in clear now; `U0` for not at all."""
        return reveal_tier(self._parts.catalogue, name, self._actor, self._resource, self._conditions, self._now)

    def mask(self, name: str, ordinal: int, widest: str) -> str:
        """The viewer's mask of a field, from the widest default mask."""
        have = self._parts.catalogue.display_code(name)
        want = self.cell(name).code
        if want is MaskCode.NONE:
            return HIDDEN
        return narrow(have, want, widest, ordinal=ordinal)
