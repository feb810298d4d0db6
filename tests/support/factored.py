"""A whole desk whose people sign in with password and code, on both engines in turn; the clock is the test's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import pytest_asyncio

from access.people import totp
from console import bootstrap
from console.demo.cast import CAST
from console.desk.api import session
from console.desk.api.cases import FieldRef, ListQueue
from console.desk.api.reveal import AskReveal, RequestView
from console.desk.api.session import SignIn
from console.desk.host import EmbeddedDesk
from console.founding import Secret, found
from console.settings import Settings
from masking.keys import Profile
from tests.support.clock import FakeClock
from tests.support.desk import WholeDesk, around

PASSWORD = "correct horse battery staple 47"
SEED = totp.new_seed()
ADDRESS = FieldRef(name="home_address")


@dataclass
class Factored:
    """A desk whose people have factors, and their lines."""

    desk: WholeDesk
    lines: dict[str, EmbeddedDesk]

    @property
    def clock(self) -> FakeClock:
        return self.desk.clock

    def code(self) -> str:
        return totp.code_at(SEED, totp.step_of(self.clock.now_us()))

    def next_code(self) -> str:
        """One that nobody has used yet."""
        self.clock.advance(30)
        return self.code()

    async def line(self, name: str) -> EmbeddedDesk:
        if name not in self.lines:
            self.lines[name] = self.desk.running.line("pts/3")
            await self.lines[name].call(SignIn(login=name, password=PASSWORD, code=self.next_code()))
        return self.lines[name]

    async def prove(self, name: str, code: str, key: str = "") -> None:
        await (await self.line(name)).call(session.StepUp(code=code, key=key))

    async def ask(self, agent: str, field: FieldRef = ADDRESS) -> RequestView:
        words = "客户要求寄送还款确认函"
        line = await self.line(agent)
        case_id = (await line.call(ListQueue())).rows[0].case_id
        call = AskReveal(case_id=case_id, fields=(field,), reason="other", words=words, minutes=5)
        return await line.call(call)


@pytest_asyncio.fixture(params=["sqlite", "postgresql"])
async def factored(request: pytest.FixtureRequest, tmp_path: Path, clock: FakeClock) -> AsyncIterator[Factored]:
    """A dev desk whose people all have factors."""
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    ambient = around(clock)
    home = bootstrap.create(tmp_path / "h", Profile.DEV, around=ambient, chosen=Settings(database=url))
    running = await bootstrap.RunningDesk.start(home, around=ambient)
    try:
        secret = Secret(encoded=ambient.hasher.hash(PASSWORD), seed=SEED)
        secrets = {post.login: secret for post in CAST.posts}
        founded = await asyncio.to_thread(found, running.parts, CAST, secrets)
        yield Factored(WholeDesk(running, clock, founded), {})
    finally:
        await running.stop()
