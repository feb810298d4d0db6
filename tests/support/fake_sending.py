"""What a desk without a desk answers about messages that are sent. `night`: the contact rules refuse."""

from __future__ import annotations

from msgspec.structs import replace

from console.desk.api import sending
from console.desk.api.base import Done
from console.desk.api.contact import ContactRef, RuleVerdict
from console.desk.api.sending import MessageView

NOW = 1_795_329_120_000_000
MINUTE = 60_000_000
LONG = "Featherstonehaugh-Smythe"
TEXT = "【示例银行】您好，截至2026-11-23您名下账单应还CNY 12,345.67，请还款至官方账户************7890。"
STATES = (
    "waiting",
    "handed",
    "accepted",
    "delivered",
    "undelivered",
    "unknown",
    "torn",
    "refused",
    "unsent",
)


def message(at: int, state: str) -> MessageView:
    """One message."""
    return MessageView(
        message_id=f"m{at}",
        case_id="c1",
        number=f"C-2026-{at:07}",
        sender=LONG if at % 2 else "张伟",
        sender_id="p1",
        contact=ContactRef(field="mobile"),
        template="due-reminder",
        parts=2,
        state=state,
        code=0,
        sent_at=NOW - at * MINUTE,
    )


MESSAGES = tuple(message(at, state) for at, state in enumerate(STATES))


class SendingAnswers:
    """Mixed into the fake desk by `MessageAnswers`."""

    night = False

    def _PreviewMessage(self, request: sending.PreviewMessage) -> sending.MessagePreview:  # noqa: N802
        rule = RuleVerdict(
            rule="quiet_hours",
            kind="quiet_hours",
            clause="S-5-1",
            verdict="refused" if self.night else "allowed",
            why="quiet_hours" if self.night else "",
        )
        count = RuleVerdict(
            rule="messages", kind="count", clause="issue-5", verdict="advice", why="near_placed", used=2, limit=3
        )
        return sending.MessagePreview(
            case_id=request.case_id,
            number="C-2026-0000001",
            text=TEXT,
            parts=2,
            masked="138****5678" if request.contact.ordinal == 1 else "139****0002",
            amount=request.amount or 1_234_567,
            currency="CNY",
            day=request.day or "2026-11-23",
            allowed=not self.night,
            allowed_at=None,
            rules=(rule, count),
            digest="d" * 64,
        )

    def _SendMessage(self, request: sending.SendMessage) -> MessageView:  # noqa: N802
        return replace(message(1, "waiting"), case_id=request.case_id)

    def _ListMessages(self, _: sending.ListMessages) -> sending.MessageList:  # noqa: N802
        return sending.MessageList(messages=MESSAGES, at=NOW)

    def _ReadMessage(self, request: sending.ReadMessage) -> sending.MessageText:  # noqa: N802
        found = next((one for one in MESSAGES if one.message_id == request.message_id), MESSAGES[0])
        return sending.MessageText(message=found, text=TEXT)

    def _SetMessageSecret(self, _: sending.SetMessageSecret) -> Done:  # noqa: N802
        return Done()
