"""Whether the provider's line stands, told as it changes: an event, a push to whoever looks at health, and to callers.

A line that is known to be down makes no call; what the dialer hears next decides again, so nobody sets anything back.
Callers hear of it when it falls and when it is back; what only health shows of the lines is pushed to who sees health.
"""

from __future__ import annotations

import asyncio
from typing import Final

from access.audit.events import DetailKey
from access.roles import Role
from access.store.base import UnitOfWork
from console.desk.act import Act
from console.desk.calls.writing import of_desk
from console.desk.hub import Audience
from console.desk.parts import Parts

NOTE: Final = "call:trunk:note"
KIND: Final = "line"
TRUNK: Final = "trunk"
MESSAGES: Final = "messages"
_LOOK: Final = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDITOR)
_CALL: Final = (Role.AGENT, Role.SUPERVISOR, Role.AGENCY_AGENT)


def look_again(parts: Parts, line: str) -> None:
    """Whoever sees health sees it as it is. line: `TRUNK` or `MESSAGES`."""
    parts.hub.publish(KIND, line, Audience.of(roles=_LOOK))


def require_up(act: Act) -> None:
    """Go on unless the line is known to be down.

    Raises:
        Refused: `call.trunk_down`.
    """
    if act.parts.switchboard.up is False:
        act.refuse("call.trunk_down", ask=(Role.SYSTEM_ADMIN,))


class Outages:
    """What was told of the line so far. Args: parts: the desk's."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._told: bool | None = None
        self._turn = asyncio.Lock()

    async def seen(self, *, up: bool) -> None:
        """The provider answers, or does not any more; in the order in which it was seen, each change once."""
        async with self._turn:
            before = self._told
            if up is before:
                # A dialer begun anew saw what its last one saw.
                look_again(self._parts, TRUNK)
                return
            everybody = not up or before is False

            def note(uow: UnitOfWork) -> None:
                act = of_desk(self._parts, uow)
                detail = ((DetailKey.TO, "up" if up else "down"),)
                act.log(NOTE, object_kind="trunk", object_id="line", result="ok" if up else "failed", detail=detail)
                act.push(KIND, TRUNK, Audience.of(roles=(*_LOOK, *_CALL) if everybody else _LOOK))

            await asyncio.wrap_future(self._parts.store.submit(note))
            self._told = up
