"""The one released file that a person may fetch, once, over a fully authenticated connection of its own.

Who releases what, to whom and until when is the provider's; here is only the way out: what waits for the person on the
line, its path for the desk's own side of the front door, and the end of reading. Without a provider nothing waits.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from console.desk.act import Act
from console.desk.api.base import Done
from console.desk.api.files import EndHandout, Handout, HandoutPath, SeeHandout, TakeHandout
from console.desk.kernel import handles


class Provider(Protocol):
    """Whoever releases files. Each method decides (`act.require`), logs, and refuses by `act.refuse`."""

    def waiting(self, act: Act) -> Handout | None:
        """The file released to the act's actor that was not fetched yet; logs that it was looked for."""
        ...

    def take(self, act: Act, handout_id: str) -> Path:
        """Mark it as fetched, with the event, and say where it lies; a second time is refused."""
        ...

    def end(self, act: Act, handout_id: str, *, whole: bool) -> None:
        """Reading is over: log it; destroy the file if nobody is to fetch it again."""
        ...


_providers: list[Provider] = []


def provide(provider: Provider) -> None:
    """Name the one provider; the last one named counts."""
    _providers[:] = [provider]


@handles(SeeHandout)
def see(act: Act, request: SeeHandout) -> Handout:
    """What waits for the person on the line."""
    del request
    found = _providers[0].waiting(act) if _providers else None
    if found is None:
        act.refuse("files.nothing")
    return found


@handles(TakeHandout)
def take(act: Act, request: TakeHandout) -> HandoutPath:
    """Where it lies, once."""
    if not _providers:
        act.refuse("files.nothing")
    return HandoutPath(path=str(_providers[0].take(act, request.handout_id)))


@handles(EndHandout)
def end(act: Act, request: EndHandout) -> Done:
    """It was read, whole or not."""
    if not _providers:
        act.refuse("files.nothing")
    _providers[0].end(act, request.handout_id, whole=request.whole)
    return Done()
