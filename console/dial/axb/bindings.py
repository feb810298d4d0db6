"""Which customer may call which number of ours, until when. Pure: knows no SIP, and no customer's digits stay here.

A customer is kept as a keyed digest together with the number called, under a key of this very process: it says nothing
to anybody else, nor of the same customer at another number, nor after the process.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from console.dial.numbers import dialled
from masking.gm import Sm3Mac

REMEMBERED: Final = 24 * 3600 * 1_000_000
"""How long an ended binding is still known as such, microseconds."""

_HOME: Final = re.compile(r"(?:\+|00)?86(?=[0-9]{5,})")


class Verdict(StrEnum):
    """What a caller is to a number."""

    LIVE = "live"
    EXPIRED = "expired"
    STRANGER = "stranger"
    NO_SUCH_NUMBER = "no_such_number"


@dataclass(frozen=True, slots=True)
class Binding:
    """One customer at one number. called: where their call comes, as `caller`. until: microseconds since 1970."""

    binding_id: str
    number_id: str
    number: str
    customer: bytes
    called: str
    caller: bytes
    until: int


def caller(text: str) -> str | None:
    """A caller's number as it is digested; None for one that hides, or that nobody calls from."""
    # A mobile from another city often comes with the 0 that it is dialled with.
    return dialled(text, "", "") or (dialled(text[1:], "", "") if text.startswith("01") else None)


def own(text: str) -> str:
    """A number of ours in one spelling, whatever the provider puts before it."""
    return _HOME.sub("", text, count=1).removeprefix("+")


def _from_ours(number: str) -> str:
    """A number of ours as somebody who calls: no customer is digested like it."""
    return f"x{number.removeprefix('0')}"


class Bindings:
    """All bindings. Moments are microseconds since 1970."""

    def __init__(self) -> None:
        self._mac = Sm3Mac(secrets.token_bytes(32))
        self._all: dict[str, Binding] = {}
        self._at: dict[tuple[str, bytes], str] = {}

    def put(
        self, binding_id: str, number_id: str, number: str, customer: str, *, until: int, now: int, called: str = ""
    ) -> bool:
        """Keep a binding; False when that customer stands at that number for another one already.

        Args:
            binding_id: Its name.
            number_id: Of ours.
            number: Of ours, in digits.
            customer: As `caller` gave it; not kept.
            until: The end.
            now: The moment.
            called: Of ours, where a provider's number is put through to, as a call from that; empty where customers
                call the number itself.
        """
        self._sweep(now)
        plain = own(number)
        there, who = (own(called), _from_ours(plain)) if called else (plain, customer)
        seen, caller_seen = self._digest(plain, customer), self._digest(there, who)
        binding = Binding(binding_id, number_id, plain, seen, there, caller_seen, until)
        place = (there, binding.caller)
        standing = self._all.get(self._at.get(place, ""))
        if standing is not None and standing.binding_id != binding_id and standing.until > now:
            return False
        self._drop(binding_id)
        if standing is not None:
            self._drop(standing.binding_id)
        self._all[binding_id], self._at[place] = binding, binding_id
        return True

    def end(self, binding_id: str, now: int) -> None:
        """End one now; it is known as ended for a while."""
        binding = self._all.get(binding_id)
        if binding is not None:
            self._all[binding_id] = replace(binding, until=min(binding.until, now))

    def find(self, called: str, calling: str, now: int) -> tuple[Verdict, Binding | None]:
        """What a caller is to a number, both as SIP said them; the binding, also one that ended."""
        number, customer = own(called), caller(calling)
        if not any(one.called == number for one in self._all.values()):
            return Verdict.NO_SUCH_NUMBER, None
        whom = (customer, _from_ours(own(calling)))
        marks = [self._digest(number, one) for one in whom if one is not None]
        names = [self._at[number, mark] for mark in marks if (number, mark) in self._at]
        binding = self._all.get(names[0]) if names else None
        if binding is None:
            return Verdict.STRANGER, None
        return (Verdict.LIVE if binding.until > now else Verdict.EXPIRED), binding

    def number(self, called: str, now: int) -> str:
        """The id of a number of ours that somebody is bound at now; empty for none."""
        number = own(called)
        return next((one.number_id for one in self._all.values() if one.number == number and one.until > now), "")

    def number_id(self, called: str) -> str:
        """The id of a number of ours that is or was bound; empty for none, and for one behind which there are more."""
        found = {one.number_id for one in self._all.values() if one.called == own(called)}
        return found.pop() if len(found) == 1 else ""

    def over(self, number: str, customer: str, now: int) -> bool:
        """Whether a provider puts this customer through at a number of ours now."""
        plain = own(number)
        seen = self._digest(plain, customer)
        return any(
            one.until > now and (one.number, one.customer) == (plain, seen) and one.called != plain
            for one in self._all.values()
        )

    def _digest(self, number: str, who: str) -> bytes:
        return self._mac.digest(number.encode(), who.encode())

    def _drop(self, binding_id: str) -> None:
        binding = self._all.pop(binding_id, None)
        if binding is not None:
            self._at.pop((binding.called, binding.caller), None)

    def _sweep(self, now: int) -> None:
        for binding_id in [one.binding_id for one in self._all.values() if one.until + REMEMBERED <= now]:
            self._drop(binding_id)

    def __repr__(self) -> str:
        return f"Bindings({len(self._all)}, key hidden)"
