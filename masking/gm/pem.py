"""SM2 keys in PEM, as the ``openssl`` command writes and reads them.

Public keys are SubjectPublicKeyInfo (RFC 5480), private keys PKCS #8 (RFC 5208) or SEC1 (RFC 5915), not encrypted.
Decoding is strict DER. Compressed points, explicit curve parameters and other curves are refused. Whether numbers and
points make sense is ``signature``'s to check.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Annotated, TypeVar

from cryptography.hazmat import asn1
from cryptography.x509 import ObjectIdentifier

from masking.errors import KeyMaterialRefused

_T = TypeVar("_T")
_EC_PUBLIC_KEY = ObjectIdentifier("1.2.840.10045.2.1")
_SM2_CURVE = ObjectIdentifier("1.2.156.10197.1.301")
_UNCOMPRESSED = b"\x04"
_PUBLIC_LABEL = "PUBLIC KEY"
_PKCS8_LABEL = "PRIVATE KEY"
_SEC1_LABELS = frozenset({"EC PRIVATE KEY", "SM2 PRIVATE KEY"})
_PEM = re.compile(r"-----BEGIN ([A-Z0-9 ]{1,40})-----\s([A-Za-z0-9+/=\s]*)-----END \1-----")


@asn1.sequence
class _Algorithm:
    algorithm: ObjectIdentifier
    curve: ObjectIdentifier


@asn1.sequence
class _SubjectPublicKeyInfo:
    algorithm: _Algorithm
    point: asn1.BitString


@asn1.sequence
class _EcPrivateKey:
    version: int
    scalar: bytes
    curve: Annotated[ObjectIdentifier | None, asn1.Explicit(0)]
    point: Annotated[asn1.BitString | None, asn1.Explicit(1)]


@asn1.sequence
class _PrivateKeyInfo:
    version: int
    algorithm: _Algorithm
    key: bytes


def public_to_pem(raw: bytes) -> str:
    """Return the PEM SubjectPublicKeyInfo of a raw 64-byte point (x then y)."""
    info = _SubjectPublicKeyInfo(algorithm=_SM2, point=_bits(raw))
    return _to_pem(_PUBLIC_LABEL, asn1.encode_der(info))


def public_from_pem(pem: str | bytes) -> bytes:
    """Return the raw 64-byte point of the first public key in ``pem``.

    Raises:
        KeyMaterialRefused: None there, malformed, not SM2, or a compressed point.
    """
    der = _from_pem(pem).get(_PUBLIC_LABEL)
    if der is None:
        raise KeyMaterialRefused(what="pem_label")
    info = _decode(_SubjectPublicKeyInfo, der)
    _require_sm2(info.algorithm)
    return _point(info.point)


def private_to_pem(scalar: bytes, raw: bytes) -> str:
    """Return the PEM PKCS #8 form of a 32-byte scalar with its raw 64-byte point. Not encrypted."""
    inner = _EcPrivateKey(version=1, scalar=scalar, curve=None, point=_bits(raw))
    info = _PrivateKeyInfo(version=0, algorithm=_SM2, key=asn1.encode_der(inner))
    return _to_pem(_PKCS8_LABEL, asn1.encode_der(info))


def private_from_pem(pem: str | bytes) -> tuple[bytes, bytes | None]:
    """Return the 32-byte scalar and, where given, the raw point of the first private key in ``pem``.

    Raises:
        KeyMaterialRefused: None there, malformed, encrypted, or not SM2.
    """
    blocks = _from_pem(pem)
    if _PKCS8_LABEL in blocks:
        info = _decode(_PrivateKeyInfo, blocks[_PKCS8_LABEL])
        _require_sm2(info.algorithm)
        if info.version != 0:
            raise KeyMaterialRefused(what="private_key_version")
        inner = _decode(_EcPrivateKey, info.key)
        curve_named_outside = True
    else:
        der = next((blocks[label] for label in blocks if label in _SEC1_LABELS), None)
        if der is None:
            raise KeyMaterialRefused(what="pem_label")
        inner = _decode(_EcPrivateKey, der)
        curve_named_outside = False
    if inner.curve != _SM2_CURVE and not (curve_named_outside and inner.curve is None):
        raise KeyMaterialRefused(what="curve")
    if inner.version != 1:
        raise KeyMaterialRefused(what="private_key_version")
    return inner.scalar, None if inner.point is None else _point(inner.point)


_SM2 = _Algorithm(algorithm=_EC_PUBLIC_KEY, curve=_SM2_CURVE)


def _require_sm2(algorithm: _Algorithm) -> None:
    if algorithm.algorithm != _EC_PUBLIC_KEY or algorithm.curve != _SM2_CURVE:
        raise KeyMaterialRefused(what="curve")


def _bits(raw: bytes) -> asn1.BitString:
    return asn1.BitString(_UNCOMPRESSED + raw, 0)


def _point(bits: asn1.BitString) -> bytes:
    data = bits.as_bytes()
    if bits.padding_bits() or data[:1] != _UNCOMPRESSED:
        raise KeyMaterialRefused(what="point_form")
    return data[1:]


def _to_pem(label: str, der: bytes) -> str:
    text = base64.b64encode(der).decode("ascii")
    lines = [text[start : start + 64] for start in range(0, len(text), 64)]
    return "\n".join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""])


def _from_pem(pem: str | bytes) -> dict[str, bytes]:
    """Return the first block of each label: ``openssl ecparam`` writes parameters before the key."""
    text = pem.decode("latin-1") if isinstance(pem, bytes) else pem
    blocks: dict[str, bytes] = {}
    for label, body in _PEM.findall(text):
        try:
            der = base64.b64decode("".join(body.split()), validate=True)
        except binascii.Error:
            raise KeyMaterialRefused(what="pem") from None
        blocks.setdefault(label, der)
    return blocks


def _decode(kind: type[_T], der: bytes) -> _T:
    try:
        return asn1.decode_der(kind, der)
    except ValueError:
        raise KeyMaterialRefused(what="der") from None
