"""What only the front door may say, about somebody who is not on the line yet; no screen or command can send these.

They are not among `api.calls()`, so no socket decodes them: the desk's own side of the front door makes them.
"""

from __future__ import annotations

from console.desk.api.base import Call, Done
from console.desk.api.session import Me


class SignInBySsh(Call[Me], frozen=True, kw_only=True, tag="doorway.sign_in"):
    """Three factors: `key` is the SSH public key blob, in hex, whose signature the front door checked."""

    login: str
    password: str
    code: str
    key: str

    def __repr__(self) -> str:
        return "SignInBySsh()"


class NoteSideDoor(Call[Done], frozen=True, kw_only=True, tag="doorway.side_door"):
    """Somebody asked for something that is no desk, and was refused.

    Attributes:
        what: A code of `serve.messages.SIDE_DOORS`.
        count: How often, where one event stands for many.
    """

    what: str
    count: int = 1
