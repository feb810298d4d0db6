"""The one door: every call is decided, carried out, logged and committed here, or nothing of it happened.

For each call, on the store's thread and in one transaction: who speaks is read from proven rows; a call answered
before under the same key answers the same; the capability's handler runs and asks `Act.require` before it touches
anything; a handler that appended no event is rolled back. A refusal undoes the act and is itself logged. The reply
leaves after the commit. What a capability does stands in its own module, registered with `@handles`.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from collections.abc import Callable
from typing import Any, Final, TypeVar

from access.errors import AccessError
from access.people.directory import load_actor
from access.policy import Action, Refused
from access.store.base import UnitOfWork
from console.desk import idempotency
from console.desk.act import Act, Later
from console.desk.api import calls
from console.desk.api.base import AnyCall, Call, Refusal
from console.desk.api.session import Greet, Lock, Resume, SignIn, SignInAs, SignOut, Unlock
from console.desk.line import Line
from console.desk.parts import Parts
from console.wire import encode_reply
from masking.errors import MaskingError
from masking.scrub import safe_repr

R = TypeVar("R")
C = TypeVar("C", bound=AnyCall)
Handler = Callable[[Act, Any], Any]

_BEFORE_SIGN_IN: Final = (Greet, SignIn, SignInAs, Resume)
_WHILE_LOCKED: Final = (Unlock, SignOut, Lock, Greet)
_SLOW_AT_ONCE: Final = 2  # Argon2id takes 64 MiB each
_ACTOR_FRESH: Final = 1_000_000  # microseconds an actor read from rows may be used: revocation bites within a second

_handlers: dict[type[AnyCall], Handler] = {}
_log = logging.getLogger("veildesk.kernel")


def handles(call: type[C]) -> Callable[[Callable[[Act, C], object]], Callable[[Act, C], object]]:
    """Register the function that carries out a call. One call, one handler.

    Raises:
        TypeError: the call has one already.
    """

    def register(handler: Callable[[Act, C], object]) -> Callable[[Act, C], object]:
        if call in _handlers:
            raise TypeError(call.__name__)
        _handlers[call] = handler
        return handler

    return register


class UnloggedAct(AccessError):
    """A handler came back without an event; what it did is undone."""

    default_code = "desk.unlogged"


class Kernel:
    """Carries out calls on the desk's parts.

    Raises:
        TypeError: a call of the protocol has no handler.
    """

    def __init__(self, parts: Parts) -> None:
        missing = [call.__name__ for call in calls() if call not in _handlers]
        if missing:
            raise TypeError(f"no handler for {', '.join(missing)}")
        self.parts = parts
        self._slow = asyncio.Semaphore(_SLOW_AT_ONCE)

    async def carry_out(self, line: Line, call: Call[R], key: str) -> bytes | Refusal:
        """One call of one line: the encoded reply, or why not."""
        try:
            outcome = await self._submit(line, call, key, lambda act: _handlers[type(call)](act, call))
            if isinstance(outcome, Later):
                async with self._slow:
                    result = await asyncio.to_thread(outcome.work)
                finish = outcome.finish
                outcome = await self._submit(line, call, key, lambda act: finish(act, result))
            return self._failed(TypeError(), type(call).__name__) if isinstance(outcome, Later) else outcome
        except UnloggedAct as fault:
            return self._failed(fault, type(call).__name__)
        except AccessError as shut:
            # No log, no clock, no store: nothing was done and nothing can be said of it but that.
            return Refusal(code=shut.code)
        except Exception as fault:  # noqa: BLE001 - the last line: nothing may reach a screen unscrubbed
            return self._failed(fault, type(call).__name__)

    async def _submit(
        self, line: Line, call: AnyCall, key: str, handler: Callable[[Act], object]
    ) -> bytes | Refusal | Later[Any]:
        return await asyncio.wrap_future(self.parts.store.submit(lambda uow: self._act(uow, line, call, key, handler)))

    async def leave(self, line: Line) -> None:
        """A line closed: end its session, tell the hub."""
        if line.person_id:
            await self.carry_out(line, SignOut(), secrets.token_hex(16))
        self.parts.hub.leave(line.number)

    def _failed(self, fault: BaseException, name: str) -> Refusal:
        reference = secrets.token_hex(4)
        _log.error("%s failed, reference %s: %s", name, reference, safe_repr(fault))
        return Refusal(code="desk.failed", params={"reference": reference})

    def _act(
        self, uow: UnitOfWork, line: Line, call: AnyCall, key: str, handler: Callable[[Act], object]
    ) -> bytes | Refusal | Later[Any]:
        act = Act(uow=uow, parts=self.parts, line=line)
        try:
            return self._answer(act, call, key, handler)
        except Refused as refused:
            decision = refused.decision
            refusal = Refusal(
                code=decision.code,
                params={name: str(value) for name, value in refused.params.items()},
                clause=decision.clause,
                ask=tuple(str(role) for role in decision.ask),
            )
        except MaskingError as fault:
            refusal = Refusal(code=fault.code)
        except UnloggedAct:
            raise
        except AccessError as fault:
            refusal = Refusal(code=fault.code, params={name: str(value) for name, value in fault.params.items()})
        uow.rollback_act()
        act.log_refusal(call, refusal)
        return refusal

    def _answer(
        self, act: Act, call: AnyCall, key: str, handler: Callable[[Act], object]
    ) -> bytes | Refusal | Later[Any]:
        self._seat(act, call)
        digest = idempotency.digest(call)
        if call.writes:
            known = idempotency.answered(act, key, digest)
            if known is not None:
                return known
        reply = handler(act)
        if isinstance(reply, Later):
            return reply
        if not act.logged:
            raise UnloggedAct
        if isinstance(reply, Refusal):
            # A refusal that must stay on the books, such as a counted failure to sign in.
            return reply
        encoded = encode_reply(reply)
        if call.writes:
            idempotency.keep(act, key, digest, encoded)
        return encoded

    def _seat(self, act: Act, call: AnyCall) -> None:
        """Who speaks, from rows that prove themselves; refuse a line that nobody is on, or that is locked."""
        line = act.line
        if not line.person_id:
            if isinstance(call, _BEFORE_SIGN_IN):
                return
            act.refuse("session.nobody")
        if line.locked and not isinstance(call, _WHILE_LOCKED):
            act.refuse("session.locked")
        if line.actor is None or not 0 <= act.now - line.actor_read_at < _ACTOR_FRESH:
            line.actor = load_actor(
                act.uow, self.parts.proofs, line.person_id, login_id=line.login_id, session_id=line.session_id
            )
            line.actor_read_at = act.now
        if line.actor is None or line.actor.state != "active":
            line.forget()
            self.parts.hub.seat(line.number, "", frozenset(), frozenset())
            act.refuse("session.ended")


__all__ = ["Action", "Kernel", "UnloggedAct", "handles"]
