"""Files of production: taken from a registered lender's drop, verified before they are read, destroyed after.

A lender leaves `NAME`, `NAME.sm3` (hexadecimal SM3 of the file) and `NAME.sig` (SM2 signature in DER over the 32 bytes
of that digest, or over a file of up to 64 MiB itself; default distinguishing id). A private copy is what is verified
and read, so nothing can be changed in between. What does not verify goes to quarantine, readable by the desk alone.
"""

from __future__ import annotations

import os
import shutil
import stat
from pathlib import Path
from typing import BinaryIO, Final

from console.desk.imports.faults import Code, FileRefused, whole_file
from masking.errors import MaskingError
from masking.gm import Sm2PublicKey, new_sm3

DIGEST_SUFFIX: Final = ".sm3"
SIGNATURE_SUFFIX: Final = ".sig"
SUFFIXES: Final = (DIGEST_SUFFIX, SIGNATURE_SUFFIX)
_BLOCK: Final = 1 << 20
_WHOLE_FILE: Final = 64 << 20
_SMALL: Final = 4096
_PRIVATE: Final = 0o600


def digest_of(path: Path) -> bytes:
    """SM3 of a file, read in blocks.

    Raises:
        FileRefused: it cannot be read, or is no regular file.
    """
    state = new_sm3()
    try:
        with _opened(path) as file:
            while block := file.read(_BLOCK):
                state.update(block)
    except OSError:
        raise whole_file(Code.FILE_UNREADABLE) from None
    return state.digest()


def _opened(path: Path) -> BinaryIO:
    file = path.open("rb")
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise OSError
    return file


def open_for(drops: Path, lender: str) -> None:
    """Make a registered lender's drop, if it is not there yet."""
    (drops / lender).mkdir(mode=0o700, parents=True, exist_ok=True)


def take(folder: Path, name: str, private: Path) -> Path:
    """Copy a dropped file and what proves it into a private directory.

    Args:
        folder: the lender's drop.
        name: the file's name there, without any path.
        private: a directory of the desk alone, made when missing.

    Returns:
        The copy; its `.sm3` and `.sig` lie beside it.

    Raises:
        FileRefused: `FILE_UNREADABLE`: no such file; `FILE_DIGEST`, `FILE_SIGNATURE`: no digest or signature with it.
    """
    if (
        not name
        or name in {".", ".."}
        or "/" in name
        or "\0" in name
        or name.endswith((DIGEST_SUFFIX, SIGNATURE_SUFFIX))
    ):
        raise whole_file(Code.FILE_UNREADABLE)
    private.mkdir(mode=0o700, parents=True, exist_ok=True)
    missing = (("", Code.FILE_UNREADABLE), (DIGEST_SUFFIX, Code.FILE_DIGEST), (SIGNATURE_SUFFIX, Code.FILE_SIGNATURE))
    for suffix, code in missing:
        try:
            _copy(folder / (name + suffix), private / (name + suffix))
        except OSError:
            raise whole_file(code) from None
    return private / name


def _copy(source: Path, target: Path) -> None:
    # A link in a drop could point at any file of the desk.
    incoming = os.open(source, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    with os.fdopen(incoming, "rb") as reading:
        if not stat.S_ISREG(os.fstat(incoming).st_mode):
            raise OSError
        outgoing = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, _PRIVATE)
        with os.fdopen(outgoing, "wb") as writing:
            shutil.copyfileobj(reading, writing, _BLOCK)


def verify(path: Path, public_key: bytes, digest: bytes) -> None:
    """Check digest and signature of a private copy before anything else reads it (F-3).

    Args:
        path: the copy.
        public_key: the lender's, x || y.
        digest: the copy's SM3.

    Raises:
        FileRefused: `FILE_DIGEST` or `FILE_SIGNATURE`.
    """
    try:
        said = path.with_name(path.name + DIGEST_SUFFIX).read_bytes()[:_SMALL].split()[:1]
        signature = path.with_name(path.name + SIGNATURE_SUFFIX).read_bytes()[:_SMALL]
        key = Sm2PublicKey(public_key)
    except (OSError, MaskingError):
        raise whole_file(Code.FILE_SIGNATURE) from None
    if said != [digest.hex().encode()] and said != [digest.hex().upper().encode()]:
        raise whole_file(Code.FILE_DIGEST)
    signed = key.verify(signature, digest)
    if not signed and path.stat().st_size <= _WHOLE_FILE:
        signed = key.verify(signature, path.read_bytes())
    if not signed:
        raise whole_file(Code.FILE_SIGNATURE)


def proven(path: Path, public_key: bytes, digest: bytes) -> bool:
    """Whether `verify` passes."""
    try:
        verify(path, public_key, digest)
    except FileRefused:
        return False
    return True


def destroy(path: Path) -> int:
    """Overwrite one file and unlink it.

    Raises:
        OSError: it could not be destroyed.
    """
    size = _overwrite(path)
    path.unlink()
    return size


def _overwrite(path: Path) -> int:
    descriptor = os.open(path, os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    with os.fdopen(descriptor, "wb", buffering=0) as file:
        left = size = os.fstat(descriptor).st_size
        while left > 0:
            left -= file.write(bytes(min(left, _BLOCK)))
        os.fsync(descriptor)
    return size


def destroy_all(folder: Path) -> None:
    """Overwrite and unlink every file below a directory of the desk alone, and take the directory away.

    Raises:
        OSError: a file could not be destroyed; it and the directory are still there.
    """
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            destroy(path)
    shutil.rmtree(folder, ignore_errors=True)


def quarantine(folder: Path, name: str, aside: Path, now: int) -> None:
    """Move a dropped file and its proofs out of reach of everybody but the desk, stamped with when that was.

    Args:
        folder: the lender's drop.
        name: the file's name there.
        aside: a directory for this file alone, made when missing.
        now: microseconds.
    """
    aside.mkdir(mode=0o700, parents=True, exist_ok=True)
    for suffix in ("", DIGEST_SUFFIX, SIGNATURE_SUFFIX):
        source = folder / (name + suffix)
        if source.is_file() and not source.is_symlink():
            os.utime(source, ns=(now * 1000, now * 1000))
            target = aside / (name + suffix)
            source.replace(target)
            target.chmod(_PRIVATE)
