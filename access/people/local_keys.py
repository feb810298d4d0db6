"""Keys that answer a challenge at the desk's own machine: SM2 from a key file, P-256 from a PKCS#11 token.

SM2 is what clause Y-4.2.2 asks for. Tokens behind PKCS#11 sign with SM2 only by their makers' own mechanisms, which the
client's library does not pass on, so a token answers with ECDSA on P-256, as its kind says by name. Nobody can see from
a public key where its private half lies: that it lies in a token is the word of the two people who put it into use.
"""

from __future__ import annotations

import json
from typing import Final

from masking.errors import MaskingError
from masking.gm import Sm2PublicKey, p256

SM2: Final = "veildesk-sm2"
P256_TOKEN: Final = "veildesk-p256-token"  # noqa: S105 - a kind of key
KINDS: Final = (SM2, P256_TOKEN)
FRESH: Final = 120 * 1_000_000
"""Microseconds in which a challenge can be answered."""


def fit(kind: str, raw: bytes) -> bool:
    """Whether these bytes are a public key of a kind."""
    try:
        if kind == SM2:
            Sm2PublicKey(raw)
        else:
            p256.require_point(raw)
    except MaskingError:
        return False
    return True


def verify(kind: str, raw: bytes, signature: bytes, message: bytes) -> bool:
    """Whether the key signed the message; garbage is a no."""
    if not fit(kind, raw):
        return False
    return Sm2PublicKey(raw).verify(signature, message) if kind == SM2 else p256.verify(raw, signature, message)


def challenge(*, host: str, home: str, line: str, purpose: str, login: str, at: int, nonce: str) -> bytes:
    """What is signed, built by both sides from what each knows itself.

    Args:
        host: The machine's name, asked of the machine by either side.
        home: The desk's directory, as either side reaches it.
        line: Which line of the desk the answer is for.
        purpose: What for; `sign_in`.
        login: Who.
        at: When the challenge was given, microseconds UTC.
        nonce: Thirty-two random bytes of the desk's, in hexadecimal.
    """
    words = {"host": host, "home": home, "line": line, "purpose": purpose, "login": login, "at": at, "nonce": nonce}
    return b"veildesk possession 1\n" + json.dumps(words, sort_keys=True).encode()
