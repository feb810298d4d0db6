"""How soon what one person decides stands on another's terminal: approvals, and what is taken back from a screen.

The agent's screen is a session of the served desk; whoever decides sits on a line of the desk's own socket. The clock
runs from the call, so deciding, writing it down, the push, reading the case again and painting it are all in it.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from console.bench.visitors import Visitor
from console.client import SocketDesk, attach
from console.desk.api.base import Call, DeskError, Refusal
from console.desk.api.cases import CaseView, FieldRef, ListQueue, OpenCase
from console.desk.api.reveal import AskReveal, DecideReveal, RevokeGrant
from console.desk.api.session import SignInAs, StepUp
from console.proving import nothing, proven
from console.texts import Texts

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

_FIELD: Final = FieldRef(name="home_address")
_MINUTES: Final = 5
_HOME, _DOWN, _ENTER, _ESCAPE = b"\x1b[H", b"\x1b[B", b"\r", b"\x1b"
_CLOCK: Final = "◷ ".encode()
_MINUTE: Final = 60.0
_ALL_ANEW: Final = 2.0
"""Seconds before a minute is over: the mark then says the next one, and every row is painted for that."""

R = TypeVar("R")


@dataclass(slots=True)
class Pushed:
    """Seconds from a call: until it stands on the other's terminal, and until whoever made it had the answer."""

    shown: list[float] = field(default_factory=list)
    answered: list[float] = field(default_factory=list)


async def pushed(socket: Path, visitor: Visitor, *, agent: str, head: str, rounds: int) -> tuple[Pushed, Pushed]:
    """Approve and take back, again and again.

    Args:
        socket: the desk's.
        visitor: the agent's terminal, at the queue.
        agent: the agent's name.
        head: who decides.
        rounds: how often.

    Returns:
        Approvals; grants taken back while the value stands on the screen.
    """
    approved, revoked = Pushed(), Pushed()
    texts = Texts("zh_CN")
    async with _seated(socket, agent) as asking, _seated(socket, head) as deciding:
        await deciding.call(StepUp(code=""))
        case = await _opened(visitor, asking, texts)
        granted, hidden = (texts.t(key).encode() for key in ("masked.granted", f"tier.{_tier(case)}"))
        for _ in range(rounds):
            await _not_at_the_turn()
            request = await asking.call(
                AskReveal(
                    case_id=case.row.case_id, fields=(_FIELD,), reason="letter_or_visit", minutes=_MINUTES, words="-"
                )
            )
            await visitor.calm()
            verdict = DecideReveal(
                request_id=request.request_id, verdict="approve", minutes=_MINUTES, seen_version=request.version
            )
            decided = await _taken(approved, visitor, granted, lambda verdict=verdict: _do(deciding, verdict))  # type: ignore[misc]
            if decided.grant is None:
                raise DeskError(Refusal(code="desk.failed"))
            await visitor.calm()
            await visitor.until(_CLOCK, lambda: _typed(visitor, b"u"))
            await visitor.calm()
            back = RevokeGrant(grant_id=decided.grant.grant_id)
            await _taken(revoked, visitor, hidden, lambda back=back: _do(deciding, back))  # type: ignore[misc]
            await visitor.calm()
        await visitor.press(_ESCAPE)
    return approved, revoked


@asynccontextmanager
async def _seated(socket: Path, name: str) -> AsyncIterator[SocketDesk]:
    line = await attach(socket)
    try:
        await line.call(SignInAs(name=name))
        yield line
    finally:
        await line.close()


async def _opened(visitor: Visitor, asking: SocketDesk, texts: Texts) -> CaseView:
    """The agent opens the first case and goes to the field."""
    row = (await asking.call(ListQueue())).rows[0]
    case = await asking.call(OpenCase(case_id=row.case_id))
    title = texts.t("case.title", number=row.number).encode()
    await visitor.until(title, lambda: _typed(visitor, _HOME + _ENTER))
    await visitor.calm()
    for _ in range([one.name for one in case.fields].index(_FIELD.name)):
        await visitor.press(_DOWN)
    return case


def _tier(case: CaseView) -> str:
    return next(one.tier for one in case.fields if one.name == _FIELD.name)


async def _taken(into: Pushed, visitor: Visitor, words: bytes, act: Callable[[], Awaitable[R]]) -> R:
    """Do it; what it came to, with its times noted."""
    reply: list[R] = []

    async def timed() -> None:
        began = time.perf_counter()
        reply.append(await act())
        into.answered.append(time.perf_counter() - began)

    into.shown.append(await visitor.until(words, timed))
    return reply[0]


async def _do(line: SocketDesk, call: Call[R]) -> R:
    return await proven(line, call, None, nothing)


async def _typed(visitor: Visitor, key: bytes) -> None:
    visitor.channel.write(key)


async def _not_at_the_turn() -> None:
    left = _MINUTE - time.time() % _MINUTE
    if left < _ALL_ANEW:
        await asyncio.sleep(left + _ALL_ANEW / 2)
