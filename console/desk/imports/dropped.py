"""What lies in lenders' drops for a person to load: by a key, since a file's name may be about somebody."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.engine import RowMapping

from access.policy import Action, Resource
from access.store.schema import source
from console.desk.act import Act
from console.desk.api.imports import DroppedFile, DroppedFiles, ListDropped
from console.desk.imports import arrivals, sources, uploads
from console.desk.kernel import handles
from masking.detect import mask_text
from masking.gm import sm3

_KEY: Final = 16
_MOST: Final = 100
_NAME: Final = 200


@handles(ListDropped)
def list_dropped(act: Act, request: ListDropped) -> DroppedFiles:
    """Of lenders whose files this person loads."""
    del request
    rows = act.db.execute(select(source).order_by(source.c.name)).mappings().all()
    mine = [
        row
        for row in act.parts.proofs.holding(act.uow, source, rows)
        if act.allowed(Action.IMPORT_BATCH_STAGE, sources.resource_of(row, kind="batch")).allowed
    ]
    if not mine:
        act.require(Action.IMPORT_BATCH_STAGE, Resource(kind="batch", unit_id=sources.own_unit(act)))
    found = sorted((one for row in mine for one in _files(act, row)), key=lambda one: one.arrived)[:_MOST]
    act.log(Action.IMPORT_SOURCE_READ, object_kind="source", rows=len(found))
    return DroppedFiles(files=tuple(found))


def _files(act: Act, row: RowMapping) -> Iterator[DroppedFile]:
    home = act.parts.home
    for found in arrivals.files(home.drop / row["name"]) if home is not None else ():
        if found.whole:
            name = found.path.name
            shown = mask_text("".join(char for char in name if char.isprintable()), loose=True)[:_NAME]
            kind = uploads.kind_of(name)
            yield DroppedFile(
                key=_key(name),
                source=row["name"],
                name=shown,
                kind=str(kind) if kind is not None else "",
                size=found.path.lstat().st_size,
                arrived=found.arrived,
            )


def name_of(drops: Path, row: RowMapping | dict[str, Any], said: str) -> str:
    """The file's name in the drop of a source, of its name or key; what is neither stays what was said."""
    names = [one.path.name for one in arrivals.files(drops / row["name"])]
    return next((name for name in names if said in {name, _key(name)}), said)


def _key(name: str) -> str:
    return sm3(name.encode("utf-8", "surrogateescape")).hex()[:_KEY]
