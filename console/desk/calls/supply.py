"""What a dialer is told before it can call: which phones may register, and how the provider is reached.

One secret that does not open keeps nobody else from calling: it is left out, and health names it. What could not be
read or told is tried again as long as that dialer lives, and only the newest reading is told last.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Final

from console.desk.calls import secrets
from console.desk.calls.cloud import provider
from console.desk.parts import Parts
from console.dial.dialer import Dialer, DialerDown
from console.dial.messages import Trunk
from console.dial.recording import PCMA, PCMU
from masking.scrub import safe_repr

FIRST_PAUSE: Final = 0.5
LONGEST_PAUSE: Final = 60.0
_TYPES: Final = {"PCMA": PCMA, "PCMU": PCMU}

_log = logging.getLogger("veildesk.calls")


class Supply:
    """Args: parts: the desk's."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._told: set[str] = set()
        self._turn = asyncio.Lock()

    async def begin(self, dialer: Dialer) -> None:
        """Tell a dialer that knows nobody. Raises: whatever the store raises."""
        self._told = set()
        await self.secrets(dialer)

    async def secrets(self, dialer: Dialer) -> None:
        """Tell it phones and provider as they are now; one that is gone needs nothing.

        Raises:
            Exception: whatever the store raises.
        """
        async with self._turn:
            found = await asyncio.wrap_future(self._parts.store.submit(partial(secrets.read, self._parts)))
            board = self._parts.switchboard
            board.unread = found.broken
            with contextlib.suppress(DialerDown):
                for name, secret in found.phones.items():
                    dialer.allow(name, secret)
                for name in self._told - found.phones.keys():
                    dialer.allow(name, "")
                    board.saw(name, present=False)
                self._told = set(found.phones)
                trunk = self.trunk(found.trunk)
                if trunk is not None:
                    dialer.use(trunk)
                dialer.tell(provider(self._parts.settings.calls, found.cloud))

    def trunk(self, password: str) -> Trunk | None:
        """The provider's line as the settings say; None where they name none."""
        said = self._parts.settings.calls
        if not said.trunk_host:
            return None
        return Trunk(
            host=said.trunk_host,
            port=said.trunk_port,
            domain=said.trunk_domain or said.trunk_host,
            presented=said.presented,
            username=said.username,
            password=password,
            strip=said.strip,
            prefix=said.prefix,
            asked_every=said.asked_every,
            srtp=said.trunk_srtp,
            codecs=tuple(_TYPES[one] for one in said.codecs),
        )


async def until_done(
    work: Callable[[], Awaitable[None]], wanted: Callable[[], bool], rest: Callable[[float], Awaitable[None]]
) -> None:
    """Try something until it is done, or nobody wants it any more.

    Args:
        work: what may fail.
        wanted: whether it still is.
        rest: waits so many seconds, or less if the desk ends.
    """
    pause = FIRST_PAUSE
    while wanted():
        try:
            await work()
        except Exception as fault:  # noqa: BLE001 - whatever it is, it is tried again
            _log.error("calls: %s; again in %s s", safe_repr(fault), pause)
        else:
            return
        await rest(pause)
        pause = min(pause * 2, LONGEST_PAUSE)
