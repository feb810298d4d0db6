"""The one who runs the sender for a desk: keeps one open, hands it what is committed, writes what comes of it.

One thing after the other: that a message is handed over stands on the books before the sender gets it, and what the
sender says is written in the order in which it was said. When the sender dies nothing is handed over twice: what it had
is called unknown, what it had not is called unsent. Lives on the desk's loop; acts reach it through `Mailbox` only.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

from access.store.base import UnitOfWork
from access.store.schema import DESK_TENANT
from console.desk.act import Act
from console.desk.calls import outages, secrets
from console.desk.messages import books
from console.desk.messages.mailbox import Posted
from console.desk.parts import Parts
from console.send.messages import Answered, Provider, Reported
from console.send.sender import Heard, Sender, SenderDown
from masking.blind import BlindKind
from masking.gm import Sm2PublicKey
from masking.scrub import safe_repr

_log = logging.getLogger("veildesk.messages")
_FIRST_PAUSE: Final = 0.5
_LONGEST_PAUSE: Final = 60.0
_CLOSE_WITHIN: Final = 40.0
_TRIES: Final = 5
_BETWEEN: Final = 0.2

Open = Callable[[Callable[[Heard], None]], Awaitable[tuple[Sender, asyncio.Event]]]
"""Opens a sender that tells what it hears: it, and what is set once it is gone."""

_Work = Posted | Heard | str
"""What is done one after the other; a text names a message that nobody will answer for."""


class Office:
    """Args: parts: the desk's."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._loop = asyncio.get_running_loop()
        self._sender: Sender | None = None
        self._work: asyncio.Queue[_Work] = asyncio.Queue()
        self._out: set[str] = set()
        self._ending = asyncio.Event()
        self._keeping: asyncio.Task[None] | None = None
        self._working: asyncio.Task[None] | None = None

    async def open(self, opener: Open | None = None) -> None:
        """Begin; a desk whose settings name no provider has no sender unless it is given what opens one."""
        self._parts.mailbox.staff(self)
        if self._working is None:
            self._working = asyncio.ensure_future(self._worker())
        if opener is None and self._parts.settings.message.provider:
            opener = self._process
        if opener is not None:
            self._keeping = asyncio.ensure_future(self._keep(opener))

    async def close(self) -> None:
        """End the sender once it has handed over what it began, with everything written that comes of it."""
        self._ending.set()
        self._parts.mailbox.staff(None)
        if self._keeping is not None:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(asyncio.shield(self._keeping), _CLOSE_WITHIN)
            self._keeping.cancel()
            await asyncio.gather(self._keeping, return_exceptions=True)
        if self._working is not None:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._work.join(), _CLOSE_WITHIN)
            self._working.cancel()
            await asyncio.gather(self._working, return_exceptions=True)

    # -- asked from any thread ---------------------------------------------------------------------------------------
    def post(self, posted: Posted) -> None:
        """See `mailbox.Clerk`."""
        self._soon(self._work.put_nowait, posted)

    def renew(self) -> None:
        """See `mailbox.Clerk`."""
        self._soon(lambda _: asyncio.ensure_future(self._use()), None)

    def _soon(self, what: Callable[..., object], one: object) -> None:
        # A loop that is closed has no message left to send.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(what, one)

    # -- one after the other -----------------------------------------------------------------------------------------
    async def _worker(self) -> None:
        while True:
            work = await self._work.get()
            try:
                await self._do(work)
            except Exception as fault:  # noqa: BLE001 - the next message must not suffer for this one
                _log.error("messages: %s", safe_repr(fault))
            finally:
                self._work.task_done()

    async def _do(self, work: _Work) -> None:
        if isinstance(work, Posted):
            await self._hand(work)
        elif isinstance(work, str):
            await self._written(lambda act: books.give_up(act, work))
        elif isinstance(work, Answered):
            if await self._write(lambda act: books.took(act, work)):
                self._out.discard(work.message_id)
        elif isinstance(work, Reported):
            if await self._written(lambda act: books.came(act, work)) and self._sender is not None:
                with contextlib.suppress(SenderDown):
                    self._sender.kept(work.number)
        else:
            self._parts.mailbox.moved(up=work.up, why=work.why)
            outages.look_again(self._parts, outages.MESSAGES)

    async def _hand(self, posted: Posted) -> None:
        order, sender = posted.order, self._sender
        if sender is None:
            await self._written(lambda act: books.give_up(act, order.message_id))
            return
        if not await self._write(lambda act: books.handed(act, order.message_id)):
            # What cannot be written is not sent.
            await self._written(lambda act: books.give_up(act, order.message_id))
            return
        self._out.add(order.message_id)
        try:
            sender.send(order)
        except SenderDown:
            # Whether its process had read it nobody knows.
            self._work.put_nowait(order.message_id)

    def _hear(self, heard: Heard) -> None:
        self._work.put_nowait(heard)

    # -- the sender --------------------------------------------------------------------------------------------------
    async def _keep(self, opener: Open) -> None:
        pause = _FIRST_PAUSE
        while not self._ending.is_set():
            try:
                sender, gone = await opener(self._hear)
            except Exception as fault:  # noqa: BLE001 - whatever kept it from starting may be over the next time
                why = "" if isinstance(fault, SenderDown) else f" ({safe_repr(fault)})"
                _log.warning("the sender does not start%s; again in %s s", why, pause)
                await self._rest(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)
                continue
            pause = _FIRST_PAUSE
            try:
                await self._serve(sender, gone)
            except Exception as fault:  # noqa: BLE001 - another one must come after it
                _log.error("messages: %s", safe_repr(fault))
                await self._rest(pause)

    async def _serve(self, sender: Sender, gone: asyncio.Event) -> None:
        self._sender = sender
        try:
            await self._use()
            with contextlib.suppress(SenderDown):
                self._plug(sender.key)
            await self._until(gone)
        finally:
            self._plug(None)
            try:
                await sender.close()
            finally:
                self._sender = None
                # What it said last was heard by now; for what it did not say nobody will answer.
                for message_id in sorted(self._out):
                    self._work.put_nowait(message_id)
                self._out.clear()

    def _plug(self, key: Sm2PublicKey | None) -> None:
        self._parts.mailbox.plug(key)
        outages.look_again(self._parts, outages.MESSAGES)

    async def _use(self) -> None:
        sender = self._sender
        if sender is None:
            return
        try:
            secret = await asyncio.wrap_future(self._parts.store.submit(partial(secrets.read_post, self._parts)))
            sender.use(self.provider(secret))
        except SenderDown:
            return
        except Exception as fault:  # noqa: BLE001 - a desk without a provider goes on
            _log.error("messages: %s", safe_repr(fault))

    def provider(self, secret: str) -> Provider:
        """The way to the provider as the settings say."""
        said = self._parts.settings.message
        entry = partial(self._parts.blind.entry, DESK_TENANT, BlindKind.REPORT)
        return Provider(
            kind="http" if said.provider == "http" else "smpp",
            handle_key=entry("1") + entry("2"),
            host=said.smpp_host,
            port=said.smpp_port,
            url=said.url,
            ca_file=said.ca_file,
            name=said.name,
            secret=secret,
            sender=said.sender,
            strip=said.strip,
            prefix=said.prefix,
            plain=self._parts.profile != "prod",
            a_second=said.a_second,
        )

    async def _process(self, told: Callable[[Heard], None]) -> tuple[Sender, asyncio.Event]:
        from console.send.house import ProcessSender  # noqa: PLC0415 - a desk without a provider starts without it
        from console.serve.service import Users  # noqa: PLC0415 - that imports what wires this in

        sender = await ProcessSender.open(told, user=Users.numbers(self._parts.settings.message.run_as))
        return sender, sender.gone

    # -- writing and waiting -----------------------------------------------------------------------------------------
    async def _written(self, what: Callable[[Act], None]) -> bool:
        """Put something on the books. False: it could not be, the next start does what it can."""

        def done(act: Act) -> bool:
            what(act)
            return True

        return bool(await self._write(done))

    async def _write(self, what: Callable[[Act], bool]) -> bool | None:
        """Put something on the books and say what came of it; tried a few times. None: it could not be."""

        def act(uow: UnitOfWork) -> bool:
            return what(books.of_desk(self._parts, uow))

        for _ in range(_TRIES):
            try:
                return await asyncio.wrap_future(self._parts.store.submit(act))
            except Exception as fault:  # noqa: BLE001 - whatever the store did not like, the next one must have its turn
                _log.warning("a message was not written: %s", safe_repr(fault))
                await asyncio.sleep(_BETWEEN)
        return None

    async def _rest(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._ending.wait(), seconds)

    async def _until(self, gone: asyncio.Event) -> None:
        waits = [asyncio.ensure_future(gone.wait()), asyncio.ensure_future(self._ending.wait())]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for one in waits:
                one.cancel()
            await asyncio.gather(*waits, return_exceptions=True)
