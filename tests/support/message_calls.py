"""Every call of messages, by somebody who knows the ids."""

from __future__ import annotations

from console.desk.api import messages
from console.desk.api.base import AnyCall

BODY = "您好，截至{date}您名下账单应还{amount}，请还款至官方账户{account}。"


def message_calls(template_id: str) -> tuple[AnyCall, ...]:
    """One call of each kind."""
    return (
        messages.ListTemplates(),
        messages.ReadTemplate(template_id=template_id),
        messages.ProposeTemplate(code="due", title="到期提醒", body=BODY),
        messages.DecideTemplate(template_id=template_id, version=1, approve=False),
        messages.RetireTemplate(template_id=template_id, version=1),
    )
