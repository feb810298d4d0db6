"""Messages written to a customer from a case: what one would say, sending it, and what became of those sent."""

from __future__ import annotations

from typing import ClassVar

from console.desk.api.base import Call, Done, Value
from console.desk.api.contact import ContactRef, RuleVerdict


class MessagePreview(Value, frozen=True, kw_only=True):
    """A message as it would be sent now.

    Attributes:
        text: its words, the account behind its mask. parts: short messages that it takes.
        masked: whom to, in the viewer's mask. amount: minor units. currency, day: as it says.
        allowed, allowed_at, rules: of the contact rules, as `console.desk.api.contact.ContactVerdict`.
        digest: names exactly this text to exactly this number; sending takes no other.
    """

    case_id: str
    number: str
    text: str
    parts: int
    masked: str
    amount: int
    currency: str
    day: str
    allowed: bool
    allowed_at: int | None
    rules: tuple[RuleVerdict, ...]
    digest: str


class PreviewMessage(Call[MessagePreview], frozen=True, kw_only=True, tag="message.preview"):
    """What a message would say. amount: minor units; None: what the case owes. day: empty: today where it is."""

    case_id: str
    template_id: str
    contact: ContactRef = ContactRef(field="mobile")
    amount: int | None = None
    day: str = ""


class MessageView(Value, frozen=True, kw_only=True):
    """One message. Nothing here is a customer's: a case's number, a colleague, and how it went.

    Attributes:
        template: its code. state: of `console.desk.messages.fates.MessageState`. code: the provider's last status.
        sent_at, over_at: microseconds UTC; the latter when its state was last told.
    """

    message_id: str
    case_id: str
    number: str
    sender: str
    sender_id: str
    contact: ContactRef
    template: str
    parts: int
    state: str
    code: int
    sent_at: int
    over_at: int | None = None


class SendMessage(Call[MessageView], frozen=True, kw_only=True, tag="message.send"):
    """Send what was looked at. digest: of the preview; the rest as there."""

    writes: ClassVar[bool] = True
    case_id: str
    template_id: str
    digest: str
    contact: ContactRef = ContactRef(field="mobile")
    amount: int | None = None
    day: str = ""


class MessageList(Value, frozen=True, kw_only=True):
    """Newest first."""

    messages: tuple[MessageView, ...]
    at: int


class ListMessages(Call[MessageList], frozen=True, kw_only=True, tag="message.list"):
    """The last hundred messages, one's own or one's team's. case_id: of one case, by id or number."""

    case_id: str = ""


class MessageText(Value, frozen=True, kw_only=True):
    """A message with its words, the account behind its mask."""

    message: MessageView
    text: str


class ReadMessage(Call[MessageText], frozen=True, kw_only=True, tag="message.read"):
    """One message, by whoever may see its case."""

    message_id: str


class SetMessageSecret(Call[Done], frozen=True, kw_only=True, tag="message.line_secret"):
    """What the desk proves itself to the provider of messages with; empty: nothing."""

    secret: str
