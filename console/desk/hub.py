"""Pushes: after a commit, the lines that may re-read are told that something changed, never what.

A push goes to named persons, to those whose seats reach all of a unit's work, to the unit's members, or to every line
of a role. An id of a case or request tells that it exists, so it goes to nobody who could not read it. The hub knows
which line belongs to whom because the desk told it, not the line.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from console.desk.api.base import Push

Deliver = Callable[[Push], None]


@dataclass(frozen=True, slots=True)
class Audience:
    """Whom a push concerns: any of these.

    Attributes:
        persons: People.
        units: Units; whoever may read all of one's work, its supervisors.
        roles: Roles that reach the whole desk.
        members: Units; everybody who belongs to one. For what names the unit and no case of it.
    """

    persons: frozenset[str] = frozenset()
    units: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    members: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls,
        *persons: str | None,
        units: tuple[str | None, ...] = (),
        roles: tuple[str, ...] = (),
        members: tuple[str | None, ...] = (),
    ) -> Audience:
        """An audience; absent ids are left out."""
        return cls(
            persons=frozenset(person for person in persons if person),
            units=frozenset(unit for unit in units if unit),
            roles=frozenset(roles),
            members=frozenset(unit for unit in members if unit),
        )


@dataclass(slots=True)
class Listener:
    """A line's standing in the hub; `person_id` is empty until somebody signed in on it."""

    deliver: Deliver
    person_id: str = ""
    units: frozenset[str] = frozenset()
    roles: frozenset[str] = frozenset()
    member_of: str = ""
    locked: bool = False
    session_id: str = ""

    def concerned(self, audience: Audience) -> bool:
        """Whether a push for this audience is for this line."""
        return bool(
            self.person_id
            and (
                self.person_id in audience.persons
                or self.member_of in audience.members
                or self.units & audience.units
                or self.roles & audience.roles
            )
        )


@dataclass(slots=True)
class Hub:
    """Delivers pushes to listeners; safe to call from any thread."""

    _listeners: dict[int, Listener] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _version: int = 0
    _next: int = 0

    def join(self, deliver: Deliver) -> int:
        """Add a line; returns its number. `deliver` must not block."""
        with self._lock:
            self._next += 1
            self._listeners[self._next] = Listener(deliver)
            return self._next

    def leave(self, number: int) -> None:
        """Forget a line."""
        with self._lock:
            self._listeners.pop(number, None)

    def seat(
        self,
        number: int,
        person_id: str,
        units: frozenset[str] = frozenset(),
        roles: frozenset[str] = frozenset(),
        member_of: str = "",
        *,
        locked: bool = False,
        session_id: str = "",
    ) -> None:
        """Say who now speaks on a line and what they may hear about; an empty person means nobody."""
        with self._lock:
            listener = self._listeners.get(number)
            if listener is not None:
                listener.person_id, listener.member_of, listener.locked = person_id, member_of, locked
                listener.units, listener.roles, listener.session_id = units, roles, session_id

    def publish(self, kind: str, subject: str, audience: Audience) -> None:
        """Tell everybody concerned."""
        with self._lock:
            self._version += 1
            push = Push(kind=kind, id=subject, version=self._version)
            concerned = [one for one in self._listeners.values() if one.concerned(audience)]
        for listener in concerned:
            listener.deliver(push)

    def presence(self) -> dict[str, str]:
        """Persons with an open line now: `online`, or `locked` where each of their lines is."""
        found: dict[str, str] = {}
        with self._lock:
            for one in self._listeners.values():
                if one.person_id and found.get(one.person_id) != "online":
                    found[one.person_id] = "locked" if one.locked else "online"
        return found

    def sittings(self) -> dict[str, str]:
        """Sessions with an open line now, by id: `active` or `locked`."""
        with self._lock:
            return {
                one.session_id: "locked" if one.locked else "active"
                for one in self._listeners.values()
                if one.session_id
            }

    def present(self) -> frozenset[str]:
        """Persons with an open line now."""
        with self._lock:
            return frozenset(one.person_id for one in self._listeners.values() if one.person_id)
