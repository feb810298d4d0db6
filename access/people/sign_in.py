"""Signing in: password and one-time code, one answer for every failure, every attempt an event.

Three steps, so that the slow hash never holds up other people's acts: `find` reads (in a unit of work), `prove` hashes
(outside, the same work for a name that does not exist), `sign_in` decides and writes (in a unit of work again, where
everything is read afresh). Whatever fails — name, password, code, lock, state, gate — is answered by `signin.refused`;
only the log's detail tells which, and never what was typed.

A refusal is returned, not raised: the failure that was counted and logged must be committed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy.engine import RowMapping

from access.audit.events import DetailKey
from access.context import SECOND, Origin
from access.errors import StaleRow
from access.people import totp
from access.people.deed import Deed, log
from access.people.directory import find_login, load_actor
from access.people.factors import PASSWORD, SSH_KEY, TOTP, active_factor, open_seed, use_step
from access.people.lockout import Backoff, count_failure, forget_failures, locked_until
from access.people.passwords import Hasher
from access.people.sessions import add_session
from access.policy import Action, Actor, Conditions, Decision, Resource, decide
from access.roles import Role
from access.store.base import UnitOfWork
from access.store.proof import RowProofs
from access.store.schema import login
from masking.errors import MaskingError
from masking.sealing import FieldCipher

REFUSED: Final = Decision(
    allowed=False,
    role=None,
    rule="§3.2-1",
    code="signin.refused",
    clause="Y-4.2.2",
    ask=(Role.SYSTEM_ADMIN,),
)
"""The one answer to every failed attempt."""

NOT_SHOWN: Final = replace(REFUSED, code="stepup.refused", rule="Y-4.2.2")
"""The one answer to a code that does not count; wrong ones count like those of signing in."""

STEP_UP: Final = "account:session:step_up"


@dataclass(frozen=True, slots=True)
class Candidate:
    """Whom a login name stands for, perhaps nobody. Its text form hides the stored hash.

    Attributes:
        name: As typed.
        encoded: Stored hash, or the hasher's decoy.
        factor_id: Password factor it came from; none for nobody.
        version: Version of that factor.
    """

    name: str
    encoded: str
    factor_id: str | None = None
    version: int = 0

    def __repr__(self) -> str:
        return f"Candidate(factor_id={self.factor_id!r})"


@dataclass(frozen=True, slots=True)
class Proven:
    """A candidate whose password was tried."""

    candidate: Candidate
    fits: bool


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The outcome of an attempt.

    Attributes:
        actor: Who is signed in, with session; none when refused.
        decision: The answer.
        locked_until: Instant until which the name is locked, microseconds UTC; 0 or past for not. The same for names
            that do not exist.
    """

    actor: Actor | None
    decision: Decision
    locked_until: int = 0


def find(uow: UnitOfWork, proofs: RowProofs, name: str, hasher: Hasher) -> Candidate:
    """Return whom a login name stands for; for nobody, a candidate that costs the same work and fits nothing."""
    found = find_login(uow, proofs, name.strip())
    row = active_factor(uow, proofs, found["person_id"], PASSWORD) if found is not None else None
    if row is None:
        return Candidate(name, hasher.decoy)
    return Candidate(name, bytes(row["secret"]).decode(errors="replace"), row["id"], row["version"])


def prove(candidate: Candidate, password: str, hasher: Hasher) -> Proven:
    """Try the password: slow, no database, the same work whoever it is."""
    fits = hasher.verify(candidate.encoded, password)
    return Proven(candidate, fits and candidate.factor_id is not None)


def sign_in(
    deed: Deed,
    proven: Proven,
    code: str,
    cipher: FieldCipher,
    origin: Origin,
    *,
    backoff: Backoff | None = None,
    possesses: Callable[[str], bool] | None = None,
    key_kind: str = SSH_KEY,
) -> SignedIn:
    """Decide the attempt, count and log it, and open a session when it succeeds.

    Args:
        deed: Without an actor.
        proven: From `prove`.
        code: One-time code as typed.
        cipher: The key ring's `factor` cipher.
        origin: Where the person sits.
        backoff: Lock-out rule.
        possesses: Where a third factor was shown: whether it is that of this person, by id.
        key_kind: Which factor that was.
    """
    try:
        actor, row, step = _verified(deed, proven, code, cipher)
        _possessed(possesses, actor, key_kind)
        seated = replace(actor, session_id=deed.uow.ids.new())
        shown = TOTP if possesses is None else f"{key_kind}+{PASSWORD}+{TOTP}"
        _use(deed, seated, row, step, Action.ACCOUNT_SESSION_SIGN_IN, shown)
        add_session(deed.uow, seated.person_id, seated.login_id or "", origin, seated.session_id)
    except _Failed as failed:
        return _refuse(deed, proven.candidate.name, failed.why, backoff or Backoff())
    forget_failures(deed.uow, proven.candidate.name)
    return SignedIn(seated, _decision(seated, deed.uow.now))


