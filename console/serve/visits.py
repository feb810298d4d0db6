"""What the desk knows of a visitor's line, and the lock of a line at which nobody types any more (Y-4.7.2).

Screens lock themselves. This is for the one that does not, because it hangs or is in another's hands: when somebody
typed last, the front door says, and who speaks with a customer, the dialer; the desk locks the line, and a session that
is not heard of then has not covered its screen and is ended, so that the front door wipes it. Whatever goes wrong on
the way ends the line as well.
"""

from __future__ import annotations

import asyncio
import logging

from console.desk.api.base import DeskError
from console.desk.api.calling import SPEAKING_COUNTS
from console.desk.api.session import Lock
from console.desk.hub import Audience
from console.desk.kernel import Kernel
from console.serve.bound import BoundDesk
from console.serve.idleness import COVER_WITHIN, GRACE
from console.serve.partings import IDLE

_log = logging.getLogger("veildesk.reception")


class Visit:
    """One visitor's line.

    Attributes:
        desk: The line.
        asked: Three factors are being judged.
        seated: The desk said yes.
        task: Serves the line once a session is there.
        waiting: Ends the line unless what it waits for comes.
        typed: When somebody last typed at the terminal, on the loop's clock.
        call: The connected call that whoever sits there was last seen in, and since when, on the loop's clock.
        spoke: Until when speaking counts as being there, on the loop's clock.
        locked: Since when it is the desk that keeps the line locked, and how many calls there had been by then.
        looked_after: Whether it may go on is being looked into.
        why: For what reason the desk ends the line, beside those that a session's row has.
    """

    def __init__(self, desk: BoundDesk) -> None:
        self.desk = desk
        self.asked = self.seated = False
        self.task: asyncio.Task[None] | None = None
        self.waiting: asyncio.TimerHandle | None = None
        self.typed = self.spoke = 0.0
        self.call: tuple[str, float] | None = None
        self.locked: tuple[float, int] | None = None
        self.looked_after = False
        self.why = ""

    def is_seated(self) -> None:
        """Somebody sits on the line."""
        self.seated = True
        self.no_wait()

    def no_wait(self) -> None:
        """What was waited for came, or need not come any more."""
        if self.waiting is not None:
            self.waiting.cancel()


class Vigil:
    """Locks where nobody types. after: seconds without anybody's typing until then."""

    def __init__(self, kernel: Kernel) -> None:
        self._hub, self._board = kernel.parts.hub, kernel.parts.switchboard
        self.after = kernel.parts.settings.lock_minutes * 60 + GRACE

    async def keeps(self, visit: Visit, now: float) -> bool:
        """Whether a line may go on; one that nobody types at and that did not lock itself is locked first."""
        sitting = visit.desk.line.sitting
        if sitting is None:
            return True
        if sitting.locked:
            silent = visit.locked is not None and visit.desk.heard == visit.locked[1]
            if silent and visit.locked is not None and now - visit.locked[0] >= COVER_WITHIN:
                visit.why = IDLE
                return False
            return True
        visit.locked = None
        self._heed_call(visit, sitting.person_id, now)
        if now - max(visit.typed, visit.spoke) < self.after:
            return True
        visit.locked = (now, visit.desk.heard)
        try:
            await visit.desk.by_itself(Lock())
        except DeskError as refused:
            _log.warning("locking an idle line: %s", refused.code)
            visit.why = IDLE
            return False
        # Whoever listens asks who they are, is refused, and covers the screen.
        self._hub.publish("session", sitting.person_id, Audience.of(sitting.person_id))
        return True

    def _heed_call(self, visit: Visit, person_id: str, now: float) -> None:
        """Speaking is being there, for so long of one call and no longer: nobody may have hung it up."""
        live = self._board.call_of(person_id)
        if live is None or live.connected_at is None:
            return
        if visit.call is None or visit.call[0] != live.call_id:
            visit.call = (live.call_id, now)
        visit.spoke = min(now, visit.call[1] + SPEAKING_COUNTS)
