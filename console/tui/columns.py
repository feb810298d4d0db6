"""What a person says of a lender's columns: header and field, in the words of the screen, as one line of text."""

from __future__ import annotations

from functools import cache
from typing import Final

from console.texts import Texts
from masking.catalogue import Catalogue, ImportKind

DROP: Final = "-"
_BETWEEN: Final = "；"


@cache
def _catalogue() -> Catalogue:
    return Catalogue.load()


def fields_of(kind: str) -> tuple[str, ...]:
    """Fields that a column of a file of this kind may be."""
    return tuple(one.name for one in _catalogue().importable(ImportKind(kind)))


def written(mapping: dict[str, str], texts: Texts) -> str:
    """A mapping as it is typed: `债主=客户姓名；标签=-`."""
    return _BETWEEN.join(
        f"{header}={field if field == DROP else texts.field(field.partition('#')[0])}"
        for header, field in mapping.items()
    )


def read_mapping(text: str, fields: tuple[str, ...], texts: Texts) -> tuple[dict[str, str], str]:
    """A mapping as it was typed, fields by their name on the screen or in the catalogue.

    Returns:
        Header to field, `-` for one that is left out; and the part that cannot be read, empty when all can.
    """
    named = {DROP: DROP} | {texts.field(name).casefold(): name for name in fields} | {name: name for name in fields}
    found: dict[str, str] = {}
    for part in text.replace(";", _BETWEEN).replace("＝", "=").split(_BETWEEN):
        if not part.strip():
            continue
        header, equals, field = part.rpartition("=")
        name = named.get(field.strip().casefold())
        if not equals or not header.strip() or name is None:
            return {}, part.strip()
        found[header.strip()] = name
    return found, ""
