"""Recertification (requirements §3.3-7, §4.4): every role is confirmed or taken away, at least every six months.

A campaign lists each role in force. The head of the unit confirms or removes what reaches the unit; security admin and
compliance may for every role; nobody for themselves. What nobody confirmed by the end lapses: the desk takes the role
away, but for the last holder of an admin role, which it alerts about.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Connection, func, select
from sqlalchemy.engine import RowMapping

from access.audit.events import DetailKey
from access.context import SECOND
from access.errors import StaleRow
from access.grants.context import GrantDesk, actor_of, require, within_act
from access.grants.counter import bump
from access.grants.refusals import refuse
from access.people import staff
from access.people.directory import held_rows
from access.policy import Action, Actor, Conditions, Decision, Refused, Resource, decide
from access.roles.application import RECERTIFY_DAYS, RecertState
from access.roles.ending import Taken, about, rests
from access.roles.line import department
from access.store.schema import DESK_TENANT, audit_event, role_campaign, role_grant, role_recert

CONFIRM: Final = "confirm"
REMOVE: Final = "remove"
LONGEST_DAYS: Final = 60
USUAL_DAYS: Final = 30
OPEN: Final = "open"
CLOSED: Final = "closed"
_COUNTER: Final = "campaign_number"
_DAY: Final = 86_400 * SECOND
_CLOSE: Final = "account:campaign:close"
_LAPSE: Final = "account:role:lapse"
_LAST: Final = "alert:role:last_admin"


def open_campaign(desk: GrantDesk, days: int = USUAL_DAYS) -> dict[str, Any]:
    """Begin a campaign over every role in force.

    Raises:
        Refused: The policy's codes, `recert.open_already`, `recert.days_unfit`.
    """
    require(desk, Action.ACCOUNT_CAMPAIGN_OPEN, Resource(kind="desk"), within_act(desk))
    if not 0 < days <= LONGEST_DAYS:
        refuse("recert.days_unfit", "§3.3-7", most=LONGEST_DAYS)
    return _begin(desk, days)


def _begin(desk: GrantDesk, days: int) -> dict[str, Any]:
    number = f"Z-{bump(desk.uow, _COUNTER):08d}"
    if running(desk):
        refuse("recert.open_already", "§3.3-7")
    campaign = {
        "id": desk.ids.new(),
        "tenant_id": DESK_TENANT,
        "number": number,
        "opened_by": desk.actor.person_id if desk.actor is not None else None,
        "opened_at": desk.now,
        "due_at": desk.now + days * _DAY,
        "state": OPEN,
    }
    about_it = {"object_kind": "campaign", "object_id": campaign["id"]}
    row = desk.proofs.insert(desk.uow, role_campaign, campaign, desk.event(Action.ACCOUNT_CAMPAIGN_OPEN, **about_it))
    in_force = (role_grant.c.state == "active", role_grant.c.valid_until > desk.now)
    for grant in held_rows(desk.uow, desk.proofs, role_grant, *in_force):
        item = {
            "id": desk.ids.new(),
            "tenant_id": DESK_TENANT,
            "campaign_id": campaign["id"],
            "grant_id": grant["id"],
            "person_id": grant["person_id"],
            "role": grant["role"],
            "unit_id": grant["unit_id"],
            "state": RecertState.OPEN.value,
        }
        event = desk.event(
            Action.ACCOUNT_CAMPAIGN_OPEN,
            object_kind="person",
            object_id=grant["person_id"],
            detail=((DetailKey.ROLE, grant["role"]),),
        )
        desk.proofs.insert(desk.uow, role_recert, item, event)
    return row


def decide_item(desk: GrantDesk, item_id: str, verdict: str) -> tuple[dict[str, Any], Taken | None]:
    """Confirm a role or take it away.

    Returns:
        The item as it stands, and what went with a role that was taken away.

    Raises:
        Refused: The policy's codes, `recert.not_found`, `recert.decided_already`, `recert.verdict_unknown`.
        StaffRefused: It is the last of an admin role (§3.3-15).
    """
    item = desk.proofs.get(desk.uow, role_recert, item_id)
    decision = desk.settle(judged(desk, item, actor_of(desk)))
    if not decision.allowed:
        raise Refused(decision)
    if item is None:
        refuse("recert.not_found", "Y-4.2.1")
    if verdict not in (CONFIRM, REMOVE):
        refuse("recert.verdict_unknown", "§3.3-7")
    if item["state"] != RecertState.OPEN:
        refuse("recert.decided_already", "§3.3-7")
    to = RecertState.CONFIRMED if verdict == CONFIRM else RecertState.REMOVED
    try:
        row = _settle(desk, item, to, Action.ACCOUNT_ROLE_RECERTIFY, decision)
        taken = _take(desk, item) if to is RecertState.REMOVED else None
    except StaleRow:
        refuse("recert.decided_already", "§3.3-7")
    _close_if_done(desk, item["campaign_id"])
    return row, taken


def judged(desk: GrantDesk, item: RowMapping | None, actor: Actor) -> Decision:
    """Decide whether this person may confirm or remove the role; changes nothing."""
    grant = desk.proofs.get(desk.uow, role_grant, item["grant_id"]) if item is not None else None
    resource, conditions = about(desk, grant), within_act(desk, Conditions())
    if item is not None and grant is not None:
        heads = department(desk.uow, desk.proofs, grant["unit_id"], item["person_id"], (item["person_id"],))
        resource, conditions = heads.seen_by(actor, resource, conditions)
    return decide(actor, Action.ACCOUNT_ROLE_RECERTIFY, resource, conditions, desk.now)


def lapse_due(desk: GrantDesk) -> list[Taken]:
    """Take away what nobody confirmed in time, and close those campaigns."""
    found = []
    for campaign in running(desk):
        if desk.now < campaign["due_at"]:
            continue
        for item in items_of(desk, campaign["id"]):
            if item["state"] == RecertState.OPEN:
                _settle(desk, item, RecertState.LAPSED, _LAPSE, None)
                taken = _take_unless_last(desk, item)
                if taken is not None:
                    found.append(taken)
        _close_if_done(desk, campaign["id"])
    return found


def begin_due(desk: GrantDesk) -> dict[str, Any] | None:
    """Begin a campaign of the desk's own when the last one is so old that the next must end within six months."""
    if running(desk) or desk.now < _due_again(desk.uow.connection):
        return None
    return _begin(desk, USUAL_DAYS)


