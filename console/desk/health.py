"""How the desk is: store, schema, clock, log, checkpoints, keys. Facts only, nothing of any customer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy import func, select

from access.audit.checkpoints import read_head
from access.policy import Action, Resource
from access.store import triggers
from access.store.schema import audit_checkpoint, audit_outbox, import_batch, staff_session
from console.desk.act import Act
from console.desk.api.people import Check, HealthView, ReadHealth
from console.desk.kernel import handles

_LATE: Final = 60 * 1_000_000  # a checkpoint older than this with events behind it is worth a look
_MANY: Final = 10_000


@handles(ReadHealth)
def read_health(act: Act, request: ReadHealth) -> HealthView:
    """All checks."""
    del request
    act.require(Action.HEALTH_DESK_READ, Resource(kind="health"))
    checks = tuple(_checks(act))
    act.log(Action.HEALTH_DESK_READ, object_kind="health", rows=len(checks))
    return HealthView(checks=checks)


def _checks(act: Act) -> Iterator[Check]:
    yield Check(name="profile", state="ok", detail=act.parts.profile)
    yield Check(name="store", state="ok", detail=act.db.dialect.name)
    broken = triggers.broken(act.db)
    yield Check(name="triggers", state="bad" if broken else "ok", detail=", ".join(broken))
    waiting = act.db.execute(select(func.count()).select_from(audit_outbox)).scalar_one()
    yield Check(name="outbox", state="warn" if waiting > _MANY else "ok", detail=str(waiting))
    head = read_head(act.db)
    signed = act.db.execute(
        select(audit_checkpoint.c.size, audit_checkpoint.c.at).order_by(audit_checkpoint.c.size.desc()).limit(1)
    ).first()
    yield Check(name="log", state="ok", detail=str(head.size))
    late = head.size > 0 and (signed is None or (signed.size < head.size and act.now - signed.at > _LATE))
    yield Check(name="checkpoint", state="warn" if late else "ok", detail=str(signed.size if signed else 0))
    ring = act.parts.keys.status()
    yield Check(name="keys", state="ok", detail=str(len(ring.keys)))
    yield Check(name="catalogue", state="ok", detail=str(act.parts.catalogue.version))
    held = act.parts.broken.count()
    yield Check(name="rows", state="bad" if held else "ok", detail=str(held))
    half = act.db.execute(
        select(func.count()).select_from(import_batch).where(import_batch.c.state == "staging")
    ).scalar_one()
    yield Check(name="imports", state="ok", detail=str(half))
    present = act.db.execute(
        select(func.count()).select_from(staff_session).where(staff_session.c.closed_at.is_(None))
    ).scalar_one()
    yield Check(name="sessions", state="ok", detail=str(present))
