"""The watch over visitors' lines: whoever's session ended, by whatever hand, soon has no line.

It looks at all of them every half second. What a look finds is done for each line apart: one that is slow to lock or
to end holds up nobody's end, its own neither.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any, Final

from access.people.sessions import ended_of
from console.desk.kernel import Kernel
from console.serve.visits import Vigil, Visit
from masking.scrub import safe_repr

_LOOK: Final = 0.5  # seconds between looks for sessions that ended
_log = logging.getLogger("veildesk.reception")


class Watch:
    """Watches until closed.

    Args:
        kernel: the desk.
        visits: the lines by number, as they are at every look.
        end: ends the line of a number.
        go: has work done apart.

    Attributes:
        vigil: locks where nobody types.
    """

    def __init__(
        self,
        kernel: Kernel,
        visits: Mapping[int, Visit],
        end: Callable[[int], Awaitable[None]],
        go: Callable[[Coroutine[Any, Any, None]], None],
    ) -> None:
        self._kernel, self._visits, self._end, self._go = kernel, visits, end, go
        self._loop = asyncio.get_running_loop()
        self.vigil = Vigil(kernel)
        self._watching = self._loop.create_task(self._watch())

    def close(self) -> None:
        """Look no more."""
        self._watching.cancel()

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(_LOOK)
            working = {number: visit for number, visit in self._visits.items() if visit.task is not None}
            sitting = {number: visit.desk.line.sitting for number, visit in working.items()}
            ids = [one.session_id for one in sitting.values() if one is not None]
            try:
                ended = await asyncio.to_thread(self._ended, ids) if ids else frozenset()
            except Exception as wrong:  # noqa: BLE001 - it must go on; every call is judged by rows in any case
                _log.warning("watching sessions: %s", safe_repr(wrong))
                ended = frozenset()
            for number, one in sitting.items():
                visit = working[number]
                if one is not None:
                    visit.is_seated()
                over = (one is None and visit.seated) or (one is not None and one.session_id in ended)
                if over:
                    self._go(self._end_if(number, visit))
                elif not visit.looked_after:
                    visit.looked_after = True
                    self._go(self._look_after(number, visit))

    async def _look_after(self, number: int, visit: Visit) -> None:
        try:
            kept = await self._keeps(visit)
        finally:
            visit.looked_after = False
        if not kept:
            await self._end_if(number, visit)

    async def _end_if(self, number: int, visit: Visit) -> None:
        if self._visits.get(number) is visit:
            await self._end(number)

    async def _keeps(self, visit: Visit) -> bool:
        try:
            return await self.vigil.keeps(visit, self._loop.time())
        except Exception as wrong:  # noqa: BLE001 - who cannot be locked goes, and the others are watched on
            _log.warning("watching a line: %s", safe_repr(wrong))
            return False

    def _ended(self, session_ids: list[str]) -> frozenset[str]:
        with self._kernel.parts.store.engine.connect() as connection:
            return ended_of(connection, session_ids)
