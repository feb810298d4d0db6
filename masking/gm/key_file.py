"""SM2 private keys in encrypted PKCS #8, as the ``openssl`` command reads and writes them (RFC 5958, RFC 8018 PBES2).

Written with PBKDF2-HMAC-SHA-256 and SM4-CBC; AES-256-CBC is read too. CBC has no tag of its own: that the passphrase
was right and nothing was changed is told by the padding and by the public half that the key carries.
"""

from __future__ import annotations

import base64
import secrets
from typing import Final

from cryptography.hazmat import asn1
from cryptography.hazmat.primitives import hashes, padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC
from cryptography.x509 import ObjectIdentifier

from masking.errors import KeyMaterialRefused
from masking.gm.signature import Sm2PrivateKey

_LABEL: Final = "ENCRYPTED PRIVATE KEY"
_PBES2: Final = ObjectIdentifier("1.2.840.113549.1.5.13")
_PBKDF2: Final = ObjectIdentifier("1.2.840.113549.1.5.12")
_HMAC_SHA256: Final = ObjectIdentifier("1.2.840.113549.2.9")
_SM4_CBC: Final = ObjectIdentifier("1.2.156.10197.1.104.2")
_AES256_CBC: Final = ObjectIdentifier("2.16.840.1.101.3.4.1.42")
_KEY_SIZES: Final = {_SM4_CBC: 16, _AES256_CBC: 32}
_BLOCK: Final = 16
_SALT: Final = 16
_ROUNDS: Final = 600_000
_MOST_ROUNDS: Final = 10_000_000
_LEAST_PASSPHRASE: Final = 12


@asn1.sequence
class _Prf:
    algorithm: ObjectIdentifier
    nothing: asn1.Null


@asn1.sequence
class _Pbkdf2:
    salt: bytes
    rounds: int
    length: int | None
    prf: _Prf


@asn1.sequence
class _Kdf:
    algorithm: ObjectIdentifier
    parameters: _Pbkdf2


@asn1.sequence
class _Scheme:
    algorithm: ObjectIdentifier
    iv: bytes


@asn1.sequence
class _Pbes2:
    kdf: _Kdf
    scheme: _Scheme


@asn1.sequence
class _Algorithm:
    algorithm: ObjectIdentifier
    parameters: _Pbes2


@asn1.sequence
class _Encrypted:
    algorithm: _Algorithm
    body: bytes


def seal(key: Sm2PrivateKey, passphrase: str) -> str:
    """Return a key as encrypted PEM.

    Raises:
        KeyMaterialRefused: The passphrase is shorter than twelve characters.
    """
    if len(passphrase) < _LEAST_PASSPHRASE:
        raise KeyMaterialRefused(what="passphrase")
    salt, iv = secrets.token_bytes(_SALT), secrets.token_bytes(_BLOCK)
    kdf = _Kdf(
        algorithm=_PBKDF2,
        parameters=_Pbkdf2(
            salt=salt, rounds=_ROUNDS, length=None, prf=_Prf(algorithm=_HMAC_SHA256, nothing=asn1.Null())
        ),
    )
    pad = padding.PKCS7(_BLOCK * 8).padder()
    plain = pad.update(_der(key.to_pem())) + pad.finalize()
    encryptor = Cipher(
        algorithms.SM4(_derive(passphrase, salt, _ROUNDS, _KEY_SIZES[_SM4_CBC])), modes.CBC(iv)
    ).encryptor()
    parameters = _Pbes2(kdf=kdf, scheme=_Scheme(algorithm=_SM4_CBC, iv=iv))
    whole = _Encrypted(
        algorithm=_Algorithm(algorithm=_PBES2, parameters=parameters),
        body=encryptor.update(plain) + encryptor.finalize(),
    )
    return _pem(_LABEL, asn1.encode_der(whole))


def open_sealed(text: str, passphrase: str) -> Sm2PrivateKey:
    """Read a key back.

    Raises:
        KeyMaterialRefused: Not such a file, another cipher, a wrong passphrase, or no SM2 key inside.
    """
    try:
        found = asn1.decode_der(_Encrypted, _der(text, _LABEL))
    except ValueError:
        raise KeyMaterialRefused(what="der") from None
    kdf, scheme = found.algorithm.parameters.kdf, found.algorithm.parameters.scheme
    known = found.algorithm.algorithm == _PBES2 and kdf.algorithm == _PBKDF2
    prf = kdf.parameters.prf.algorithm
    size = _KEY_SIZES.get(scheme.algorithm)
    if not known or prf != _HMAC_SHA256 or size is None or len(scheme.iv) != _BLOCK:
        raise KeyMaterialRefused(what="cipher")
    if not 0 < kdf.parameters.rounds <= _MOST_ROUNDS or kdf.parameters.length not in {None, size}:
        raise KeyMaterialRefused(what="rounds")
    derived = _derive(passphrase, kdf.parameters.salt, kdf.parameters.rounds, size)
    cipher = algorithms.SM4(derived) if scheme.algorithm == _SM4_CBC else algorithms.AES(derived)
    decryptor = Cipher(cipher, modes.CBC(scheme.iv)).decryptor()
    pad = padding.PKCS7(_BLOCK * 8).unpadder()
    try:
        plain = pad.update(decryptor.update(found.body) + decryptor.finalize()) + pad.finalize()
        return Sm2PrivateKey.from_pem(_pem("PRIVATE KEY", plain))
    except (ValueError, KeyMaterialRefused):
        raise KeyMaterialRefused(what="passphrase") from None


def _derive(passphrase: str, salt: bytes, rounds: int, size: int) -> bytes:
    return PBKDF2HMAC(algorithm=hashes.SHA256(), length=size, salt=salt, iterations=rounds).derive(passphrase.encode())


def _der(text: str, label: str = "PRIVATE KEY") -> bytes:
    head, foot = f"-----BEGIN {label}-----", f"-----END {label}-----"
    _, begun, rest = text.partition(head)
    body, ended, _ = rest.partition(foot)
    try:
        return base64.b64decode("".join(body.split()), validate=True) if begun and ended else b""
    except ValueError:
        return b""


def _pem(label: str, der: bytes) -> str:
    text = base64.b64encode(der).decode("ascii")
    lines = [text[start : start + 64] for start in range(0, len(text), 64)]
    return "\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""])
