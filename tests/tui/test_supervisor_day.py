"""A supervisor's day through a real terminal: thirty requests cleared, each read first; keys and seconds reported."""

from __future__ import annotations

import asyncio
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from console.bootstrap import RunningDesk
from console.demo import build
from console.desk.api import Desk
from console.desk.api.cases import FieldRef, ListQueue
from console.desk.api.reveal import AskReveal, ListMyReveals, RequestView, RevokeGrant
from console.desk.api.session import SignInAs
from tests.support.pty_screen import PtyScreen

AGENTS = ("zhangwei", "wangfang", "chenjing")
REQUESTS = 30
ADDRESS = FieldRef(name="home_address")
_REFUSED_EVERY, _NARROWED_EVERY = 6, 5


@dataclass
class Day:
    """The supervisor at her terminal, counting what she presses."""

    screen: PtyScreen
    keys: list[int] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)
    proofs: int = 0

    def press(self, *keys: str) -> int:
        """Type; how many keys that was."""
        self.screen.press(*keys)
        return len(keys)

    def decide(self, request: RequestView, place: int) -> str:
        """Decide one that is on the screen, after what is to be known about it was shown; the state it got."""
        self.screen.until(request.number)
        began = time.monotonic()
        if place % _REFUSED_EVERY == _REFUSED_EVERY - 1:
            pressed = self.press("r")
            self.screen.until(f"拒绝 {request.number}")
            pressed += self.press(*"send a text", "enter")
            state = "已拒绝"
        elif place % _NARROWED_EVERY == _NARROWED_EVERY - 1:
            pressed = self.press("m")
            self.screen.until("缩小")
            pressed += self.press("enter")
            state = "已批准"
        else:
            pressed = self.press("a")
            self.screen.until(f"批准 {request.number}")
            pressed += self.press("enter")
            state = "已批准"
        self.prove(request.number)
        assert state in self.screen.until(f"{request.number}：").partition(f"{request.number}：")[2].partition("\n")[0]
        self.keys.append(pressed)
        self.seconds.append(time.monotonic() - began)
        return state

    def prove(self, number: str) -> None:
        """Answer where the desk asks for another code, which it does once in five minutes."""
        asked, settled, end = "再次输入动态码", f"{number}：", time.monotonic() + self.screen.patience
        while asked not in self.screen.text and settled not in self.screen.text and time.monotonic() < end:
            self.screen.pump()
        if asked in self.screen.text:
            self.proofs += self.press("enter")

    def report(self) -> str:
        """Keys and seconds a request."""
        count = len(self.keys)
        plain = sorted(self.keys)[count // 2]
        return (
            f"supervisor: {count} requests, {sum(self.keys) / count:.1f} keys a request (median {plain}), "
            f"{sum(self.seconds) / count:.2f} s a request (slowest {max(self.seconds):.2f} s), {self.proofs} codes"
        )


@dataclass
class Team:
    """The agents, each on a line of their own, asking again whenever the last request was decided."""

    lines: dict[str, Desk]
    cases: dict[str, list[str]]

    @classmethod
    async def seated(cls, running: RunningDesk) -> Team:
        """Everybody at work, with their queues."""
        lines: dict[str, Desk] = {}
        cases: dict[str, list[str]] = {}
        for name in AGENTS:
            line = running.line("pts/1")
            await line.call(SignInAs(name=name))
            rows = (await line.call(ListQueue())).rows
            lines[name], cases[name] = line, [row.case_id for row in rows]
        return cls(lines, cases)

    async def ask(self, name: str) -> RequestView:
        """One more request, on the next case."""
        case_id = self.cases[name].pop(0)
        call = AskReveal(case_id=case_id, fields=(ADDRESS,), reason="letter_or_visit", minutes=10)
        return await self.lines[name].call(call)

    async def give_back(self, name: str) -> None:
        """What was granted is not needed any more."""
        for request in (await self.lines[name].call(ListMyReveals())).requests:
            if request.grant is not None and request.grant.state in {"approved", "active"}:
                await self.lines[name].call(RevokeGrant(grant_id=request.grant.grant_id))


@pytest.mark.slow
@pytest.mark.clause("S-4.1", "S-3.3-18", "issue-3")
async def test_thirty_requests_are_cleared_one_by_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    running = await build.build(tmp_path / "home", cases=90, seed=5)
    try:
        team = await Team.seated(running)
        arguments = ["-m", "console.cli.main", "console", "--home", str(tmp_path / "home"), "--as", "lina"]
        screen = await asyncio.to_thread(PtyScreen.of, sys.executable, [*arguments, "--language", "zh_CN"])
        day = Day(screen)
        await asyncio.to_thread(screen.until, "全组队列")
        await asyncio.to_thread(screen.press, "f3")
        await asyncio.to_thread(screen.until, "待审批")
        waiting = [(name, await team.ask(name)) for name in AGENTS]
        states: list[str] = []
        for place in range(REQUESTS):
            name, request = waiting.pop(0)
            states.append(await asyncio.to_thread(day.decide, request, place))
            await team.give_back(name)
            if place + len(AGENTS) < REQUESTS:
                waiting.append((name, await team.ask(name)))
        await asyncio.to_thread(screen.until, "没有")
        assert states.count("已拒绝") == REQUESTS // _REFUSED_EVERY
        assert len(states) == REQUESTS
        plain = [keys for place, keys in enumerate(day.keys) if (place + 1) % _REFUSED_EVERY]
        assert max(plain) <= 3, "an approval takes a key to ask, to read, and a key to say yes"
        assert 1 <= day.proofs <= 1 + sum(day.seconds) / 60, "a code is asked for once in minutes, not once a request"
        await asyncio.to_thread(screen.press, "ctrl+q")
        assert await asyncio.to_thread(screen.ended) == 0
        with capsys.disabled():
            sys.stdout.write(f"\n{day.report()}\n")
    finally:
        await running.stop()
