"""Showing an approved field, the grants in force, and ending one.

The order inside `view` is the promise: everything that must hold is checked, the event of this very view joins the
transaction, and only then is the value opened; the reply that carries it leaves after the commit.
"""

from __future__ import annotations

from access.grants import live
from access.policy import Action, Resource
from access.store.schema import reveal_grant
from console.desk.act import Act
from console.desk.api.base import Done
from console.desk.api.cases import FieldRef
from console.desk.api.reveal import ListGrants, LiveGrants, Revealed, RevokeGrant, ViewField
from console.desk.cases.display import slot
from console.desk.cases.rows import load_case, resource_of
from console.desk.contact.reach import standing_in_full
from console.desk.hub import Audience
from console.desk.kernel import handles
from console.desk.notes.spans import open_note
from console.desk.notes.visible import NOTE
from console.desk.reveals.granting import granting
from console.desk.reveals.opening import open_field
from console.desk.reveals.views import grant_view
from masking.case_keys import Purpose


@handles(ViewField)
def view(act: Act, request: ViewField) -> Revealed:
    """One value in clear, until the grant's end."""
    ref = FieldRef(name=request.field.name, ordinal=request.field.ordinal)
    case = load_case(act, request.case_id)
    if case is None:
        act.require(Action.CASE_FIELD_REVEAL, Resource.absent("case"))
        act.refuse("case.not_found", clause="Y-4.2.1")
    act.asked = Action.CASE_FIELD_REVEAL
    grant = live.open_value(
        granting(act),
        request.grant_id,
        resource_of(case),
        standing_in_full(act, case),
        slot(ref.name, ref.ordinal),
    )
    value = open_note(act, case, ref.ordinal) if ref.name == NOTE else open_field(act, case, ref, Purpose.REVEAL)
    act.push("grant", grant["id"], Audience.of(units=(case["unit_id"],)))
    return Revealed(field=ref, value=value, ends_at=grant["ends_at"], now=act.now)


@handles(ListGrants)
def list_grants(act: Act, request: ListGrants) -> LiveGrants:
    """Grants in force that this person could revoke."""
    del request
    rows = [
        row
        for row in live.live_grants(act.uow, act.parts.proofs, act.now)
        if act.allowed(Action.REVEAL_GRANT_REVOKE, live.resource_of_grant(act.uow, row)).allowed
    ]
    act.log("reveal:grant:list", object_kind="grant", object_id="list", rows=len(rows))
    return LiveGrants(grants=tuple(grant_view(act, row) for row in rows))


@handles(RevokeGrant)
def revoke(act: Act, request: RevokeGrant) -> Done:
    """End a grant now; the screen that shows it is told at once."""
    row = act.parts.proofs.get(act.uow, reveal_grant, request.grant_id)
    resource = live.resource_of_grant(act.uow, row) if row is not None else Resource.absent("grant")
    act.require(Action.REVEAL_GRANT_REVOKE, resource)
    ended = live.revoke(granting(act), request.grant_id)
    act.push("grant", ended["id"], Audience.of(ended["person_id"], units=(resource.unit_id,)))
    return Done()
