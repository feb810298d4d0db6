"""Past reveals drawn by lot, looked at afterwards by somebody who took no part."""

from __future__ import annotations

from sqlalchemy import func, select

from access.grants import review as sampling
from access.policy import Action
from access.store.schema import audit_event
from console.desk.act import Act
from console.desk.api.reveal import ListReviews, ReviewItem, ReviewList, ReviewReveal
from console.desk.kernel import handles
from console.desk.reveals.granting import granting
from console.desk.reveals.views import request_row, request_view


@handles(ListReviews)
def list_reviews(act: Act, request: ListReviews) -> ReviewList:
    """What waits for this person's review."""
    del request
    found = _waiting(act)
    act.log("reveal:review:list", object_kind="grant", object_id="list", rows=len(found.items))
    return found


@handles(ReviewReveal)
def review_reveal(act: Act, request: ReviewReveal) -> ReviewList:
    """Close one, as justified or doubtful."""
    act.asked = Action.REVEAL_GRANT_REVIEW
    sampling.review(granting(act), request.grant_id, request.verdict)
    return _waiting(act)


def _waiting(act: Act) -> ReviewList:
    items: list[ReviewItem] = []
    for grant in sampling.due_reviews(granting(act)):
        row = request_row(act, grant["request_id"])
        if row is None:
            continue
        views = act.db.execute(
            select(func.count()).where(
                audit_event.c.case_id == grant["case_id"],
                audit_event.c.person_id == grant["person_id"],
                audit_event.c.action == str(Action.CASE_FIELD_REVEAL),
                audit_event.c.at >= grant["approved_at"],
            )
        ).scalar_one()
        items.append(ReviewItem(request=request_view(act, row), views=views))
    return ReviewList(items=tuple(items))