def running(desk: GrantDesk) -> list[RowMapping]:
    """Return the campaigns under way; there is at most one."""
    return held_rows(desk.uow, desk.proofs, role_campaign, role_campaign.c.state == OPEN)


def items_of(desk: GrantDesk, campaign_id: str) -> list[RowMapping]:
    """Return a campaign's roles."""
    return held_rows(desk.uow, desk.proofs, role_recert, role_recert.c.campaign_id == campaign_id)


def next_due(connection: Connection, since: int) -> int | None:
    """Return when a campaign next ends or must begin; without proofs, only for knowing when to look."""
    ends = select(func.min(role_campaign.c.due_at)).where(role_campaign.c.state == OPEN, role_campaign.c.due_at > since)
    end = connection.execute(ends).scalar()
    open_now = connection.execute(select(func.count()).select_from(role_campaign).where(role_campaign.c.state == OPEN))
    again = None if open_now.scalar_one() else _due_again(connection)
    found = [int(at) for at in (end, again) if at is not None and at > since]
    return min(found, default=None)


def _due_again(connection: Connection) -> int:
    last = connection.execute(select(func.max(role_campaign.c.opened_at))).scalar()
    if last is None:
        last = connection.execute(select(audit_event.c.at).order_by(audit_event.c.seq).limit(1)).scalar()
    return int(last) + (RECERTIFY_DAYS - USUAL_DAYS) * _DAY if last is not None else 1 << 62


def _settle(
    desk: GrantDesk, item: RowMapping, to: RecertState, action: str, decision: Decision | None
) -> dict[str, Any]:
    event = desk.event(
        action,
        object_kind="person",
        object_id=item["person_id"],
        detail=((DetailKey.ROLE, item["role"]), (DetailKey.FROM, item["state"]), (DetailKey.TO, to.value)),
        **({"role": decision.role.value} if decision is not None and decision.role is not None else {}),
    )
    changes = {
        "state": to.value,
        "decided_by": desk.actor.person_id if desk.actor is not None else None,
        "decided_at": desk.now,
    }
    return desk.proofs.update(desk.uow, role_recert, item["id"], item["version"], changes, event)


def _take(desk: GrantDesk, item: RowMapping) -> Taken | None:
    grant = desk.proofs.get(desk.uow, role_grant, item["grant_id"])
    if grant is None or grant["state"] != "active":
        return None
    staff.revoke_role(desk, grant["id"])
    return rests(desk, grant)


def _take_unless_last(desk: GrantDesk, item: RowMapping) -> Taken | None:
    try:
        return _take(desk, item)
    except staff.StaffRefused:
        desk.uow.append(
            desk.event(
                _LAST,
                object_kind="person",
                object_id=item["person_id"],
                rule="§3.3-15",
                detail=((DetailKey.ROLE, item["role"]),),
            )
        )
        return None


def _close_if_done(desk: GrantDesk, campaign_id: str) -> None:
    campaign = desk.proofs.get(desk.uow, role_campaign, campaign_id)
    still_open = any(item["state"] == RecertState.OPEN for item in items_of(desk, campaign_id))
    if campaign is None or still_open or campaign["state"] != OPEN:
        return
    event = desk.event(_CLOSE, object_kind="campaign", object_id=campaign_id)
    desk.proofs.update(desk.uow, role_campaign, campaign_id, campaign["version"], {"state": CLOSED}, event)
