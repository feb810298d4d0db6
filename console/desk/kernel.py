"""The one door: every call is decided, carried out, logged and committed here, or nothing of it happened.

For each call, on the store's thread and in one transaction: who speaks is read from proven rows; a call answered
before under the same key answers the same; the capability's handler runs and asks `Act.require` before it touches
anything; a handler that appended no event is rolled back. A refusal undoes the act and is itself logged, and so is a
failure, in an act of its own. The reply leaves after the commit, and only to whoever was on the line when it was asked
for. What a capability does stands in its own module, registered with `@handles`.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, Final, NamedTuple, TypeVar

from access.errors import AccessError
from access.people.directory import load_actor
from access.people.sessions import DISPLACED, close_reason, close_session
from access.policy import Action, Decision, Refused, step_up
from access.store.base import UnitOfWork
from console.desk import idempotency, seating
from console.desk.act import Act, Later, Unproven
from console.desk.admission import BEFORE_SIGN_IN, CHANGES_SEAT, HASHING, SHUTTING, WHILE_LOCKED
from console.desk.api import calls
from console.desk.api.base import AnyCall, Call, Refusal
from console.desk.api.session import Lock, SignOut, WhoAmI
from console.desk.fitness import fits
from console.desk.line import Known, Line, Pace, Sitting
from console.desk.parts import Parts
from console.wire import encode_reply
from masking.errors import MaskingError
from masking.scrub import safe_repr

R = TypeVar("R")
C = TypeVar("C", bound=AnyCall)
Handler = Callable[[Act, Any], Any]

_SLOW_AT_ONCE: Final = 2  # Argon2id takes 64 MiB each
_ENDED: Final = frozenset({"session.displaced", "session.ended"})
_BREATH: Final = 0.25  # seconds until a call that came too fast is refused
_ACTOR_FRESH: Final = 1_000_000  # microseconds an actor read from rows may be used: revocation bites within a second
_COMMAND_LASTS: Final = 3600 * 1_000_000  # microseconds: a session of a command takes no screen, so it ends by itself
_LETTERS: Final = "bcdfghjkmnpqrstvwxz"  # a reference without digits is never taken for somebody's number
_REFERENCE: Final = 8

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


@contextmanager
def _leaving(line: Line, call: AnyCall) -> Iterator[None]:
    """From the moment somebody asks to lock or to leave, nothing asked for before is answered with data any more."""
    code = "session.locked" if isinstance(call, Lock) else "session.ended" if isinstance(call, SignOut) else ""
    if code:
        line.leaving = (*line.leaving, code)
    try:
        yield
    finally:
        if code:
            line.leaving = line.leaving[:-1]


def _asks(act: Act, key: str, decision: Decision) -> dict[str, str]:
    """What the person is to prove and for what; the line remembers the call, so that a proof can be for this one."""
    act.line.want(key, act.call)
    return {
        "act": str(act.asked or ""),
        "how": str(decision.step_up or ""),
        "factor": "none" if act.parts.profile == "demo" else "totp",
    }


class _Done(NamedTuple):
    """What one act came to, and who was on the line for it."""

    outcome: bytes | Refusal | Later[Any]
    sitting: Sitting | None


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
        # Apart, so that an auditor's long verification keeps nobody from signing in.
        self._hashing = asyncio.Semaphore(_SLOW_AT_ONCE)
        self._working = asyncio.Semaphore(_SLOW_AT_ONCE)

    async def carry_out(self, line: Line, call: Call[R], key: str) -> bytes | Refusal:
        """One call of one line: the encoded reply, or why not."""
        if line.pace is not None and not isinstance(call, SHUTTING) and not line.pace.take(time.monotonic()):
            return await self._too_fast(line, line.pace, call)
        try:
            with _leaving(line, call):
                return await self._carried_out(line, call, key)
        except Exception as fault:  # noqa: BLE001 - the last line: nothing may reach a screen unscrubbed
            return await self._failed(line, call, fault)

    async def _too_fast(self, line: Line, pace: Pace, call: AnyCall) -> Refusal:
        """Refuse without touching the store, and not at once: whoever floods waits for each refusal. Logged once."""
        refusal = Refusal(code="line.too_fast")
        if not pace.told:
            pace.told = True

            def note(uow: UnitOfWork) -> None:
                Act(uow=uow, parts=self.parts, line=line).log_refusal(call, refusal)

            await asyncio.wrap_future(self.parts.store.submit(note))
        await asyncio.sleep(_BREATH)
        return refusal

    async def leave(self, line: Line) -> None:
        """A line closed: end its session, tell the hub."""
        if line.sitting is not None:
            await self.carry_out(line, SignOut(), secrets.token_hex(16))
        line.forget(line.sitting)
        self.parts.hub.leave(line.number)

    async def _carried_out(self, line: Line, call: AnyCall, key: str) -> bytes | Refusal:
        done = await self._submit(line, call, key, lambda act: _handlers[type(call)](act, call))
        if isinstance(done.outcome, Later):
            later, begun_by = done.outcome, done.sitting
            async with line.slow, self._hashing if isinstance(call, HASHING) else self._working:
                result = await asyncio.to_thread(later.work)

            def finish(act: Act) -> object:
                if act.sitting is not begun_by:
                    act.refuse("session.ended")
                return later.finish(act, result)

            done = await self._submit(line, call, key, finish)
        if isinstance(done.outcome, Later):
            raise TypeError(type(call).__name__)
        if isinstance(done.outcome, bytes) and not isinstance(call, CHANGES_SEAT):
            now = line.sitting
            # Locked, left or somebody else's by now: what was asked for is not for this screen any more.
            if line.leaving:
                return Refusal(code=line.leaving[-1])
            if now is not done.sitting:
                return Refusal(code="session.locked" if now is not None and now.locked else "session.ended")
        return done.outcome

    async def _submit(self, line: Line, call: AnyCall, key: str, handler: Callable[[Act], object]) -> _Done:
        def act(uow: UnitOfWork) -> _Done:
            return self._act(Act(uow=uow, parts=self.parts, line=line), call, key, handler)

        store = self.parts.store
        try:
            return await asyncio.wrap_future(store.submit(act))
        except idempotency.KeyTaken:
            # The same call under the same key won a moment ago; its answer is there now.
            return await asyncio.wrap_future(store.submit(act))

    async def _failed(self, line: Line, call: AnyCall, fault: Exception) -> Refusal:
        """Answer what went wrong and put it into the log, if the log can take it."""
        if isinstance(fault, AccessError) and not isinstance(fault, UnloggedAct | Unproven):
            # No log, no clock, no store: nothing was done and nothing can be said of it but that.
            refusal = Refusal(code=fault.code)
        else:
            reference = "".join(secrets.choice(_LETTERS) for _ in range(_REFERENCE))
            _log.error("%s failed, reference %s: %s", type(call).__name__, reference, safe_repr(fault))
            refusal = Refusal(code="desk.failed", params={"reference": reference})

        def note(uow: UnitOfWork) -> None:
            Act(uow=uow, parts=self.parts, line=line).log_refusal(call, refusal, "failed")

        try:
            await asyncio.wrap_future(self.parts.store.submit(note))
        except Exception as shut:  # noqa: BLE001 - nothing was done; that it could not be logged is all there is to say
            _log.warning("%s failed unlogged: %s", type(call).__name__, safe_repr(shut))
        return refusal

    def _act(self, act: Act, call: AnyCall, key: str, handler: Callable[[Act], object]) -> _Done:
        try:
            return _Done(self._answer(act, call, key, handler), act.sitting)
        except Refused as refused:
            decision = refused.decision
            asks = _asks(act, key, decision) if decision.code == step_up.REQUIRED else {}
            refusal = Refusal(
                code=decision.code,
                params={name: str(value) for name, value in refused.params.items()} | asks,
                clause=decision.clause,
                ask=tuple(str(role) for role in decision.ask),
            )
        except MaskingError as fault:
            refusal = Refusal(code=fault.code)
        except (UnloggedAct, Unproven):
            raise
        except AccessError as fault:
            refusal = Refusal(code=fault.code, params={name: str(value) for name, value in fault.params.items()})
        act.uow.rollback_act()
        act.log_refusal(call, refusal)
        if refusal.code in _ENDED and act.sitting is not None:
            close_session(act, act.sitting.session_id, "revoked")
            seating.empty(act)
        return _Done(refusal, act.sitting)

    def _answer(
        self, act: Act, call: AnyCall, key: str, handler: Callable[[Act], object]
    ) -> bytes | Refusal | Later[Any]:
        self._seat(act, call)
        if not fits(call):
            act.refuse("desk.call_unfit")
        digest = idempotency.digest(call)
        act.call = idempotency.name(key, digest)
        if call.writes:
            known = idempotency.answered(act, key, digest)
            if known is not None:
                act.log(idempotency.REPEATED, object_kind="call", object_id=str(call.__struct_config__.tag))
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
        line, sitting = act.line, act.sitting
        if sitting is None:
            if isinstance(call, BEFORE_SIGN_IN):
                return
            act.refuse("session.nobody")
        if sitting.locked and not isinstance(call, WHILE_LOCKED):
            act.refuse("session.locked")
        if sitting.command and act.now - sitting.opened_at >= _COMMAND_LASTS:
            act.who = None
            act.refuse("session.ended")
        known = line.known
        fresh = known is not None and known.sitting is sitting and 0 <= act.now - known.at < _ACTOR_FRESH
        if known is None or not fresh or isinstance(call, WhoAmI):
            who = load_actor(
                act.uow,
                self.parts.proofs,
                sitting.person_id,
                login_id=sitting.login_id,
                session_id=sitting.session_id,
            )
            if who is None or who.state != "active":
                act.who = None
                gone = close_reason(act.uow, sitting.session_id)
                act.refuse("session.displaced" if gone == DISPLACED else "session.ended")
            known = Known(sitting, who, act.now)
            seating.reseat(act, who)
            line.known = known
        act.who = known.actor


__all__ = ["Action", "Kernel", "UnloggedAct", "handles"]
