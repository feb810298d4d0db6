"""Hang up: one's own call, also while the screen is locked, or one of one's team."""

from __future__ import annotations

from access.policy import Action, Resource
from console.desk.act import Act
from console.desk.api.base import Done
from console.desk.api.calling import HangUp
from console.desk.kernel import handles


@handles(HangUp)
def hang_up(act: Act, request: HangUp) -> Done:
    """Have the call ended; that it is over is written once it is.

    Decided on what the desk knows of the live call, not on its row: no change of a row keeps a call from being ended.
    """
    board = act.parts.switchboard
    live = board.find(request.call_id) if request.call_id else board.call_of(act.actor.person_id)
    if live is None:
        act.require(Action.CALL_LINE_END, Resource(kind="call", requester_id=act.actor.person_id, unit_id=act.unit_id))
        act.refuse("call.over")
    resource = Resource(
        kind="call",
        id=live.call_id,
        tenant_id=live.tenant_id,
        requester_id=live.person_id,
        unit_id=live.unit_id,
        agency_id=live.agency_id,
    )
    act.require(Action.CALL_LINE_END, resource)
    act.log(Action.CALL_LINE_END, object_kind="call", object_id=live.call_id, tenant_id=live.tenant_id)
    act.uow.after_commit(lambda: board.hang_up(live.call_id))
    return Done()
