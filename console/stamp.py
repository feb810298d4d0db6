"""Which desk a database belongs to: its id, profile and environment, compared with the key ring at every start.

A test desk never opens a production database and the other way round (R-48), and a database never meets another
desk's keys. The key ring's generation is kept too, so that an older ring put back is noticed.
"""

from __future__ import annotations

from typing import Final

from sqlalchemy import Engine, insert, select, update

from access.errors import StampMismatch
from access.store.schema import DESK_TENANT, desk_meta
from masking.keys import KeyRing

_DESK: Final = "desk_id"
_PROFILE: Final = "profile"
_GENERATION: Final = "key_generation"


def write(engine: Engine, keys: KeyRing) -> None:
    """Mark a fresh database as this desk's.

    Raises:
        StampMismatch: it carries a mark already.
    """
    with engine.begin() as connection:
        if connection.execute(select(desk_meta.c.key).where(desk_meta.c.key == _DESK)).first() is not None:
            raise StampMismatch(what=_DESK)
        connection.execute(
            insert(desk_meta),
            [
                {"key": _DESK, "tenant_id": DESK_TENANT, "value": keys.desk_id},
                {"key": _PROFILE, "tenant_id": DESK_TENANT, "value": str(keys.profile)},
                {"key": _GENERATION, "tenant_id": DESK_TENANT, "value": str(keys.generation)},
            ],
        )


def check(engine: Engine, keys: KeyRing) -> None:
    """Refuse another desk's database, another profile's, and a key ring older than one seen before.

    Raises:
        StampMismatch: naming which of the three.
    """
    with engine.begin() as connection:
        marks = {row.key: row.value for row in connection.execute(select(desk_meta.c.key, desk_meta.c.value))}
        if marks.get(_DESK) != keys.desk_id:
            raise StampMismatch(what=_DESK)
        if marks.get(_PROFILE) != str(keys.profile):
            raise StampMismatch(what=_PROFILE)
        seen = int(marks.get(_GENERATION, "0"))
        if keys.generation < seen:
            raise StampMismatch(what=_GENERATION)
        if keys.generation > seen:
            connection.execute(
                update(desk_meta).where(desk_meta.c.key == _GENERATION).values(value=str(keys.generation))
            )
