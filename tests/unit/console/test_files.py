"""No operation of asyncssh's SFTP server is left as it came: it would serve this machine's files."""

from __future__ import annotations

import asyncio
import errno
import inspect
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import asyncssh
import pytest

from console.serve.file_routes import ROUTES, Drop, ReadOnce
from console.serve.file_words import Asked, Close, Put, Said, See, Take
from console.serve.no_files import NoFiles, Opened

pytestmark = pytest.mark.clause("issue-4", "T11")

HARMLESS = {"channel", "connection", "convert_attrs", "env", "format_longname", "logger"}
"""What only looks at the connection, or writes out what it was given."""


def test_every_operation_is_replaced() -> None:
    theirs = {name for name, _ in inspect.getmembers(asyncssh.SFTPServer) if not name.startswith("_")}
    assert theirs - HARMLESS <= set(vars(NoFiles)), theirs - HARMLESS - set(vars(NoFiles))
    assert set(ROUTES) == {"drop", "export"}


class Desk:
    """Answers as the desk would; one file in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.asked = folder, list[Asked]()
        self.told: list[str] = []

    async def __call__(self, asked: Asked) -> tuple[Said, int | None]:
        self.asked.append(asked)
        match asked:
            case Put():
                flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
                return Said(ok=True, handle=1, size=10), os.open(self.folder / asked.name, flags)
            case See():
                return Said(ok=True, name="e.csv", size=4), None
            case Take():
                return Said(ok=True, handle=2, size=4), os.open(self.folder / "e.csv", os.O_RDONLY)
        return Said(ok=isinstance(asked, Close)), None

    def server(self, kind: type[NoFiles]) -> Any:
        return kind(cast("asyncssh.SSHServerChannel[bytes]", None), self, self.told.append)


ATTRS = asyncssh.SFTPAttrs()
CALLS: dict[str, Callable[[Any], Any]] = {
    "open56": lambda it: it.open56(b"a", 0, 0, ATTRS),
    "setstat": lambda it: it.setstat(b"a", ATTRS),
    "lsetstat": lambda it: it.lsetstat(b"a", ATTRS),
    "remove": lambda it: it.remove(b"a"),
    "mkdir": lambda it: it.mkdir(b"a", ATTRS),
    "rmdir": lambda it: it.rmdir(b"a"),
    "rename": lambda it: it.rename(b"a", b"b"),
    "posix_rename": lambda it: it.posix_rename(b"a", b"b"),
    "readlink": lambda it: it.readlink(b"a"),
    "symlink": lambda it: it.symlink(b"a", b"b"),
    "link": lambda it: it.link(b"a", b"b"),
    "lock": lambda it: it.lock(None, 0, 0, 0),
    "unlock": lambda it: it.unlock(None, 0, 0),
    "statvfs": lambda it: it.statvfs(b"a"),
    "fstatvfs": lambda it: it.fstatvfs(None),
    "map_path": lambda it: it.map_path(b"a"),
    "reverse_map_path": lambda it: it.reverse_map_path(b"a"),
}


@pytest.mark.parametrize("kind", [NoFiles, Drop, ReadOnce])
@pytest.mark.parametrize("name", CALLS)
async def test_what_is_refused_is_told(kind: type[NoFiles], name: str, tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    with pytest.raises(asyncssh.SFTPPermissionDenied):
        await asyncio.ensure_future(CALLS[name](desk.server(kind)))
    assert len(desk.told) == 1
    assert not desk.asked


async def test_a_drop_takes_new_bytes_only_up_to_the_limit(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    server = desk.server(Drop)
    for flags in (asyncssh.FXF_READ, asyncssh.FXF_READ | asyncssh.FXF_WRITE | asyncssh.FXF_CREAT, asyncssh.FXF_WRITE):
        with pytest.raises(asyncssh.SFTPPermissionDenied):
            await server.open(b"/x.csv", flags, ATTRS)
    append = asyncssh.FXF_WRITE | asyncssh.FXF_CREAT | asyncssh.FXF_APPEND
    for path, flags in ((b"x.csv", append), (b"d/x.csv", asyncssh.FXF_WRITE | asyncssh.FXF_CREAT)):
        with pytest.raises(asyncssh.SFTPPermissionDenied):
            await server.open(path, flags, ATTRS)
    assert not desk.asked
    opened = await server.open(b"../x.csv", asyncssh.FXF_WRITE | asyncssh.FXF_CREAT | asyncssh.FXF_TRUNC, ATTRS)
    assert isinstance(opened, Opened)
    await server.write(opened, 4, b"efgh")
    await server.write(opened, 0, b"abcd")
    with pytest.raises(asyncssh.SFTPPermissionDenied):
        await server.write(opened, 8, b"xyz")
    with pytest.raises(asyncssh.SFTPPermissionDenied):
        await server.write(opened, 1 << 60, b"x")
    with pytest.raises(asyncssh.SFTPPermissionDenied):
        await server.read(opened, 0, 4)
    await server.close(opened)
    assert desk.asked[-1] == Close(handle=1, whole=True)
    assert (tmp_path / "x.csv").read_bytes() == b"abcdefgh"


async def test_who_leaves_has_left_nothing_whole(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    server = desk.server(Drop)
    opened = await server.open(b"x.csv", asyncssh.FXF_WRITE | asyncssh.FXF_CREAT, ATTRS)
    server.left = True
    await server.close(opened)
    assert desk.asked[-1] == Close(handle=1, whole=False)
    with pytest.raises(asyncssh.SFTPPermissionDenied):
        await server.open(b"y.csv", asyncssh.FXF_WRITE | asyncssh.FXF_CREAT, ATTRS)


@pytest.mark.parametrize("read", [4, 3])
async def test_a_released_file_is_whole_once_its_end_was_read(tmp_path: Path, read: int) -> None:
    (tmp_path / "e.csv").write_bytes(b"data")
    desk = Desk(tmp_path)
    server = desk.server(ReadOnce)
    assert [entry.filename async for entry in server.scandir(b"/")] == [b"e.csv"]
    assert (await server.stat(b"/e.csv")).size == 4
    for path in (b"/other.csv", b"/x/e.csv"):
        with pytest.raises(asyncssh.SFTPNoSuchFile):
            await server.open(path, asyncssh.FXF_READ, ATTRS)
    with pytest.raises(asyncssh.SFTPPermissionDenied):
        await server.open(b"/e.csv", asyncssh.FXF_WRITE | asyncssh.FXF_CREAT, ATTRS)
    opened = await server.open(b"/e.csv", asyncssh.FXF_READ, ATTRS)
    assert await server.read(opened, 0, read) == b"data"[:read]
    with pytest.raises(asyncssh.SFTPPermissionDenied):
        await server.write(opened, 0, b"x")
    await server.close(opened)
    assert desk.asked[-1] == Close(handle=2, whole=read == 4)


class Disk:
    """The disk's calls as they are made, in the loop's thread or not, and each held up until `free` is set."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.made: list[tuple[str, bool]] = []
        self.begun, self.free, self.done = threading.Event(), threading.Event(), 0
        for name in ("fsync", "pread", "pwrite"):
            monkeypatch.setattr(os, name, self._slow(name, getattr(os, name)))

    def _slow(self, name: str, real: Callable[..., Any]) -> Callable[..., Any]:
        def slow(*words: Any) -> Any:
            self.made.append((name, threading.current_thread() is threading.main_thread()))
            self.begun.set()
            assert self.free.wait(60)
            found = real(*words)
            self.done += 1
            return found

        return slow

    async def holds(self) -> None:
        """Wait until a call is held up; that this can wait shows that the loop goes on meanwhile."""
        async with asyncio.timeout(60):
            while not self.begun.is_set():
                await asyncio.sleep(0.001)


