"""One call from its order to its last word: recorder made ready, dialled, each step written before the next.

It ends on the books whatever happens: by the dialer's word, by the dialer being gone, or by nobody saying anything for
longer than what was ordered can take.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections.abc import Callable
from typing import Final, TypeVar

from access.store.base import UnitOfWork
from console.desk.act import Act
from console.desk.calls import outages, writing
from console.desk.calls.states import TALKING, RecordingState
from console.desk.calls.switchboard import Ending, Placed
from console.desk.calls.writing import Kept
from console.desk.hub import Audience
from console.desk.parts import Parts
from console.dial.dialer import Dialer, DialerDown
from console.dial.messages import Ended, Moved, Recorded, RecorderFailed, Silent
from console.dial.results import By, Result
from masking.scrub import safe_repr

_log = logging.getLogger("veildesk.calls")
_LAST_WORD: Final = 20.0  # seconds from a call's end until the recorder is not waited for any more
_OBEYED: Final = 10.0  # seconds from when a call has to end until that is not waited for any more
_SLACK: Final = 60.0  # what ringing may take besides the seconds ordered
_TRIES: Final = 5
_BETWEEN: Final = 0.2
_LATER: Final = 2.0  # seconds until an end that could not be written is tried again

T = TypeVar("T")
Said = Moved | Ended | Recorded | RecorderFailed | Silent


class Following:
    """Args: parts: the desk's. dialer: the one of now, if any. placed: what was committed."""

    def __init__(self, parts: Parts, dialer: Dialer | None, placed: Placed) -> None:
        self._parts, self._dialer, self._placed = parts, dialer, placed
        self._said: asyncio.Queue[Said | None] = asyncio.Queue()
        self._phase = ""
        self._dialled = self._stop = self._ending = False
        self._given_up: Ended | None = None
        self._loop = asyncio.get_running_loop()
        self._limit: asyncio.TimerHandle | None = None

    @property
    def call_id(self) -> str:
        """Which."""
        return self._placed.order.call_id

    def hear(self, said: Said) -> None:
        """The dialer or the recorder said something of this call."""
        self._said.put_nowait(said)

    def gone(self) -> None:
        """Neither will say anything any more."""
        self._said.put_nowait(None)

    def hang_up(self) -> None:
        """End it; one that is not dialled yet is not dialled."""
        if self._stop:
            return
        self._stop = True
        if self._dialled and self._dialer is not None:
            self._must_end()
            with contextlib.suppress(DialerDown):
                self._dialer.hang_up(self.call_id)

    async def run(self) -> None:
        """Until nothing more can come of it."""
        failed = await self._dial()
        if failed is not None:
            await self._over(Ended(call_id=self.call_id, result=failed, by=By.DESK if self._stop else By.LINE))
            await self._kept(None)
            return
        ended, recorded = False, None
        while not (ended and recorded is not None):
            try:
                said = await asyncio.wait_for(self._said.get(), _LAST_WORD if ended else None)
            except TimeoutError:
                break
            if said is None:
                break
            if isinstance(said, Ended):
                # One that was given up may be told to have ended yet.
                if not ended:
                    await self._over(said)
                ended = True
                self._wait_no_more()
            elif isinstance(said, Recorded):
                recorded = said
            if not ended:
                await self._goes_on(said)
        self._wait_no_more()
        if not ended:
            self._given_up = Ended(call_id=self.call_id, result=Result.SYSTEM_ERROR, by=By.LINE)
            await self._over(self._given_up)
        await self._kept(recorded)

    async def _goes_on(self, said: Said) -> None:
        if isinstance(said, Moved):
            await self._moved(said.state)
        else:
            # The media process gave it up, so there is an end of it to come.
            self._must_end()

    # -- when nobody says anything -----------------------------------------------------------------------------------
    def _wait(self, seconds: float, then: Callable[[], None]) -> None:
        self._wait_no_more()
        self._limit = self._loop.call_later(seconds, then)

    def _wait_no_more(self) -> None:
        if self._limit is not None:
            self._limit.cancel()

    def _must_end(self) -> None:
        if not self._ending:
            self._ending = True
            self._wait(_OBEYED, self._give_up)

    def _give_up(self) -> None:
        """The dialer lost it: it ends on the books, and with the media process, so that nothing more is recorded."""
        _log.warning("a call that had to end was not told to have; it is given up")
        self._given_up = Ended(call_id=self.call_id, result=Result.SYSTEM_ERROR, by=By.LINE)
        if self._dialer is not None:
            with contextlib.suppress(DialerDown):
                self._dialer.discard(self.call_id)
        self.hear(self._given_up)

    # -- before ------------------------------------------------------------------------------------------------------
    async def _dial(self) -> Result | None:
        """Make the recorder ready, then dial. Returns: None when it was dialled, else how it ended."""
        dialer, home = self._dialer, self._parts.home
        if dialer is None or home is None:
            return Result.SYSTEM_ERROR
        try:
            path = home.recordings / f"{self._placed.key.recording_id}.vdr"
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        except OSError as fault:
            _log.warning("no file for a recording: %s", safe_repr(fault))
            return Result.SYSTEM_ERROR
        try:
            ready = await dialer.prepare(
                self.call_id, self._placed.key, descriptor, self._parts.settings.calls.announce
            )
            if not ready or self._stop:
                # One that gets ready after all must not stay so.
                dialer.discard(self.call_id)
                return Result.CANCELLED if ready else Result.SYSTEM_ERROR
            dialer.dial(self._placed.order)
        except DialerDown:
            return Result.SYSTEM_ERROR
        finally:
            os.close(descriptor)
        self._dialled = True
        order = self._placed.order
        self._wait(order.agent_ring_seconds + order.ring_seconds + _SLACK, self.hang_up)
        return None

    # -- meanwhile ---------------------------------------------------------------------------------------------------
    async def _moved(self, phase: str) -> None:
        self._phase = phase
        board = self._parts.switchboard
        if phase == "customer_calling":
            if not await self._write(lambda act: writing.dialling(act, self.call_id)):
                # Nobody is called whose being called could not be written down.
                self.hang_up()
                return
        elif phase == "customer_answered":
            if not await self._write(lambda act: writing.connected(act, self.call_id)):
                # Nobody speaks whose speaking could not be written down.
                self.hang_up()
                return
            board.moved(self.call_id, phase, self._parts.clock.now_us())
            if self._dialer is not None and not self._stop:
                with contextlib.suppress(DialerDown):
                    self._dialer.bridge(self.call_id)
            return
        elif phase == TALKING and not self._ending:
            # As long as they like: whoever is heard no more is told of by the media process.
            self._wait_no_more()
        board.moved(self.call_id, phase)
        self._tell()

    def _tell(self) -> None:
        placed = self._placed
        audience = Audience.of(placed.person_id, units=(placed.unit_id,))
        self._parts.hub.publish("call", self.call_id, audience)

    # -- after -------------------------------------------------------------------------------------------------------
    async def _over(self, end: Ended) -> None:
        ending = Ending(end, self._phase, doubt=end is self._given_up)
        # First, so that whoever is told that it is over finds it so.
        if self._parts.switchboard.over(ending):
            outages.look_again(self._parts, outages.TRUNK)
        # At once, whatever the books say when: what is shown only while they speak goes now.
        self._tell()
        await self._written(ending)
        self._tell()

    async def _written(self, ending: Ending) -> None:
        """Until its end is on the books, by this or by its caller's next order; or the desk ends, and its next start
        does it.
        """  # noqa: D205 - one sentence
        board = self._parts.switchboard

        def note(act: Act) -> bool:
            writing.ended(act, ending.end, ending.furthest, doubt=ending.doubt)
            return True

        while board.ending(self.call_id) is not None:
            if await self._write(note):
                board.written(self.call_id)
            elif board.staffed:
                await asyncio.sleep(_LATER)
            else:
                return

    async def _kept(self, said: Recorded | None) -> None:
        recording_id = self._placed.key.recording_id
        kept = (
            Kept(whole=said.whole, seconds=said.chunks)
            if said is not None
            else await asyncio.to_thread(writing.left_behind, self._parts, recording_id)
        )
        state = await self._write(lambda act: writing.recorded(act, self.call_id, kept))
        if state is RecordingState.NONE:
            writing.drop(self._parts, recording_id)

    async def _write(self, what: Callable[[Act], T]) -> T | None:
        """Put something on the books; tried a few times. None: it could not be written."""

        def act(uow: UnitOfWork) -> T:
            return what(writing.of_desk(self._parts, uow))

        for _ in range(_TRIES):
            try:
                return await asyncio.wrap_future(self._parts.store.submit(act))
            except Exception as fault:  # noqa: BLE001 - whatever the store did not like, a call must end
                _log.warning("a call was not written: %s", safe_repr(fault))
                await asyncio.sleep(_BETWEEN)
        return None
