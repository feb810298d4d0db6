"""What a visitor with files may do over SFTP: leave new ones, or read one once. Everything else is refused and told.

asyncssh's server would serve this machine's files; here every one of its operations is replaced, and a test compares
the two lists, should a later version learn another. There are no names but the visitor's own words: the desk opens
files, this process gets descriptors.
"""

from __future__ import annotations

import os
import posixpath
import stat
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Final, Protocol, cast

import asyncssh
from asyncssh.sftp import SFTPServerHandler
from asyncssh.stream import SSHServerStreamSession

from console.serve.file_words import Asked, Close, Put, Said, See, Take

_FOLDER: Final = stat.S_IFDIR | 0o300
_FILE: Final = stat.S_IFREG | 0o400
_WRITES: Final = asyncssh.FXF_WRITE | asyncssh.FXF_CREAT
_BESIDE: Final = asyncssh.FXF_TRUNC | asyncssh.FXF_EXCL
_LONGEST: Final = 128
_MOST: Final = 8  # files open at once on one connection

Refuse = Callable[[str], None]


class Ask(Protocol):
    """A question to the desk in this visitor's name."""

    async def __call__(self, asked: Asked) -> tuple[Said, int | None]:
        """The answer, and the descriptor beside it, which is the caller's."""
        ...


@dataclass(slots=True, eq=False)
class Opened:
    """A file of the desk's. limit: bytes it takes or holds. ends: the highest byte touched so far."""

    handle: int
    descriptor: int
    limit: int
    writable: bool
    ends: int = 0


