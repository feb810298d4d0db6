"""One act: what a handler may use while it carries out a call, and the only way it decides, logs and tells.

A handler gets nothing else: no store, no engine, no other line.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Final, Generic, Literal, NoReturn, TypeVar

from sqlalchemy import Connection

from access.audit.events import CASE_NUMBER, DetailKey, Event
from access.errors import AccessError
from access.people.deed import Hand
from access.policy import (
    ACTIONS,
    ROLE_PURPOSES,
    Action,
    Actor,
    Conditions,
    Decision,
    Proof,
    Purpose,
    Refused,
    Resource,
    decide,
    settled,
)
from access.roles import Role
from access.store.base import UnitOfWork
from access.store.proof import RowProofs
from console.desk.api.base import AnyCall, Refusal, Value
from console.desk.hub import Audience
from console.desk.line import Line, Sitting
from console.desk.parts import Parts

T = TypeVar("T")

_STEP_UP: Final = frozenset(str(action) for action, spec in ACTIONS.items() if spec.step_up is not None)


class Unproven(AccessError):
    """An act of weight was about to be done by somebody who had not proven herself; a fault of its handler."""

    default_code = "desk.unproven"


@dataclass(frozen=True, slots=True)
class Later(Generic[T]):
    """A handler's answer when slow work stands between two acts.

    The first act decides and logs; then `work` runs on a thread of its own, outside any transaction, with nothing but
    what it was given; then `finish` answers in a second act, with who speaks read afresh.
    """

    work: Callable[[], T]
    finish: Callable[[Act, T], Value]


@dataclass(slots=True)
class Act:
    """One call being carried out.

    Attributes:
        uow: its transaction. parts: the desk. line: where it came from.
        sitting: who was on the line when the act began; stays whoever comes and goes meanwhile.
        who: that person as proven rows say; none before signing in and for the desk's own clockwork.
        logged: whether an event was appended. role: in which the last decision allowed. asked: what was decided last.
        call: names the call, key and all. proof: what the person proved last. proven: it was counted in and held.
    """

    uow: UnitOfWork
    parts: Parts
    line: Line
    sitting: Sitting | None = field(init=False)
    who: Actor | None = field(default=None, init=False)
    logged: bool = field(default=False, init=False)
    role: Role | None = field(default=None, init=False)
    asked: Action | None = field(default=None, init=False)
    call: bytes = field(default=b"", init=False)
    proof: Proof | None = field(default=None, init=False)
    proven: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        """Take who sits on the line, once."""
        self.sitting, self.proof = self.line.sitting, self.line.proof
        known = self.line.known
        if known is not None and known.sitting is self.sitting:
            self.who = known.actor

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
        if self.who is None:
            self.refuse("session.nobody")
        return self.who

    @property
    def seated(self) -> Sitting:
        """Who is on the line.

        Raises:
            Refused: nobody is.
        """
        if self.sitting is None:
            self.refuse("session.nobody")
        return self.sitting

    @property
    def proofs(self) -> RowProofs:
        """Writes and checks rows that prove themselves."""
        return self.parts.proofs

    @property
    def unit_id(self) -> str | None:
        """The unit that the person works for: a supervised one first, then any that a seat reaches, then their own."""
        seats = [seat for seat in self.actor.seats if seat.valid_from <= self.now < seat.valid_until and seat.unit_id]
        supervised = [seat.unit_id for seat in seats if seat.role is Role.SUPERVISOR]
        return next(iter([*supervised, *(seat.unit_id for seat in seats)]), self.actor.unit_id)

    @property
    def deed(self) -> Hand:
        """This act as `access.people` takes it."""
        return Hand(
            uow=self.uow,
            proofs=self.parts.proofs,
            actor=self.who,
            origin=self.line.origin,
            role=self.role,
        )

    def allowed(self, action: Action, resource: Resource, conditions: Conditions | None = None) -> Decision:
        """Ask the one decision, with the desk's live conditions filled in; does not refuse by itself."""
        self.asked = action
        base = conditions or Conditions()
        purposes = [one for role in sorted(self.actor.roles) for one in sorted(ROLE_PURPOSES[role])]
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
            Refused: with the decision's code, rule and whom to ask; `stepup.required` where a code is asked for.
        """
        decision = self.settle(self.allowed(action, resource, conditions))
        if not decision.allowed:
            raise Refused(decision)
        self.role = decision.role
        return decision

    def settle(self, decision: Decision) -> Decision:
        """Count in what the person proved in this session; whoever acts on a decision does, whoever only asks not."""
        counted = settled(decision, self.proof, self.call, self.now)
        self.proven = self.proven or (counted.allowed and counted.step_up is not None)
        return counted

    def refuse(self, code: str, *, clause: str = "", ask: tuple[Role, ...] = (), **params: str) -> NoReturn:
        """End the act for a reason that is not the policy's: a state, a budget, a form.

        Raises:
            Refused: always.
        """
        decision = Decision(allowed=False, role=None, rule=code, code=code, clause=clause, ask=ask)
        raise Refused(decision, **params)

    def event(self, action: str, **more: Any) -> Event:  # noqa: ANN401 - the closed schema checks each field
        """An event of this act, not yet appended (rows that prove themselves append theirs).

        `more` overrides or adds fields of the closed schema: case_id, object_kind, object_id, fields, detail, …

        Raises:
            Unproven: the act asks for another code, and no decision counted one in.
        """
        if action in _STEP_UP and self.who is not None and not self.proven and more.get("result", "ok") == "ok":
            raise Unproven
        if self.sitting is not None:
            more.setdefault("person_id", self.sitting.person_id)
            more.setdefault("session_id", self.sitting.session_id)
        self.logged = True
        return self.deed.event(action, **more)

    def log(self, action: str, **more: Any) -> Event:  # noqa: ANN401 - the closed schema checks each field
        """Append an event to the act's transaction."""
        event = self.event(action, **more)
        self.uow.append(event)
        return event

    def log_refusal(self, call: AnyCall, refusal: Refusal, result: Literal["refused", "failed"] = "refused") -> None:
        """Log that a call was refused or failed, with the case it was about where it names one."""
        about = _case_named(call)
        self.log(
            str(self.asked or "desk:call:answer"),
            result=result,
            rule=refusal.code,
            detail=((DetailKey.CODE, str(call.__struct_config__.tag)),),
            **({"object_kind": "case", "object_id": about} if about else {}),
        )

    def push(self, kind: str, subject: str, audience: Audience) -> None:
        """Tell whom it concerns, once the act is committed."""
        hub = self.parts.hub
        self.uow.after_commit(lambda: hub.publish(kind, subject, audience))


_ID: Final = re.compile(r"[0-9a-f]{32}")
_NAMING: Final = ("case_id", "case", "case_number")
"""Parameters of calls that name a case, by its id or its number."""


def _case_named(call: AnyCall) -> str:
    """The case that a call names, as it names it; empty for none. Whatever else stands there is nobody's to log."""
    listed = getattr(call, "case_ids", ())
    for said in (*(getattr(call, name, None) for name in _NAMING), *(listed if len(listed) == 1 else ())):
        if isinstance(said, str) and (_ID.fullmatch(said) or CASE_NUMBER.fullmatch(said)):
            return said
    searched = getattr(call, "value", None) if getattr(call, "kind", "") == "case_number" else None
    number = searched.strip().upper() if isinstance(searched, str) else ""
    return number if CASE_NUMBER.fullmatch(number) else ""
