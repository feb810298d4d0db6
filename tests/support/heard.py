"""What one person's screens are told, without a screen: a listener at the desk's hub, seated as that person."""

from __future__ import annotations

from console.desk.api.base import Push
from tests.support.desk import WholeDesk


class Heard:
    """Pushes to one person since the start or the last `clear`.

    Args:
        desk: The desk.
        name: Whose.
    """

    def __init__(self, desk: WholeDesk, name: str) -> None:
        self._pushes: list[Push] = []
        hub = desk.running.parts.hub
        hub.seat(hub.join(self._pushes.append), desk.founded.persons[name])

    def of(self, kind: str) -> set[str]:
        """Ids that were told of, of one kind."""
        return {push.id for push in self._pushes if push.kind == kind}

    def clear(self) -> None:
        """Forget what was heard."""
        self._pushes.clear()
