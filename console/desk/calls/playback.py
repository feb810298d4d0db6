"""Recordings being played, from the order to the last word: opened, the phone rung, followed, and put on the books.

Lives on the desk's loop like calls do; the file is opened here and read by the media process alone.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from typing import Final

from sqlalchemy import select

from access.audit.events import DetailKey
from access.policy import Action
from access.store.base import UnitOfWork
from access.store.schema import call_listening
from console.desk.calls import writing
from console.desk.calls.earphones import Ordered
from console.desk.hub import Audience
from console.desk.parts import Parts
from console.dial.dialer import Dialer, DialerDown, Heard
from console.dial.messages import Ended, Listen, Moved, Played, PrepareListening, Seek
from console.dial.playing import OVER
from console.dial.results import By, Result
from masking.scrub import safe_repr

CLOSED: Final = "over"
_log = logging.getLogger("veildesk.calls")
_OBEYED: Final = 10.0  # seconds from hanging up until its end is not waited for any more
_LINGERS: Final = 3600.0  # seconds of nothing new, such as a pause, after which it ends


class Playback:
    """One. Args: parts: the desk's. dialer: the one of now, if any. ordered: what was committed."""

    def __init__(self, parts: Parts, dialer: Dialer | None, ordered: Ordered) -> None:
        self._parts, self._dialer, self._ordered = parts, dialer, ordered
        self._said: asyncio.Queue[Heard | None] = asyncio.Queue()
        self._stop = False
        self._limit: asyncio.TimerHandle | None = None

    def hear(self, said: Heard | None) -> None:
        """Dialer or media said something of it; None: neither will any more."""
        self._said.put_nowait(said)

    def hang_up(self) -> None:
        """End it."""
        if self._stop:
            return
        self._stop = True
        self._limit = asyncio.get_running_loop().call_later(_OBEYED, self._give_up)
        if self._dialer is not None:
            with contextlib.suppress(DialerDown):
                self._dialer.hang_up(self._ordered.listening_id)

    def _give_up(self) -> None:
        """The dialer lost it: nothing more is played."""
        if self._dialer is not None:
            with contextlib.suppress(DialerDown):
                self._dialer.discard(self._ordered.listening_id)
        self.hear(None)

    def steer(self, second: int, *, paused: bool) -> None:
        """Another part."""
        if self._dialer is not None:
            with contextlib.suppress(DialerDown):
                self._dialer.seek(Seek(call_id=self._ordered.listening_id, second=second, paused=paused))

    async def run(self) -> None:
        """Until it is over and written."""
        end = await self._begin()
        while end is None:
            try:
                said = await asyncio.wait_for(self._said.get(), _LINGERS)
            except TimeoutError:
                self.hang_up()
                said = None
            if isinstance(said, Ended):
                end = said
            elif said is None:
                end = self._failed()
            elif isinstance(said, Moved | Played):
                self._moved(said)
        if self._limit is not None:
            self._limit.cancel()
        self._parts.switchboard.earphones.over(self._ordered.listening_id)
        await asyncio.wrap_future(self._parts.store.submit(lambda uow: _over(self._parts, uow, end)))
        self._tell()

    async def _begin(self) -> Ended | None:
        """Have the phone rung. Returns: None when it is, else how it ended."""
        dialer, home, ordered = self._dialer, self._parts.home, self._ordered
        if dialer is None or home is None:
            return self._failed()
        key = ordered.key
        order = PrepareListening(
            call_id=ordered.listening_id,
            recording_id=key.recording_id,
            key=key.export_for_recorder(),
            second=ordered.second,
            mark=ordered.mark,
        )
        said = self._parts.settings.calls
        try:
            file = os.open(home.recordings / f"{key.recording_id}.vdr", os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except OSError as fault:
            _log.warning("a recording is not there: %s", safe_repr(fault))
            return self._failed()
        try:
            if not await dialer.prepare_listening(order, file) or self._stop:
                dialer.discard(ordered.listening_id)
                return self._failed()
            dialer.listen(
                Listen(
                    call_id=ordered.listening_id,
                    phone=ordered.phone,
                    alias=ordered.alias,
                    ring_seconds=said.agent_ring_seconds,
                )
            )
        except DialerDown:
            return self._failed()
        finally:
            os.close(file)
        return None

    def _failed(self) -> Ended:
        result = Result.CANCELLED if self._stop else Result.SYSTEM_ERROR
        return Ended(call_id=self._ordered.listening_id, result=result, by=By.DESK if self._stop else By.LINE)

    def _moved(self, said: Moved | Played) -> None:
        if isinstance(said, Moved):
            return
        now = self._parts.clock.now_us()
        if self._parts.switchboard.earphones.moved(self._ordered.listening_id, said.state, said.second, now):
            self._tell()
        if said.state in OVER:
            self.hang_up()

    def _tell(self) -> None:
        audience = Audience.of(self._ordered.person_id)
        self._parts.hub.publish("listening", self._ordered.listening_id, audience)


class Playbacks:
    """All of them. Args: parts: the desk's."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._all: dict[str, Playback] = {}

    @property
    def ids(self) -> tuple[str, ...]:
        """Every one under way."""
        return tuple(self._all)

    async def play(self, ordered: Ordered, dialer: Dialer | None) -> None:
        """Follow one from its order to its end."""
        one = self._all[ordered.listening_id] = Playback(self._parts, dialer, ordered)
        try:
            await one.run()
        finally:
            self._all.pop(ordered.listening_id, None)
            self._parts.switchboard.earphones.over(ordered.listening_id)

    def hear(self, heard: Heard) -> None:
        """Something was said of one."""
        if isinstance(heard, Moved | Played | Ended) and heard.call_id in self._all:
            self._all[heard.call_id].hear(heard)

    def steer(self, listening_id: str, second: int, *, paused: bool) -> None:
        """Another part."""
        if listening_id in self._all:
            self._all[listening_id].steer(second, paused=paused)

    def hang_up(self, listening_id: str) -> None:
        """End one."""
        if listening_id in self._all:
            self._all[listening_id].hang_up()

    def gone(self) -> None:
        """Dialer and media are."""
        for one in tuple(self._all.values()):
            one.hear(None)


def _over(parts: Parts, uow: UnitOfWork, end: Ended) -> None:
    act = writing.of_desk(parts, uow)
    row = act.proofs.get(act.uow, call_listening, end.call_id)
    if row is None or row["state"] == CLOSED:
        return
    seconds = min(end.talked // 1000, 10**6)
    event = act.event(
        Action.CALL_RECORDING_LEAVE,
        object_kind="recording",
        object_id=row["recording_id"],
        case_id=row["case_id"],
        tenant_id=row["tenant_id"],
        approval_id=row["id"],
        detail=(
            (DetailKey.TO, end.result.value),
            (DetailKey.NAME, end.by.value),
            (DetailKey.SECONDS, str(seconds)),
        ),
    )
    changes = {"state": CLOSED, "result": end.result.value, "seconds": seconds, "ended_at": act.now}
    act.proofs.update(act.uow, call_listening, row["id"], row["version"], changes, event)


def recover(parts: Parts) -> None:
    """End on the books what a desk that stopped left open; nothing is played any more."""
    with parts.store.engine.connect() as connection:
        query = select(call_listening.c.id).where(call_listening.c.state != CLOSED)
        left = connection.execute(query.order_by(call_listening.c.id)).scalars().all()
    for listening_id in left:
        end = Ended(call_id=listening_id, result=Result.SYSTEM_ERROR, by=By.LINE)
        parts.store.run(lambda uow, end=end: _over(parts, uow, end))  # type: ignore[misc]
