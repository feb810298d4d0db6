"""Interleaved rounds: every contender once a round, so that a busy neighbour hurts all of them alike."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One figure.

    Attributes:
        name: What was measured.
        unit: `s`, `us` (less is better) or something `/s` (more is better).
        value: The desk's median.
        floor: Median of the least work that counts as the same.
        ratio: value / floor.
        floored_by: What the floor does.
        peers: Medians of other ways, by name.
        rounds: How many rounds there were.
    """

    name: str
    unit: str
    value: float
    floor: float
    ratio: float
    floored_by: str
    peers: Mapping[str, float] = {}
    rounds: int = 0


def seconds(work: Callable[[], object]) -> float:
    """Wall time of one go, in seconds."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def most_memory(process: str = "self") -> float:
    """The most memory that a process ever held, in MB.

    The kernel's own count of this program: what `getrusage` says begins with whoever started it.
    """
    status = Path("/proc", process, "status").read_text(encoding="ascii")
    return int(status.split("VmHWM:")[1].split()[0]) / 1000


def interleave(rounds: int, contenders: Mapping[str, Callable[[], float]]) -> dict[str, float]:
    """Medians by name.

    Args:
        rounds: how often each contender is measured.
        contenders: by name, something that does its work once and returns the measured number.
    """
    taken: dict[str, list[float]] = {name: [] for name in contenders}
    for number in range(rounds):
        names = list(contenders)
        for name in names[number % len(names) :] + names[: number % len(names)]:
            taken[name].append(contenders[name]())
    return {name: statistics.median(values) for name, values in taken.items()}


def figure(
    name: str, unit: str, medians: Mapping[str, float], *, value: str, floor: str, rounds: int, scale: float = 1.0
) -> Figure:
    """A figure out of medians: `value` and `floor` name two of them, the rest are peers."""
    peers = {peer: median * scale for peer, median in medians.items() if peer not in {value, floor}}
    return Figure(
        name=name,
        unit=unit,
        value=medians[value] * scale,
        floor=medians[floor] * scale,
        ratio=medians[value] / medians[floor] if medians[floor] else 0.0,
        floored_by=floor,
        peers=peers,
        rounds=rounds,
    )
