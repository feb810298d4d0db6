"""What a desk without a desk answers about messages."""

from __future__ import annotations

from access.policy.actions import Action
from console.desk.api import messages
from console.desk.api.messages import TemplateEdition
from console.desk.api.session import PersonCard
from console.desk.api.strategy import RuleFault
from tests.support.fake_scenes import SceneAnswers
from tests.support.fake_sending import SendingAnswers

NOW = 1_795_329_120_000_000
LONG = "Featherstonehaugh-Smythe"
COMPLIANCE = PersonCard(
    person_id="p6", staff_no="C0002", name="何洁", login="hejie", roles=("compliance",), unit="总部"
)
_READ = {Action.MESSAGE_TEMPLATE_READ}
_SEND = {Action.MESSAGE_TEXT_LIST, Action.MESSAGE_TEXT_SEND}
MESSAGE_ACTS = {
    "agent": _READ | _SEND,
    "supervisor": _READ | _SEND | {Action.MESSAGE_TEMPLATE_PROPOSE, Action.MESSAGE_TEMPLATE_RETIRE},
    "compliance": _READ | {Action.MESSAGE_TEMPLATE_APPROVE, Action.MESSAGE_TEMPLATE_RETIRE},
}
"""Acts of this room, by role."""

BODY = "您好，截至{date}您名下账单应还{amount}，请还款至官方账户{account}，如已还款请忽略本短信，谢谢配合。"


def template(number: int, state: str, **more: object) -> TemplateEdition:
    """One edition."""
    made: dict[str, object] = {
        "template_id": f"t{number}",
        "code": "due-reminder",
        "edition": number,
        "title": "到期提醒（逾期账单还款通知，含官方还款账户）" if number % 2 else "Reminder",
        "state": state,
        "parameters": ("account", "amount", "date"),
        "parts": 2,
        "made_by": LONG if number % 2 else "周凯",
        "made_at": NOW,
        "approved_by": "何洁" if state in {"live", "retired"} else "",
        "version": 1,
    }
    return TemplateEdition(**made | more)  # type: ignore[arg-type]


TEMPLATES = (template(4, "proposed"), template(3, "live"), template(2, "retired"), template(1, "refused"))


class MessageAnswers(SendingAnswers, SceneAnswers):
    """Mixed into the fake desk by `ContactAnswers`."""

    def _ListTemplates(self, _: messages.ListTemplates) -> messages.TemplateList:  # noqa: N802
        return messages.TemplateList(templates=TEMPLATES)

    def _ReadTemplate(self, request: messages.ReadTemplate) -> messages.TemplateView:  # noqa: N802
        found = next((one for one in TEMPLATES if one.template_id == request.template_id), TEMPLATES[0])
        return messages.TemplateView(
            template=found,
            body=BODY,
            signature="示例银行",
            replaces=BODY[:24] if found.state == "proposed" else "",
            faults=(RuleFault(line=1, code="template.sensitive", what="保证金"),) if found.state == "refused" else (),
        )

    def _ProposeTemplate(self, request: messages.ProposeTemplate) -> messages.TemplateProposal:  # noqa: N802
        if not request.code:
            return messages.TemplateProposal(
                template=None, faults=(RuleFault(line=1, code="template.code_unfit", what=""),)
            )
        return messages.TemplateProposal(template=template(5, "proposed"), faults=())

    def _DecideTemplate(self, request: messages.DecideTemplate) -> TemplateEdition:  # noqa: N802
        return template(4, "live" if request.approve else "refused")

    def _RetireTemplate(self, _: messages.RetireTemplate) -> TemplateEdition:  # noqa: N802
        return template(3, "retired")
