"""A person's P-256 key inside a PKCS#11 token: made there, signing there, never leaving it.

Loaded only where a token is used; the library that speaks PKCS#11 is an extra (`pip install veildesk[token]`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import pkcs11
from pkcs11 import Attribute, KeyType, Mechanism, ObjectClass
from pkcs11.util.ec import encode_named_curve_parameters

from console.desk.api.base import DeskError, Refusal

_POINT: Final = 65
_OCTETS: Final = b"\x04\x41\x04"  # DER: an octet string of 65 bytes that begins with 04


@dataclass(frozen=True, slots=True)
class Place:
    """Where a key lies. module: the maker's library; token and label: names inside."""

    module: str
    token: str
    label: str


class TokenKey:
    """A key in an open session of its token."""

    def __init__(self, session: Any, label: str) -> None:  # noqa: ANN401 - the library's mixed-in classes have no common type
        self._session, self._label = session, label

    @property
    def point(self) -> bytes:
        """The public half: 65 bytes, 04 then x and y.

        Raises:
            PKCS11Error: the token has no such key.
        """
        key = self._session.get_key(object_class=ObjectClass.PUBLIC_KEY, key_type=KeyType.EC, label=self._label)
        encoded = bytes(key[Attribute.EC_POINT])
        return encoded[2:] if encoded.startswith(_OCTETS) and len(encoded) == _POINT + 2 else encoded

    def sign(self, message: bytes) -> bytes:
        """ECDSA over SHA-256, r then s. The token is given the digest, which every one takes."""
        key = self._session.get_key(object_class=ObjectClass.PRIVATE_KEY, key_type=KeyType.EC, label=self._label)
        return bytes(key.sign(hashlib.sha256(message).digest(), mechanism=Mechanism.ECDSA))


@contextmanager
def opened(place: Place, pin: str, *, make: bool = False) -> Iterator[TokenKey]:
    """Open a token by its PIN; with `make`, put a new key into it first.

    Raises:
        DeskError: `own_key.passphrase`: not its PIN; `own_key.exists`: it holds a key of that name; `own_key.token`:
            anything else that the token or its library says.
    """
    try:
        token = pkcs11.lib(place.module).get_token(token_label=place.token)
        with token.open(user_pin=pin, rw=make) as session:
            if make:
                _make(session, place.label)
            yield TokenKey(session, place.label)
    except pkcs11.PinIncorrect:
        raise DeskError(Refusal(code="own_key.passphrase")) from None
    except (pkcs11.PKCS11Error, RuntimeError):
        raise DeskError(Refusal(code="own_key.token")) from None


def _make(session: pkcs11.Session, label: str) -> None:
    # To its end: a search that is left open is an error once the session is closed.
    if list(session.get_objects({Attribute.LABEL: label, Attribute.CLASS: ObjectClass.PRIVATE_KEY})):
        raise DeskError(Refusal(code="own_key.exists"))
    curve = session.create_domain_parameters(
        KeyType.EC, {Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")}, local=True
    )
    never_out = {Attribute.SENSITIVE: True, Attribute.EXTRACTABLE: False}
    curve.generate_keypair(mechanism=Mechanism.EC_KEY_PAIR_GEN, store=True, label=label, private_template=never_out)
