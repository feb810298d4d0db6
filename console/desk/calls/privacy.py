"""What a desk does as the dialer speaks of privacy numbers: tell a new one who is bound, take up whoever rings."""

from __future__ import annotations

import asyncio
import contextlib

from access.store.base import UnitOfWork
from console.desk.calls import binding, taking, writing
from console.desk.parts import Parts
from console.dial.axb.said import Bind, Bound, FromDialer, Rang, Reject
from console.dial.dialer import Dialer, DialerDown


class Privacy:
    """Args: parts: the desk's."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def plug(self, dialer: Dialer) -> None:
        """A new dialer knows nobody: everything is bound again, under its key.

        Raises:
            Exception: whatever the store raises; nothing was told then.
        """

        def read(uow: UnitOfWork) -> list[Bind]:
            return binding.renewed(writing.of_desk(self._parts, uow), dialer.key)

        with contextlib.suppress(DialerDown):
            for order in await asyncio.wrap_future(self._parts.store.submit(read)):
                dialer.tell(order)

    async def hear(self, said: FromDialer, dialer: Dialer | None) -> None:
        """Put what it says on the books, and answer whoever rings."""

        def act(uow: UnitOfWork) -> Reject | None:
            if isinstance(said, Rang):
                return taking.rang(self._parts, uow, said)
            own = writing.of_desk(self._parts, uow)
            if isinstance(said, Bound):
                binding.answered(own, said.binding_id, said.code)
            else:
                taking.turned(own, said)
            return None

        try:
            answer = await asyncio.wrap_future(self._parts.store.submit(act))
        except Exception:
            # What could not be written does not ring anywhere.
            answer = Reject(ring_id=said.ring_id) if isinstance(said, Rang) else None
            self._answer(answer, dialer)
            raise
        self._answer(answer, dialer)

    def _answer(self, answer: Reject | None, dialer: Dialer | None) -> None:
        if answer is not None and dialer is not None:
            with contextlib.suppress(DialerDown):
                dialer.tell(answer)
