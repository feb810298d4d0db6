"""Whether somebody in a call still sends anything: a phone that crashed, or whose BYE was lost, says so no other way.

Whatever comes from a leg's own address counts, silence and RTCP on the same port too (RFC 5761): a muted phone sends
it, one that is gone does not. There is no port for RTCP beside it, so one that sends nothing but that is not heard.
"""

from __future__ import annotations

from typing import Protocol


class Heard(Protocol):
    """One side of a call. alive: packets of theirs so far."""

    alive: int


class Silence:
    """Both sides of one call.

    Args:
        seconds: without a packet after which a side is gone; 0: never.
        legs: both.
        now: when they could first be heard.
    """

    def __init__(self, seconds: int, legs: tuple[Heard, Heard], now: float) -> None:
        self._seconds = seconds
        self._legs = legs
        self._known = [(leg.alive, now) for leg in legs]
        self._told = False

    def fell(self, now: float) -> bool:
        """Look; true once, the first time that a side is gone."""
        if not self._seconds or self._told:
            return False
        for at, leg in enumerate(self._legs):
            if leg.alive != self._known[at][0]:
                self._known[at] = leg.alive, now
        self._told = any(now - since >= self._seconds for _, since in self._known)
        return self._told
