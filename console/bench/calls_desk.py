"""Calls as agents make them: from the key on, through the desk, to the ring of their own phone.

A demo desk in this process with the real dialer plugged in; each agent has a phone and cases of their own. What is
timed begins where a screen hands the desk the act, and so holds the decision, the contact rules, the reservation, the
ticket, the event and its commit; neither terminal nor socket is in it. The desk's zone is one in which it is midday,
because nobody is called at night.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple, Self

from msgspec.structs import replace

from access.roles import Role
from console import bootstrap
from console.bench import callers
from console.bench.calls_line import PATIENCE, TICK
from console.bench.desks import import_into, lenders_file, seated
from console.demo.build import LENDERS, open_source
from console.demo.cast import CAST, ONE
from console.desk.api.base import DeskError
from console.desk.api.calling import HangUp, PhoneAccess, SetPhone, StartCall
from console.desk.api.cases import AssignCases, ListQueue
from console.desk.host import EmbeddedDesk
from console.dial.dialer import Dialer, DialerDown, Heard
from console.dial.house import SipDialer
from console.dial.messages import Ended, Moved
from console.founding import Plan, Post, found
from console.proving import nothing, proven
from console.settings import CallSettings, Settings
from masking.keys import Profile

_ADMIN: Final = "zhenghao"
_RINGS: Final = frozenset({"agent_ringing", "agent_answered"})
"""A "180 Ringing" that the answer overtakes is not told."""

_NO_REPLY: Final = 30
_NOON: Final = 12


class Keyed(NamedTuple):
    """Seconds from an agent's key to the ring of their phone, and to speech, of each call that came so far."""

    rings: list[float]
    talks: list[float]


class CallingDesk:
    """See the module. Made by `open`."""

    def __init__(self, desk: bootstrap.RunningDesk) -> None:
        self._desk = desk
        self._phone, self._provider = callers.port(), callers.port()
        self._agents: list[EmbeddedDesk] = []
        self._cases: list[list[str]] = []
        self._phones: list[PhoneAccess] = []
        self._seen: dict[tuple[str, str], float] = {}
        self._sip: SipDialer | None = None

    @classmethod
    async def open(cls, folder: Path, agents: int, each: int) -> Self:
        """A desk with so many agents, each with so many cases.

        Raises:
            DialerDown: the dialer does not start.
        """
        line = CallSettings(
            trunk_host=callers.HOST, trunk_domain="bench", presented="0571000", asked_every=0, announce=""
        )
        home = await asyncio.to_thread(
            bootstrap.create, folder, Profile.DEMO, chosen=Settings(zone=_midday(), calls=line)
        )
        own = cls(await bootstrap.RunningDesk.start(home))
        try:
            await own._furnish(agents, each)
        except BaseException:
            await own.close()
            raise
        return own

    async def close(self) -> None:
        """End everything."""
        for line in self._agents:
            await line.close()
        await self._desk.stop()

    async def at_rate(self, folder: Path, rate: int, count: int, hold: float) -> Keyed:
        """Have the agents call in turn at a rate, each call hung up so many seconds after speech began."""
        dialer = await self._dialer()
        said = self._desk.exchange.trunk("")
        if said is None:
            raise DialerDown
        dialer.use(replace(said, port=self._provider, no_reply_seconds=_NO_REPLY))
        for phone in self._phones:
            await asyncio.to_thread(callers.register, self._phone, dialer.port, phone.name, phone.password)
        await _until(lambda: all(self._desk.parts.switchboard.present(one.name) for one in self._phones))
        with callers.answering(folder, self._phone), callers.answering(folder, self._provider):
            await callers.ready(self._phone, self._provider)
            began = time.perf_counter()
            waiting = []
            for number in range(count):
                await asyncio.sleep(max(0.0, began + number / rate - time.perf_counter()))
                waiting.append(asyncio.ensure_future(self._one(number % len(self._agents), hold)))
            made = [one for one in await asyncio.gather(*waiting) if one is not None]
        return Keyed([rang for rang, _ in made], [talked for _, talked in made if talked is not None])

    async def _one(self, agent: int, hold: float) -> tuple[float, float | None] | None:
        """One call; none where no phone rang."""
        line = self._agents[agent]
        began = time.perf_counter()
        try:
            call_id = (await line.call(StartCall(case_id=self._cases[agent].pop()))).call_id
        except DeskError:
            return None
        await _until(lambda: (call_id, "talking") in self._seen or (call_id, "over") in self._seen)
        rang = min((self._seen[call_id, one] for one in _RINGS if (call_id, one) in self._seen), default=None)
        talked = self._seen.get((call_id, "talking"))
        if talked is not None:
            await asyncio.sleep(hold)
            with contextlib.suppress(DeskError):
                await line.call(HangUp(call_id=call_id))
            await _until(lambda: (call_id, "over") in self._seen)
        return None if rang is None else (rang - began, None if talked is None else talked - began)

    # -- making it ---------------------------------------------------------------------------------------------------
    async def _furnish(self, agents: int, each: int) -> None:
        desk = self._desk
        people = tuple(
            Post(f"agent{number:03}", "测试员", f"A{number:04}", ONE, (Role.AGENT,)) for number in range(agents)
        )
        plan = Plan(units=CAST.units, posts=(*CAST.posts, *people))
        founded = await asyncio.to_thread(found, desk.parts, plan)
        await open_source(desk, LENDERS[0])
        await import_into(desk, await asyncio.to_thread(lenders_file, desk.home.temporary, agents * each))
        head, admin = await seated(desk, LENDERS[0].head), await seated(desk, _ADMIN)
        try:
            for post in people:
                person_id = founded.persons[post.login]
                await head.call(AssignCases(assignee_id=person_id, count=each))
                self._phones.append(await proven(admin, SetPhone(person_id=person_id), None, nothing))
                line = await seated(desk, post.login)
                self._agents.append(line)
                self._cases.append([row.case_id for row in (await line.call(ListQueue())).rows])
        finally:
            await head.close()
            await admin.close()
        await desk.exchange.open(self._open)

    async def _open(self, told: Callable[[Heard], None]) -> tuple[Dialer, int, asyncio.Event]:
        def heard(said: Heard) -> None:
            if isinstance(said, Moved):
                self._seen.setdefault((said.call_id, said.state), time.perf_counter())
            elif isinstance(said, Ended):
                self._seen[said.call_id, "over"] = time.perf_counter()
            told(said)

        self._sip = await SipDialer.open(heard, callers.HOST)
        return self._sip, self._sip.port, self._sip.gone

    async def _dialer(self) -> SipDialer:
        await _until(lambda: self._desk.parts.switchboard.key is not None)
        if self._sip is None or self._desk.parts.switchboard.key is None:
            raise DialerDown
        return self._sip


async def _until(condition: Callable[[], bool]) -> None:
    end = time.perf_counter() + PATIENCE
    while not condition() and time.perf_counter() < end:  # noqa: ASYNC110 - looked at, not told
        await asyncio.sleep(TICK)


def _midday() -> str:
    """A zone in which it is twelve now; its sign is the other way round (POSIX)."""
    ahead = _NOON - datetime.now(UTC).hour
    return f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"
