"""Customers that search and verification no longer answer for, until another person lifts it."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from access.policy.actions import Action
from console.desk.api import cases
from console.tui.screens.lists import ListScreen
from console.tui.widgets.rows import Column, Row


class FrozenScreen(ListScreen):
    """See the module."""

    TITLE = "place.frozen"
    HELP = "help.frozen"
    EMPTY = "frozen.empty"
    REREAD = frozenset({"case", "queue"})
    CSS_PATH = "lists.tcss"
    NEEDS: ClassVar = {"lift": (Action.CASE_FREEZE_LIFT.value,)}
    BINDINGS: ClassVar[list[BindingType]] = [Binding("l", "lift", "key.lift")]

    def columns(self) -> tuple[Column, ...]:
        """When, and whose miss it was; never which customer."""
        return (Column(self.t("frozen.since"), 17), Column(self.t("frozen.tripped_by")))

    async def load(self) -> None:
        """Read them."""
        reply = await self.client.ask(cases.ListFrozen())
        if reply is not None:
            self._take(reply)

    def _take(self, reply: cases.FrozenList) -> None:
        rows = tuple(
            Row(item.freeze_id, (self.when(item.frozen_at, "minute"), item.tripped_by)) for item in reply.items
        )
        self.show(rows, self.t("frozen.summary", count=len(rows)))

    def action_lift(self) -> None:
        """Answer for the customer again."""
        self.go(self._lift())

    async def _lift(self) -> None:
        from console.tui.modals.confirm import ConfirmModal  # noqa: PLC0415 - loaded when asked for

        freeze_id = self.list.key
        if freeze_id is None:
            return
        if await self.app.push_screen_wait(ConfirmModal(self.t("frozen.lift"), self.t("frozen.lift.words"))):
            reply = await self.client.ask(cases.LiftFreeze(freeze_id=freeze_id))
            if reply is not None:
                self.say(self.t("frozen.lifted"))
                self._take(reply)
