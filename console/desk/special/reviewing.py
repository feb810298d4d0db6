"""Looking at a special contact once it is over, by somebody who took no part: cleared, or handed on as an incident."""

from __future__ import annotations

from typing import Final

from access.errors import StaleRow
from access.policy import Action
from console.desk.act import Act
from console.desk.api.special import ReviewSpecial, SpecialFiling
from console.desk.kernel import handles
from console.desk.special.filing import said
from console.desk.special.records import Row, require, state_of, step
from console.desk.special.states import FilingState
from console.desk.special.views import view

ALERT: Final = "alert:special:escalate"


@handles(ReviewSpecial)
def review(act: Act, request: ReviewSpecial) -> SpecialFiling:
    """One verdict, by an auditor or compliance; what is not over yet is not judged."""
    row: Row = require(act, request.filing_id, Action.SPECIAL_CONTACT_REVIEW)
    words = said(act, request.words)
    if row["version"] != request.version:
        act.refuse("separation.context_unseen", clause="§3.3-18")
    if state_of(row, act.now) is FilingState.EXPIRED and row["state"] == FilingState.ACTIVE:
        row = step(act, row, FilingState.EXPIRED, "special:contact:expire", ended_at=row["ends_at"])
    to = FilingState.CLEARED if request.cleared else FilingState.ESCALATED
    try:
        after = step(
            act,
            row,
            to,
            Action.SPECIAL_CONTACT_REVIEW,
            reviewed_by=act.actor.person_id,
            reviewed_at=act.now,
            review=words,
        )
    except StaleRow:
        act.refuse("special.state")
    if to is FilingState.ESCALATED:
        act.log(
            ALERT,
            object_kind="special",
            object_id=row["id"],
            case_id=row["case_id"],
            tenant_id=row["tenant_id"],
            rule="C-5.4e-3",
        )
    return view(act, after)
