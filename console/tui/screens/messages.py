"""Messages that were sent, and what became of each; one with its words."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from console.desk.api.sending import ListMessages, ReadMessage
from console.tui.screens.lists import ListScreen
from console.tui.widgets.rows import Column, Row, RowList

SIGNS = {"delivered": "✓", "accepted": "·", "unknown": "?", "torn": "!", "undelivered": "✗", "refused": "✗"}


class MessagesScreen(ListScreen):
    """See the module."""

    TITLE = "place.messages"
    HELP = "help.messages"
    EMPTY = "messages.empty"
    REREAD = frozenset({"messages"})
    CSS_PATH = "lists.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "open", "key.open")]

    def columns(self) -> tuple[Column, ...]:
        """When, which case, from which template, what became of it, by whom."""
        return (
            Column(self.t("calls.column.at"), 11),
            Column(self.t("calls.column.case"), 15),
            Column(self.t("message.template"), 12),
            Column(self.t("column.state")),
            Column(self.t("template.parts"), 5, right=True),
            Column(self.t("cli.head.sender"), 12),
        )

    async def load(self) -> None:
        """Read them."""
        reply = await self.client.ask(ListMessages())
        if reply is None:
            return
        rows = tuple(
            Row(
                one.message_id,
                (
                    self.when(one.sent_at),
                    one.number,
                    one.template,
                    f"{SIGNS.get(one.state, '…')} {self.texts.state('message', one.state)}",
                    str(one.parts),
                    one.sender or "—",
                ),
                strong=one.state in {"unknown", "torn"},
            )
            for one in reply.messages
        )
        self.show(rows, "")

    def on_row_list_chosen(self, event: RowList.Chosen) -> None:
        """Enter."""
        self.go(self._look(event.key))

    def action_open(self) -> None:
        """The message under the cursor."""
        if self.list.key is not None:
            self.go(self._look(self.list.key))

    async def _look(self, message_id: str) -> None:
        from console.tui.modals.message import MessageWords  # noqa: PLC0415 - loaded when asked for

        found = await self.client.ask(ReadMessage(message_id=message_id))
        if found is not None:
            await self.app.push_screen_wait(MessageWords(found))
