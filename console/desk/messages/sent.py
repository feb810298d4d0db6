"""Messages as people see them: their own, their team's, one with its words; and the secret towards the provider."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any, Final

from sqlalchemy import or_, select
from sqlalchemy.engine import RowMapping

from access.audit.events import DetailKey
from access.policy import Action, Resource
from access.store.schema import case_file, message_sent, message_template
from console.desk.act import Act
from console.desk.api.base import Done
from console.desk.api.contact import ContactRef
from console.desk.api.sending import (
    ListMessages,
    MessageList,
    MessageText,
    MessageView,
    ReadMessage,
    SetMessageSecret,
)
from console.desk.calls import outages, secrets
from console.desk.cases.rows import require_case, staff_names
from console.desk.kernel import handles
from console.desk.messages.filling import veiled

_MOST: Final = 100
_LONGEST_SECRET: Final = {"smpp": 8, "http": 128}  # SMPP 3.4 §4.1.1: eight characters
Row = RowMapping | dict[str, Any]


def shown(act: Act, row: Row, number: str, code: str, names: Mapping[str, str] | None = None) -> MessageView:
    """One message. number: of its case; code: of its template."""
    person = row["person_id"]
    return MessageView(
        message_id=row["id"],
        case_id=row["case_id"],
        number=number,
        sender=(names if names is not None else staff_names(act, {person})).get(person, ""),
        sender_id=person,
        contact=ContactRef(field=row["field"], ordinal=row["ordinal"]),
        template=code,
        parts=row["parts"],
        state=row["state"],
        code=row["code"],
        sent_at=row["sent_at"],
        over_at=row["over_at"],
    )


@handles(ListMessages)
def list_messages(act: Act, request: ListMessages) -> MessageList:
    """The newest that the person may see, each decided on."""
    me, unit = act.actor.person_id, act.unit_id
    query = select(message_sent).order_by(message_sent.c.sent_at.desc(), message_sent.c.id.desc()).limit(_MOST)
    if request.case_id:
        case = require_case(act, request.case_id, Action.MESSAGE_TEXT_LIST)
        query = query.where(message_sent.c.case_id == case["id"])
    else:
        own = Resource(kind="message", requester_id=me, unit_id=unit, agency_id=act.actor.agency_id)
        act.require(Action.MESSAGE_TEXT_LIST, own)
        query = query.where(or_(message_sent.c.person_id == me, message_sent.c.unit_id == unit))
    rows = act.proofs.holding(act.uow, message_sent, act.db.execute(query).mappings().all())
    seen = [row for row in rows if act.allowed(Action.MESSAGE_TEXT_LIST, _resource(row)).allowed]
    act.log(Action.MESSAGE_TEXT_LIST, object_kind="message", rows=len(seen))
    return MessageList(messages=tuple(_views(act, seen)), at=act.now)


@handles(ReadMessage)
def read_message(act: Act, request: ReadMessage) -> MessageText:
    """One with its words: they say what a customer owes, so its case decides."""
    row = act.proofs.get(act.uow, message_sent, request.message_id)
    if row is None:
        act.require(Action.MESSAGE_TEXT_LIST, Resource.absent("message"))
        act.refuse("message.none")
    case = require_case(act, row["case_id"], Action.MESSAGE_TEXT_LIST)
    act.log(
        Action.MESSAGE_TEXT_LIST,
        object_kind="message",
        object_id=row["id"],
        case_id=case["id"],
        tenant_id=case["tenant_id"],
        rows=1,
    )
    return MessageText(message=_views(act, [row])[0], text=veiled(row["body"], act.parts.settings.message.account))


@handles(SetMessageSecret)
def set_secret(act: Act, request: SetMessageSecret) -> Done:
    """Another secret towards the provider, from now on."""
    act.require(Action.MESSAGE_LINE_SET, Resource(kind="health"))
    longest = _LONGEST_SECRET.get(act.parts.settings.message.provider, _LONGEST_SECRET["http"])
    if len(request.secret) > longest or not request.secret.isascii():
        act.refuse("message.secret_unfit", limit=str(longest))
    event = act.event(
        Action.MESSAGE_LINE_SET,
        object_kind="message",
        object_id="secret",
        detail=((DetailKey.TO, "set" if request.secret else "none"),),
    )
    secrets.put(act, secrets.POST, request.secret, event)
    act.uow.after_commit(act.parts.mailbox.renew)
    act.uow.after_commit(partial(outages.look_again, act.parts, outages.MESSAGES))
    return Done()


def _resource(row: Row) -> Resource:
    """A message as the decision sees it: it stays its sender's, whoever has the case by now."""
    return Resource(
        kind="message",
        id=row["id"],
        tenant_id=row["tenant_id"],
        requester_id=row["person_id"],
        unit_id=row["unit_id"],
        agency_id=row["agency_id"],
    )


def _views(act: Act, rows: Iterable[RowMapping]) -> list[MessageView]:
    kept = list(rows)
    cases, templates = {row["case_id"] for row in kept}, {row["template_id"] for row in kept}
    numbers = dict(
        act.db.execute(select(case_file.c.id, case_file.c.number).where(case_file.c.id.in_(sorted(cases)))).all()
    )
    found = select(message_template.c.id, message_template.c.code).where(message_template.c.id.in_(sorted(templates)))
    codes = dict(act.db.execute(found).all())
    names = staff_names(act, {row["person_id"] for row in kept})
    return [shown(act, row, numbers.get(row["case_id"], ""), codes.get(row["template_id"], ""), names) for row in kept]
