"""The two routes for files: a lender's new ones in, and one released one out, read once."""

from __future__ import annotations

import os
import posixpath
from collections.abc import AsyncIterator
from typing import Final

import asyncssh

from console.serve.file_words import Put, See, Take
from console.serve.no_files import FILE, NoFiles

_WRITES: Final = asyncssh.FXF_WRITE | asyncssh.FXF_CREAT
_BESIDE: Final = asyncssh.FXF_TRUNC | asyncssh.FXF_EXCL
_BLOCK: Final = 1 << 20


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
        await opened.on_disk(lambda descriptor: _write(descriptor, data, offset))
        opened.ends = max(opened.ends, offset + len(data))
        return len(data)


def _write(descriptor: int, data: bytes, offset: int) -> None:
    left = memoryview(data)
    while left:
        taken = os.pwrite(descriptor, left, offset)
        left, offset = left[taken:], offset + taken


class ReadOnce(NoFiles):
    """Of somebody to whom a file was released: that one, by its name, once."""

    async def stat(self, path: bytes) -> asyncssh.SFTPAttrs:
        """The folder, or the one file in it."""
        if self.realpath(path) == b"/":
            return await super().stat(path)
        said, _ = await self._ask(See())
        if not said.ok or self.realpath(path) != b"/" + said.name.encode():
            raise asyncssh.SFTPNoSuchFile("no such file")
        return asyncssh.SFTPAttrs(permissions=FILE, size=said.size, uid=0, gid=0, atime=0, mtime=0)

    async def scandir(self, path: bytes) -> AsyncIterator[asyncssh.SFTPName]:
        """The one name, if a file waits."""
        if self.realpath(path) != b"/":
            raise self._no("file_list")
        said, _ = await self._ask(See())
        if said.ok:
            attrs = asyncssh.SFTPAttrs(permissions=FILE, size=said.size, uid=0, gid=0, atime=0, mtime=0)
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
        data = await opened.on_disk(lambda descriptor: os.pread(descriptor, min(size, _BLOCK), offset))
        opened.ends = max(opened.ends, offset + len(data))
        return data


ROUTES: Final[dict[str, type[NoFiles]]] = {"drop": Drop, "export": ReadOnce}
"""What a login may ask for behind its name and a plus, and what that visitor gets instead of a terminal."""
