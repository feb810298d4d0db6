"""Three factors at the desk's own machine: password, one-time code and a challenge signed with the person's key.

A challenge is random, belongs to one line, one purpose, one machine and desk, and is taken back by the first answer,
right or wrong, or by two minutes. All three factors are judged together and answered alike, as at the front door.
"""

from __future__ import annotations

import os
import secrets
import socket
from dataclasses import replace
from typing import Final

from access.people import factors, local_keys, possession
from access.people import sign_in as signing
from access.people.sign_in import Proven
from access.policy import Action
from console.desk.act import Act, Later
from console.desk.api.base import Refusal
from console.desk.api.challenge import AskChallenge, Challenge, SignInWithKey
from console.desk.api.session import Me
from console.desk.kernel import handles
from console.desk.sessions import leave_line, refusal_of, take_seat

SIGN_IN: Final = "sign_in"
_NONCE: Final = 32


@handles(AskChallenge)
def ask(act: Act, request: AskChallenge) -> Challenge:
    """Something that nobody has signed before."""
    if request.purpose != SIGN_IN:
        act.refuse("challenge.purpose")
    nonce, line, now = secrets.token_hex(_NONCE), act.line, act.now
    act.log("account:challenge:give", object_kind="line")

    def keep() -> None:
        line.challenge[SIGN_IN] = (nonce, now)

    act.uow.after_commit(keep)
    return Challenge(line=_line(act), purpose=SIGN_IN, at=now, nonce=nonce)


@handles(SignInWithKey)
def sign_in(act: Act, request: SignInWithKey) -> Later[Proven]:
    """All three together; the slow hash runs between two acts."""
    act.asked = Action.ACCOUNT_SESSION_SIGN_IN
    message = _signed(act, request.login)
    candidate = signing.find(act.uow, act.proofs, request.login, act.parts.hasher)
    hasher = act.parts.hasher

    def finish(second: Act, proven: Proven) -> Me | Refusal:
        outcome = signing.sign_in(
            replace(second.deed, actor=None),
            proven,
            request.code,
            second.parts.keys.factor,
            second.line.origin,
            possesses=lambda person_id: _possesses(second, person_id, message, request.signature),
            key_kind=factors.LOCAL_KEY,
        )
        second.logged = True
        if outcome.actor is None:
            return refusal_of(second, outcome)
        leave_line(second)
        return take_seat(second, outcome.actor, command=request.command)

    return Later(lambda: signing.prove(candidate, request.password, hasher), finish)


def _possesses(act: Act, person_id: str, message: bytes, signature: str) -> bool:
    try:
        answer = bytes.fromhex(signature)
    except ValueError:
        return False
    only_tokens = act.parts.profile == "prod"
    return bool(message) and possession.answered_by(
        act.uow, act.proofs, person_id, message, answer, only_tokens=only_tokens
    )


def _signed(act: Act, login: str) -> bytes:
    """What the line was to sign, taken back from it; nothing where it was given nothing, or too long ago."""
    nonce, at = act.line.challenge.pop(SIGN_IN, ("", 0))
    home = act.parts.home
    if not nonce or home is None or not 0 <= act.now - at < local_keys.FRESH:
        return b""
    return local_keys.challenge(
        host=socket.gethostname(),
        home=os.path.realpath(home.root),
        line=_line(act),
        purpose=SIGN_IN,
        login=login,
        at=at,
        nonce=nonce,
    )


def _line(act: Act) -> str:
    return f"{act.line.number}/{act.line.origin.terminal}"
