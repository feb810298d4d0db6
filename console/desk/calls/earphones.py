"""What is played to whom, as acts may know it on whatever thread they are. One person listens to one recording."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace

from masking.recording import RecordingKey


@dataclass(frozen=True, slots=True)
class Ordered:
    """A listening whose event is committed. phone: that is rung; alias: what it shows; the key is the player's."""

    listening_id: str
    call_id: str
    person_id: str
    number: str
    phone: str
    alias: str
    key: RecordingKey = field(repr=False)
    mark: str
    second: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Heard:
    """How far a listening is. at: microseconds UTC."""

    ordered: Ordered
    state: str
    second: int
    at: int


class Earphones:
    """See the module. Safe from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._heard: dict[str, Heard] = {}

    def begin(self, ordered: Ordered, at: int) -> None:
        """A listening is under way."""
        with self._lock:
            self._heard[ordered.person_id] = Heard(ordered, "ringing", ordered.second, at)

    def moved(self, listening_id: str, state: str, second: int, at: int) -> bool:
        """It went on. Returns: whether it is another state than before."""
        with self._lock:
            found = next((one for one in self._heard.values() if one.ordered.listening_id == listening_id), None)
            if found is None:
                return False
            self._heard[found.ordered.person_id] = replace(found, state=state, second=second, at=at)
            return found.state != state

    def over(self, listening_id: str) -> None:
        """It is over."""
        with self._lock:
            for person_id, one in tuple(self._heard.items()):
                if one.ordered.listening_id == listening_id:
                    del self._heard[person_id]

    def of(self, person_id: str) -> Heard | None:
        """What somebody listens to."""
        with self._lock:
            return self._heard.get(person_id)

    def all(self) -> tuple[Ordered, ...]:
        """Whatever is listened to."""
        with self._lock:
            return tuple(one.ordered for one in self._heard.values())
