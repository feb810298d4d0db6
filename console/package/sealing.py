"""Making a package: the file is read once, sealed chunk by chunk, and never held whole."""

from __future__ import annotations

import io
import os
import secrets
import tarfile
from pathlib import Path
from typing import Final

import msgspec

from console.package import layout
from console.package.layout import Manifest
from masking.gm import KEY_SIZE, Sm2PrivateKey, Sm2PublicKey, Sm4Gcm, new_sm3, sm2_encrypt, sm3

_PRIVATE: Final = 0o600


def seal(bare: Path, package: Path, manifest: Manifest, recipient: Sm2PublicKey, signer: Sm2PrivateKey) -> None:
    """Write the package of a file.

    Args:
        bare: The file, readable; its digest and size are the manifest's.
        package: Where to; there must be nothing yet.
        manifest: What is in it; digests of key and data and both key ids are filled in here.
        recipient: Who alone can open it.
        signer: Who vouches for it.

    Raises:
        OSError: The disk is full, or something is there already.
    """
    secret = secrets.token_bytes(KEY_SIZE)
    envelope = sm2_encrypt(recipient, secret)
    data = package.with_suffix(".data")
    try:
        digest = _seal_data(bare, data, Sm4Gcm(secret), layout.bound_to(manifest.number))
        whole = msgspec.structs.replace(
            manifest,
            key_sm3=sm3(envelope).hex(),
            data_sm3=digest,
            recipient_key=recipient.key_id.hex(),
            signer_key=signer.public_key.key_id.hex(),
        )
        body = msgspec.json.format(msgspec.json.encode(whole), indent=1) + b"\n"
        descriptor = os.open(package, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, _PRIVATE)
        with open(descriptor, "wb") as out:  # noqa: PTH123 - a descriptor, opened so that nothing is followed
            with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as tar:
                _add(tar, layout.MANIFEST, body)
                _add(tar, layout.SIGNATURE, signer.sign(body))
                _add(tar, layout.SIGNER, signer.public_key.to_pem().encode())
                _add(tar, layout.KEY, envelope)
                with data.open("rb") as sealed:
                    entry = tarfile.TarInfo(layout.DATA)
                    entry.size, entry.mode = data.stat().st_size, _PRIVATE
                    tar.addfile(entry, sealed)
            out.flush()
            os.fsync(out.fileno())
    finally:
        data.unlink(missing_ok=True)


def _seal_data(bare: Path, data: Path, cipher: Sm4Gcm, bound: bytes) -> str:
    """Seal the file into `data`; returns the SM3 of what was written."""
    digest = new_sm3()
    prefix = secrets.token_bytes(layout.PREFIX)
    descriptor = os.open(data, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, _PRIVATE)
    with bare.open("rb") as source, open(descriptor, "wb") as out:  # noqa: PTH123 - as above
        digest.update(prefix)
        out.write(prefix)
        number, chunk = 0, source.read(layout.CHUNK)
        while True:
            following = source.read(layout.CHUNK)
            sealed = cipher.seal(layout.nonce(prefix, number, last=not following), chunk, bound)
            digest.update(sealed)
            out.write(sealed)
            if not following:
                break
            number, chunk = number + 1, following
    return digest.digest().hex()


def _add(tar: tarfile.TarFile, name: str, body: bytes) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(body), _PRIVATE
    tar.addfile(entry, io.BytesIO(body))
