"""The host's SSH key: made once, kept beside the desk's keys, its fingerprint shown so that people can compare it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from access.people.public_keys import parse
from console.home import Home

_NAME: Final = "ssh_host_ed25519_key"
_KIND: Final = "ssh-ed25519"


def ensure(home: Home) -> str:
    """Make the key if there is none; returns its fingerprint."""
    private, public = _paths(home)
    if not private.is_file():
        import asyncssh  # noqa: PLC0415 - a quarter of a second, needed once in a desk's life

        key = asyncssh.generate_private_key(_KIND)
        _write(public, key.export_public_key())
        _write(private, key.export_private_key())
    return parse(public.read_text(encoding="ascii")).fingerprint


def read(home: Home) -> bytes:
    """The private key, for the front door alone."""
    return _paths(home)[0].read_bytes()


def _paths(home: Home) -> tuple[Path, Path]:
    return home.keys / _NAME, home.keys / f"{_NAME}.pub"


def _write(path: Path, data: bytes) -> None:
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(descriptor)
