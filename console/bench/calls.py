"""Calls through the real dialer: how long setting one up takes at a rate, and how many packets many of them lose.

Set-up runs from the order until speech may pass: recorder made ready, agent's phone rung and answered, ticket opened,
customer rung and answered, bridged; phones answer at once. What the desk does before an order (rules, transaction,
ticket) is not in it; beside it the same rate is made by agents at a desk, timed from their key on, with all of that
(`console.bench.calls_desk`). Its floor is sipp calling sipp, one leg, at the same rate. Then so many calls stand at
once, both sides speaking, every second recorded and sealed; the floor is the same speech from socket to socket.
Processor time is per cent of one core, memory that of the process at the end.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from console.bench import callers
from console.bench.calls_desk import CallingDesk
from console.bench.calls_line import PATIENCE, TICK, Line
from console.bench.desks import Told
from console.bench.measure import Figure
from console.dial.dialer import DialerDown

RATES: Final = (10, 30, 50)
_HOLD: Final = 1.0
_GATHERED: Final = 20
"""Calls a second while many are gathered."""
_AGENTS: Final = 2.5
"""Agents for each call a second: whoever speaks, and wraps up, makes no other."""
_FINEST: Final = 1.0
"""Milliseconds that sipp can tell apart."""


async def run(
    folder: Path,
    *,
    rates: tuple[int, ...] = RATES,
    seconds: float = 10.0,
    at_once: int = 200,
    told: Told = print,
) -> list[Figure]:
    """Measure calls.

    Args:
        folder: an empty directory, on the disk that recordings would be on.
        rates: calls a second.
        seconds: how long each rate lasts, and how long people speak.
        at_once: calls at once.
        told: what goes on.

    Raises:
        PeerMissing: there is no sipp on this machine; Debian's package is sip-tester.
        DialerDown: the SIP stack is not installed (`veildesk[dial]`).
    """
    callers.program()
    line = Line(folder)
    await line.open()
    try:
        figures = [await _rate(line, folder, rate, seconds, told) for rate in rates]
        figures = await _from_keys(figures, folder, rates, seconds, told)
        figures.append(await _speech(line, at_once, seconds, told))
    finally:
        await line.dialer.close()
    return figures


async def _rate(line: Line, folder: Path, rate: int, seconds: float, told: Told) -> Figure:
    count = round(rate * seconds)
    told(f"{count} calls at {rate} a second")
    await line.open()
    bare = await callers.floor(folder, rate, count, _HOLD)
    phone, provider = callers.port(), callers.port()
    await asyncio.to_thread(callers.register, phone, line.dialer.port)
    line.use(provider)
    calls = await asyncio.to_thread(line.tickets, count)
    peers: dict[str, float] = {}
    with callers.answering(folder, phone), callers.answering(folder, provider):
        await callers.ready(phone, provider)
        with line.working(peers):
            await line.at_rate(calls, rate, _HOLD)
    least = max(_share(bare, 95) * 1000, _FINEST)
    taken = [line.talking[call_id] for call_id, _ in calls if call_id in line.talking]
    return Figure(
        name=f"call set-up at {rate}/s, p95",
        unit="ms",
        value=_share(taken, 95) * 1000,
        floor=least,
        ratio=_share(taken, 95) * 1000 / least,
        floored_by="sipp to sipp, one leg, no finer than 1 ms",
        peers={
            "p50": _share(taken, 50) * 1000,
            "p50 of the floor": max(_share(bare, 50) * 1000, _FINEST),
            "calls that did not come about": count - len(taken),
            **line.unmade(call_id for call_id, _ in calls),
            **peers,
            **line.weights(),
        },
        rounds=count,
    )


async def _from_keys(
    figures: list[Figure], folder: Path, rates: tuple[int, ...], seconds: float, told: Told
) -> list[Figure]:
    """The same rates made by agents at a desk, beside each figure."""
    agents = math.ceil(max(rates) * _AGENTS)
    each = sum(math.ceil(round(rate * seconds) / agents) for rate in rates)
    told(f"a desk with {agents} agents and {agents * each} cases")
    desk = await CallingDesk.open(folder / "desk", agents, each)
    found = []
    try:
        for figure, rate in zip(figures, rates, strict=True):
            count = round(rate * seconds)
            told(f"{count} calls at {rate} a second, from agents' keys")
            rings, talks = await desk.at_rate(folder, rate, count, _HOLD)
            keyed = {
                "p50 from the agent's key to the ring of their phone": _share(rings, 50) * 1000,
                "p95 from the agent's key to the ring of their phone": _share(rings, 95) * 1000,
                "p50 from the agent's key to speech": _share(talks, 50) * 1000,
                "p95 from the agent's key to speech": _share(talks, 95) * 1000,
                "calls from a key that did not come about": float(count - len(talks)),
            }
            found.append(msgspec.structs.replace(figure, peers={**figure.peers, **keyed}))
    finally:
        await desk.close()
    return found


async def _speech(line: Line, at_once: int, seconds: float, told: Told) -> Figure:
    told(f"{at_once} calls at once")
    await line.open()
    phone, provider = callers.port(), callers.port()
    await asyncio.to_thread(callers.register, phone, line.dialer.port)
    with _talkers(phone, provider) as talkers:
        await callers.ready(phone, provider)
        bare = await asyncio.to_thread(_said, talkers, f"bare {at_once} {seconds}")
        line.use(provider)
        calls = await asyncio.to_thread(line.tickets, at_once)
        await line.at_rate(calls, _GATHERED, None)
        stand = [call_id for call_id, _ in calls if call_id in line.talking and call_id not in line.ended]
        peers: dict[str, float] = {}
        with line.working(peers):
            sent_a, heard_a, sent_c, heard_c = await asyncio.to_thread(_said, talkers, f"talk {seconds}")
        peers |= line.weights()
        line.recorded.clear()
        with contextlib.suppress(DialerDown):
            for call_id in stand:
                line.dialer.hang_up(call_id)
        end = time.perf_counter() + PATIENCE
        while len(line.recorded) < len(stand) and time.perf_counter() < end:  # noqa: ASYNC110 - counted, not told
            await asyncio.sleep(TICK)
    lost, lost_bare = sent_a + sent_c - heard_a - heard_c, bare[0] + bare[2] - bare[1] - bare[3]
    return Figure(
        name=f"{at_once} recorded calls at once, packets lost",
        unit="packets",
        value=lost,
        floor=lost_bare,
        ratio=lost / lost_bare if lost_bare else 0.0,
        floored_by="the same speech from socket to socket",
        peers={
            "packets sent": sent_a + sent_c,
            "calls that stood": len(stand),
            **line.unmade(call_id for call_id, _ in calls),
            "recordings that are whole": sum(one.whole for one in line.recorded),
            "packets too late for their second": sum(one.late for one in line.recorded),
            **peers,
        },
        rounds=1,
    )


def _share(values: list[float], percent: int) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)] if ordered else 0.0


@contextlib.contextmanager
def _talkers(*ports: int) -> Iterator[subprocess.Popen[str]]:
    root = Path(__file__).resolve().parents[2]
    with subprocess.Popen(  # noqa: S603 - our own module
        [sys.executable, "-P", "-m", "console.bench.talkers", *map(str, ports)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(root), *sys.path])},
    ) as process:
        yield process
        if process.stdin is not None:
            process.stdin.close()


def _said(process: subprocess.Popen[str], asked: str) -> list[int]:
    if process.stdin is None or process.stdout is None:
        return [0, 0, 0, 0]
    process.stdin.write(asked + "\n")
    process.stdin.flush()
    return [int(word) for word in process.stdout.readline().split()]
