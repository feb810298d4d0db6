"""A desk that can write to customers: a live template, a sender plugged in; and every call of sending."""

from __future__ import annotations

from console.desk.api import sending
from console.desk.api.base import AnyCall
from console.desk.api.messages import DecideTemplate, ProposeTemplate
from console.desk.api.sending import MessagePreview, MessageView, PreviewMessage, SendMessage
from console.settings import MessageSettings
from tests.support.desk import WholeDesk
from tests.support.fake_sender import FakeSender, Pool
from tests.support.message_calls import BODY
from tests.support.sip import until

ACCOUNT = "6222 0212 3456 7890"
WORDS = BODY + "如您已还款请忽略本短信，感谢您的配合与理解，祝您生活愉快。"
"""Two short messages long."""

POST = MessageSettings(
    signature="示例银行",
    account=ACCOUNT,
    provider="smpp",
    smpp_host="127.0.0.1",
    name="desk",
    sender="10690000",
    a_second=100,
)


def sending_calls(case_id: str, template_id: str) -> tuple[AnyCall, ...]:
    """One call of each kind."""
    return (
        PreviewMessage(case_id=case_id, template_id=template_id),
        SendMessage(case_id=case_id, template_id=template_id, digest="0" * 64),
        sending.ListMessages(),
        sending.ReadMessage(message_id="0" * 32),
        sending.SetMessageSecret(secret="unseen"),
    )


async def live_template(desk: WholeDesk, body: str = BODY, code: str = "due") -> str:
    """A template that may be sent; its id."""
    made = (await desk.call("lina", ProposeTemplate(code=code, title="到期提醒", body=body))).template
    assert made is not None
    decided = DecideTemplate(template_id=made.template_id, version=made.version, approve=True)
    return (await desk.call("hejie", decided)).template_id


class PostOffice:
    """A desk whose messages a fake sender takes. Attributes: pool, template_id."""

    def __init__(self, desk: WholeDesk) -> None:
        self.desk = desk
        self.pool = Pool(desk.clock)
        self.template_id = ""

    @property
    def sender(self) -> FakeSender:
        return self.pool.now

    async def open(self, body: str = WORDS) -> None:
        """Plug it in; a template is live."""
        self.template_id = await live_template(self.desk, body)
        await self.desk.running.office.open(self.pool.open)
        await self.plugged()

    async def plugged(self) -> None:
        await until(lambda: self.desk.running.parts.mailbox.up, "a sender")

    async def preview(self, name: str, case_id: str, **more: object) -> MessagePreview:
        call = PreviewMessage(case_id=case_id, template_id=self.template_id, **more)  # type: ignore[arg-type]
        return await self.desk.call(name, call)

    async def order(self, name: str, case_id: str, **more: object) -> SendMessage:
        seen = await self.preview(name, case_id, **more)
        return SendMessage(
            case_id=case_id,
            template_id=self.template_id,
            digest=seen.digest,
            **more,  # type: ignore[arg-type]
        )

    async def send(self, name: str, case_id: str, **more: object) -> MessageView:
        """A message that the sender has."""
        sent = await self.desk.call(name, await self.order(name, case_id, **more))
        await until(lambda: sent.message_id in self.sender.sent, "sent")
        return sent

    async def quiet(self) -> None:
        """Everything said so far is written."""
        await self.desk.running.office._work.join()
