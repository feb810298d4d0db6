"""Compares a database with what the program expects of it: tables, columns, types, indexes, triggers."""

from __future__ import annotations

import re
import warnings
from typing import Any

import msgspec
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, Index
from sqlalchemy.schema import CreateIndex, SchemaItem

from access.store import triggers
from access.store.engine import is_sqlite
from access.store.schema import metadata


class Drift(msgspec.Struct, frozen=True, order=True):
    """One difference.

    Attributes:
        kind: What kind of thing differs: an alembic operation (``add_table`` …), ``index`` or ``trigger``.
        name: Which one.
    """

    kind: str
    name: str


def drift(engine: Engine) -> list[Drift]:
    """Return every difference between the database and the program's schema; none is right."""
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"compare_type": True, "compare_server_default": True, "include_object": _tables_and_columns},
        )
        with warnings.catch_warnings():
            # SQLite's indexes over expressions, which `_indexes` compares.
            warnings.filterwarnings("ignore", message="autogenerate skipping|Skipped unsupported reflection")
            found = [Drift(_kind(entry), _name(entry)) for entry in compare_metadata(context, metadata)]
        found += [Drift("index", name) for name in _indexes(connection)]
        found += [Drift("trigger", name) for name in triggers.broken(connection)]
    return sorted(found)


def _tables_and_columns(_item: SchemaItem, _name: str | None, kind: str, _reflected: bool, _other: object) -> bool:  # noqa: FBT001 - alembic calls it
    # Indexes over expressions and with conditions are compared by `_indexes`, which alembic does in part only.
    return kind != "index"


def _kind(entry: Any) -> str:  # noqa: ANN401 - alembic's tuples
    return str(entry[0][0] if isinstance(entry, list) else entry[0])


def _name(entry: Any) -> str:  # noqa: ANN401 - alembic's tuples
    if isinstance(entry, list):
        return f"{entry[0][2]}.{entry[0][3]}"
    if isinstance(entry[1], str) or entry[1] is None:
        return f"{entry[2]}.{getattr(entry[3], 'name', entry[3])}"
    return str(getattr(entry[1], "name", entry[1]))


def _indexes(connection: Connection) -> list[str]:
    """Return the names of indexes that are missing, changed, or nobody's."""
    wanted = {str(index.name): index for table in metadata.tables.values() for index in table.indexes}
    if is_sqlite(connection):
        statement = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    else:
        statement = (
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = current_schema() AND indexname LIKE 'ix%%'"
        )
    there: dict[str, str] = dict(connection.exec_driver_sql(statement).all())
    changed = {
        name for name, index in wanted.items() if name in there and _shape(there[name]) != _expected(connection, index)
    }
    return sorted(changed | wanted.keys() ^ there.keys())


def _expected(connection: Connection, index: Index) -> list[str]:
    return _shape(str(CreateIndex(index).compile(dialect=connection.dialect)))


def _shape(definition: str) -> list[str]:
    """Return the words of a definition, without what an engine adds when it prints one back."""
    text = re.sub(r"::[a-z ]+(\[\])?|USING btree|public\.", "", definition, flags=re.IGNORECASE)
    text = re.sub(r"= ANY \(+ARRAY\[(.*?)\]\)+", r"IN (\1)", text)
    return re.findall(r"\w+|[<>=]+", text.replace('"', "").lower())
