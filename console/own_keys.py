"""The private half of a person's own key, where the person keeps it: a key file, or a token behind PKCS#11.

A client's business: the desk only ever sees the public half and answers to challenges. A key file holds an SM2 key in
encrypted PKCS #8. A token is named by a PKCS#11 URI (RFC 7512) with `token`, `object` and, in its query, `module-path`;
its P-256 key signs inside it and cannot leave it.
"""

from __future__ import annotations

import base64
import os
import socket
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol
from urllib.parse import parse_qs, unquote

from access.people import local_keys
from console.desk.api.base import DeskError, Refusal
from masking.errors import MaskingError
from masking.gm import Sm2PrivateKey, key_file

if TYPE_CHECKING:
    from console.own_token import TokenKey

SCHEME: Final = "pkcs11:"


class Signer(Protocol):
    """A person's own key, opened."""

    @property
    def line(self) -> str:
        """The public half as the desk takes it."""
        ...

    def sign(self, message: bytes) -> bytes:
        """Answer a challenge."""
        ...


def is_token(where: str) -> bool:
    """Whether a key is said to lie in a token, not in a file."""
    return where.startswith(SCHEME)


@contextmanager
def opened(where: str, secret: str) -> Iterator[Signer]:
    """Open a key by its passphrase or PIN.

    Args:
        where: path of a key file, or a PKCS#11 URI.
        secret: passphrase of the file, or PIN of the token.

    Raises:
        DeskError: `own_key.file`, `own_key.passphrase`, `own_key.uri`, `own_key.token`: it cannot be.
    """
    if not is_token(where):
        yield _FileKey(_read(Path(where), secret))
        return
    with _token(where, secret) as signer:
        yield signer


def make_file(path: Path, passphrase: str) -> str:
    """Make a new SM2 key in an encrypted file of the user's alone; returns the public line.

    Raises:
        DeskError: `own_key.short`: the passphrase is; `own_key.exists`: something is there already.
    """
    key = Sm2PrivateKey.generate()
    try:
        text = key_file.seal(key, passphrase)
    except MaskingError:
        raise DeskError(Refusal(code="own_key.short")) from None
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError:
        raise DeskError(Refusal(code="own_key.exists")) from None
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
    return _FileKey(key).line


def make_in_token(uri: str, pin: str) -> str:
    """Make a new P-256 key inside a token; returns the public line.

    Raises:
        DeskError: as `opened`; `own_key.exists`: the token holds an object of that name.
    """
    with _token(uri, pin, make=True) as signer:
        return signer.line


def answer(signer: Signer, *, home: Path, login: str, line: str, purpose: str, at: int, nonce: str) -> str:
    """Sign a challenge for this machine and this desk; in hexadecimal."""
    message = local_keys.challenge(
        host=socket.gethostname(),
        home=os.path.realpath(home),
        line=line,
        purpose=purpose,
        login=login,
        at=at,
        nonce=nonce,
    )
    return signer.sign(message).hex()


class _FileKey:
    def __init__(self, key: Sm2PrivateKey) -> None:
        self._key = key

    @property
    def line(self) -> str:
        return _line(local_keys.SM2, self._key.public_key.raw)

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)


class _InToken:
    def __init__(self, key: TokenKey) -> None:
        self._key = key

    @property
    def line(self) -> str:
        return _line(local_keys.P256_TOKEN, self._key.point)

    def sign(self, message: bytes) -> bytes:
        return self._key.sign(message)


@contextmanager
def _token(uri: str, pin: str, *, make: bool = False) -> Iterator[Signer]:
    try:
        from console import own_token  # noqa: PLC0415 - needs a library that not everybody has
    except ImportError:
        raise DeskError(Refusal(code="own_key.no_library")) from None
    path, _, query = uri.removeprefix(SCHEME).partition("?")
    said = dict(part.partition("=")[::2] for part in path.split(";"))
    module = parse_qs(query).get("module-path", [""])[0]
    place = own_token.Place(module, unquote(said.get("token", "")), unquote(said.get("object", "")))
    if not (place.module and place.token and place.label):
        raise DeskError(Refusal(code="own_key.uri"))
    with own_token.opened(place, pin, make=make) as key:
        yield _InToken(key)


def _read(path: Path, passphrase: str) -> Sm2PrivateKey:
    try:
        text = path.read_text("ascii")
    except (OSError, UnicodeDecodeError):
        raise DeskError(Refusal(code="own_key.file")) from None
    try:
        return key_file.open_sealed(text, passphrase)
    except MaskingError:
        raise DeskError(Refusal(code="own_key.passphrase")) from None


def _line(kind: str, raw: bytes) -> str:
    blob = b"".join(struct.pack(">I", len(part)) + part for part in (kind.encode(), raw))
    return f"{kind} {base64.b64encode(blob).decode()}"
