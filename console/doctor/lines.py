"""Whether calls and messages could go out if the desk ran: what its settings, its secrets or this machine lack for it.

Names what is missing; what the lines do while the desk runs is health's (`console.desk.health`). A desk that calls or
writes to nobody lacks nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from importlib.util import find_spec
from typing import Final

from console.desk.api.people import Check
from console.desk.calls import secrets
from console.desk.parts import Parts
from console.home import Home

OK: Final = "ok"
WARN: Final = "warn"
BAD: Final = "bad"
_NAMED: Final = 5


def calls(home: Home, parts: Parts) -> Iterator[Check]:
    """The calling line, and where what is said would be kept."""
    said = parts.settings.calls
    if not said.address:
        yield Check(name="trunk", state=OK)
        yield Check(name="recorder", state=OK)
        return
    lacking = [name for name in ("trunk_host", "presented") if not getattr(said, name)]
    lacking += [] if find_spec("sippy") else ["sippy"]
    yield Check(name="trunk", state=BAD if lacking else OK, detail=" ".join(lacking))
    yield Check(name="recorder", state=OK if home.recordings.is_dir() else BAD)
    broken = parts.store.run(partial(secrets.read, parts)).broken
    yield Check(name="secrets", state=BAD if broken else OK, detail=" ".join(broken[:_NAMED]))


def messages(parts: Parts) -> Check:
    """The way to the provider of messages.

    Raises:
        MaskingError: its secret is not what was sealed.
    """
    said = parts.settings.message
    if not said.provider:
        return Check(name="messages", state=OK)
    smpp = said.provider == "smpp"
    lacking = [name for name in ("signature", "account", "smpp_host" if smpp else "url") if not getattr(said, name)]
    lacking += ["aiosmpplib"] if smpp and find_spec("aiosmpplib") is None else []
    if lacking:
        return Check(name="messages", state=BAD, detail=" ".join(lacking))
    secret = parts.store.run(partial(secrets.read_post, parts))
    return Check(name="messages", state=OK if secret else WARN, detail="" if secret else "secret")
