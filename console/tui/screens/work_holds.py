"""Holds of the cases whose holds one decides on, those that wait for somebody first."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from access.policy.actions import Action
from console.desk.api import work
from console.desk.api.work import HoldView
from console.tui.screens.lists import ListScreen
from console.tui.widgets.rows import Column, Row, RowList


class HoldsScreen(ListScreen):
    """See the module."""

    TITLE = "holds.title"
    HELP = "help.holds"
    EMPTY = "holds.empty"
    REREAD = frozenset({"hold"})
    CSS_PATH = "lists.tcss"
    NEEDS: ClassVar = {"open_case": (Action.CASE_FILE_OPEN.value,)}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "decide", "key.decide"),
        Binding("o", "open_case", "key.open_case"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._holds: tuple[HoldView, ...] = ()

    def columns(self) -> tuple[Column, ...]:
        """Whether it waits, case, reason, who marked it when."""
        return (
            Column(self.t("column.state"), 14),
            Column(self.t("column.case"), 14),
            Column(self.t("column.reason"), 14),
            Column(self.t("column.person"), 10),
            Column(self.t("column.when"), 11),
            Column(self.t("column.words")),
        )

    async def load(self) -> None:
        """All of them."""
        reply = await self.client.ask(work.ListHolds())
        if reply is None:
            return
        self._holds = reply.holds
        waiting = sum(1 for hold in self._holds if self._waits(hold))
        self.show(tuple(map(self._row, self._holds)), self.t("holds.summary", count=len(self._holds), waiting=waiting))

    @staticmethod
    def _waits(hold: HoldView) -> bool:
        return not hold.confirmed or bool(hold.lift_asked_by)

    def _row(self, hold: HoldView) -> Row:
        if hold.lift_asked_by:
            standing = "◇ " + self.t("hold.short.lift")
        elif hold.state == "asked":
            standing = "◇ " + self.t("hold.short.asked")
        else:
            standing = "⊘ " + self.t("hold.short.confirmed" if hold.confirmed else "hold.short.at_once")
        return Row(
            hold.hold_id,
            (
                standing,
                hold.number,
                self.t(f"hold.reason.{hold.reason}"),
                hold.placed_by,
                self.when(hold.placed_at),
                hold.words,
            ),
            strong=self._waits(hold),
        )

    def _current(self) -> HoldView | None:
        return next((hold for hold in self._holds if hold.hold_id == self.list.key), None)

    def on_row_list_chosen(self, event: RowList.Chosen) -> None:
        """Enter."""
        del event
        self.action_decide()

    def action_decide(self) -> None:
        """Decide on the one under the cursor."""
        self.go(self._decide())

    async def _decide(self) -> None:
        from console.tui.modals.work_hold import HoldDecision  # noqa: PLC0415 - loaded when asked for

        hold = self._current()
        if hold is None:
            return
        call = await self.app.push_screen_wait(HoldDecision(hold))
        if not isinstance(call, work.DecideHold):
            return
        reply = await self.client.ask(call)
        if reply is not None:
            self.say(self.t("hold.done", state=self.texts.state("hold", reply.state)))
        self.reread()

    def action_open_case(self) -> None:
        """The case itself."""
        from console.tui.screens.case import CaseScreen  # noqa: PLC0415 - as above

        hold = self._current()
        if hold is not None:
            self.app.push_screen(CaseScreen(hold.case_id))
