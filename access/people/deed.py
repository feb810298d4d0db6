"""Who acts in a unit of work, and the events written in their name.

Everything in `access.people` and `access.grants` that writes takes a `Deed`, so that no event can leave out person,
place or session. The desk hands in its own; `Hand` is a plain one, for founding a desk and for tests.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Protocol

from access.audit.events import Event, Verb
from access.context import Origin
from access.policy import ROLE_PURPOSES, Actor
from access.roles import Role
from access.store.base import UnitOfWork
from access.store.proof import RowProofs
from access.store.schema import DESK_TENANT

_VERBS: Final = {"account": Verb.PROCESS, "import": Verb.COLLECT}


class Deed(Protocol):
    """What an act is carried out with."""

    @property
    def uow(self) -> UnitOfWork:
        """The transaction."""
        ...

    @property
    def proofs(self) -> RowProofs:
        """Writes and checks rows that prove themselves."""
        ...

    @property
    def actor(self) -> Actor | None:
        """Who acts; none for the desk itself (expiry, escalation) and before anybody signed in."""
        ...

    def event(self, action: str, **more: Any) -> Event:  # noqa: ANN401 - the closed schema checks each field
        """Build an event in the actor's name, not yet appended; `more` sets or overrides fields of `Event`."""
        ...


def log(deed: Deed, action: str, **more: Any) -> Event:  # noqa: ANN401 - as `Deed.event`
    """Append an event that writes no proven row."""
    event = deed.event(action, **more)
    deed.uow.append(event)
    return event


@dataclass(slots=True)
class Hand:
    """A deed with nothing but itself behind it.

    Attributes:
        uow: The transaction.
        proofs: Writes and checks rows that prove themselves.
        actor: Who acts; none for the desk itself.
        origin: Address and terminal.
        role: Role in which the decision allowed the act; else the actor's only role is named.
    """

    uow: UnitOfWork
    proofs: RowProofs
    actor: Actor | None = None
    origin: Origin | None = None
    role: Role | None = None

    def event(self, action: str, **more: Any) -> Event:  # noqa: ANN401 - the closed schema checks each field
        """Build an event of this deed, not yet appended."""
        actor, role = self.actor, self.role
        if role is None and actor is not None and len(actor.roles) == 1:
            role = next(iter(actor.roles))
        values: dict[str, Any] = {
            "id": self.uow.ids.new(),
            "at": self.uow.now,
            "action": str(action),
            "verb": _VERBS.get(str(action).partition(":")[0], Verb.USE),
            "tenant_id": DESK_TENANT,
            "person_id": actor.person_id if actor else None,
            "role": str(role) if role else None,
            "unit_id": actor.unit_id if actor else None,
            "session_id": actor.session_id if actor else None,
            "source": self.origin.source if self.origin else None,
            "terminal": self.origin.terminal if self.origin else None,
            "purpose": str(min(ROLE_PURPOSES[role])) if role else None,
        }
        return Event(**{**values, **more})
