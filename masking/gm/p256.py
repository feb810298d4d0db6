"""ECDSA on P-256 with SHA-256, to be verified only: for tokens that sign, but speak no national algorithm.

Hardware behind PKCS#11 signs with SM2 only by makers' own mechanisms; what every such token can do is this
(FIPS 186-5 section 6.4). Nothing of the desk is ever signed or sealed with it.
"""

from __future__ import annotations

from typing import Final

from masking.errors import KeyMaterialRefused

_POINT: Final = 65
_HALF: Final = 32


def require_point(point: bytes) -> None:
    """Refuse what is no uncompressed point of the curve.

    Raises:
        KeyMaterialRefused: It is none.
    """
    _key(point)


def verify(point: bytes, signature: bytes, message: bytes) -> bool:
    """Say whether ``signature`` is one of ``message`` by the key at ``point``; garbage is a no.

    Args:
        point: 65 bytes, 04 then x and y.
        signature: 64 bytes, r then s, as PKCS#11 gives them.
        message: What was signed, unhashed.
    """
    from cryptography.exceptions import InvalidSignature  # noqa: PLC0415 - rarely needed, slow to load
    from cryptography.hazmat.primitives import hashes  # noqa: PLC0415
    from cryptography.hazmat.primitives.asymmetric import ec, utils  # noqa: PLC0415

    if len(signature) != 2 * _HALF:
        return False
    r, s = (int.from_bytes(half, "big") for half in (signature[:_HALF], signature[_HALF:]))
    try:
        key = _key(point)
        key.verify(utils.encode_dss_signature(r, s), message, ec.ECDSA(hashes.SHA256()))
    except (InvalidSignature, KeyMaterialRefused, ValueError):
        return False
    return True


def _key(point: bytes):  # type: ignore[no-untyped-def] # noqa: ANN202 - its type is loaded with it
    from cryptography.hazmat.primitives.asymmetric import ec  # noqa: PLC0415 - as above

    if len(point) != _POINT:
        raise KeyMaterialRefused(what="point_size")
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError:
        raise KeyMaterialRefused(what="point_not_on_curve") from None
