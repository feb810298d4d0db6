"""A dialer as the bench of calls uses it: calls at a rate, and what became of each. Opened again once it is gone."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from access.context import SECOND, SystemClock
from console.bench import callers
from console.bench.callers import HOST, PHONE
from console.bench.hosts import weight_of, work_of
from console.dial.dialer import DialerDown, Heard
from console.dial.house import SipDialer
from console.dial.messages import Dial, Ended, Moved, Recorded, Trunk
from console.dial.results import By, Result
from console.dial.ticket import Ticket, issue
from masking.case_keys import Kek, Purpose, new_case_key, unwrap, wrap
from masking.recording import new_recording_key
from masking.sealing import SealContext

PATIENCE: Final = 60.0
TICK: Final = 0.02
_WHERE: Final = SealContext("bench", "case_seals", "c/phone", "c", "phone", 1)
_NUMBER: Final = "13800138000"


class Line:
    """A dialer and what it says, by call. Attributes: dialer: opened by `open`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._began: dict[str, float] = {}
        self.talking: dict[str, float] = {}
        self.ended: dict[str, Ended] = {}
        self.recorded: list[Recorded] = []
        self.dialer: SipDialer
        kek = Kek(os.urandom(16), 1)
        made = new_case_key()
        self._sealed = made.cipher().seal(_NUMBER, _WHERE)
        self._key = unwrap(kek, wrap(kek, made, "bench", "c"), "bench", "c", Purpose.DIAL)
        self._count = 0
        self._there = False

    async def open(self) -> None:
        """Start the dialer, or another one once that is gone. Raises: DialerDown."""
        if self._there and not self.dialer.gone.is_set():
            return
        if self._there:
            await self.dialer.close()
        self._there = False
        self.dialer = await SipDialer.open(self._heard, HOST)
        self._there = True
        self.dialer.allow(PHONE, callers.SECRET)

    def use(self, provider: int) -> None:
        """Say where the provider is."""
        trunk = Trunk(host=HOST, port=provider, domain="bench", presented="0571000", no_reply_seconds=30)
        self.dialer.use(trunk)

    def tickets(self, count: int) -> list[tuple[str, Ticket]]:
        """Calls that can be ordered within the next two minutes."""
        found = []
        for _ in range(count):
            self._count += 1
            call_id = f"call-{self._count}"
            ends_at = SystemClock().now_us() + 110 * SECOND
            ticket = issue(
                self._key, self.dialer.key, _WHERE, self._sealed, call_id=call_id, event_id=call_id, ends_at=ends_at
            )
            found.append((call_id, ticket))
        return found

    async def call(self, call_id: str, ticket: Ticket) -> None:
        """Order one call."""
        self._began[call_id] = time.perf_counter()
        descriptor = os.open(self._folder / f"{call_id}.vdr", os.O_WRONLY | os.O_CREAT, 0o600)
        order = Dial(call_id=call_id, ticket=ticket, phone=PHONE, alias="case", agent_ring_seconds=30, ring_seconds=30)
        ready = False
        with contextlib.suppress(DialerDown):
            try:
                ready = await self.dialer.prepare(call_id, new_recording_key(call_id), descriptor)
            finally:
                os.close(descriptor)
            if ready:
                self.dialer.dial(order)
                return
        # Never dialled: the recorder was not ready, or there is no dialer any more.
        self.ended[call_id] = Ended(call_id=call_id, result=Result.SYSTEM_ERROR, by=By.DESK)

    def unmade(self, calls: Iterable[str]) -> dict[str, float]:
        """How calls ended in which nobody spoke: how many of each, by result, who ended them and SIP's code."""
        found = Counter(_end_of(self.ended.get(call_id)) for call_id in calls if call_id not in self.talking)
        return {f"of them {end}": float(count) for end, count in sorted(found.items())}

    def _heard(self, heard: Heard) -> None:
        if isinstance(heard, Moved) and heard.state == "customer_answered":
            with contextlib.suppress(DialerDown):
                self.dialer.bridge(heard.call_id)
        elif isinstance(heard, Moved) and heard.state == "talking":
            self.talking[heard.call_id] = time.perf_counter() - self._began[heard.call_id]
        elif isinstance(heard, Ended):
            self.ended[heard.call_id] = heard
        elif isinstance(heard, Recorded):
            self.recorded.append(heard)
            (self._folder / f"{heard.call_id}.vdr").unlink(missing_ok=True)

    async def at_rate(self, calls: list[tuple[str, Ticket]], rate: int, hold: float | None) -> None:
        """Order calls at a rate; each is hung up so many seconds after speech began, or not at all."""
        began = time.perf_counter()
        waiting = []
        for number, (call_id, ticket) in enumerate(calls):
            await asyncio.sleep(max(0.0, began + number / rate - time.perf_counter()))
            waiting.append(asyncio.ensure_future(self._one(call_id, ticket, hold)))
        await asyncio.gather(*waiting)

    async def _one(self, call_id: str, ticket: Ticket, hold: float | None) -> None:
        await self.call(call_id, ticket)
        await self._until(call_id, self.talking)
        if hold is not None:
            await asyncio.sleep(hold)
            with contextlib.suppress(DialerDown):
                self.dialer.hang_up(call_id)
            await self._until(call_id, {})

    async def _until(self, call_id: str, there: dict[str, float]) -> None:
        end = time.perf_counter() + PATIENCE
        while call_id not in there and call_id not in self.ended and time.perf_counter() < end:  # noqa: ASYNC110
            await asyncio.sleep(TICK)

    def weights(self) -> dict[str, float]:
        """Megabytes of dialer and media."""
        return {f"{name}, MB of memory": weight_of([process]) / 1e6 for name, process in self.dialer.processes.items()}

    @contextlib.contextmanager
    def working(self, into: dict[str, float]) -> Iterator[None]:
        """Note how busy dialer and media were during the block."""
        before = {name: work_of(process) for name, process in self.dialer.processes.items()}
        began = time.perf_counter()
        yield
        took = time.perf_counter() - began
        for name, process in self.dialer.processes.items():
            into[f"{name}, % of a core"] = 100 * (work_of(process) - before[name]) / took


def _end_of(end: Ended | None) -> str:
    if end is None:
        return "without an end"
    return f"{end.result.value} by {end.by.value}" + (f", {end.code}" if end.code else "")
