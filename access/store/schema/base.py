"""Column kinds shared by all tables.

Ids are UUIDv7 in 32 lower-case hexadecimal digits, compared byte by byte on both engines. Instants are
microseconds since 1970 in UTC. Money is integer minor units beside a currency. Every table carries `tenant_id`
(creditor); rows that belong to the desk as a whole carry `DESK_TENANT`.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import BigInteger, Column, Integer, LargeBinary, MetaData, String
from sqlalchemy.types import TypeEngine

DESK_TENANT: Final = "0" * 32

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

ID: Final[TypeEngine[str]] = String(32).with_variant(String(32, collation="C"), "postgresql")
INSTANT: Final[TypeEngine[int]] = BigInteger()
MINOR: Final[TypeEngine[int]] = BigInteger()


def own_id() -> Column[Any]:
    """Primary key, assigned by the application before the row is written."""
    return Column("id", ID, primary_key=True)


def tenant_ref() -> Column[Any]:
    """The creditor the row belongs to, or `DESK_TENANT`."""
    return Column("tenant_id", ID, nullable=False)


def proof_columns() -> tuple[Column[Any], ...]:
    """What makes a row prove itself: its version, the event that wrote it, HMAC-SM3 over both and its content.

    A table with these columns names the proven content in `info["proven"]` (see `access.store.proof`).
    """
    return (
        Column("version", Integer, nullable=False),
        Column("event_id", ID, nullable=False),
        Column("proof", LargeBinary(32), nullable=False),
    )
