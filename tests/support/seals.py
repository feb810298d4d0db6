"""The sealed fields of cases, read and moved about past the desk."""

from __future__ import annotations

from sqlalchemy import Engine, select, update

from access.store.schema import case_seals
from masking.case_seals import CaseSeal, pack, unpack


def seals_of(engine: Engine, case_id: str = "") -> list[CaseSeal]:
    """What a case holds, or what all cases hold."""
    query = select(case_seals.c.seals)
    if case_id:
        query = query.where(case_seals.c.case_id == case_id)
    with engine.connect() as connection:
        return [seal for blob in connection.execute(query).scalars() for seal in unpack(bytes(blob))]


def move_seal(engine: Engine, to: tuple[str, str], of: tuple[str, str]) -> None:
    """Put the ciphertext of one case's field in the place of another's; each is (case, field), its first."""
    (there,) = [one for one in seals_of(engine, of[0]) if (one.field, one.ordinal) == (of[1], 1)]
    held = seals_of(engine, to[0])
    (here,) = [one for one in held if (one.field, one.ordinal) == (to[1], 1)]
    moved = CaseSeal(here.field, here.ordinal, here.key_version, here.lawful_source, here.blind, there.sealed)
    with engine.begin() as connection:
        connection.execute(
            update(case_seals)
            .where(case_seals.c.case_id == to[0])
            .values(seals=pack([moved if one is here else one for one in held]))
        )
