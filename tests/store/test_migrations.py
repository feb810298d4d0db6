"""Migrations on both engines: everything is there, nothing drifts, triggers survive, a newer schema is refused."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, text

from access.errors import SchemaTooNew, SchemaTooOld, StampMismatch, StoreUrlRefused
from access.store import triggers
from access.store.engine import WRITER_OPTION, open_engine
from access.store.meta import DeskStamp, check_stamp, write_stamp
from access.store.migrations import drift, head, migrate, require_current, revision
from access.store.migrations.drift import Drift
from access.store.open import open_store
from access.store.schema import metadata
from tests.support.clock import FakeClock
from tests.support.stores import make_event

_LATER = '''
"""A later step that rebuilds the log's table."""

import sqlalchemy as sa
from alembic import op

revision = "9001"
down_revision = "{head}"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("audit_event", recreate="always") as batch:
        batch.add_column(sa.Column("later", sa.Integer(), nullable=True))
    with op.batch_alter_table("audit_outbox") as batch:
        batch.add_column(sa.Column("later", sa.Integer(), nullable=True))
'''


@pytest.fixture
def engine(store_url: str) -> Iterator[Engine]:
    opened = open_engine(store_url)
    yield opened
    opened.dispose()


@pytest.fixture
def later(tmp_path: Path) -> Path:
    """The program's migrations and one more."""
    folder = tmp_path / "versions"
    folder.mkdir()
    own = Path(migrate.__code__.co_filename).parent / "versions"
    for file in own.glob("0*.py"):
        (folder / file.name).write_text(file.read_text())
    (folder / "9001_later.py").write_text(_LATER.format(head=head()))
    return folder


def names(engine: Engine, kind: str) -> list[str]:
    if engine.dialect.name == "sqlite":
        statement = "SELECT name FROM sqlite_master WHERE type = :kind AND name NOT LIKE 'sqlite%' ORDER BY name"
    elif kind == "trigger":
        statement = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND :kind = 'trigger' ORDER BY tgname"
    else:
        statement = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND :kind = 'table' ORDER BY tablename"
    with engine.connect() as connection:
        return list(connection.execute(text(statement), {"kind": kind}).scalars())


@pytest.mark.clause("issue-2")
def test_migrations_make_what_the_program_expects(engine: Engine) -> None:
    assert drift(engine) == []
    assert set(names(engine, "table")) == {*metadata.tables, "alembic_version"}
    assert migrate(engine) == head()
    assert drift(engine) == []
    require_current(engine)


@pytest.mark.clause("issue-2")
@pytest.mark.parametrize(
    ("change", "found"),
    [
        ("ALTER TABLE person ADD COLUMN extra INTEGER", Drift("remove_column", "person.extra")),
        ("DROP TABLE promise", Drift("add_table", "promise")),
        ("CREATE TABLE shadow (id INTEGER)", Drift("remove_table", "shadow")),
        ("DROP INDEX ix_case_file_queue", Drift("index", "ix_case_file_queue")),
        ("CREATE INDEX ix_mine ON person (name)", Drift("index", "ix_mine")),
    ],
)
def test_drift_is_seen(engine: Engine, change: str, found: Drift) -> None:
    with engine.begin() as connection:
        connection.execute(text(change))
    assert found in drift(engine)


def test_changed_index_is_seen(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("DROP INDEX ix_case_file_queue"))
        connection.execute(text("CREATE INDEX ix_case_file_queue ON case_file (assignee_id, id)"))
    assert drift(engine) == [Drift("index", "ix_case_file_queue")]


@pytest.mark.clause("C-5.4f")
def test_each_missing_or_changed_trigger_is_seen(engine: Engine) -> None:
    present = names(engine, "trigger")
    assert len(present) >= 7
    for name in present:
        with engine.begin() as connection:
            if engine.dialect.name == "sqlite":
                connection.execute(text(f"DROP TRIGGER {name}"))
            else:
                table = next(one for one in ("audit_event", "audit_checkpoint", "audit_outbox") if name.startswith(one))
                connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER {name}"))
        assert Drift("trigger", name) in drift(engine)
        with engine.connect().execution_options(**{WRITER_OPTION: True}) as connection, connection.begin():
            triggers.install(connection)
    assert drift(engine) == []


@pytest.mark.clause("C-5.4f", "issue-2")
def test_triggers_outlive_a_later_migration(store_url: str, later: Path, clock: FakeClock) -> None:
    store = open_store(store_url, clock=clock)
    store.run(lambda uow: uow.append(make_event(uow)))
    store.settle()
    store.close()
    engine = open_engine(store_url)
    before = names(engine, "trigger")
    assert migrate(engine, versions=later) == "9001"
    assert names(engine, "trigger") == before
    with engine.connect() as connection:
        assert triggers.broken(connection) == []
        assert connection.execute(text("SELECT count(*) FROM audit_event")).scalar_one() == 1
    with pytest.raises(Exception, match="append-only"), engine.begin() as connection:
        connection.execute(text("DELETE FROM audit_event"))
    engine.dispose()


@pytest.mark.clause("issue-2")
def test_newer_schema_is_refused(store_url: str, engine: Engine, later: Path, clock: FakeClock) -> None:
    migrate(engine, versions=later)
    with pytest.raises(SchemaTooNew):
        migrate(engine)
    with pytest.raises(SchemaTooNew):
        require_current(engine)
    with pytest.raises(SchemaTooNew):
        open_store(store_url, clock=clock)


def test_empty_database_is_refused(tmp_path: Path, clock: FakeClock) -> None:
    url = f"sqlite:///{tmp_path / 'empty.db'}"
    with pytest.raises(SchemaTooOld):
        open_store(url, clock=clock)
    engine = open_engine(url)
    with engine.connect() as connection:
        assert revision(connection) is None
    engine.dispose()


def test_a_failing_migration_changes_nothing(engine: Engine, later: Path) -> None:
    step = later / "9001_later.py"
    step.write_text(step.read_text() + "    raise RuntimeError\n")
    before = names(engine, "trigger")
    with pytest.raises(RuntimeError):
        migrate(engine, versions=later)
    assert drift(engine) == []
    assert names(engine, "trigger") == before
    require_current(engine)


@pytest.mark.parametrize("url", ["mysql://x/y", "nonsense", "sqlite://", "sqlite:///:memory:"])
def test_other_engines_are_refused(url: str) -> None:
    with pytest.raises(StoreUrlRefused):
        open_engine(url)


def test_sqlite_file_is_private(tmp_path: Path) -> None:
    path = tmp_path / "desk.db"
    engine = open_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "secure_delete", "foreign_keys", "trusted_schema")
        }
    engine.dispose()
    assert path.stat().st_mode & 0o777 == 0o600
    assert pragmas == {
        "journal_mode": "wal",
        "synchronous": 2,
        "secure_delete": 1,
        "foreign_keys": 1,
        "trusted_schema": 0,
    }


def test_the_database_knows_whose_it_is(engine: Engine) -> None:
    stamp = DeskStamp(desk_id="a" * 32, profile="demo", created_at=7)
    with engine.begin() as connection:
        with pytest.raises(StampMismatch):
            check_stamp(connection, desk_id=stamp.desk_id, profile=stamp.profile)
        write_stamp(connection, stamp)
    with engine.connect() as connection:
        assert check_stamp(connection, desk_id=stamp.desk_id, profile="demo") == stamp
        for desk_id, profile in (("b" * 32, "demo"), (stamp.desk_id, "prod")):
            with pytest.raises(StampMismatch):
                check_stamp(connection, desk_id=desk_id, profile=profile)
    with engine.begin() as connection, pytest.raises(StampMismatch):
        write_stamp(connection, DeskStamp(desk_id="b" * 32, profile="prod", created_at=8))


def test_ids_sort_byte_by_byte(engine: Engine) -> None:
    """A linguistic collation would put digits, letters and cases elsewhere."""
    ids = ["0" * 32, "9" * 32, "a" * 32, "f" * 32]
    table = metadata.tables["tenant"]
    with engine.begin() as connection:
        for number, one in enumerate(reversed(ids)):
            connection.execute(insert(table).values(id=one, tenant_id=one, code=f"c{number}", name="n", created_at=0))
    with engine.connect() as connection:
        assert list(connection.execute(text("SELECT id FROM tenant ORDER BY id")).scalars()) == ids
