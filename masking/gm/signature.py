"""SM2 signatures (GM/T 0003.2, GB/T 32918.2) with the ``gmssl`` package's point arithmetic.

``gmssl`` 3.2.2 may not be called as it stands, and this module is why nobody else does:

* its nonces come from ``random``, so that one signature gives the private key away: every nonce and key here
  comes from ``secrets``;
* its constructor strips leading ``0`` and ``4`` digits from public keys: the point is assigned afterwards;
* its verification doubles a point without bringing it back to affine form and fails on the point at infinity:
  the last addition is done here;
* it checks neither ranges nor that a point lies on the curve: both are checked here.

The package is loaded on first use, since most processes never sign. Encodings are in ``der``.
"""

from __future__ import annotations

import hmac
import secrets
from typing import TYPE_CHECKING, Final

from masking.errors import KeyMaterialRefused
from masking.gm import der
from masking.gm.digest import new_sm3, sm3

if TYPE_CHECKING:
    from gmssl.sm2 import CryptSM2

DEFAULT_DISTID: Final = b"1234567812345678"
"""The signer's name that GM/T 0009 prescribes where none is agreed."""

_P: Final = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
_A: Final = _P - 3
_B: Final = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
_N: Final = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
_G: Final = bytes.fromhex(
    "32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7"
    "bc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0"
)
_FIELD_SIZE: Final = 32
_RAW_SIZE: Final = 64
_DISTID_LIMIT: Final = 8191
"""Its length in bits is hashed as two bytes."""


class Sm2PublicKey:
    """A point of the curve that verifies signatures. Immutable, hashable, comparable by value.

    Args:
        raw: 64 bytes, x then y, big-endian.

    Raises:
        KeyMaterialRefused: The bytes are not a point of the curve.
    """

    __slots__ = ("_raw",)

    def __init__(self, raw: bytes) -> None:
        if len(raw) != _RAW_SIZE:
            raise KeyMaterialRefused(what="point_size")
        x, y = _coordinates(raw)
        if not (x < _P and y < _P and (y * y - (x * x * x + _A * x + _B)) % _P == 0):
            raise KeyMaterialRefused(what="point_not_on_curve")
        self._raw = bytes(raw)

    @classmethod
    def from_pem(cls, pem: str | bytes) -> Sm2PublicKey:
        """Read a PEM SubjectPublicKeyInfo with an uncompressed point.

        Raises:
            KeyMaterialRefused: Malformed, another curve, or compressed.
        """
        from masking.gm.pem import public_from_pem  # noqa: PLC0415 - rarely needed, slow to load

        return cls(public_from_pem(pem))

    def to_pem(self) -> str:
        """Return the PEM SubjectPublicKeyInfo that the ``openssl`` command reads."""
        from masking.gm.pem import public_to_pem  # noqa: PLC0415 - rarely needed, slow to load

        return public_to_pem(self._raw)

    @property
    def raw(self) -> bytes:
        """The point: 64 bytes, x then y."""
        return self._raw

    @property
    def key_id(self) -> bytes:
        """The first eight bytes of the point's SM3 digest, to name the key by."""
        return sm3(self._raw)[:8]

    def verify(self, signature: bytes, message: bytes, distid: bytes = DEFAULT_DISTID) -> bool:
        """Say whether ``signature`` is a DER signature of ``message`` by this key; garbage is a no.

        Args:
            signature: DER SEQUENCE(r, s); any other encoding of the same numbers is refused.
            message: What was signed, unhashed.
            distid: The signer's distinguishing identifier, at most 8,191 bytes.
        """
        pair = der.decode_signature(signature)
        if pair is None or len(distid) > _DISTID_LIMIT:
            return False
        r, s = pair
        if not (0 < r < _N and 0 < s < _N) or (r + s) % _N == 0:
            return False
        x = _sum_x(_multiply(s, _G), _multiply((r + s) % _N, self._raw))
        return x is not None and (_message_number(self._raw, message, distid) + x) % _N == r

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sm2PublicKey) and self._raw == other._raw

    def __hash__(self) -> int:
        return hash(self._raw)

    def __repr__(self) -> str:
        return f"Sm2PublicKey({self.key_id.hex()})"