@pytest.fixture
def dropping(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


async def opened_by(server: Any) -> Opened:
    opened = await server.open(b"/x.csv", asyncssh.FXF_WRITE | asyncssh.FXF_CREAT, ATTRS)
    assert isinstance(opened, Opened)
    return opened


async def test_a_slow_disk_holds_up_one_file_in_its_order_and_nobody_else(
    dropping: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = dropping.server(Drop)
    opened = await opened_by(server)
    disk = Disk(monkeypatch)
    doing = [
        asyncio.create_task(work)
        for work in (server.write(opened, 0, b"aaaa"), server.write(opened, 2, b"bb"), server.fsync(opened))
    ]
    await disk.holds()
    for _ in range(20):
        await asyncio.sleep(0.001)
    assert disk.made == [("pwrite", False)], "one at a time, and not in the loop"
    disk.free.set()
    assert await asyncio.gather(*doing) == [4, 2, None]
    assert disk.made == [("pwrite", False), ("pwrite", False), ("fsync", False)]
    await server.close(opened)
    assert (dropping.folder / "x.csv").read_bytes() == b"aabb"


async def test_reading_is_no_business_of_the_loop_either(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "e.csv").write_bytes(b"data")
    server = Desk(tmp_path).server(ReadOnce)
    opened = await server.open(b"/e.csv", asyncssh.FXF_READ, ATTRS)
    disk = Disk(monkeypatch)
    reading = asyncio.create_task(server.read(opened, 0, 4))
    await disk.holds()
    disk.free.set()
    assert await reading == b"data"
    assert disk.made == [("pread", False)]
    await server.close(opened)


async def test_no_file_is_closed_under_a_thread_that_writes_it(dropping: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    server = dropping.server(Drop)
    opened = await opened_by(server)
    disk = Disk(monkeypatch)
    writing = asyncio.create_task(server.write(opened, 0, b"aaaa"))
    await disk.holds()
    server.left = True
    writing.cancel()
    closing = asyncio.create_task(server.close(opened))
    for _ in range(20):
        await asyncio.sleep(0.001)
    assert not closing.done()
    assert not writing.done()
    assert os.fstat(opened.descriptor)
    disk.free.set()
    await closing
    assert writing.cancelled()
    assert disk.done == 1
    assert opened.descriptor == -1
    assert dropping.asked[-1] == Close(handle=1, whole=False)
    with pytest.raises(asyncssh.SFTPInvalidHandle):
        await opened.on_disk(os.fsync)


async def test_what_the_disk_does_not_do_is_told(dropping: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    server = dropping.server(Drop)
    opened = await opened_by(server)

    def full(*words: object) -> int:
        raise OSError(errno.ENOSPC, "No space left")

    monkeypatch.setattr(os, "pwrite", full)
    with pytest.raises(OSError, match="No space"):
        await server.write(opened, 0, b"aaaa")
    assert opened.ends == 0
    await server.close(opened)
