"""Privacy numbers bought from a provider: it binds A, our presented number, and B, a customer, over X, of our pool.

EXPERIMENTAL: no provider was ever spoken with. It does as Alibaba Cloud documents Dyplsapi 2017-05-25 (BindAxb,
UnbindSubscription, QuerySubsId, QuerySubscriptionDetail), and is proven only against a peer of our own that checks
every signature. Their own programs carry parameters in the address; here they are posted, since B is among them.

The names of bindings at the provider stand in this process only. A binding that is asked for again, by a new dialer or
after an answer that never came, meets the one before: where that is ours to the digit, A, B and X, it is ended and made
anew, with the end that holds now; where it is anything else it stays, and the answer is `taken`.

Sources: Alibaba Cloud help, developer reference `api-dyplsapi-2017-05-25-bindaxb` and its neighbours.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final

from access.context import SECOND, Clock
from console.dial.axb.bindings import own
from console.dial.axb.posting import NotDone, post
from console.dial.axb.said import Cloud

_CHINA: Final = timezone(timedelta(hours=8))
_AHEAD: Final = 90 * SECOND
"""What a provider wants to end later than in a minute."""

_NAME: Final = re.compile(r"[A-Za-z0-9_-]{1,64}")


class CloudNumbers:
    """Blocks until answered, and is used by one thread at a time.

    Args:
        clock: the time.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._subscriptions: dict[str, tuple[str, str]] = {}

    def bind(self, to: Cloud, binding_id: str, numbers: tuple[str, str, str], until: int) -> str:
        """Have two numbers bound over one.

        Args:
            to: the provider.
            binding_id: travels along as `OutId`, and says nothing to the provider.
            numbers: A, B and X as the provider spells them: digits, national.
            until: microseconds since 1970.

        Returns:
            `ok`, else why not: a code of `NotDone`.
        """
        try:
            self._bind(to, binding_id, numbers, until)
        except NotDone as fault:
            return fault.code
        return "ok"

    def unbind(self, to: Cloud, binding_id: str) -> str:
        """End a binding of this process; one that it does not know has ended as far as it can tell."""
        found = self._subscriptions.pop(binding_id, None)
        if found is None:
            return "ok"
        try:
            self._end(to, *found)
        except NotDone as fault:
            return fault.code
        return "ok"

    def _bind(self, to: Cloud, binding_id: str, numbers: tuple[str, str, str], until: int) -> None:
        if binding_id in self._subscriptions:
            return
        a, b, x = numbers
        asked = {
            "PoolKey": to.pool,
            "PhoneNoA": a,
            "PhoneNoB": b,
            "PhoneNoX": x,
            "Expiration": self._expiration(until),
            "OutId": binding_id,
        }
        try:
            said = self._post(to, "BindAxb", asked)
        except NotDone as fault:
            if fault.code != "taken" or not self._made_way(to, numbers):
                raise
            said = self._post(to, "BindAxb", asked)
        told = said.get("SecretBindDTO")
        made: dict[str, Any] = told if isinstance(told, dict) else {}
        name = made.get("SubsId")
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise NotDone("no_answer")
        over = str(made.get("SecretNo", x))
        if own(over) != own(x):
            # Bound over a number that nobody asked for: nobody is put through there.
            self._end(to, name, over)
            raise NotDone("refused")
        self._subscriptions[binding_id] = (name, x)

    def _made_way(self, to: Cloud, numbers: tuple[str, str, str]) -> bool:
        """Whether what stood on X was this very binding, and does no more."""
        a, b, x = numbers
        try:
            name = self._post(to, "QuerySubsId", {"PoolKey": to.pool, "PhoneNoX": x}).get("SubsId")
            if not isinstance(name, str) or not _NAME.fullmatch(name):
                return False
            about = {"PoolKey": to.pool, "SubsId": name, "PhoneNoX": x}
            there = self._post(to, "QuerySubscriptionDetail", about).get("SecretBindDetailDTO")
            if not isinstance(there, dict) or (there.get("PhoneNoA"), there.get("PhoneNoB")) != (a, b):
                return False
            self._end(to, name, x)
        except NotDone:
            return False
        return True

    def _end(self, to: Cloud, name: str, x: str) -> None:
        try:
            self._post(to, "UnbindSubscription", {"PoolKey": to.pool, "SubsId": name, "SecretNo": x})
        except NotDone as fault:
            if fault.code != "gone":
                raise

    def _post(self, to: Cloud, action: str, parameters: dict[str, str]) -> dict[str, Any]:
        return post(to, action, parameters, self._clock.now_us())

    def _expiration(self, until: int) -> str:
        end = max(until, self._clock.now_us() + _AHEAD)
        return datetime.fromtimestamp(-(-end // SECOND), UTC).astimezone(_CHINA).strftime("%Y-%m-%d %H:%M:%S")

    def __repr__(self) -> str:
        return f"CloudNumbers({len(self._subscriptions)})"


def national(number: str) -> str | None:
    """A number in E.164 as a provider in China spells it; None for one of another country."""
    if not number.startswith("+86"):
        return None
    plain = number.removeprefix("+86")
    return plain if len(plain) == 11 and plain.startswith("1") else f"0{plain}"  # noqa: PLR2004 - a mobile's digits
