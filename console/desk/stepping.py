"""Proving again in one's session: a one-time code for acts of weight (Y-4.2.2), and what it is good for.

What asks for it is the decision's (`access.policy.step_up`); here the code is checked, the event says so, and the line
keeps when it was shown and for which call. A demo desk, which has no factors, takes an empty answer.
"""

from __future__ import annotations

from access.audit.events import DetailKey
from access.people import sign_in as signing
from access.policy import Proof
from console.desk import seating
from console.desk.act import Act
from console.desk.api.base import Done, Refusal
from console.desk.api.session import StepUp
from console.desk.kernel import handles
from console.desk.sessions import refusal_of


@handles(StepUp)
def step_up(act: Act, request: StepUp) -> Done | Refusal:
    """Good for five minutes on this line, and for the call that waits under the key."""
    seated = act.seated
    if act.parts.profile == "demo":
        act.log(
            signing.STEP_UP,
            object_kind="session",
            object_id=seated.session_id,
            detail=((DetailKey.FACTOR, "demo"),),
        )
    else:
        shown = signing.step_up(act.deed, seated.login_id, request.code, act.parts.keys.factor)
        act.logged = True
        if shown.actor is None:
            return refusal_of(act, shown)
    seating.prove(act, Proof(act.now, act.line.wanted.get(request.key, b"")))
    return Done()