class NoFiles(asyncssh.SFTPServer):
    """A server of nothing: every operation is refused.

    Args:
        chan: the visitor's channel.
        ask: of the desk.
        refuse: told the code of what was asked for and is not given.
    """

    def __init__(self, chan: asyncssh.SSHServerChannel[bytes], ask: Ask, refuse: Refuse) -> None:
        super().__init__(chan)
        self._ask, self._refuse = ask, refuse
        self._opened: list[Opened] = []
        self.left = False

    def _no(self, what: str = "file_change") -> asyncssh.SFTPError:
        self._refuse(what)
        return asyncssh.SFTPPermissionDenied("not here")

    # -- what both kinds of visitors need -----------------------------------------------------------------------------
    def realpath(self, path: bytes) -> bytes:
        """A path's one spelling; it names nothing on this machine."""
        return posixpath.normpath(posixpath.join(b"/", path)).replace(b"//", b"/")[:_LONGEST]

    async def stat(self, path: bytes) -> asyncssh.SFTPAttrs:
        """There is one folder, and nothing in it to be asked about."""
        if self.realpath(path) == b"/":
            return asyncssh.SFTPAttrs(permissions=_FOLDER, size=0, uid=0, gid=0, atime=0, mtime=0)
        raise asyncssh.SFTPNoSuchFile("no such file")

    async def lstat(self, path: bytes) -> asyncssh.SFTPAttrs:
        """As `stat`: there are no links."""
        return await self.stat(path)

    async def fstat(self, file_obj: object) -> asyncssh.SFTPAttrs:
        """Of a file that this visitor opened."""
        opened = self._of(file_obj)
        size = opened.ends if opened.writable else opened.limit
        return asyncssh.SFTPAttrs(permissions=_FILE, size=size, uid=0, gid=0, atime=0, mtime=0)

    async def close(self, file_obj: object) -> None:
        """Done with a file: the desk says whether it was taken.

        Raises:
            SFTPFailure: it was not.
        """
        opened = self._of(file_obj)
        self._opened.remove(opened)
        os.close(opened.descriptor)
        whole = not self.left and (opened.writable or opened.ends >= opened.limit)
        said, _ = await self._ask(Close(handle=opened.handle, whole=whole))
        if not said.ok and not self.left:
            raise asyncssh.SFTPFailure("not taken")

    async def fsync(self, file_obj: object) -> None:
        """What was written so far is on the disk."""
        os.fsync(self._of(file_obj).descriptor)

    async def fsetstat(self, file_obj: object, attrs: asyncssh.SFTPAttrs) -> None:
        """Clients set times and permissions unasked, which are the desk's, and the size that a file has anyway."""
        if attrs.size not in {None, self._of(file_obj).ends}:
            raise self._no()

    def exit(self) -> None:
        """The visitor left."""

    @staticmethod
    def _of(file_obj: object) -> Opened:
        if not isinstance(file_obj, Opened):
            raise asyncssh.SFTPInvalidHandle("no such handle")
        return file_obj

    async def _open(self, asked: Asked, *, writable: bool) -> Opened:
        if len(self._opened) >= _MOST:
            raise self._no("file_many")
        said, descriptor = await self._ask(asked)
        if not said.ok or descriptor is None:
            raise asyncssh.SFTPPermissionDenied("not here")
        self._opened.append(Opened(said.handle, descriptor, said.size, writable))
        return self._opened[-1]

    # -- refused ------------------------------------------------------------------------------------------------------
    async def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> object:
        """Nothing can be opened."""
        del path, pflags, attrs
        raise self._no("file_read")

    async def open56(self, path: bytes, desired_access: int, flags: int, attrs: asyncssh.SFTPAttrs) -> object:
        """No newer protocol is spoken than 3."""
        del path, desired_access, flags, attrs
        raise self._no("file_read")

    async def read(self, file_obj: object, offset: int, size: int) -> bytes:
        """Nothing is read back."""
        del file_obj, offset, size
        raise self._no("file_read")

    async def write(self, file_obj: object, offset: int, data: bytes) -> int:
        """Nothing is written."""
        del file_obj, offset, data
        raise self._no("file_change")

    def scandir(self, path: bytes) -> AsyncIterator[asyncssh.SFTPName]:
        """No names are told."""
        del path
        raise self._no("file_list")

    async def setstat(self, path: bytes, attrs: asyncssh.SFTPAttrs) -> None:
        """No."""
        del path, attrs
        raise self._no()

    async def lsetstat(self, path: bytes, attrs: asyncssh.SFTPAttrs) -> None:
        """No."""
        del path, attrs
        raise self._no()

    async def remove(self, path: bytes) -> None:
        """No."""
        del path
        raise self._no()

    async def mkdir(self, path: bytes, attrs: asyncssh.SFTPAttrs) -> None:
        """No."""
        del path, attrs
        raise self._no()

    async def rmdir(self, path: bytes) -> None:
        """No."""
        del path
        raise self._no()

    async def rename(self, oldpath: bytes, newpath: bytes) -> None:
        """No."""
        del oldpath, newpath
        raise self._no()

    async def posix_rename(self, oldpath: bytes, newpath: bytes) -> None:
        """No."""
        del oldpath, newpath
        raise self._no()

    async def readlink(self, path: bytes) -> bytes:
        """No."""
        del path
        raise self._no("file_read")

    async def symlink(self, oldpath: bytes, newpath: bytes) -> None:
        """No."""
        del oldpath, newpath
        raise self._no()

    async def link(self, oldpath: bytes, newpath: bytes) -> None:
        """No."""
        del oldpath, newpath
        raise self._no()

    async def lock(self, file_obj: object, offset: int, length: int, flags: int) -> None:
        """No."""
        del file_obj, offset, length, flags
        raise self._no()

    async def unlock(self, file_obj: object, offset: int, length: int) -> None:
        """No."""
        del file_obj, offset, length
        raise self._no()

    async def statvfs(self, path: bytes) -> asyncssh.SFTPVFSAttrs:
        """This machine's disk is nobody's business."""
        del path
        raise self._no("file_list")

    async def fstatvfs(self, file_obj: object) -> asyncssh.SFTPVFSAttrs:
        """As `statvfs`."""
        del file_obj
        raise self._no("file_list")

    def map_path(self, path: bytes) -> bytes:
        """No path of this machine."""
        del path
        raise self._no("file_list")

    def reverse_map_path(self, path: bytes) -> bytes:
        """No path of this machine."""
        del path
        raise self._no("file_list")

    def format_user(self, uid: int | None) -> str:
        """No accounts of this machine."""
        del uid
        return "-"

    def format_group(self, gid: int | None) -> str:
        """No accounts of this machine."""
        del gid
        return "-"


class Drop(NoFiles):
    """A lender's: new files in, in any order of their bytes up to the limit, and nothing out."""

    async def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> object:
        """A new file, if it is opened to be written only."""
        del attrs
        folder, name = posixpath.split(self.realpath(path))
        if pflags & ~_BESIDE != _WRITES or folder != b"/":
            raise self._no("file_change" if pflags & asyncssh.FXF_WRITE else "file_read")
        return await self._open(Put(name=name.decode("ascii", "replace")), writable=True)

    async def write(self, file_obj: object, offset: int, data: bytes) -> int:
        """Bytes of a file that is being left."""
        opened = self._of(file_obj)
        if offset + len(data) > opened.limit:
            raise self._no("file_long")
        left = memoryview(data)
        while left:
            taken = os.pwrite(opened.descriptor, left, offset)
            left, offset = left[taken:], offset + taken
        opened.ends = max(opened.ends, offset)
        return len(data)


