"""One act: what a handler may use while it carries out a call, and the only way it decides, logs and tells.

A handler gets nothing else: no store, no engine, no other line.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Final, NoReturn

from access.people.directory import Actor
from access.store.base import UnitOfWork
from sqlalchemy import Connection

from access.audit.events import DetailKey, Event, Verb
from access.policy import Action, Conditions, Decision, Purpose, Refused, Resource, decide
from access.roles import Role
from access.store.schema import DESK_TENANT
from console.desk.api.base import AnyCall, Refusal
from console.desk.hub import Audience
from console.desk.line import Line
from console.desk.parts import Parts

_PURPOSES: Final = {
    Role.AGENT: Purpose.COLLECTION,
    Role.SUPERVISOR: Purpose.COLLECTION,
    Role.AGENCY_AGENT: Purpose.COLLECTION,
    Role.AGENCY_MANAGER: Purpose.COLLECTION,
    Role.REVIEWER: Purpose.REVIEW,
    Role.AUDITOR: Purpose.AUDIT,
    Role.COMPLIANCE: Purpose.COMPLIANCE,
    Role.SECURITY_ADMIN: Purpose.SECURITY,
    Role.SYSTEM_ADMIN: Purpose.ADMINISTRATION,
}

_VERBS: Final = {
    "import": Verb.COLLECT,
    "source": Verb.COLLECT,
    "account": Verb.PROCESS,
    "audit": Verb.USE,
}


@dataclass(slots=True)
class Act:
    """One call being carried out.

    Attributes:
        uow: its transaction. parts: the desk. line: who speaks, as the desk knows.
        logged: whether an event was appended. role: in which the last decision allowed. asked: what was decided last.
    """

    uow: UnitOfWork
    parts: Parts
    line: Line
    logged: bool = field(default=False, init=False)
    role: Role | None = field(default=None, init=False)
    asked: Action | None = field(default=None, init=False)

    @property
    def now(self) -> int:
        """The act's instant, microseconds UTC."""
        return self.uow.now

    @property
    def db(self) -> Connection:
        """The act's connection."""
        return self.uow.connection

    @property
    def actor(self) -> Actor:
        """Who acts.

        Raises:
            Refused: nobody is signed in.
        """
        if self.line.actor is None:
            self.refuse("session.nobody")
        return self.line.actor

    @property
    def purpose(self) -> Purpose:
        """The purpose that the role acted in serves; the strictest when several are held."""
        role = self.role or next(iter(sorted(self.actor.roles)), None)
        return _PURPOSES[role] if role else Purpose.ADMINISTRATION

    def allowed(self, action: Action, resource: Resource, conditions: Conditions | None = None) -> Decision:
        """Ask the one decision, with the desk's live conditions filled in; does not refuse by itself."""
        self.asked = action
        base = conditions or Conditions()
        purposes = [_PURPOSES[role] for role in sorted(self.actor.roles)]
        decision: Decision | None = None
        for purpose in dict.fromkeys([base.purpose] if base.purpose else purposes or [Purpose.ADMINISTRATION]):
            decision = decide(
                self.actor,
                action,
                resource,
                replace(base, purpose=purpose, clock_ok=True, keys_ok=True, log_ok=True),
                self.now,
            )
            if decision.allowed:
                break
        if decision is None:
            self.refuse("policy.broken")
        return decision

    def require(self, action: Action, resource: Resource, conditions: Conditions | None = None) -> Decision:
        """Decide, or end the act.

        Raises:
            Refused: with the decision's code, rule and whom to ask.
        """
        decision = self.allowed(action, resource, conditions)
        if not decision.allowed:
            raise Refused(decision)
        self.role = decision.role
        return decision

    def refuse(self, code: str, *, clause: str = "", ask: tuple[Role, ...] = (), **params: str) -> NoReturn:
        """End the act for a reason that is not the policy's: a state, a budget, a form.

        Raises:
            Refused: always.
        """
        decision = Decision(allowed=False, role=None, rule=code, code=code, clause=clause, ask=ask)
        raise Refused(decision, **params)

    def event(self, action: str, **more: Any) -> Event:
        """An event of this act, not yet appended (rows that prove themselves append theirs).

        `more` overrides or adds fields of the closed schema: case_id, object_kind, object_id, fields, detail, …
        """
        actor = self.line.actor
        role = self.role or (next(iter(sorted(actor.roles)), None) if actor else None)
        values: dict[str, Any] = {
            "id": self.parts.ids.new(),
            "at": self.now,
            "action": str(action),
            "verb": _VERBS.get(str(action).partition(":")[0], Verb.USE),
            "tenant_id": DESK_TENANT,
            "person_id": actor.person_id if actor else None,
            "role": str(role) if role else None,
            "unit_id": actor.unit_id if actor else None,
            "source": self.line.origin.source,
            "terminal": self.line.origin.terminal,
            "session_id": self.line.session_id or None,
            "purpose": str(_PURPOSES[role]) if role else None,
        }
        self.logged = True
        return Event(**{**values, **more})

    def log(self, action: str, **more: Any) -> Event:
        """Append an event to the act's transaction."""
        event = self.event(action, **more)
        self.uow.append(event)
        return event

    def log_refusal(self, call: AnyCall, refusal: Refusal) -> None:
        """Log that a call was refused, with the case it was about where it names one."""
        about = getattr(call, "case_id", None)
        self.log(
            str(self.asked or "desk:call:answer"),
            result="refused",
            rule=refusal.code,
            detail=((DetailKey.CODE, str(call.__struct_config__.tag)),),
            **({"object_kind": "case", "object_id": about} if _is_id(about) else {}),
        )

    def push(self, kind: str, subject: str, audience: Audience) -> None:
        """Tell whom it concerns, once the act is committed."""
        hub = self.parts.hub
        self.uow.after_commit(lambda: hub.publish(kind, subject, audience))


_ID_DIGITS: Final = 32


def _is_id(text: object) -> bool:
    return isinstance(text, str) and len(text) == _ID_DIGITS and all(mark in "0123456789abcdef" for mark in text)
