"""A desk whose every word is kept: replies as bytes, refusals as told in both languages, pushes; and a seeded world.

`Stage` drives a running desk as its people. `seeded` makes two desks alike: ids, keys, nonces and tickets come from one
seeded stream, nothing is signed or timed out behind the test's back.
"""

from __future__ import annotations

import asyncio
import dataclasses
import os
import random
import secrets
import threading
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import msgspec
import pytest

from access.audit.checkpoints import Checkpointer
from access.ids import UuidIds
from console import bootstrap
from console.demo.cast import CAST
from console.desk.api.base import AnyCall, Call, DeskError, Push
from console.desk.api.cases import AssignCases, CaseRow, ListQueue
from console.desk.api.imports import ImportReport, ReadImport, StartImport
from console.desk.api.session import SignInAs, StepUp
from console.desk.api.work import DraftView, KeepDraft
from console.desk.host import EmbeddedDesk
from console.desk.imports import running
from console.founding import found
from console.proving import REQUIRED
from console.settings import Settings
from console.texts import LANGUAGES, Texts
from console.wire import decode_reply
from masking.keys import Profile
from tests.leak.canaries import PADDING, Customer, all_rows, write
from tests.support.clock import FakeClock
from tests.support.desk import WholeDesk, around

R = TypeVar("R")

ROLES = ("zhangwei", "lina", "liuyang", "machao", "qianfang", "zhenghao", "wugang", "fengxue", "hejie")
"""One person a role, and strangers to the first team."""
TEAMS = (("lina", "zhangwei"), ("sunli", "liuyang"), ("qianfang", "machao"))
"""Who loads, and who works what was loaded: two teams and the agency."""
_texts = tuple(map(Texts, LANGUAGES))


@dataclass(frozen=True, slots=True)
class Said:
    """One answer: who was told what, as the bytes that crossed."""

    who: str
    call: str
    data: bytes
    refused: bool

    @property
    def what(self) -> str:
        """To name it by."""
        return f"{self.who} {self.call}{' refused' if self.refused else ''}"


