"""What a hold or the end of a case's work ends: values shown and requests that wait, which nothing needs any more."""

from __future__ import annotations

from sqlalchemy import select

from access.grants.live import Ended, end_grants, resource_of_grant
from access.grants.reasons import FOR_CONTACT
from access.grants.states import LIVE, WAITING
from access.policy.holds import STOPS, HoldReason
from access.store.schema import case_file, reveal_grant, reveal_request
from console.desk.act import Act
from console.desk.cases.states import workable
from console.desk.hub import Audience
from console.desk.reveals.asking import tell_deciders
from console.desk.reveals.granting import granting
from console.desk.work.changing import RowLike

_HELD = "held"
_OVER = "closed"


def end_for(act: Act, case: RowLike, reason: HoldReason) -> None:
    """End, at once and for everybody, what may not be shown while this hold is in force (`access.policy.holds`).

    On a stop that is all of it, also compliance's own, who may ask anew.
    """
    ended = end_grants(granting(act), case_id=case["id"], reasons=None if reason in STOPS else FOR_CONTACT, why=_HELD)
    _tell(act, ended)


def end_over(act: Act) -> None:
    """End what is shown of cases that are settled, recalled or closed by now: nobody works them any more.

    Only those few cases are asked about that have something shown or waiting, so it costs the same after any file.
    """
    shown = select(reveal_grant.c.case_id).where(reveal_grant.c.state.in_(LIVE))
    asked = select(reveal_request.c.case_id).where(reveal_request.c.state.in_(WAITING))
    states = act.db.execute(
        select(case_file.c.id, case_file.c.state).where(case_file.c.id.in_(shown.union(asked))).order_by(case_file.c.id)
    ).all()
    for case_id, state in states:
        if not workable(state):
            _tell(act, end_grants(granting(act), case_id=case_id, why=_OVER))


def _tell(act: Act, ended: Ended) -> None:
    for grant in ended.grants:
        unit_id = resource_of_grant(act.uow, grant).unit_id
        act.push("grant", grant["id"], Audience.of(grant["person_id"], units=(unit_id,)))
        act.push("case", grant["case_id"], Audience.of(grant["person_id"]))
    for request in ended.requests:
        tell_deciders(act, request)
