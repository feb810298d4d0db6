"""Write to a customer: looked at first, then decided, judged by the contact rules, logged and committed before it goes.

The number is not opened: it goes sealed, in a ticket, to the one process that sends. Whoever is no party to the debt is
not written to: a template speaks of the debt.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.engine import RowMapping

from access.audit.events import DetailKey
from access.policy import Action
from access.store.schema import contact_turn, message_sent
from console.desk.act import Act
from console.desk.api.base import Refusal
from console.desk.api.cases import FieldRef
from console.desk.api.contact import ContactRef, Means
from console.desk.api.sending import MessagePreview, MessageView, PreviewMessage, SendMessage
from console.desk.cases.display import HIDDEN, Viewer, slot
from console.desk.cases.rows import require_case, resource_of
from console.desk.conditions import standing
from console.desk.contact import slots
from console.desk.contact.evaluate import allowed, evaluate, liable, next_allowed
from console.desk.contact.gather import gather
from console.desk.contact.live import rules_in_force
from console.desk.contact.slots import Slot
from console.desk.contact.wall import HOUR, SECOND
from console.desk.kernel import handles
from console.desk.messages.books import tell
from console.desk.messages.fates import Mark, MessageState
from console.desk.messages.filling import Filled, fill
from console.desk.messages.mailbox import Posted
from console.desk.messages.sent import shown
from console.desk.reveals.opening import ticket_for
from console.send.messages import HANDLE, PARTS, Send
from masking.case_keys import Purpose
from masking.gm import Sm2PublicKey

_TICKET_LASTS: Final = 100 * SECOND
_SAME_WITHIN: Final = HOUR // 6
"""How long the same words do not go to the same number again."""

_REFERENCES: Final = 65_532
_NOT_SENT: Final = (MessageState.REFUSED.value, MessageState.UNSENT.value)


@handles(PreviewMessage)
def preview(act: Act, request: PreviewMessage) -> MessagePreview:
    """What it would say to whom, and by every rule whether it may."""
    case = require_case(act, request.case_id, Action.MESSAGE_TEXT_PREVIEW)
    known, rules = gather(act, case, Means.SMS), rules_in_force(act)
    contact = request.contact
    number = known.number(contact)
    viewer = Viewer(act.parts, act.actor, resource_of(case), standing(act, case), act.now)
    masked = viewer.mask(contact.field, contact.ordinal, known.masks.get(slot(contact.field, contact.ordinal), ""))
    if number is None or masked == HIDDEN:
        act.refuse("contact.no_such_number")
    facts = known.facts(number)
    if facts.third and not liable(rules.profile, facts):
        act.refuse("message.third_party", clause="S-5-5")
    filled = fill(act, case, contact, request.template_id, request.amount, request.day)
    verdicts = evaluate(rules.profile, facts, act.now)
    fine = allowed(verdicts)
    act.log(
        Action.MESSAGE_TEXT_PREVIEW,
        object_kind="case",
        object_id=case["id"],
        case_id=case["id"],
        tenant_id=case["tenant_id"],
        rows=1,
        detail=((DetailKey.NAME, filled.template["code"]), (DetailKey.VERSION, str(filled.template["edition"]))),
    )
    return MessagePreview(
        case_id=case["id"],
        number=case["number"],
        text=filled.shown,
        parts=len(filled.parts),
        masked=masked,
        amount=filled.amount,
        currency=case["currency"],
        day=filled.day,
        allowed=fine,
        allowed_at=act.now if fine else next_allowed(rules.profile, facts, act.now),
        rules=verdicts,
        digest=filled.digest,
    )


@handles(SendMessage)
def send(act: Act, request: SendMessage) -> MessageView | Refusal:
    """Reserve the contact, write the message, and have it sent once that is committed."""
    case = require_case(act, request.case_id, Action.MESSAGE_TEXT_SEND)
    filled = fill(act, case, request.contact, request.template_id, request.amount, request.day)
    if filled.digest != request.digest:
        act.refuse("message.changed")
    key = act.parts.mailbox.key
    if key is None:
        act.refuse("message.no_line")
    reserved = slots.reserve(act, case, request.contact, Means.SMS)
    if isinstance(reserved, Refusal):
        return reserved
    if reserved.third:
        act.refuse("message.third_party", clause="S-5-5")
    slots.take_turn(act, "messages", case["tenant_id"])
    if _just_sent(act, case, request.contact, filled):
        act.refuse("message.just_sent")
    order, row = _write(act, case, request.contact, filled, reserved, key)
    act.uow.after_commit(lambda: act.parts.mailbox.post(Posted(order)))
    tell(act, row)
    return shown(act, row, case["number"], filled.template["code"])


def _just_sent(act: Act, case: RowMapping, contact: ContactRef, filled: Filled) -> bool:
    query = select(message_sent.c.id).where(
        message_sent.c.case_id == case["id"],
        message_sent.c.field == contact.field,
        message_sent.c.ordinal == contact.ordinal,
        message_sent.c.sent_at > act.now - _SAME_WITHIN,
        message_sent.c.body == filled.text,
        message_sent.c.state.not_in(_NOT_SENT),
    )
    return act.db.execute(query.limit(1)).first() is not None


def _write(  # noqa: PLR0917 - everything that was found fit
    act: Act, case: RowMapping, contact: ContactRef, filled: Filled, reserved: Slot, key: Sm2PublicKey
) -> tuple[Send, dict[str, Any]]:
    message_id = act.parts.ids.new()
    whole = act.parts.settings.message.provider == "http"  # who cuts it by itself
    pieces = (filled.text,) if whole else filled.parts
    turn = act.db.execute(select(contact_turn.c.turn).where(contact_turn.c.name == "messages")).scalar_one()
    reference = int(turn) * PARTS % _REFERENCES + 1
    event = act.event(
        Action.MESSAGE_TEXT_SEND,
        object_kind="message",
        object_id=message_id,
        case_id=case["id"],
        tenant_id=case["tenant_id"],
        fields=(contact.field,),
        detail=(
            (DetailKey.NAME, filled.template["code"]),
            (DetailKey.VERSION, str(filled.template["edition"])),
            (DetailKey.ORDINAL, str(contact.ordinal)),
            (DetailKey.COUNT, str(len(filled.parts))),
            (DetailKey.DIGEST, filled.digest),
        ),
    )
    ticket = ticket_for(
        act,
        case,
        FieldRef(name=contact.field, ordinal=contact.ordinal),
        key,
        Purpose.MESSAGE,
        call_id=message_id,
        event_id=event.id,
        ends_at=act.now + _TICKET_LASTS,
    )
    values: dict[str, Any] = {
        "id": message_id,
        "tenant_id": case["tenant_id"],
        "case_id": case["id"],
        "unit_id": case["unit_id"],
        "agency_id": case["agency_id"],
        "person_id": act.actor.person_id,
        "slot_id": reserved.slot_id,
        "template_id": filled.template["id"],
        "field": contact.field,
        "ordinal": contact.ordinal,
        "body": filled.text,
        "pieces": len(pieces),
        "parts": len(filled.parts),
        "reference": reference,
        "state": MessageState.WAITING.value,
        "marks": Mark.WAITING.value * len(pieces),
        "handles": bytes(HANDLE * len(pieces)),
        "code": 0,
        "sent_at": act.now,
        "handed_at": None,
        "over_at": None,
    }
    row = act.proofs.insert(act.uow, message_sent, values, event)
    return Send(message_id=message_id, ticket=ticket, reference=reference, parts=pieces), dict(row)