@dataclass(slots=True)
class Stage:
    """Who is seated, and everything that was said.

    Attributes:
        words: Replies as a programmer would print them.
        typed: Who kept which draft.
    """

    desk: WholeDesk
    said: list[Said] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    typed: set[tuple[str, str]] = field(default_factory=set)
    pushes: dict[str, list[Push]] = field(default_factory=dict)
    _lines: dict[str, EmbeddedDesk] = field(default_factory=dict)
    _ears: list[asyncio.Task[None]] = field(default_factory=list)

    async def line(self, name: str) -> EmbeddedDesk:
        """The person's line, with somebody listening to its pushes."""
        if name not in self._lines:
            line = self._lines[name] = self.desk.running.line("pts/7")
            heard = self.pushes.setdefault(name, [])
            self._ears.append(asyncio.create_task(self._hear(line, heard)))
            await line.call(SignInAs(name=name))
        return self._lines[name]

    @staticmethod
    async def _hear(line: EmbeddedDesk, heard: list[Push]) -> None:
        async for push in line.subscribe():
            heard.append(push)  # noqa: PERF401 - heard one by one, while others look

    async def say(self, name: str, call: AnyCall, key: str | None = None) -> bytes:
        """Make a call and keep its answer, whatever it is."""
        line = await self.line(name)
        key = key or secrets.token_hex(16)
        try:
            data = await self._proven(line, call, key)
        except DeskError as told:
            data = msgspec.msgpack.encode(told.refusal)
            self.words += [repr(told), str(told), *(texts.refusal(told.refusal) for texts in _texts)]
            self.said.append(Said(name, type(call).__name__, data, refused=True))
        else:
            reply = decode_reply(call, data)
            if isinstance(call, KeepDraft):
                self.typed.add((name, call.text))
            shown = self._without_own_words(name, reply)
            self.words.append(repr(shown))
            kept = data if shown is reply else msgspec.msgpack.encode(shown)
            self.said.append(Said(name, type(call).__name__, kept, refused=False))
            if isinstance(call, StartImport):
                await self._ended(decode_reply(call, data).job_id)
        return data

    @staticmethod
    async def _proven(line: EmbeddedDesk, call: AnyCall, key: str) -> bytes:
        """The answer's bytes, after the person proved herself where the call takes that."""
        try:
            return await line.encoded(call, key)
        except DeskError as told:
            if told.code != REQUIRED:
                raise
            await line.call(StepUp(code="", key=key))
        return await line.encoded(call, key)

    def _without_own_words(self, name: str, reply: object) -> object:
        """A reply as it is hunted through: a draft gives its writer, and nobody else, what that person typed."""
        if not isinstance(reply, DraftView) or not reply.text:
            return reply
        assert (name, reply.text) in self.typed, "somebody else's draft"
        return msgspec.structs.replace(reply, text="")

    async def _ended(self, job_id: str) -> None:
        """Nothing goes on behind the next call's back; a job starts a moment after the answer, once it is committed."""

        def over() -> bool:
            job = running.job_of(job_id)
            # A desk with the same seed has jobs of the same ids.
            return job is not None and job.parts is self.desk.running.parts and job.state != "running"

        async with asyncio.timeout(60):
            while not over():
                await asyncio.sleep(0.002)

    async def ask(self, name: str, call: Call[R]) -> R:
        """A call that must be answered; kept as well.

        Raises:
            AssertionError: it was refused.
        """
        data = await self.say(name, call)
        assert not self.said[-1].refused, (name, call, data)
        return decode_reply(call, data)

    async def leave(self, name: str) -> None:
        """Close the person's line."""
        if name in self._lines:
            await self._lines.pop(name).close()

    async def end(self) -> None:
        """Close every line and stop listening."""
        for name in tuple(self._lines):
            await self.leave(name)
        for ear in self._ears:
            ear.cancel()
            with suppress(asyncio.CancelledError):
                await ear

    async def load(self, head: str, path: Path, **more: object) -> ImportReport:
        """Import a file and wait for its end."""
        values: dict[str, object] = {"source": "甲消金", **more}
        report = await self.ask(head, StartImport(path=str(path), **values))  # type: ignore[arg-type]
        return await self.ask(head, ReadImport(job_id=report.job_id))

    async def furnish(self, folder: Path, customers: Iterable[Customer], *, size: int = 0) -> dict[str, CaseRow]:
        """Load the customers, a third for each team and the agency, and assign half; the agents' first cases."""
        everybody = list(customers)
        first: dict[str, CaseRow] = {}
        for nth, (head, agent) in enumerate(TEAMS):
            path = write(folder / f"{nth}.csv", all_rows(everybody[nth :: len(TEAMS)]), size=size)
            more = {"dropped": (PADDING,)} if size else {}
            report = await self.load(head, path, source=f"来源{'甲乙丙'[nth]}", **more)
            assert report.state == "published", report
            half = max(3, report.new_cases // 2)
            await self.ask(head, AssignCases(assignee_id=self.desk.founded.persons[agent], count=min(half, 500)))
            first[agent] = (await self.ask(agent, ListQueue())).rows[0]
            path.unlink()
        return first


@asynccontextmanager
async def staged(root: Path, clock: FakeClock, *, url: str = "", ids: UuidIds | None = None) -> AsyncIterator[Stage]:
    """A fresh demo desk whose clockwork only moves when the test says so."""
    ambient = around(clock)
    if ids is not None:
        ambient = dataclasses.replace(ambient, ids=ids)
    chosen = Settings(database=url, checkpoint_seconds=3600)
    home = bootstrap.create(root, Profile.DEMO, chosen=chosen, around=ambient)
    running = await bootstrap.RunningDesk.start(home, around=ambient)
    try:
        await running.ticker.stop()
        founded = await asyncio.to_thread(found, running.parts, CAST)
        stage = Stage(WholeDesk(running, clock, founded))
        try:
            yield stage
        finally:
            await stage.end()
    finally:
        await running.stop()


class Stream:
    """Randomness from a seed, one stream for all threads."""

    def __init__(self, seed: int) -> None:
        self._draw = random.Random(seed)  # noqa: S311 - the same on both desks
        self._lock = threading.Lock()

    def __call__(self, count: int) -> bytes:
        """So many bytes."""
        with self._lock:
            return self._draw.randbytes(count)


@asynccontextmanager
async def seeded(root: Path, seed: int, monkeypatch: pytest.MonkeyPatch, *, url: str = "") -> AsyncIterator[Stage]:
    """A desk that is the same again with the same seed, keys and ids and all."""
    with monkeypatch.context() as patch:
        stream = Stream(seed)
        patch.setattr(os, "urandom", stream)
        patch.setattr("random._urandom", stream)
        # Nothing is signed by itself: how many events that takes in is the wall clock's affair.
        patch.setitem(Checkpointer.start.__kwdefaults__ or {}, "events", 1 << 40)
        clock = FakeClock()
        async with staged(root, clock, url=url, ids=UuidIds(clock, Stream(seed + 1))) as stage:
            yield stage
