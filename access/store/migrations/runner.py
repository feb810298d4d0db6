"""Brings a database to this program's schema."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Final

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from access.errors import SchemaTooNew, SchemaTooOld
from access.store import triggers
from access.store.engine import WRITER_OPTION, is_sqlite
from access.store.schema import metadata

_HERE: Final = Path(__file__).parent
_MIGRATION_LOCK: Final = 0x5645494C_4D494752  # "VEILMIGR": advisory lock against two hosts that migrate at once


def migrate(engine: Engine, *, versions: Path | None = None) -> str:
    """Run every migration that is due, in one transaction, and install the log's triggers.

    Args:
        engine: From `open_engine`.
        versions: Folder of the migrations; the program's own by default.

    Returns:
        The revision reached.

    Raises:
        SchemaTooNew: The database is beyond this program.
    """
    script = _scripts(versions)
    config = Config()

    def due(present: str | tuple[str, ...], _context: MigrationContext) -> Any:  # noqa: ANN401 - alembic's own type
        return script._upgrade_revs("head", present)  # type: ignore[arg-type] # noqa: SLF001 - as alembic's recipe

    with engine.connect() as plain:
        connection = plain.execution_options(**{WRITER_OPTION: True})
        with connection.begin():
            if not is_sqlite(connection):
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})")
            _known(connection, script)
            triggers.remove(connection)
            with EnvironmentContext(config, script, fn=due, destination_rev="head") as environment:
                environment.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
                environment.run_migrations()
            triggers.install(connection)
    return head(versions=versions)


def head(*, versions: Path | None = None) -> str:
    """Return the newest revision that the program knows."""
    newest = _scripts(versions).get_current_head()
    if newest is None:
        raise SchemaTooOld
    return newest


def revision(connection: Connection) -> str | None:
    """Return the revision that a database is at, None for an empty one."""
    return MigrationContext.configure(connection).get_current_revision()


def require_current(engine: Engine) -> None:
    """Refuse a database that is not exactly at this program's schema.

    Raises:
        SchemaTooNew: It is beyond this program.
        SchemaTooOld: It waits for `migrate`.
    """
    with engine.connect() as connection:
        present = _known(connection, _scripts(None))
    if present != head():
        raise SchemaTooOld(present=present)


def _known(connection: Connection, script: ScriptDirectory) -> str | None:
    present = revision(connection)
    if present is not None and present not in {one.revision for one in script.walk_revisions()}:
        raise SchemaTooNew(present=present)
    return present


@cache
def _scripts(versions: Path | None) -> ScriptDirectory:
    return ScriptDirectory(str(_HERE), version_locations=[str(versions or _HERE / "versions")])
