"""Proving again who one is before acts of weight (Y-4.2.2): which acts ask for it, and whether it was done.

The decision says yes or no, and with a yes what it still asks of the person; `settled` counts in what she has proven.
Two kinds: a proof of the last five minutes in the same session, or one given for this very call. Everybody who carries
an act out settles its decision first; a list that only tells what one might do need not.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from access.context import SECOND
from access.policy.entry import ActionSpec
from access.policy.model import Conditions, Decision, Proof, StepUp

REQUIRED: Final = "stepup.required"
RECENT_FOR: Final = 5 * 60 * SECOND
AFRESH_FOR: Final = 2 * 60 * SECOND
_CLAUSE: Final = "Y-4.2.2"
_STRICTEST: Final = "U3"


def asked_by(spec: ActionSpec, conditions: Conditions) -> StepUp | None:
    """Return what an act asks for; about a field of the strictest tier always afresh."""
    if spec.step_up is StepUp.RECENT and conditions.tier == _STRICTEST:
        return StepUp.AFRESH
    return spec.step_up


def settled(decision: Decision, proof: Proof | None, call: bytes, now: int) -> Decision:
    """Return the decision with the person's proof counted in: a yes that lacks one becomes `stepup.required`.

    Args:
        decision: As decided.
        proof: What the person proved last in this session; none for nothing.
        call: Names the call that is being carried out; empty for none, which no proof is for.
        now: The act's instant, microseconds UTC.
    """
    if not decision.allowed or decision.step_up is None or _holds(decision.step_up, proof, call, now):
        return decision
    return replace(decision, allowed=False, role=None, code=REQUIRED, clause=_CLAUSE)


def _holds(asked: StepUp, proof: Proof | None, call: bytes, now: int) -> bool:
    if proof is None or proof.at > now:
        return False
    if asked is StepUp.RECENT:
        return now - proof.at < RECENT_FOR
    return bool(call) and proof.call == call and now - proof.at < AFRESH_FOR
