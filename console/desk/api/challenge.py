"""Signing in at the desk's own machine with three factors: the desk gives a challenge, the person's key answers it."""

from __future__ import annotations

from console.desk.api.base import Call, Value
from console.desk.api.session import Me


class Challenge(Value, frozen=True, kw_only=True):
    """To be signed once, on this line, within two minutes. at: microseconds UTC; nonce: hexadecimal."""

    line: str
    purpose: str
    at: int
    nonce: str


class AskChallenge(Call[Challenge], frozen=True, kw_only=True, tag="possession.challenge"):
    """Something to sign. purpose: `sign_in`."""

    purpose: str


class SignInWithKey(Call[Me], frozen=True, kw_only=True, tag="session.sign_in_with_key"):
    """Prove password, one-time code and key together; signature: of the line's challenge, in hexadecimal.

    command: no screen is opened by it.
    """

    login: str
    password: str
    code: str
    signature: str
    command: bool = False

    def __repr__(self) -> str:
        return "SignInWithKey()"
