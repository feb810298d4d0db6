"""How the desk is: store, schema, clock, log, checkpoints, keys. Facts only, nothing of any customer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sqlalchemy import func, select

from access.audit.checkpoints import read_head
from access.policy import Action, Resource
from access.store import triggers
from access.store.schema import audit_checkpoint, audit_outbox, import_batch, message_sent, staff_session
from console.desk.act import Act
from console.desk.agencies import views as agencies
from console.desk.api.people import Check, HealthView, ReadHealth
from console.desk.calls.cloud import set_up
from console.desk.contact import recorder
from console.desk.kernel import handles
from console.desk.messages.fates import UNDER_WAY

_LATE: Final = 60 * 1_000_000  # a checkpoint older than this with events behind it is worth a look
_MANY: Final = 10_000
_NAMED: Final = 5


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
    yield from line(act)
    yield post(act)
    there, ending = agencies.ending(act)
    said = ", ".join(ending[:_NAMED]) or str(there)
    yield Check(name="agencies", state="warn" if ending else "ok", detail=said)
    half = act.db.execute(
        select(func.count()).select_from(import_batch).where(import_batch.c.state == "staging")
    ).scalar_one()
    yield Check(name="imports", state="ok", detail=str(half))
    present = act.db.execute(
        select(func.count()).select_from(staff_session).where(staff_session.c.closed_at.is_(None))
    ).scalar_one()
    yield Check(name="sessions", state="ok", detail=str(present))


def line(act: Act) -> Iterator[Check]:
    """The line to the provider, and whether what is said could be recorded; a desk without a line lacks neither."""
    parts, board = act.parts, act.parts.switchboard
    wanted, there = bool(parts.settings.calls.address), board.key is not None
    if not wanted and not there:
        yield Check(name="trunk", state="ok", detail="")
        yield Check(name="recorder", state="ok", detail="")
        return
    lacking = not there or not parts.settings.calls.trunk_host
    state = "bad" if lacking or board.up is False else "warn" if board.trouble else "ok"
    detail = "no_reply" if board.up is False else board.trouble or str(len(board.live()))
    yield Check(name="trunk", state=state, detail=detail)
    yield Check(name="recorder", state="ok" if recorder.ready(parts) else "bad", detail="")
    # Nobody else is kept from calling by one that does not open; whose phone a name is, the list of phones says.
    yield Check(name="secrets", state="bad" if board.unread else "ok", detail=" ".join(board.unread[:_NAMED]))
    if parts.settings.calls.cloud_url:
        # No provider was ever spoken with: whoever turns it on is told so as long as it is on.
        yield Check(name="cloud", state="warn" if set_up(act) else "bad", detail="experimental")


def post(act: Act) -> Check:
    """The way to the provider of messages; a desk without one lacks nothing. detail: why not, or how many wait."""
    said, box = act.parts.settings.message, act.parts.mailbox
    if not said.provider and box.key is None:
        return Check(name="messages", state="ok", detail="")
    waiting = act.db.execute(
        select(func.count()).select_from(message_sent).where(message_sent.c.state.in_(sorted(UNDER_WAY)))
    ).scalar_one()
    if box.key is None or not said.signature:
        return Check(name="messages", state="bad", detail=str(waiting))
    return Check(name="messages", state="ok" if box.up else "bad", detail=box.why or str(waiting))
