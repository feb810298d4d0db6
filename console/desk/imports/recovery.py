"""What a killed desk left of its imports is ended and swept when the desk starts again.

A batch that was being staged is abandoned: its rows were never visible. A batch that waits for approval stays, it is
whole. The lender's file is still where it was, so the import is simply started again.
"""

from __future__ import annotations

import logging
from typing import Final

from sqlalchemy import select

from access.audit.events import DetailKey
from access.context import Origin
from access.errors import AccessError
from access.store.base import UnitOfWork
from access.store.schema import import_batch, source
from console.desk.act import Act
from console.desk.imports import arrivals, drop
from console.desk.imports.sweep import leftovers, sweep_staged, worked_off
from console.desk.imports.sweep import sweep as sweep_batch
from console.desk.line import Line
from console.desk.parts import Parts

CLOCKWORK: Final = Origin("local", "clockwork")
_log = logging.getLogger("veildesk.imports")


def sweep(parts: Parts) -> None:
    """End what nobody works on any more and take its rows away."""
    for batch_id in parts.store.run(lambda uow: _abandon_all(parts, uow)):
        _log.warning("import %s was cut off; nothing of it is kept", batch_id)
    for batch_id in leftovers(parts.store):
        sweep_batch(parts.store, batch_id)
    for batch_id in worked_off(parts.store):
        sweep_staged(parts.store, batch_id)
    if parts.home is not None:
        try:
            drop.destroy_all(parts.home.temporary / "imports")
        except OSError as wrong:
            _log.warning("private copies of imports remain: %s", type(wrong).__name__)
        for name in _registered(parts):
            drop.open_for(parts.home.drop, name)
        arrivals.recover(parts)


def _registered(parts: Parts) -> list[str]:
    """Lenders whose drop must be there, also when the desk was killed between their registration and its making."""
    with parts.store.engine.connect() as connection:
        rows = connection.execute(select(source).where(source.c.state == "registered")).mappings().all()
        return [row["name"] for row in parts.proofs.holding(connection, source, rows) if row["public_key"] is not None]


def _abandon_all(parts: Parts, uow: UnitOfWork) -> list[str]:
    act = Act(uow=uow, parts=parts, line=Line(CLOCKWORK))
    rows = uow.connection.execute(select(import_batch).where(import_batch.c.state == "staging")).mappings().all()
    ended = []
    for row in rows:
        try:
            parts.proofs.update(
                uow,
                import_batch,
                row["id"],
                row["version"],
                {"state": "abandoned"},
                act.event(
                    "import:batch:abandon",
                    result="failed",
                    tenant_id=row["tenant_id"],
                    object_kind="batch",
                    object_id=row["id"],
                    detail=((DetailKey.STATE, "abandoned"),),
                ),
            )
        except AccessError as broken:
            # A batch row that does not prove itself is invisible as it is; the log of it is the proofs' own.
            _log.warning("import %s is left as it is: %s", row["id"], broken.code)
            continue
        ended.append(row["id"])
    return ended