class Sm2PrivateKey:
    """A signing key. Its repr names the public half only; it cannot be pickled.

    Args:
        scalar: 32 bytes, big-endian, in [1, n-2] (GM/T 0003.1 §6.1).

    Raises:
        KeyMaterialRefused: The number is out of range.
    """

    __slots__ = ("_public", "_scalar")

    def __init__(self, scalar: bytes) -> None:
        if len(scalar) != _FIELD_SIZE or not 1 <= int.from_bytes(scalar, "big") <= _N - 2:
            raise KeyMaterialRefused(what="scalar")
        self._scalar = bytes(scalar)
        point = _multiply(int.from_bytes(scalar, "big"), _G)
        if point is None:
            raise KeyMaterialRefused(what="scalar")
        self._public = Sm2PublicKey(point)

    @classmethod
    def generate(cls) -> Sm2PrivateKey:
        """Make a new key from the operating system's randomness."""
        return cls((secrets.randbelow(_N - 2) + 1).to_bytes(_FIELD_SIZE, "big"))

    @classmethod
    def from_pem(cls, pem: str | bytes) -> Sm2PrivateKey:
        """Read an unencrypted PKCS #8 or SEC1 key.

        Raises:
            KeyMaterialRefused: Malformed, encrypted, another curve, or its two halves do not belong together.
        """
        from masking.gm.pem import private_from_pem  # noqa: PLC0415 - rarely needed, slow to load

        scalar, point = private_from_pem(pem)
        key = cls(scalar)
        if point is not None and not hmac.compare_digest(point, key.public_key.raw):
            raise KeyMaterialRefused(what="key_halves")
        return key

    def to_pem(self) -> str:
        """Return the unencrypted PKCS #8 form: the key itself, to hand to another program."""
        from masking.gm.pem import private_to_pem  # noqa: PLC0415 - rarely needed, slow to load

        return private_to_pem(self._scalar, self._public.raw)

    def to_scalar(self) -> bytes:
        """Return the 32 secret bytes, for the key ring to seal."""
        return self._scalar

    @property
    def public_key(self) -> Sm2PublicKey:
        """The key that verifies what this one signs."""
        return self._public

    def sign(self, message: bytes, distid: bytes = DEFAULT_DISTID) -> bytes:
        """Return a DER signature of ``message``, each time another one.

        Raises:
            KeyMaterialRefused: ``distid`` is longer than 8,191 bytes.
        """
        if len(distid) > _DISTID_LIMIT:
            raise KeyMaterialRefused(what="distid")
        number = _message_number(self._public.raw, message, distid).to_bytes(_FIELD_SIZE, "big")
        while True:
            pair = self._sign_number(number, secrets.randbelow(_N - 1) + 1)
            if pair is not None:
                return der.encode_signature(*pair)

    def _sign_number(self, number: bytes, nonce: int) -> tuple[int, int] | None:
        """Return (r, s), or None when the standard asks for another nonce."""
        signer = _gmssl(self._scalar.hex(), self._public.raw.hex())
        signature: str | None = signer.sign(number, f"{nonce:064x}")
        if signature is None:
            return None
        return int(signature[:64], 16), int(signature[64:], 16)

    def __repr__(self) -> str:
        return f"Sm2PrivateKey(of {self._public.key_id.hex()}, key hidden)"

    def __reduce__(self) -> tuple[object, ...]:
        msg = "a private key is not pickled"
        raise TypeError(msg)


def _message_number(raw: bytes, message: bytes, distid: bytes) -> int:
    """Return e = SM3(Z || M) with Z = SM3(ENTL || ID || a || b || G || P) (GM/T 0003.2 §5.5, 6.1)."""
    identity = new_sm3()
    identity.update((len(distid) * 8).to_bytes(2, "big") + distid)
    identity.update(_A.to_bytes(_FIELD_SIZE, "big") + _B.to_bytes(_FIELD_SIZE, "big") + _G + raw)
    digest = new_sm3()
    digest.update(identity.digest())
    digest.update(message)
    return int.from_bytes(digest.digest(), "big")


def _gmssl(private_hex: str, public_hex: str) -> CryptSM2:
    from gmssl.sm2 import CryptSM2  # noqa: PLC0415 - costs 80 ms, and most processes never sign

    engine = CryptSM2(private_hex, public_hex)
    engine.public_key = public_hex  # its constructor has stripped leading digits
    return engine


def _coordinates(raw: bytes) -> tuple[int, int]:
    return int.from_bytes(raw[:_FIELD_SIZE], "big"), int.from_bytes(raw[_FIELD_SIZE:], "big")


def _multiply(scalar: int, raw: bytes) -> bytes | None:
    """Return the raw point ``scalar`` times ``raw``, None for the point at infinity. 0 < scalar < n."""
    product: str | None = _gmssl("0", "")._kg(scalar, raw.hex())  # noqa: SLF001 - the package names it no other way
    return None if product is None else bytes.fromhex(product)


def multiple(scalar: int, raw: bytes) -> bytes | None:
    """Return a multiple of a raw point, for ``envelope``; None for the point at infinity. 0 < scalar < n."""
    return _multiply(scalar, raw)


def base_multiple(scalar: int) -> bytes | None:
    """Return a multiple of the base point, for ``envelope``."""
    return _multiply(scalar, _G)


def curve_order() -> int:
    """Return n, the order of the base point."""
    return _N


def _sum_x(left: bytes | None, right: bytes | None) -> int | None:
    """Return the x coordinate of the sum of two points, None at infinity."""
    if left is None or right is None:
        return None
    x1, y1 = _coordinates(left)
    x2, y2 = _coordinates(right)
    if x1 != x2:
        slope = (y2 - y1) * pow(x2 - x1, -1, _P)
    elif y1 == y2:
        slope = (3 * x1 * x1 + _A) * pow(2 * y1, -1, _P)
    else:
        return None
    return (slope * slope - x1 - x2) % _P
