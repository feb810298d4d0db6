"""`veildesk serve` on a desk of many agents, as sessions are measured at it."""

from __future__ import annotations

import asyncio
import os
import re
import secrets
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final, Self

import asyncssh

from access.people import public_keys, totp
from access.people.passwords import PasswordHasher
from access.roles import Role
from console import bootstrap
from console.bench.desks import import_into, lenders_file, seated
from console.bench.hosts import PeerMissing, Program, running, until, weight_of
from console.bench.pushed import Pushed, pushed
from console.bench.visitors import Account, Visitor
from console.demo.build import LENDERS, open_source
from console.demo.cast import CAST, ONE
from console.desk.api.cases import AssignCases
from console.founding import Plan, Post, Secret, found
from console.home import Home
from console.settings import RevealSettings, Settings
from masking.keys import Profile

_CASES: Final = 60  # of each agent: two pages and more
_STEP: Final = 30
_REVEALS: Final = 200  # of one agent: what a day of pushes takes
_SERVE: Final = (sys.executable, "-P", "-m", "console.cli.main", "serve")


class ServedDesk(Program):
    """`veildesk serve` on a fresh desk with so many agents, each with cases of their own.

    Args:
        folder: the home to make.
        agents: how many.
        told: what goes on.
    """

    def __init__(self, folder: Path, agents: int, told: Callable[[str], None]) -> None:
        super().__init__()
        self._folder, self._agents, self._told = folder, agents, told
        self._password = secrets.token_urlsafe(18)
        self._seed = totp.new_seed()
        self._key = asyncssh.generate_private_key("ssh-ed25519")
        self._stepped = 0

    async def __aenter__(self) -> Self:
        self._told(f"a desk with {self._agents} agents")
        await self._furnish()
        self._process = subprocess.Popen(  # noqa: ASYNC220, S603 - starts at once; our own program
            [*_SERVE, "--home", str(self._folder), "--listen", "127.0.0.1:0"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "LANG": "C.UTF-8"},
        )
        self.port = await asyncio.to_thread(self._said)
        return self

    async def __aexit__(self, *_: object) -> None:
        await super().__aexit__()
        if self._process is not None and self._process.stderr is not None:
            self._process.stderr.close()

    def _said(self) -> int:
        stream = self._process.stderr if self._process is not None else None
        for line in stream or ():
            if found := re.search(rb"127\.0\.0\.1:(\d+)", line):
                return int(found.group(1))
        raise PeerMissing

    async def _furnish(self) -> None:
        chosen = Settings(reveal=RevealSettings(u2_a_day=_REVEALS))
        home = await asyncio.to_thread(bootstrap.create, self._folder, Profile.DEMO, chosen=chosen)
        desk = await bootstrap.RunningDesk.start(home)
        try:
            people = tuple(
                Post(f"agent{number:03}", "测试员", f"A{number:04}", ONE, (Role.AGENT,))
                for number in range(self._agents)
            )
            public = public_keys.parse(self._key.export_public_key().decode())
            encoded = await asyncio.to_thread(PasswordHasher().hash, self._password)
            secret = Secret(encoded=encoded, seed=self._seed, key=public, key_until=0)
            plan = Plan(units=CAST.units, posts=(*CAST.posts, *people))
            everybody = {post.login: secret for post in plan.posts}
            founded = await asyncio.to_thread(found, desk.parts, plan, everybody)
            await open_source(desk, LENDERS[0])
            await import_into(desk, lenders_file(home.temporary, self._agents * _CASES))
            head = await seated(desk, LENDERS[0].head)
            for post in people:
                await head.call(AssignCases(assignee_id=founded.persons[post.login], count=_CASES))
            await head.close()
        finally:
            await desk.stop()

    def account(self, number: int) -> Account:
        """See `Host.account`."""
        return Account(f"agent{number:03}", self._key, self._password, self._code)

    def _code(self) -> str:
        now = int(time.time())
        self._stepped = now // _STEP
        return totp.code_at(self._seed, totp.step_of(now * 1_000_000))

    async def fresh(self) -> None:
        """See `Host.fresh`: a one-time code is good once."""
        now = time.time()
        if now // _STEP <= self._stepped:
            await asyncio.sleep(_STEP - now % _STEP + 1)

    async def empty(self) -> None:
        """See `Host.empty`."""
        await until(lambda: not self._sessions())

    def memory(self) -> float:
        """See `Host.memory`."""
        return weight_of(self._sessions())

    async def push(self, visitor: Visitor, rounds: int) -> tuple[Pushed, Pushed]:
        """Have the head approve what the first visitor's person asks for, and take it back; see `pushed`."""
        socket, agent = Home(self._folder).socket, self.account(0).login
        return await pushed(socket, visitor, agent=agent, head=LENDERS[0].head, rounds=rounds)

    def _sessions(self) -> list[int]:
        sessions = running(self.pid, "console.serve.zygote")
        # The zygote itself is what sessions are forked from; its command line is theirs.
        return [one for one in sessions if one != min(sessions)]
