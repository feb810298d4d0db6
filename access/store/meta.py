"""Whose database this is: desk id and profile, stamped once, compared with the key ring at every start."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection, insert, select

from access.errors import StampMismatch
from access.store.schema import DESK_TENANT, desk_meta

_KEYS = ("desk_id", "profile", "created_at")


class DeskStamp(msgspec.Struct, frozen=True):
    """What a database says of its desk.

    Attributes:
        desk_id: Id of the desk, as in its key ring.
        profile: ``prod``, ``dev`` or ``demo``.
        created_at: When the stamp was made, microseconds since 1970 in UTC.
    """

    desk_id: str
    profile: str
    created_at: int


def write_stamp(connection: Connection, stamp: DeskStamp) -> None:
    """Stamp a fresh database.

    Raises:
        StampMismatch: It carries a stamp already.
    """
    if read_stamp(connection) is not None:
        raise StampMismatch(what="stamped")
    values = {"desk_id": stamp.desk_id, "profile": stamp.profile, "created_at": str(stamp.created_at)}
    connection.execute(
        insert(desk_meta), [{"key": key, "tenant_id": DESK_TENANT, "value": value} for key, value in values.items()]
    )


def read_stamp(connection: Connection) -> DeskStamp | None:
    """Return the database's stamp, if it has one."""
    rows = connection.execute(select(desk_meta.c.key, desk_meta.c.value).where(desk_meta.c.key.in_(_KEYS))).all()
    values = {row.key: row.value for row in rows}
    if values.keys() != set(_KEYS):
        return None
    return DeskStamp(values["desk_id"], values["profile"], int(values["created_at"]))


def check_stamp(connection: Connection, *, desk_id: str, profile: str) -> DeskStamp:
    """Compare the database with the key ring.

    Raises:
        StampMismatch: It has no stamp, or another desk's or profile's.
    """
    found = read_stamp(connection)
    if found is None or found.desk_id != desk_id or found.profile != profile:
        raise StampMismatch(what="missing" if found is None else "other")
    return found
