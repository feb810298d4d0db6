"""An SFTP server of nothing: every operation is refused and told; the two routes that the door opens build on it.

asyncssh's server would serve this machine's files; here every one of its operations is replaced, and a test compares
the two lists, should a later version learn another. There are no names but the visitor's own words: the desk opens
files, this process gets descriptors.
"""

from __future__ import annotations

import asyncio
import os
import posixpath
import stat
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Final, Protocol, TypeVar

import asyncssh

from console.serve.file_words import Asked, Close, Said

_FOLDER: Final = stat.S_IFDIR | 0o300
FILE: Final = stat.S_IFREG | 0o400
_LONGEST: Final = 128  # bytes of a path
_MOST: Final = 8  # files open at once on one connection

Refuse = Callable[[str], None]
T = TypeVar("T")


class Ask(Protocol):
    """A question to the desk in this visitor's name."""

    async def __call__(self, asked: Asked) -> tuple[Said, int | None]:
        """The answer, and the descriptor beside it, which is the caller's."""
        ...


@dataclass(slots=True, eq=False)
class Opened:
    """A file of the desk's. limit: bytes it takes or holds. ends: the highest byte touched so far.

    What is done with it is done one after the other (`on_disk`); closed, it is number -1.
    """

    handle: int
    descriptor: int
    limit: int
    writable: bool
    ends: int = 0
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def on_disk(self, work: Callable[[int], T]) -> T:
        """Have something done with the descriptor in a thread: a slow disk holds up nobody else.

        Raises:
            OSError: the disk did not do it.
            SFTPInvalidHandle: the file is closed.
        """
        async with self.turn:
            if self.descriptor < 0:
                raise asyncssh.SFTPInvalidHandle("no such handle")
            job = asyncio.create_task(asyncio.to_thread(work, self.descriptor))
            try:
                return await asyncio.shield(job)
            finally:
                # Whoever is cut off meanwhile: no number is let go of, to be another file's, while a thread uses it.
                if not job.done():
                    await asyncio.wait([job])
                    job.exception()

    async def let_go(self) -> None:
        """Close it, once what is under way is done."""
        async with self.turn:
            os.close(self.descriptor)
            self.descriptor = -1


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
        return asyncssh.SFTPAttrs(permissions=FILE, size=size, uid=0, gid=0, atime=0, mtime=0)

    async def close(self, file_obj: object) -> None:
        """Done with a file: the desk says whether it was taken.

        Raises:
            SFTPFailure: it was not.
        """
        opened = self._of(file_obj)
        self._opened.remove(opened)
        await opened.let_go()
        whole = not self.left and (opened.writable or opened.ends >= opened.limit)
        said, _ = await self._ask(Close(handle=opened.handle, whole=whole))
        if not said.ok and not self.left:
            raise asyncssh.SFTPFailure("not taken")

    async def fsync(self, file_obj: object) -> None:
        """What was written so far is on the disk."""
        await self._of(file_obj).on_disk(os.fsync)

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
        if descriptor is not None and self.left:
            os.close(descriptor)
            descriptor = None
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
