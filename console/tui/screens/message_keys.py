"""The key of a case that writes to its customer: a number, a template, a figure, a day; looked at, then sent."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from access.policy.actions import Action
from console.desk.api.contact import CheckContacts, Means
from console.desk.api.messages import ListTemplates
from console.desk.api.sending import MessagePreview, SendMessage
from console.tui.screens.case_base import CaseBase


class MessageKeys(CaseBase):
    """See the module."""

    NEEDS: ClassVar = {"message_write": (Action.MESSAGE_TEXT_SEND.value,)}
    BINDINGS: ClassVar[list[BindingType]] = [Binding("s", "message_write", "key.message.write")]

    def action_message_write(self) -> None:
        """Write to the customer."""
        self.go(self._message_write())

    async def _message_write(self) -> None:
        from console.tui.modals.confirm import ConfirmModal  # noqa: PLC0415 - loaded when asked for
        from console.tui.modals.message import MessageForm, own_numbers  # noqa: PLC0415

        view = self._view
        live = await self.client.ask(ListTemplates(live=True)) if view is not None else None
        if view is None or live is None:
            return
        if not live.templates:
            self.say(self.t("message.no_templates"), bad=True)
            return
        found = await self.client.ask(CheckContacts(case_id=view.row.case_id, means=Means.SMS.value))
        if found is None:
            return
        numbers = own_numbers(found)
        if not numbers:
            self.say(self.t("message.no_numbers"), bad=True)
            return
        look = await self.app.push_screen_wait(MessageForm(view, live.templates, numbers))
        seen = await self.client.ask(look) if look is not None else None
        if look is None or seen is None:
            return
        title = self.t("message.look", masked=self.texts.mask(seen.masked), parts=seen.parts)
        if not await self.app.push_screen_wait(ConfirmModal(title, self._said(seen, found.zone))):
            return
        call = SendMessage(
            case_id=seen.case_id,
            template_id=look.template_id,
            contact=look.contact,
            amount=seen.amount,
            day=seen.day,
            digest=seen.digest,
        )
        done = await self.client.ask(call)
        self.reread()
        if done is not None:
            self.say(self.t("message.sent", number=done.number, state=self.texts.state("message", done.state)))

    def _said(self, seen: MessagePreview, zone: str) -> str:
        """Its words, then every rule that counts, advises or refuses, with its figure and when it will allow."""
        from console.tui.modals.contact_check import cells  # noqa: PLC0415 - loaded when asked for

        refused = next((one for one in seen.rules if one.verdict == "refused"), None)
        end = (
            self.t("messages.not_now", why=self.texts.answer(refused.verdict, refused.why))
            if refused is not None
            else self.t("message.look.yes")
        )
        shown = [one for one in seen.rules if one.used is not None or one.verdict in {"advice", "refused"}]
        rules = [" ".join(filter(None, cells(self.texts, one, zone))) for one in shown]
        return "\n".join((seen.text, "", *rules, *([""] if rules else []), end))
