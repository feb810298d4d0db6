"""A key provider on files: for ``demo`` and ``dev``, and by waiver for ``prod`` until hardware is there.

What it guarantees: the directory is 0700 and each file 0600, both owned by the running user, none a symbolic
link or known under a second name; anything else is refused before a byte is read. Files appear whole or not
at all and are flushed to the disk with their directory. Permissions are the only protection of the master key
here: the directory belongs on another volume than the database, which
:meth:`FileKeyProvider.shares_volume_with` can tell.
"""

from __future__ import annotations

import errno
import fcntl
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from masking.errors import KeyProviderRefused, SealBroken
from masking.gm import KEY_SIZE, NONCE_SIZE, Sm4Gcm, hkdf_sm3

MASTER_NAME: Final = "master.key"
_MASTER_MAGIC: Final = b"VDMK\x01"
_RING_USE: Final = b"veildesk/key-ring/1"
_TEMPORARY: Final = ".tmp"
_LARGEST: Final = 1 << 20
_FOREIGN_BITS: Final = 0o077


class FileKeyProvider:
    """Keeps ``master.key`` and the sealed key ring in one directory. See :class:`~masking.keys.KeyProvider`.

    Args:
        path: The directory; :meth:`initialise` makes it.
    """

    kind: Final = "file"
    hardware: Final = False

    def __init__(self, path: Path) -> None:
        self._path = path

    def initialise(self) -> None:
        """Make directory and master key unless they are there."""
        try:
            self._path.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise _refused("directory", error) from None
        try:
            self.store(MASTER_NAME, _MASTER_MAGIC + secrets.token_bytes(KEY_SIZE))
        except KeyProviderRefused as error:
            if error.params.get("what") != "exists":
                raise
        self._master()

    def load(self, name: str) -> bytes:
        """Return a file's bytes after checking directory and file."""
        with self._directory() as directory:
            flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK
            try:
                descriptor = os.open(_plain(name), flags, dir_fd=directory)
            except FileNotFoundError:
                raise KeyProviderRefused(what="missing", file=name) from None
            except OSError as error:
                raise _refused(name, error) from None
            with os.fdopen(descriptor, "rb") as file:
                found = os.fstat(descriptor)
                if not stat.S_ISREG(found.st_mode) or found.st_nlink != 1:
                    raise KeyProviderRefused(what="not_a_plain_file", file=name)
                _require_private(found, name)
                if found.st_size > _LARGEST:
                    raise KeyProviderRefused(what="size", file=name)
                return file.read()

    def store(self, name: str, data: bytes, *, replace: bool = False) -> None:
        """Write a temporary file, flush it, give it its name, flush the directory."""
        final, temporary = _plain(name), f".{secrets.token_hex(8)}{_TEMPORARY}"
        with self._directory() as directory:
            try:
                # One writer at a time; the lock goes with the descriptor.
                fcntl.flock(directory, fcntl.LOCK_EX)
                _sweep(directory)
                if not replace and final in _names(directory):
                    raise KeyProviderRefused(what="exists", file=name)
                flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
                with os.fdopen(os.open(temporary, flags, 0o600, dir_fd=directory), "wb") as file:
                    os.fchmod(file.fileno(), 0o600)  # whatever the umask took away
                    file.write(data)
                    file.flush()
                    os.fsync(file.fileno())
                os.rename(temporary, final, src_dir_fd=directory, dst_dir_fd=directory)
                os.fsync(directory)
            except OSError as error:
                _sweep(directory)
                raise _refused(name, error) from None

    def seal(self, data: bytes, aad: bytes) -> bytes:
        """Return nonce, ciphertext and tag under a key derived from the master key."""
        nonce = secrets.token_bytes(NONCE_SIZE)
        return nonce + self._master().seal(nonce, data, aad)

    def open(self, sealed: bytes, aad: bytes) -> bytes:
        """Open what :meth:`seal` made."""
        nonce, body = sealed[:NONCE_SIZE], sealed[NONCE_SIZE:]
        if len(nonce) != NONCE_SIZE:
            raise SealBroken
        return self._master().open(nonce, body, aad)

    def shares_volume_with(self, path: Path) -> bool:
        """Say whether ``path`` lies on the same file system, so that one stolen volume would hold both."""
        with self._directory() as directory:
            return os.fstat(directory).st_dev == path.stat().st_dev

    def _master(self) -> Sm4Gcm:
        data = self.load(MASTER_NAME)
        if len(data) != len(_MASTER_MAGIC) + KEY_SIZE or not data.startswith(_MASTER_MAGIC):
            raise KeyProviderRefused(what="not_a_master_key", file=MASTER_NAME)
        return Sm4Gcm(hkdf_sm3(data[len(_MASTER_MAGIC) :], _RING_USE, KEY_SIZE))

    @contextmanager
    def _directory(self) -> Iterator[int]:
        try:
            descriptor = os.open(self._path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except FileNotFoundError:
            raise KeyProviderRefused(what="missing", file="directory") from None
        except OSError as error:
            raise _refused("directory", error) from None
        try:
            _require_private(os.fstat(descriptor), "directory")
            yield descriptor
        finally:
            os.close(descriptor)

    def __repr__(self) -> str:
        return f"FileKeyProvider({str(self._path)!r})"


def _plain(name: str) -> str:
    if name in {"", ".", ".."} or "/" in name or "\0" in name:
        raise KeyProviderRefused(what="name")
    return name


def _require_private(found: os.stat_result, name: str) -> None:
    if found.st_uid != os.geteuid():
        raise KeyProviderRefused(what="owner", file=name)
    if stat.S_IMODE(found.st_mode) & _FOREIGN_BITS:
        raise KeyProviderRefused(what="mode", file=name, mode=f"{stat.S_IMODE(found.st_mode):04o}")


def _names(directory: int) -> list[str]:
    return os.listdir(directory)


def _sweep(directory: int) -> None:
    """Remove what an interrupted write left behind; called by the one writer that holds the lock."""
    for name in _names(directory):
        if name.startswith(".") and name.endswith(_TEMPORARY):
            os.unlink(name, dir_fd=directory)


def _refused(name: str, error: OSError) -> KeyProviderRefused:
    reason = errno.errorcode.get(error.errno or 0, "unknown")
    return KeyProviderRefused(what="unusable", file=name, reason=reason)