def confirm(deed: Deed, proven: Proven, code: str, cipher: FieldCipher, backoff: Backoff | None = None) -> SignedIn:
    """Let the deed's actor prove both factors again, to unlock a screen or to step up. No session is opened."""
    try:
        actor, row, step = _verified(deed, proven, code, cipher)
        seated = _same_person(deed.actor, actor)
        _use(deed, seated, row, step, "account:session:confirm")
    except _Failed as failed:
        return _refuse(deed, proven.candidate.name, failed.why, backoff or Backoff())
    forget_failures(deed.uow, proven.candidate.name)
    return SignedIn(seated, _decision(seated, deed.uow.now))


def step_up(deed: Deed, login_id: str, code: str, cipher: FieldCipher, backoff: Backoff | None = None) -> SignedIn:
    """Let the deed's actor show another one-time code in her session. No code counts twice, wrong ones lock the name.

    Args:
        deed: With the actor.
        login_id: By which login she is signed in.
        code: As typed.
        cipher: The key ring's `factor` cipher.
        backoff: Lock-out rule.
    """
    held = deed.proofs.get(deed.uow, login, login_id)
    name = held["name"] if held is not None else ""
    try:
        actor, row, step = _shown(deed, _known(deed, name), code, cipher)
        seated = _same_person(deed.actor, actor)
        _use(deed, seated, row, step, STEP_UP)
    except _Failed as failed:
        return _refuse(deed, name, failed.why, backoff or Backoff(), NOT_SHOWN)
    forget_failures(deed.uow, name)
    return SignedIn(seated, _decision(seated, deed.uow.now))


def _possessed(possesses: Callable[[str], bool] | None, actor: Actor, key_kind: str) -> None:
    if possesses is not None and not possesses(actor.person_id):
        raise _Failed(key_kind)


def _same_person(seated: Actor | None, proven: Actor) -> Actor:
    if seated is None or seated.person_id != proven.person_id:
        raise _Failed("person")
    return seated


class _Failed(Exception):
    """Why an attempt fails; for the log alone."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


def _verified(deed: Deed, proven: Proven, code: str, cipher: FieldCipher) -> tuple[Actor, RowMapping, int]:
    found = _known(deed, proven.candidate.name)
    if not _still(deed, proven, found):
        raise _Failed("password")
    return _shown(deed, found, code, cipher)


def _known(deed: Deed, name: str) -> RowMapping:
    """The login of this name, unless it is locked."""
    if locked_until(deed.uow, name) > deed.uow.now:
        raise _Failed("locked")
    found = find_login(deed.uow, deed.proofs, name.strip())
    if found is None:
        raise _Failed("unknown")
    return found


def _shown(deed: Deed, found: RowMapping, code: str, cipher: FieldCipher) -> tuple[Actor, RowMapping, int]:
    actor = load_actor(deed.uow, deed.proofs, found["person_id"], login_id=found["id"])
    if actor is None or not _decision(actor, deed.uow.now).allowed:
        raise _Failed("gate")
    row = active_factor(deed.uow, deed.proofs, found["person_id"], TOTP)
    step = _step(deed, row, code, cipher)
    if row is None or step is None:
        raise _Failed("totp")
    return actor, row, step


def _use(deed: Deed, actor: Actor, row: RowMapping, step: int, action: str, shown: str = TOTP) -> None:  # noqa: PLR0917
    event = deed.event(
        action,
        person_id=actor.person_id,
        unit_id=actor.unit_id,
        session_id=actor.session_id,
        object_kind="login",
        object_id=actor.login_id,
        detail=((DetailKey.FACTOR, shown),),
    )
    try:
        use_step(deed, row, step, event)
    except StaleRow:
        raise _Failed("totp") from None


def _still(deed: Deed, proven: Proven, found: RowMapping) -> bool:
    row = active_factor(deed.uow, deed.proofs, found["person_id"], PASSWORD)
    tried = (proven.candidate.factor_id, proven.candidate.version)
    return proven.fits and row is not None and (row["id"], row["version"]) == tried


def _step(deed: Deed, row: RowMapping | None, code: str, cipher: FieldCipher) -> int | None:
    if row is None:
        return None
    try:
        seed = open_seed(row, cipher)
    except MaskingError:
        return None
    return totp.matching_step(seed, code, deed.uow.now, row["last_step"])


def _decision(actor: Actor, now: int) -> Decision:
    desk = Resource(kind="desk", subject_person_id=actor.person_id)
    return decide(actor, Action.ACCOUNT_SESSION_SIGN_IN, desk, Conditions(clock_ok=True, log_ok=True), now)


def _refuse(deed: Deed, name: str, why: str, backoff: Backoff, answer: Decision = REFUSED) -> SignedIn:
    locked = locked_until(deed.uow, name)
    until = locked if locked > deed.uow.now else count_failure(deed.uow, name, backoff)
    found = find_login(deed.uow, deed.proofs, name.strip())
    log(
        deed,
        Action.ACCOUNT_SESSION_SIGN_IN if answer is REFUSED else STEP_UP,
        result="refused",
        rule=answer.code,
        object_kind="login",
        object_id=found["id"] if found is not None else None,
        person_id=found["person_id"] if found is not None else None,
        detail=(
            (DetailKey.CODE, f"signin.{why}"),
            (DetailKey.SECONDS, str(max(0, until - deed.uow.now) // SECOND)),
        ),
    )
    return SignedIn(None, answer, until)
