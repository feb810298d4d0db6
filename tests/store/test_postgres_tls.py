"""The database on another machine: its name proven, over TLS 1.3, or no desk."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from access.store.engine import open_engine
from console.prod_links import unfit
from console.settings import Settings
from tests.support.edge import Authority
from tests.support.postgres import SETTINGS, Postgres, running
from tests.support.smsc import free_port

pytestmark = [
    pytest.mark.slow,
    pytest.mark.debian("pg_lsclusters"),  # the wheel's server is built without TLS
    pytest.mark.clause("issue-5", "C-5.3d"),
]

HOST = "127.0.0.1"
COVERED = "sslmode=verify-full&ssl_min_protocol_version=TLSv1.3"


class Covered:
    """A server that speaks TLS, and the file of who vouches for it."""

    def __init__(self, server: Postgres, port: int, vouches: Path) -> None:
        self.server, self.port, self.vouches = server, port, vouches

    def url(self, vouches: Path | None = None) -> str:
        return (
            f"postgresql+psycopg://postgres@{HOST}:{self.port}/postgres?{COVERED}&sslrootcert={vouches or self.vouches}"
        )

    def version(self, vouches: Path | None = None) -> str:
        engine = open_engine(self.url(vouches), pool_size=1)
        try:
            with engine.connect() as connection:
                return str(
                    connection.execute(
                        text("SELECT version FROM pg_stat_ssl WHERE pid = pg_backend_pid()")
                    ).scalar_one()
                )
        finally:
            engine.dispose()

    def version_until_refused(self) -> None:
        """Until the server has read its settings again."""
        for _ in range(1000):
            self.version()


@pytest.fixture
def covered(tmp_path: Path) -> Iterator[Covered]:
    install = max(Path("/usr/lib/postgresql").iterdir(), key=lambda path: int(path.name))
    authority, port = Authority(), free_port()
    authority.write(tmp_path, "server")
    (tmp_path / "ca.pem").write_bytes(authority.pem)
    (tmp_path / "other.pem").write_bytes(Authority().pem)
    settings = {
        **SETTINGS,
        "listen_addresses": f"'{HOST}'",
        "port": str(port),
        "ssl": "on",
        "ssl_cert_file": "'server.pem'",
        "ssl_key_file": "'server.key'",
    }
    files = {name: (tmp_path / name).read_bytes() for name in ("server.pem", "server.key")}
    with running(install, settings, files) as server:
        yield Covered(server, port, tmp_path / "ca.pem")


def test_what_prod_asks_for_is_what_the_line_then_is(covered: Covered, tmp_path: Path) -> None:
    assert unfit(Settings(database=covered.url())) == ""
    assert covered.version() == "TLSv1.3"
    with pytest.raises(OperationalError):
        covered.version(tmp_path / "other.pem")
    engine = open_engine(covered.url(), pool_size=1)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ALTER SYSTEM SET ssl_max_protocol_version = 'TLSv1.2'"))
        connection.execute(text("SELECT pg_reload_conf()"))
    engine.dispose()
    with pytest.raises(OperationalError):
        covered.version_until_refused()
