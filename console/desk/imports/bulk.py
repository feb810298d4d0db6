"""Many rows at once into one table, as fast as each engine takes them, inside the act's own transaction.

Rows are sequences in the order of the columns named; ids and proofs are already in them.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any, Final

import psycopg
from psycopg import sql

from access.store.base import UnitOfWork

PART: Final = 500
"""How many values one statement names at most."""


@cache
def _sqlite_insert(table: str, columns: tuple[str, ...]) -> str:
    names = ", ".join(f'"{name}"' for name in columns)
    return f'INSERT INTO "{table}" ({names}) VALUES ({", ".join("?" * len(columns))})'  # noqa: S608 - names of our own


def insert(uow: UnitOfWork, table: str, columns: tuple[str, ...], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows.

    Raises:
        sqlite3.Error, psycopg.Error: a constraint or the engine refuses.
    """
    driver: sqlite3.Connection | psycopg.Connection[Any] = uow.driver
    if isinstance(driver, sqlite3.Connection):
        driver.executemany(_sqlite_insert(table, columns), rows)
        return
    copy = sql.SQL("COPY {} ({}) FROM STDIN").format(
        sql.Identifier(table), sql.SQL(", ").join(map(sql.Identifier, columns))
    )
    with driver.cursor() as cursor, cursor.copy(copy) as stream:
        for row in rows:
            stream.write_row(row)


def parts(values: Sequence[Any], size: int = PART) -> Iterable[Sequence[Any]]:
    """Slices of a sequence, for statements that name values."""
    for start in range(0, len(values), size):
        yield values[start : start + size]
