"""What strangers are refused gets into the log, and however many they are, it never fills it.

Each refusal is an event of its own while they come one by one. Of what comes faster, so many of a kind and a place are
one event that says how many: none is lost, and a flood is a few events every few seconds.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import Counter
from typing import Final

from access.context import Origin
from console.desk.api.base import DeskError
from console.desk.api.doorway import NoteSideDoor
from console.desk.host import EmbeddedDesk
from console.desk.kernel import Kernel
from console.desk.line import Pace

_RATE: Final = 1.0  # events of their own a second that strangers cause in the long run
_AT_ONCE: Final = 256.0
_TOGETHER: Final = 10.0  # seconds
_PLACES: Final = 32  # kinds and places told apart at a time; of more, only the kind is kept
_ANYWHERE: Final = "-"


class Refusals:
    """Args: the kernel."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._pace = Pace(rate=_RATE, burst=_AT_ONCE, left=_AT_ONCE, at=time.monotonic())
        self._counted: Counter[tuple[str, str]] = Counter()
        self._later: asyncio.Task[None] | None = None

    async def say(self, origin: Origin, what: str, count: int = 1) -> None:
        """Put it into the log, alone or with others.

        Args:
            origin: who was refused.
            what: a code of `messages.SIDE_DOORS`.
            count: how often.
        """
        if self._pace.take(time.monotonic()):
            await self._note(origin, what, count)
            return
        place = origin.source, what
        told_apart = place in self._counted or len(self._counted) < _PLACES
        self._counted[place if told_apart else (_ANYWHERE, what)] += count
        if self._later is None:
            self._later = asyncio.get_running_loop().create_task(self._wait())

    async def close(self) -> None:
        """Say what has not been said."""
        if self._later is not None:
            self._later.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._later
        await self._tell()

    async def _wait(self) -> None:
        await asyncio.sleep(_TOGETHER)
        self._later = None
        await self._tell()

    async def _tell(self) -> None:
        counted, self._counted = self._counted, Counter()
        for (source, what), count in counted.items():
            await self._note(Origin(source, _ANYWHERE), what, count)

    async def _note(self, origin: Origin, what: str, count: int) -> None:
        desk = EmbeddedDesk(self._kernel, origin, asyncio.get_running_loop(), paced=False)
        try:
            await desk.by_itself(NoteSideDoor(what=what, count=count))
        except DeskError:
            # The kernel logged the failure; whoever it was, was refused in any case.
            return
        finally:
            await desk.close()
