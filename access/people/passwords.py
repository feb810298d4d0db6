"""Passwords: Argon2id, its parameters in one place, and the rule against weak ones.

A password is normalised (NFKC) before it is hashed or judged, so that one typed full-width is the same. Nothing here
keeps, logs or repeats one; a refusal says why, never what.
"""

from __future__ import annotations

import re
import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final, Protocol

import argon2
from zxcvbn import zxcvbn

from access.errors import AccessError

SHORTEST: Final = 10
LONGEST: Final = 128
_JUDGED: Final = 72  # zxcvbn looks at no more; a longer password is at least as strong as its beginning
_SCORE: Final = 3  # of 4: at least 10^8 guesses
_PIECES: Final = 2  # a name and a year with signs between them is what everybody does
_NOISE: Final = 3
_SIGNS: Final = re.compile(r"(?:19|20)\d\d|[\W_]")
_SHORTEST_INPUT: Final = 2


class WeakPassword(AccessError):
    """A new password was refused; `reason` is `short`, `long`, `common`, `guessable` or `pieces`."""

    default_code = "password.weak"


class Hasher(Protocol):
    """Turns passwords into what is stored, slowly on purpose. Thread-safe."""

    @property
    def decoy(self) -> str:
        """A stored form that belongs to nobody and that no password fits, of the same cost as the others."""
        ...

    def hash(self, password: str) -> str:
        """Return the stored form, with its own salt."""
        ...

    def verify(self, encoded: str, password: str) -> bool:
        """Tell whether the password fits; damaged stored forms fit nothing. Never raises."""
        ...


@dataclass(frozen=True, slots=True)
class Argon2Parameters:
    """Cost of one hash.

    Attributes:
        memory: KiB.
        passes: Times over the memory.
        lanes: Parallel lanes.
    """

    memory: int = 64 * 1024
    passes: int = 3
    lanes: int = 1


class PasswordHasher:
    """Argon2id (RFC 9106) with the desk's parameters: about 0.3 s on the machines it was measured on."""

    def __init__(self, parameters: Argon2Parameters | None = None) -> None:
        cost = parameters or Argon2Parameters()
        self._argon2 = argon2.PasswordHasher(
            time_cost=cost.passes, memory_cost=cost.memory, parallelism=cost.lanes, type=argon2.Type.ID
        )
        self._decoy = self._argon2.hash(secrets.token_urlsafe(32))

    @property
    def decoy(self) -> str:
        """A stored form whose password nobody knows."""
        return self._decoy

    def hash(self, password: str) -> str:
        """Return the stored form, with a random salt."""
        return self._argon2.hash(normal_form(password))

    def verify(self, encoded: str, password: str) -> bool:
        """Tell whether the password fits. Never raises."""
        try:
            return self._argon2.verify(encoded, normal_form(password)[:LONGEST])
        except (argon2.exceptions.Argon2Error, argon2.exceptions.InvalidHash, UnicodeError):
            return False

    def __repr__(self) -> str:
        return "PasswordHasher()"


def normal_form(password: str) -> str:
    """Return the password as it is hashed and judged."""
    return unicodedata.normalize("NFKC", password)


def check_strength(password: str, personal: Sequence[str] = ()) -> None:
    """Refuse a weak new password.

    Args:
        password: The wish.
        personal: What others know of the person: login, staff number, name, name of the unit.

    Raises:
        WeakPassword: It is too short or long, common, or could be guessed from known words, dates and key walks.
    """
    wish = normal_form(password)
    if len(wish) < SHORTEST:
        raise WeakPassword(reason="short", shortest=SHORTEST)
    if len(wish) > LONGEST:
        raise WeakPassword(reason="long", longest=LONGEST)
    if wish.lower() in _common():
        raise WeakPassword(reason="common")
    known = [word.lower() for word in personal if len(word) >= _SHORTEST_INPUT]
    found: dict[str, Any] = zxcvbn(wish[:_JUDGED], user_inputs=[*known, *_common()], max_length=_JUDGED)
    if found["score"] < _SCORE:
        raise WeakPassword(reason="guessable", score=int(found["score"]))
    random_looking = [piece for piece in found["sequence"] if piece["pattern"] == "bruteforce"]
    known_pieces = len(found["sequence"]) - len(random_looking)
    if known_pieces <= _PIECES and all(len(_SIGNS.sub("", piece["token"])) < _NOISE for piece in random_looking):
        raise WeakPassword(reason="pieces")


@cache
def _common() -> dict[str, None]:
    text = resources.files("access.people").joinpath("common_passwords.txt").read_text(encoding="utf-8")
    return dict.fromkeys(line for line in text.splitlines() if line and not line.startswith("#"))
