"""The one way from a screen to the desk: a refusal becomes one message, a lost line or session one event.

Screens never see an exception; they get the reply, or None after the person has been told why not.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Protocol, TypeVar

from console.desk.api import Call, Desk, DeskError, Push, Refusal
from console.proving import proven

R = TypeVar("R")

Attach = Callable[[], Awaitable[Desk]]
"""Opens a new line to the same desk; raises `DeskError` while it is not there."""

UNREACHABLE = Refusal(code="desk.unreachable")
_ENDING = frozenset({UNREACHABLE.code, "session.nobody", "session.locked", "session.ended", "session.displaced"})


class Listener(Protocol):
    """What the client tells besides replies."""

    def refused(self, refusal: Refusal) -> None:
        """An act was refused or failed."""
        ...

    def session_lost(self, refusal: Refusal) -> None:
        """The line is gone, or nobody is signed in on it any more: hide everything."""
        ...

    async def ask_code(self, asked: Refusal, wrong: Refusal | None) -> str | None:
        """Another one-time code of the person, for what asks for it; None when they let it be."""
        ...


def ends_session(code: str) -> bool:
    """Whether a refusal means that the screen has nobody to show anything to."""
    return code in _ENDING


class Client:
    """One person's line, as screens use it."""

    def __init__(self, desk: Desk, listener: Listener, again: Attach | None = None) -> None:
        self._desk = desk
        self._listener = listener
        self._again = again

    @property
    def can_return(self) -> bool:
        """Whether a lost line can be replaced by a new one."""
        return self._again is not None

    async def attach_again(self) -> bool:
        """Put a new line in the place of one that was lost; False while the desk is not there."""
        if self._again is None:
            return False
        try:
            fresh = await self._again()
        except DeskError as error:
            if error.code == "session.ended":
                self._again = None
                self._listener.session_lost(error.refusal)
            return False
        except OSError:
            return False
        lost, self._desk = self._desk, fresh
        await lost.close()
        return True

    async def ask(self, request: Call[R], *, key: str | None = None) -> R | None:
        """Make a call; where it takes another one-time code, the person is asked for it and the call repeated.

        Args:
            request: the call.
            key: idempotency key for a write that may be sent twice.

        Returns:
            The reply; None when refused, after the listener was told.
        """
        try:
            return await proven(self._desk, request, key, self._listener.ask_code)
        except DeskError as error:
            refusal = error.refusal
        except (OSError, EOFError):
            refusal = UNREACHABLE
        if ends_session(refusal.code):
            self._listener.session_lost(refusal)
        else:
            self._listener.refused(refusal)
        return None

    async def attempt(self, request: Call[R]) -> R | Refusal:
        """Make a call whose refusal the caller shows itself (signing in, unlocking).

        Returns:
            The reply or the refusal; the listener is not told.
        """
        try:
            return await proven(self._desk, request, None, self._listener.ask_code)
        except DeskError as error:
            return error.refusal
        except (OSError, EOFError):
            return UNREACHABLE

    async def pushes(self) -> AsyncIterator[Push]:
        """What changed, until the line closes; its end is told to the listener as a lost line."""
        desk = self._desk
        try:
            async for push in desk.subscribe():
                yield push
        except (DeskError, OSError, EOFError):
            pass
        if desk is self._desk:
            self._listener.session_lost(UNREACHABLE)

    async def close(self) -> None:
        """End the line."""
        await self._desk.close()
