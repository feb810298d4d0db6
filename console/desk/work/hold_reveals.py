"""What a hold ends: values shown and requests that wait, where they serve a contact that is not to be."""

from __future__ import annotations

from access.grants.live import end_grants, resource_of_grant
from access.grants.reasons import FOR_CONTACT
from access.policy.holds import STOPS, HoldReason
from console.desk.act import Act
from console.desk.hub import Audience
from console.desk.reveals.asking import tell_deciders
from console.desk.reveals.granting import granting
from console.desk.work.changing import RowLike

_WHY = "held"


def end_for(act: Act, case: RowLike, reason: HoldReason) -> None:
    """End, at once and for everybody, what may not be shown while this hold is in force (`access.policy.holds`).

    On a stop that is all of it, also compliance's own, who may ask anew.
    """
    ended = end_grants(granting(act), case_id=case["id"], reasons=None if reason in STOPS else FOR_CONTACT, why=_WHY)
    for grant in ended.grants:
        unit_id = resource_of_grant(act.uow, grant).unit_id
        act.push("grant", grant["id"], Audience.of(grant["person_id"], units=(unit_id,)))
        act.push("case", case["id"], Audience.of(grant["person_id"]))
    for request in ended.requests:
        tell_deciders(act, request)
