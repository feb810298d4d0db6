"""Every listening of the media process, beside its calls: made ready for the desk, answered for the dialer."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Final

from console.dial.between import Aim, AskMedia, Begin, Done, Drop, Take
from console.dial.messages import Played, PrepareListening, Seek
from console.dial.playing import Player
from console.dial.relay import Leg
from masking.errors import MaskingError
from masking.recording import RecordingKey

_MOST: Final = 50
"""Listenings at once."""


class Players:
    """Args: host: address that phones reach. say: tells the desk."""

    def __init__(self, host: str, say: Callable[[Played], None]) -> None:
        self._host, self._say = host, say
        self._players: dict[str, Player] = {}
        self._told: dict[str, tuple[str, int]] = {}

    def __contains__(self, call_id: str) -> bool:
        return call_id in self._players

    def __bool__(self) -> bool:
        return bool(self._players)

    @property
    def ids(self) -> tuple[str, ...]:
        """Every one."""
        return tuple(self._players)

    def prepare(self, said: PrepareListening, descriptor: int) -> Leg | None:
        """Make ready; the descriptor is taken, whatever comes of it. Returns: what is to be read from the phone."""
        file = os.fdopen(descriptor, "rb")
        leg: Leg | None = None
        try:
            if said.call_id not in self._players and len(self._players) < _MOST:
                leg = Leg(self._host)
                player = Player(leg, file, RecordingKey(said.key, said.recording_id), said.mark)
                player.seek(said.second, paused=False)
                self._players[said.call_id] = player
                return leg
        except (MaskingError, OSError):
            if leg is not None:
                leg.close()
        file.close()
        return None

    def seek(self, said: Seek) -> None:
        """As the listener asks."""
        player = self._players.get(said.call_id)
        if player is not None:
            player.seek(said.second, paused=said.paused)
            self._tell(said.call_id, player)

    def do(self, asked: AskMedia, now: float) -> Done:
        """As the dialer asks of one that is known; `Drop` is `end`."""
        player = self._players[asked.call_id]
        if isinstance(asked, Take):
            return Done(ok=True, agent_port=player.leg.port)
        if isinstance(asked, Aim):
            return Done(ok=asked.agent and player.leg.aim((asked.host, asked.port), asked.peer, asked.types))
        if isinstance(asked, Begin):
            return Done(ok=player.begin(now))
        return Done(ok=isinstance(asked, Drop))

    def tick(self, now: float) -> None:
        """Send what is due, and say how far each is."""
        for call_id, player in self._players.items():
            player.tick(now)
            self._tell(call_id, player)

    def end(self, call_id: str) -> Player | None:
        """Forget one. Returns: it, still open."""
        self._told.pop(call_id, None)
        return self._players.pop(call_id, None)

    def _tell(self, call_id: str, player: Player) -> None:
        now = (player.state, player.second)
        if player.state and self._told.get(call_id) != now:
            self._told[call_id] = now
            self._say(Played(call_id=call_id, state=player.state, second=player.second))
