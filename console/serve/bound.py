"""A visitor's line: the one person whom the front door let in can sit on it, and nobody else, whatever is said there.

When the desk was started anew, the visitor's connection still stands: it is known by which name and with which key it
was opened. Unlocking on such a line proves all three factors again, two of them typed, one by that connection.
"""

from __future__ import annotations

import asyncio
from typing import Final

from access.context import Origin
from console.desk.api.base import AnyCall, DeskError, Refusal
from console.desk.api.challenge import AskChallenge, SignInWithKey
from console.desk.api.doorway import NoteSideDoor, SignInBySsh
from console.desk.api.session import Resume, SignIn, SignInAs, Unlock
from console.desk.api.staff import ConfirmSignUp, SignUp
from console.desk.host import EmbeddedDesk
from console.desk.kernel import Kernel

_OTHER_WAYS_IN: Final = (AskChallenge, SignInWithKey, SignIn, SignInAs, Resume, SignUp, ConfirmSignUp)


class BoundDesk(EmbeddedDesk):
    """Args: kernel and loop, where the visitor is; by which name and key the connection was opened, if it returns."""

    def __init__(
        self, kernel: Kernel, origin: Origin, loop: asyncio.AbstractEventLoop, *, login: str = "", key: bytes = b""
    ) -> None:
        super().__init__(kernel, origin, loop)
        self._login, self._key = login, key
        self.heard = 0
        """How many calls the session has made."""

    async def encoded(self, request: AnyCall, key: str) -> bytes:
        """See `EmbeddedDesk.encoded`; other ways in than the front door are refused and logged."""
        self.heard += 1
        if isinstance(request, _OTHER_WAYS_IN):
            await self.by_itself(NoteSideDoor(what="sign_in"))
            raise DeskError(Refusal(code="session.bound", clause="Y-4.2.2"))
        if isinstance(request, Unlock) and self.line.sitting is None and self._login:
            request = SignInBySsh(login=self._login, password=request.password, code=request.code, key=self._key.hex())
        return await super().encoded(request, key)