class ReadOnce(NoFiles):
    """Of somebody to whom a file was released: that one, by its name, once."""

    async def stat(self, path: bytes) -> asyncssh.SFTPAttrs:
        """The folder, or the one file in it."""
        if self.realpath(path) == b"/":
            return await super().stat(path)
        said, _ = await self._ask(See())
        if not said.ok or self.realpath(path) != b"/" + said.name.encode():
            raise asyncssh.SFTPNoSuchFile("no such file")
        return asyncssh.SFTPAttrs(permissions=_FILE, size=said.size, uid=0, gid=0, atime=0, mtime=0)

    async def scandir(self, path: bytes) -> AsyncIterator[asyncssh.SFTPName]:
        """The one name, if a file waits."""
        if self.realpath(path) != b"/":
            raise self._no("file_list")
        said, _ = await self._ask(See())
        if said.ok:
            attrs = asyncssh.SFTPAttrs(permissions=_FILE, size=said.size, uid=0, gid=0, atime=0, mtime=0)
            yield asyncssh.SFTPName(said.name.encode(), said.name.encode(), attrs)

    async def open(self, path: bytes, pflags: int, attrs: asyncssh.SFTPAttrs) -> object:
        """The one file, to be read only."""
        del attrs
        if pflags != asyncssh.FXF_READ:
            raise self._no("file_change")
        await self.stat(path)
        return await self._open(Take(), writable=False)

    async def read(self, file_obj: object, offset: int, size: int) -> bytes:
        """Bytes of the file; whole once its end was read."""
        opened = self._of(file_obj)
        data = os.pread(opened.descriptor, min(size, 1 << 20), offset)
        opened.ends = max(opened.ends, offset + len(data))
        return data


ROUTES: Final[dict[str, type[NoFiles]]] = {"drop": Drop, "export": ReadOnce}
"""What a login may ask for behind its name and a plus, and what that visitor gets instead of a terminal."""


class _Handler(SFTPServerHandler):
    """Says to the server that the visitor left before it closes what was open; speaks no extension but `fsync`."""

    _extensions = [(b"fsync@openssh.com", b"1")]  # noqa: RUF012 - as the class above has it
    _packet_handlers = {  # noqa: RUF012 - as above
        name: handler
        for name, handler in SFTPServerHandler._packet_handlers.items()  # noqa: SLF001 - there is no other way to narrow
        if name not in {b"copy-data", b"ranges@asyncssh.com"}
    }

    async def _cleanup(self, exc: Exception | None) -> None:
        server = self._server
        if isinstance(server, NoFiles):
            server.left = True
            if not server.channel.is_closing():
                # asyncssh would say nothing, which clients take for a failure.
                server.channel.exit(0)
        await super()._cleanup(exc)


class FilesSession(SSHServerStreamSession[bytes]):
    """The one channel of a visitor with files: SFTP on it, no terminal, no command.

    Args:
        kind: what the visitor may do.
        ask: of the desk.
        refuse: told the code of what was asked for and is not given.
        over: called once when the channel is gone.
    """

    def __init__(self, kind: type[NoFiles], ask: Ask, refuse: Refuse, over: Callable[[], None]) -> None:
        super().__init__(None)
        self._kind, self._ask, self._refuse, self._over = kind, ask, refuse, over

    def pty_requested(self, term_type: str, term_size: object, term_modes: object) -> bool:
        """No terminal here."""
        del term_type, term_size, term_modes
        self._refuse("no_files")
        return False

    def shell_requested(self) -> bool:
        """No terminal here."""
        self._refuse("no_files")
        return False

    def exec_requested(self, command: str) -> bool:
        """No commands, so no old scp either."""
        del command
        self._refuse("exec")
        return False

    def subsystem_requested(self, subsystem: str) -> bool:
        """SFTP and nothing else."""
        if subsystem != "sftp":
            self._refuse("subsystem")
        return subsystem == "sftp"

    def session_started(self) -> None:
        """Serve."""
        if self._chan is None or self._conn is None:
            return
        reader: asyncssh.SSHReader[bytes] = asyncssh.SSHReader(self, self._chan)
        writer: asyncssh.SSHWriter[bytes] = asyncssh.SSHWriter(self, self._chan)
        channel = cast("asyncssh.SSHServerChannel[bytes]", self._chan)
        server = self._kind(channel, self._ask, self._refuse)
        self._conn.create_task(_serve(server, reader, writer), reader.logger)

    def connection_lost(self, exc: Exception | None) -> None:
        """The channel is gone."""
        super().connection_lost(exc)
        self._over()


async def _serve(server: NoFiles, reader: asyncssh.SSHReader[bytes], writer: asyncssh.SSHWriter[bytes]) -> None:
    handler = _Handler(server, reader, writer, 3)
    await handler.run()
