"""Checking and opening a package, without a desk: every byte is proven before any of it is kept.

A package is data of a stranger's: members are read by name and size only, plain ones alone and as many bytes as the
manifest implies; nothing is extracted, links and paths in it have no effect, and the opened file is put in place only
once its last chunk and its digest hold.
"""

from __future__ import annotations

import os
import tarfile
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final

import msgspec

from console.package import layout
from console.package.layout import Manifest
from masking.errors import MaskingError
from masking.gm import TAG_SIZE, Sm2PrivateKey, Sm2PublicKey, Sm4Gcm, new_sm3, sm2_decrypt, sm3

_SMALL: Final = 1 << 20
_PRIVATE: Final = 0o600
_READ: Final = 1 << 16
_BROKEN: Final = (tarfile.TarError, EOFError, ValueError, OverflowError, RecursionError)
"""What damaged archives show as."""


class PackageRefused(Exception):
    """The package cannot be opened or vouched for; `code` says why, e.g. `package.signature`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
        self.params: dict[str, str] = {}


def verify(package: Path, signer: Sm2PublicKey | None = None) -> Manifest:
    """Check signature and digests; nothing is opened.

    Args:
        package: The package.
        signer: The desk's key, as its people gave it; without it the key in the package is only compared with itself.

    Raises:
        PackageRefused: `package.broken`, `package.signature`, `package.signer`, `package.changed`.
        OSError: It cannot be read.
    """
    try:
        with package.open("rb") as source, tarfile.open(fileobj=source, mode="r:") as tar:
            manifest, _ = _manifest(tar, signer)
            digest = new_sm3()
            data = _member(tar, layout.DATA)
            if _entry(tar, layout.DATA).size != layout.sealed_size(manifest.size, TAG_SIZE):
                raise PackageRefused("package.changed")
            while block := data.read(_READ):
                digest.update(block)
            if digest.digest().hex() != manifest.data_sm3 or sm3(_small(tar, layout.KEY)).hex() != manifest.key_sm3:
                raise PackageRefused("package.changed")
            return manifest
    except _BROKEN as broken:
        raise PackageRefused("package.broken") from broken


def open_package(package: Path, key: Sm2PrivateKey, folder: Path, signer: Sm2PublicKey | None = None) -> Path:
    """Verify a package, open it, and return where the file now is.

    Raises:
        PackageRefused: as `verify`; `package.key` for another recipient's; `package.exists` when the file is there.
        OSError: It cannot be read or written.
    """
    manifest = verify(package, signer)
    if manifest.recipient_key != key.public_key.key_id.hex():
        raise PackageRefused("package.key")
    target = folder / _plain_name(manifest.name)
    if target.exists():
        raise PackageRefused("package.exists")
    partial = folder / f".{target.name}.part"
    try:
        with package.open("rb") as source, tarfile.open(fileobj=source, mode="r:") as tar:
            cipher = Sm4Gcm(sm2_decrypt(key, _small(tar, layout.KEY)))
            flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC | os.O_NOFOLLOW
            with open(os.open(partial, flags, _PRIVATE), "wb") as out:  # noqa: PTH123 - nothing is followed
                digest = _open_data(_member(tar, layout.DATA), out, cipher, layout.bound_to(manifest.number))
                out.flush()
                os.fsync(out.fileno())
        if digest != manifest.content_sm3:
            raise PackageRefused("package.changed")
        partial.rename(target)
    except (MaskingError, *_BROKEN) as broken:
        raise PackageRefused("package.changed") from broken
    finally:
        partial.unlink(missing_ok=True)
    return target


def _manifest(tar: tarfile.TarFile, signer: Sm2PublicKey | None) -> tuple[Manifest, Sm2PublicKey]:
    body = _small(tar, layout.MANIFEST)
    try:
        inside = Sm2PublicKey.from_pem(_small(tar, layout.SIGNER))
        manifest = msgspec.json.decode(body, type=Manifest)
    except (MaskingError, msgspec.MsgspecError, UnicodeDecodeError) as broken:
        raise PackageRefused("package.broken") from broken
    if signer is not None and signer != inside:
        raise PackageRefused("package.signer")
    if manifest.format != layout.FORMAT or manifest.signer_key != inside.key_id.hex():
        raise PackageRefused("package.broken")
    if not inside.verify(_small(tar, layout.SIGNATURE), body):
        raise PackageRefused("package.signature")
    return manifest, inside


def _entry(tar: tarfile.TarFile, name: str) -> tarfile.TarInfo:
    # No more of them than there may be: a member that says it has less than no bytes would be met again for ever.
    entries = list(islice(tar, len(layout.MEMBERS) + 1))
    if [one.name for one in entries] != list(layout.MEMBERS) or not all(map(_is_plain, entries)):
        raise PackageRefused("package.broken")
    return entries[layout.MEMBERS.index(name)]


def _member(tar: tarfile.TarFile, name: str) -> BinaryIO:
    return tar.extractfile(_entry(tar, name))  # type: ignore[return-value]  # what typeshed calls IO[bytes]


def _is_plain(entry: tarfile.TarInfo) -> bool:
    """Whether a member is the bytes that lie there; a sparse one would be as large as it says."""
    return entry.type == tarfile.REGTYPE and not entry.pax_headers and not entry.issparse()


def _small(tar: tarfile.TarFile, name: str) -> bytes:
    body = _member(tar, name).read(_SMALL + 1)
    if len(body) > _SMALL:
        raise PackageRefused("package.broken")
    return body


def _open_data(data: BinaryIO, out: BinaryIO, cipher: Sm4Gcm, bound: bytes) -> str:
    digest = new_sm3()
    prefix = data.read(layout.PREFIX)
    if len(prefix) != layout.PREFIX:
        raise PackageRefused("package.changed")
    size = layout.CHUNK + TAG_SIZE
    number, chunk = 0, data.read(size)
    while True:
        following = data.read(size)
        plain = cipher.open(layout.nonce(prefix, number, last=not following), chunk, bound)
        digest.update(plain)
        out.write(plain)
        if not following:
            return digest.digest().hex()
        number, chunk = number + 1, following


def _plain_name(name: str) -> str:
    plain = Path(name).name
    if not plain or plain != name or plain.startswith(".") or not plain.isprintable():
        raise PackageRefused("package.broken")
    return plain
