"""A dialer that does as a test says: no process, no SIP. It opens tickets as the real one does."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass, field

from access.context import Clock
from console.dial.axb.said import Bind, Cloud, Reject, Unbind
from console.dial.dialer import Dialer, DialerDown, Heard
from console.dial.messages import Dial, Ended, Moved, PhoneSeen, Recorded, Trunk
from console.dial.results import By, Result
from console.dial.ticket import TicketDesk
from masking.gm import Sm2PublicKey
from masking.recording import RecordingKey
from tests.support.fake_listening import FakeEars


@dataclass
class FakeDialer(FakeEars):
    """See the module. ready: whether the recorder says so. deaf: it lost every call, and ends none."""

    clock: Clock
    told: Callable[[Heard], None]
    ready: bool = True
    deaf: bool = False
    down: bool = False
    prepared: list[str] = field(default_factory=list)
    discarded: list[str] = field(default_factory=list)
    dialled: dict[str, Dial] = field(default_factory=dict)
    bridged: list[str] = field(default_factory=list)
    hung_up: list[str] = field(default_factory=list)
    phones: dict[str, str] = field(default_factory=dict)
    said: list[Bind | Unbind | Reject | Cloud] = field(default_factory=list)
    trunk: Trunk | None = None
    gone: asyncio.Event = field(default_factory=asyncio.Event)

    def __post_init__(self) -> None:
        super().__init__()
        self.tickets = TicketDesk(self.clock)
        self.announced: list[str] = []
        self._open: set[str] = set()

    @property
    def key(self) -> Sm2PublicKey:
        self._there()
        return self.tickets.key

    def use(self, trunk: Trunk) -> None:
        self._there()
        self.trunk = trunk

    def allow(self, name: str, secret: str) -> None:
        self._there()
        self.phones[name] = secret

    async def prepare(self, call_id: str, key: RecordingKey, descriptor: int, announce: str = "") -> bool:
        self._there()
        assert os.fstat(descriptor).st_size == 0
        assert key.recording_id
        self.prepared.append(call_id)
        self.announced.append(announce)
        return self.ready

    def discard(self, call_id: str) -> None:
        self.discarded.append(call_id)

    def dial(self, order: Dial) -> None:
        self._there()
        self.dialled[order.call_id] = order
        self._open.add(order.call_id)

    def bridge(self, call_id: str) -> None:
        self._there()
        self.bridged.append(call_id)
        self.told(Moved(call_id=call_id, state="talking"))

    def hang_up(self, call_id: str) -> None:
        self._there()
        self.hung_up.append(call_id)
        if self.deaf:
            return
        self.leaves(call_id, By.DESK)
        if call_id in self._open:
            result = Result.ANSWERED if call_id in self.bridged else Result.CANCELLED
            self.end(call_id, result, By.DESK)

    def tell(self, said: Bind | Unbind | Reject | Cloud) -> None:
        self._there()
        self.said.append(said)

    async def close(self) -> None:
        self.die()

    # -- what the test makes it say ----------------------------------------------------------------------------------
    def register(self, name: str) -> None:
        self.told(PhoneSeen(name=name, present=True))

    def move(self, call_id: str, *states: str) -> None:
        for state in states:
            self.told(Moved(call_id=call_id, state=state))

    def end(self, call_id: str, result: Result, by: By = By.CUSTOMER, *, talked: int = 0, seconds: int = 0) -> None:
        self._open.discard(call_id)
        self.told(Ended(call_id=call_id, result=result, by=by, talked=talked))
        self.recorded(call_id, seconds)

    def recorded(self, call_id: str, seconds: int) -> None:
        """The relay is over."""
        self.told(
            Recorded(
                call_id=call_id,
                whole=bool(seconds),
                chunks=seconds,
                late=0,
                agent_packets=seconds * 50,
                customer_packets=seconds * 50,
                dropped=0,
            )
        )

    def die(self) -> None:
        """Both processes are gone: every call that was dialled is told to have ended, by whoever held them."""
        self.down = True
        for call_id in sorted(self._open):
            self.told(Ended(call_id=call_id, result=Result.SYSTEM_ERROR, by=By.LINE))
        for call_id in sorted(self.listening):
            self.told(Ended(call_id=call_id, result=Result.SYSTEM_ERROR, by=By.LINE))
        self._open.clear()
        self.listening.clear()
        self.gone.set()

    def _there(self) -> None:
        if self.down:
            raise DialerDown


class Pool:
    """Opens one fake dialer after another for an exchange; `now` is the one in use."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.made: list[FakeDialer] = []

    @property
    def now(self) -> FakeDialer:
        return self.made[-1]

    async def open(self, told: Callable[[Heard], None]) -> tuple[Dialer, int, asyncio.Event]:
        dialer = FakeDialer(self._clock, told)
        self.made.append(dialer)
        return dialer, 5060, dialer.gone
