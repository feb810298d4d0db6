"""What phones and the desk prove themselves with on the line: kept sealed, opened only for dialer and sender.

A phone's secret is the digest of its password (RFC 7616), so that the password itself is nowhere. A row that does not
prove itself, or does not open, is no secret: that phone does not register, all others do.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from sqlalchemy.engine import RowMapping

from access.audit.events import Event
from access.people.directory import held_rows
from access.store.base import UnitOfWork
from access.store.schema import DESK_TENANT, call_secret
from console.desk.act import Act
from console.desk.parts import Parts
from masking.errors import SealBroken
from masking.sealing import SealContext

PHONE: Final = "phone"
TRUNK: Final = "trunk"
POST: Final = "post"
CLOUD: Final = "cloud"
ACTIVE: Final = "active"
REPLACED: Final = "replaced"


class Secrets(NamedTuple):
    """For the dialer: phones' secrets by name, the provider's password, what requests to the cloud are signed with.

    broken: what did not open and is not among them: names of phones, `TRUNK`, `CLOUD`.
    """

    phones: dict[str, str]
    trunk: str
    cloud: str = ""
    broken: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"Secrets({len(self.phones)} phones, hidden)"


def active(act: Act, kind: str, person_id: str | None = None) -> list[RowMapping]:
    """Rows of a kind in force, of one person or of all, oldest first."""
    return _active(act.uow, act.parts, kind, person_id)


def put(act: Act, kind: str, secret: str, event: Event, *, name: str = "", person_id: str | None = None) -> None:
    """Keep a secret in the place of the one before, which is retired; an empty one takes no place.

    Args:
        act: the act.
        kind: `PHONE`, `TRUNK`, `POST` or `CLOUD`.
        secret: in clear.
        event: of the act; appended once, with what it writes last.
        name: of a phone.
        person_id: whose phone.
    """
    for old in active(act, kind, person_id):
        retired = act.event(event.action, object_kind=kind, object_id=old["id"], reason=REPLACED)
        act.proofs.update(act.uow, call_secret, old["id"], old["version"], {"state": REPLACED}, retired)
    if not secret:
        act.uow.append(event)
        return
    row_id = act.parts.ids.new()
    cipher = act.parts.keys.factor
    values = {
        "id": row_id,
        "tenant_id": DESK_TENANT,
        "kind": kind,
        "person_id": person_id,
        "name": name,
        "sealed": cipher.seal(secret, _context(row_id, kind, name, cipher.key_id)),
        "state": ACTIVE,
        "set_by": act.actor.person_id,
        "set_at": act.now,
    }
    act.proofs.insert(act.uow, call_secret, values, event)


def read(parts: Parts, uow: UnitOfWork) -> Secrets:
    """Every secret in force that opens, in clear, to be handed to the dialer and forgotten; the others by name."""
    cipher = parts.keys.factor
    broken: list[str] = []

    def opened(row: RowMapping) -> str:
        try:
            return cipher.open(bytes(row["sealed"]), _context(row["id"], row["kind"], row["name"], cipher.key_id))
        except SealBroken:
            broken.append(row["name"] or row["kind"])
            return ""

    def one(kind: str) -> str:
        return next((opened(row) for row in reversed(_active(uow, parts, kind, None))), "")

    phones = {row["name"]: secret for row in _active(uow, parts, PHONE, None) if (secret := opened(row))}
    return Secrets(phones, one(TRUNK), one(CLOUD), tuple(broken))


def read_post(parts: Parts, uow: UnitOfWork) -> str:
    """What the desk proves itself with to the provider of messages, in clear, to be handed to the sender and forgotten.

    Raises:
        SealBroken: it is not what was sealed.
    """
    cipher, rows = parts.keys.factor, _active(uow, parts, POST, None)
    if not rows:
        return ""
    row = rows[-1]
    return cipher.open(bytes(row["sealed"]), _context(row["id"], row["kind"], row["name"], cipher.key_id))


def _active(uow: UnitOfWork, parts: Parts, kind: str, person_id: str | None) -> list[RowMapping]:
    where = [call_secret.c.kind == kind, call_secret.c.state == ACTIVE]
    if person_id is not None:
        where.append(call_secret.c.person_id == person_id)
    return held_rows(uow, parts.proofs, call_secret, *where)


def _context(row_id: str, kind: str, name: str, key_id: int) -> SealContext:
    return SealContext(DESK_TENANT, call_secret.name, row_id, name or kind, kind, key_id)
