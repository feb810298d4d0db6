"""The recertification campaign: opened, read, settled role by role."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.engine import RowMapping

from access.policy import Action, Resource
from access.roles import recertify
from access.roles.ending import about
from access.store.schema import role_campaign, role_grant
from console.desk.act import Act
from console.desk.api.roles import OpenRecertification, ReadRecertification, Recertification, Recertify, RecertView
from console.desk.hub import Audience
from console.desk.kernel import handles
from console.desk.reveals.granting import granting
from console.desk.roles.consequences import WATCHING, carry
from console.desk.roles.views import Book


@handles(OpenRecertification)
def begin(act: Act, request: OpenRecertification) -> Recertification:
    """Every role in force is asked about."""
    act.asked = Action.ACCOUNT_CAMPAIGN_OPEN
    recertify.open_campaign(granting(act), request.days)
    _tell(act)
    return _newest(act)


@handles(ReadRecertification)
def read(act: Act, request: ReadRecertification) -> Recertification:
    """The newest one."""
    del request
    act.require(Action.ACCOUNT_ROLE_LIST, Resource(kind="person", subject_person_id=act.actor.person_id))
    found = _newest(act)
    act.log(Action.ACCOUNT_ROLE_LIST, object_kind="campaign", rows=len(found.items))
    return found


@handles(Recertify)
def settle(act: Act, request: Recertify) -> Recertification:
    """Confirm one role, or take it away with everything that rests on it."""
    act.asked = Action.ACCOUNT_ROLE_RECERTIFY
    _, taken = recertify.decide_item(granting(act), request.item_id, request.verdict)
    if taken is not None:
        carry(act, taken)
    _tell(act)
    return _newest(act)


def _tell(act: Act) -> None:
    act.push("roles", "campaign", Audience.of(roles=(*WATCHING, "supervisor")))


def _newest(act: Act) -> Recertification:
    query = select(role_campaign).order_by(role_campaign.c.id.desc()).limit(1)
    rows = act.proofs.holding(act.uow, role_campaign, act.db.execute(query).mappings().all())
    if not rows:
        return Recertification(campaign_id="", number="", state="", opened_at=None, due_at=None, items=())
    campaign, desk, book = rows[0], granting(act), Book(act)
    items = [_view(act, book, item) for item in recertify.items_of(desk, campaign["id"]) if _readable(act, item)]
    items.sort(key=lambda item: (item.state != "open", not item.mine, item.staff_no, item.role))
    return Recertification(
        campaign_id=campaign["id"],
        number=campaign["number"],
        state=campaign["state"],
        opened_at=campaign["opened_at"],
        due_at=campaign["due_at"],
        items=tuple(items),
    )


def _readable(act: Act, item: RowMapping) -> bool:
    grant = act.proofs.get(act.uow, role_grant, item["grant_id"])
    asked, act.asked = act.asked, None
    seen = act.allowed(Action.ACCOUNT_ROLE_LIST, about(granting(act), grant)).allowed
    act.asked = asked
    return seen


def _view(act: Act, book: Book, item: RowMapping) -> RecertView:
    decision = recertify.judged(granting(act), item, act.actor)
    waits = item["state"] == "open"
    return RecertView(
        item_id=item["id"],
        person_id=item["person_id"],
        person=book.name(item["person_id"]),
        staff_no=book.staff_no(item["person_id"]),
        role=item["role"],
        unit=book.unit(item["unit_id"]),
        state=item["state"],
        decided_by=book.name(item["decided_by"]),
        decided_at=item["decided_at"],
        mine=waits and decision.allowed,
        why_not=decision.code if waits and not decision.allowed else "",
    )
