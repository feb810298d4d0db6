"""What somebody sees who is signed in and shut out: why, since when, and whom to ask. Nothing else opens from here."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical

from console.desk.api import Refusal, training
from console.tui.screens.base import DeskScreen
from console.tui.widgets.rows import Column, Row, RowList
from console.tui.widgets.words import Words


class GateScreen(DeskScreen):
    """See the module."""

    TITLE = "gate.title"
    HELP = "help.gate"
    CSS_PATH = "lists.tcss"
    REREAD = frozenset({"session"})
    BINDINGS: ClassVar[list[BindingType]] = []
    DEFAULT_CLASSES = "gate"

    def body(self) -> ComposeResult:
        """Why, and the own entries of the ledger."""
        with Vertical(id="list"):
            yield Words(self._why(), id="why")
            yield RowList(
                (
                    Column(self.t("staff.kind"), 12),
                    Column(self.t("staff.held_on"), 10),
                    Column(self.t("column.result"), 10),
                    Column(self.t("staff.until"), 10),
                    Column(self.t("staff.content")),
                ),
                empty=self.t("training.empty"),
            )

    def _why(self) -> str:
        gates = self.desk_app.me.gates if self.desk_app.me is not None else ()
        lines = [self.t(f"gate.{gate}") for gate in gates]
        return "\n".join([*lines, self.t("gate.words")])

    async def load(self) -> None:
        """Read the own ledger, where the person has one to read."""
        reply = await self.client.attempt(training.ListTraining())
        if not self.query(RowList):
            return
        self.query_one("#why", Words).say(self._why())
        mine = self.desk_app.me.person_id if self.desk_app.me is not None else ""
        entries = () if isinstance(reply, Refusal) else reply.entries
        self.query_one(RowList).show(
            [
                Row(
                    one.record_id,
                    (
                        self.t(f"staff.course.{one.kind}"),
                        one.held_on,
                        self.t("staff.passed" if one.passed else "staff.failed"),
                        self.when(one.valid_until, "day"),
                        one.content,
                    ),
                )
                for one in entries
                if one.person_id == mine
            ]
        )
