"""Signatures as DER SEQUENCE(r, s) (GM/T 0009), decoded strictly: one byte string a pair of numbers.

Whether the numbers are in range is ``signature``'s to check; keys are encoded in ``pem``.
"""

from __future__ import annotations

from cryptography.hazmat import asn1


@asn1.sequence
class _Signature:
    r: int
    s: int


def encode_signature(r: int, s: int) -> bytes:
    """Return DER SEQUENCE(INTEGER r, INTEGER s)."""
    return asn1.encode_der(_Signature(r=r, s=s))


def decode_signature(der: bytes) -> tuple[int, int] | None:
    """Return (r, s), or None for anything but exactly one strict DER SEQUENCE of two INTEGERs."""
    try:
        pair = asn1.decode_der(_Signature, der)
    except ValueError:
        return None
    return pair.r, pair.s
