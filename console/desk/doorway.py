"""Signing in through the front door: three factors judged in one act, one answer for every failure.

The front door says which key's signature it checked and what was typed; whose key that is, and whether password and
code fit, is decided here, together. What a visitor asked for besides a terminal becomes an event.
"""

from __future__ import annotations

from dataclasses import replace

from access.audit.events import DetailKey
from access.people import addresses, possession
from access.people import sign_in as signing
from access.people.sign_in import Proven
from access.policy import Action
from console.desk.act import Act, Later
from console.desk.api.base import Done, Refusal
from console.desk.api.doorway import NoteSideDoor, SignInBySsh
from console.desk.api.session import Me
from console.desk.kernel import handles
from console.desk.sessions import leave_line, refusal_of, take_seat


@handles(SignInBySsh)
def sign_in_by_ssh(act: Act, request: SignInBySsh) -> Later[Proven]:
    """Key, password and one-time code; the slow hash runs between two acts."""
    source = act.line.origin.source
    act.asked = Action.ACCOUNT_SESSION_SIGN_IN
    if addresses.shut(act.uow, source):
        act.refuse(signing.REFUSED.code, clause=signing.REFUSED.clause, ask=signing.REFUSED.ask)
    candidate = signing.find(act.uow, act.proofs, request.login, act.parts.hasher)
    hasher = act.parts.hasher

    def finish(second: Act, proven: Proven) -> Me | Refusal:
        only_tokens = second.parts.profile == "prod"
        outcome = signing.sign_in(
            replace(second.deed, actor=None),
            proven,
            request.code,
            second.parts.keys.factor,
            second.line.origin,
            possesses=lambda person_id: possession.signed_by(
                second.uow, second.proofs, person_id, bytes.fromhex(request.key), only_tokens=only_tokens
            ),
        )
        second.logged = True
        if outcome.actor is None:
            addresses.failed(second.uow, source)
            return refusal_of(second, outcome)
        addresses.succeeded(second.uow, source)
        leave_line(second)
        return take_seat(second, outcome.actor)

    return Later(lambda: signing.prove(candidate, request.password, hasher), finish)


@handles(NoteSideDoor)
def note_side_door(act: Act, request: NoteSideDoor) -> Done:
    """Keep that it was asked for; it was refused before."""
    often = ((DetailKey.COUNT, str(request.count)),) if request.count > 1 else ()
    act.log(
        "account:door:refuse",
        result="refused",
        rule=f"door.{request.what}",
        object_kind="door",
        detail=((DetailKey.CODE, request.what), *often),
    )
    return Done()
