"""The one who runs the dialer for a desk: keeps one open, makes calls that are committed, writes what comes of them.

Everything a call does is heard in its own order and written before the next: the customer's answer before anybody
hears anybody. When dialer or media die, or anything else goes wrong with them, every call ends on the books, what is
left of them is closed and another pair is opened; the desk goes on. Lives on the desk's loop; handlers reach it through
`Switchboard` only.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final, TypeVar

from console.desk.calls import outages, still, writing
from console.desk.calls.earphones import Ordered
from console.desk.calls.following import Following
from console.desk.calls.playback import Playbacks
from console.desk.calls.privacy import Privacy
from console.desk.calls.supply import FIRST_PAUSE, LONGEST_PAUSE, Supply, until_done
from console.desk.calls.switchboard import Placed
from console.desk.parts import Parts
from console.dial.axb.said import Bind, Bound, Rang, Turned, Unbind
from console.dial.dialer import Dialer, DialerDown, Heard
from console.dial.messages import Intruded, PhoneSeen, Played, Trunk, TrunkSeen
from masking.gm import Sm2PublicKey
from masking.scrub import safe_repr

_log = logging.getLogger("veildesk.calls")
_CLOSE_WITHIN: Final = 40.0
_EVERY: Final = 1.0

T = TypeVar("T")
Open = Callable[[Callable[[Heard], None]], Awaitable[tuple[Dialer, int, asyncio.Event]]]
"""Opens a dialer that tells what it hears: it, the port where phones register, and what is set once it is gone."""


class Exchange:
    """Args: parts: the desk's."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._loop = asyncio.get_running_loop()
        self._dialer: Dialer | None = None
        self._calls: dict[str, Following] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._playbacks = Playbacks(parts)
        self._privacy = Privacy(parts)
        self._supply = Supply(parts)
        self._cut: frozenset[str] = frozenset()
        self._outages = outages.Outages(parts)
        self._ending = asyncio.Event()
        self._gone = asyncio.Event()

    async def open(self, opener: Open | None = None) -> None:
        """Begin; a desk whose settings name no address has no dialer unless it is given what opens one."""
        self._parts.switchboard.staff(self)
        if opener is None and self._parts.settings.calls.address:
            opener = self._sip
        if opener is not None:
            self._keep_on(self._keep(opener))
            self._keep_on(self._watch())

    async def close(self) -> None:
        """End every call and the dialer, with everything written that comes of it."""
        self._ending.set()
        self._parts.switchboard.staff(None)
        for call_id in (*self._calls, *self._playbacks.ids):
            self._hang_up(call_id)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_CLOSE_WITHIN):
                await asyncio.gather(*self._tasks, return_exceptions=True)
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # -- asked from any thread ---------------------------------------------------------------------------------------
    def place(self, placed: Placed) -> None:
        """See `switchboard.Operator`."""
        self._soon(self._place, placed)

    def hang_up(self, call_id: str) -> None:
        """See `switchboard.Operator`."""
        self._soon(self._hang_up, call_id)

    def renew(self) -> None:
        """See `switchboard.Operator`."""
        self._soon(lambda _: self._keep_on(self._for_now(self._supply.secrets)), None)

    def listen(self, ordered: Ordered) -> None:
        """See `switchboard.Operator`."""
        self._soon(lambda one: self._keep_on(self._playbacks.play(one, self._dialer)), ordered)

    def steer(self, listening_id: str, second: int, *, paused: bool) -> None:
        """See `switchboard.Operator`."""
        self._soon(lambda one: self._playbacks.steer(one, second, paused=paused), listening_id)

    def tell(self, said: Bind | Unbind) -> None:
        """See `switchboard.Operator`."""
        self._soon(self._tell, said)

    def _tell(self, said: Bind | Unbind) -> None:
        if self._dialer is not None:
            with contextlib.suppress(DialerDown):
                self._dialer.tell(said)

    def _soon(self, what: Callable[[T], object], one: T) -> None:
        # A loop that is closed has no call left to make or to end.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(what, one)

    # -- calls -------------------------------------------------------------------------------------------------------
    def _place(self, placed: Placed) -> None:
        call_id = placed.order.call_id
        following = self._calls[call_id] = Following(self._parts, self._dialer, placed)
        if self._ending.is_set():
            following.gone()
        self._keep_on(self._follow(following))

    async def _follow(self, following: Following) -> None:
        try:
            await following.run()
        finally:
            self._calls.pop(following.call_id, None)

    def _hang_up(self, call_id: str) -> None:
        if call_id in self._calls:
            self._calls[call_id].hang_up()
        self._playbacks.hang_up(call_id)

    def _hear(self, heard: Heard) -> None:
        if isinstance(heard, PhoneSeen):
            self._parts.switchboard.saw(heard.name, present=heard.present)
        elif isinstance(heard, TrunkSeen):
            self._parts.switchboard.line(up=heard.up)
            self._keep_on(self._outages.seen(up=heard.up))
        elif isinstance(heard, Intruded):
            self._keep_on(self._intruded(heard))
        elif isinstance(heard, Bound | Rang | Turned):
            self._keep_on(self._privacy.hear(heard, self._dialer))
        elif isinstance(heard, Played) or heard.call_id in self._playbacks.ids:
            self._playbacks.hear(heard)
        elif heard.call_id in self._calls:
            self._calls[heard.call_id].hear(heard)

    async def _intruded(self, heard: Intruded) -> None:
        await asyncio.wrap_future(
            self._parts.store.submit(lambda uow: writing.intruded(writing.of_desk(self._parts, uow), heard))
        )

    # -- the dialer --------------------------------------------------------------------------------------------------
    async def _keep(self, opener: Open) -> None:
        pause = FIRST_PAUSE
        while not self._ending.is_set():
            try:
                dialer, port, gone = await opener(self._hear)
            except Exception as fault:  # noqa: BLE001 - the desk goes on, and calls again once it can
                _log.warning("the dialer does not start: %s; again in %s s", safe_repr(fault), pause)
                await self._rest(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
                continue
            wait = 0.0
            try:
                await self._use(dialer, port)
                pause = FIRST_PAUSE
                await self._until(gone)
            except Exception as fault:  # noqa: BLE001 - another one may be told what this one was not
                _log.error("the dialer is of no use: %s; another in %s s", safe_repr(fault), pause)
                wait, pause = pause, min(pause * 2, LONGEST_PAUSE)
            finally:
                await self._away(dialer)
            await self._rest(wait)

    async def _use(self, dialer: Dialer, port: int) -> None:
        self._dialer = dialer
        self._parts.switchboard.plug(None)
        await self._supply.begin(dialer)
        with contextlib.suppress(DialerDown):
            self._plug(dialer.key, port)
        self._keep_on(self._for_now(self._privacy.plug))

    def _plug(self, key: Sm2PublicKey | None, port: int = 0) -> None:
        self._parts.switchboard.plug(key, port)
        outages.look_again(self._parts, outages.TRUNK)

    async def _away(self, dialer: Dialer) -> None:
        self._plug(None)
        self._dialer = None
        try:
            await dialer.close()
        except Exception as fault:  # noqa: BLE001 - its calls are over all the same
            _log.error("calls: %s", safe_repr(fault))
        # What the dialer said last of its calls was heard by now; what it did not say is over all the same.
        for following in tuple(self._calls.values()):
            following.gone()
        self._playbacks.gone()

    async def _for_now(self, told: Callable[[Dialer], Awaitable[None]]) -> None:
        """Tell the dialer of now something, until it is told or is not the dialer any more."""
        dialer = self._dialer
        if dialer is not None:
            await until_done(
                lambda: told(dialer), lambda: self._dialer is dialer and not self._ending.is_set(), self._rest
            )

    def trunk(self, password: str) -> Trunk | None:
        """See `Supply.trunk`."""
        return self._supply.trunk(password)

    async def _sip(self, told: Callable[[Heard], None]) -> tuple[Dialer, int, asyncio.Event]:
        from console.dial.house import SipDialer  # noqa: PLC0415 - a desk without a line starts without it
        from console.serve.service import Users  # noqa: PLC0415 - that imports what wires this in

        said = self._parts.settings.calls
        user = Users.numbers(said.account)
        sip = await SipDialer.open(told, said.address, said.port, speech=said.speech_address, user=user)
        return sip, sip.port, sip.gone

    # -- who may not go on -------------------------------------------------------------------------------------------
    async def _watch(self) -> None:
        """Whoever may not speak or listen any more does not."""
        while not self._ending.is_set():
            await self._rest(_EVERY)
            board = self._parts.switchboard
            calls, heard = board.live(), board.earphones.all()
            if not calls and not heard:
                continue
            look = partial(still.barred, self._parts, calls, heard, self._cut)
            try:
                self._cut = await asyncio.wrap_future(self._parts.store.submit(look))
            except Exception as fault:  # noqa: BLE001 - it must go on looking
                _log.warning("calls: %s", safe_repr(fault))
                continue
            for one in self._cut:
                self._hang_up(one)

    # -- tasks -------------------------------------------------------------------------------------------------------
    def _keep_on(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(self._safely(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _safely(self, work: Awaitable[None]) -> None:
        try:
            await work
        except Exception as fault:  # noqa: BLE001 - the next call must not suffer for this one
            _log.error("calls: %s", safe_repr(fault))

    async def _rest(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._ending.wait(), seconds)

    async def _until(self, gone: asyncio.Event) -> None:
        """Until the dialer is gone, or the desk ends and every call with it."""
        waits = [asyncio.ensure_future(gone.wait()), asyncio.ensure_future(self._ended())]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waits:
                one.cancel()
            await asyncio.gather(*waits, return_exceptions=True)

    async def _ended(self) -> None:
        await self._ending.wait()
        while self._calls or self._playbacks.ids:  # noqa: ASYNC110 - each ends within its own limits
            await asyncio.sleep(0.02)
