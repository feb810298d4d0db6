"""Writing a strategy's text line by line; what is wrong stands beside the line it is in."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from access.policy.actions import Action
from console.desk.api import strategy
from console.desk.api.contact import RulesProposal
from console.desk.api.strategy import Proposal, RuleFault
from console.tui.screens.lists import ListScreen
from console.tui.widgets.rows import Column, Row, RowList


class StrategyEditScreen(ListScreen):
    """See the module. Args: the lines to start from."""

    TITLE = "strategy.edit"
    HELP = "help.strategy_edit"
    EMPTY = "strategy.nothing_here"
    CSS_PATH = "lists.tcss"
    NEEDS: ClassVar = {"submit": (Action.STRATEGY_EDITION_PROPOSE.value,)}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "edit", "key.edit"),
        Binding("o", "insert", "key.insert"),
        Binding("d", "remove", "key.remove"),
        Binding("s", "submit", "key.submit"),
    ]

    def __init__(self, lines: tuple[str, ...]) -> None:
        super().__init__()
        self._lines = list(lines)
        self._faults: dict[int, list[RuleFault]] = {}

    def columns(self) -> tuple[Column, ...]:
        """Number, text, what is wrong."""
        return (Column("", 4, right=True), Column(self.t("strategy.part.text")), Column(self.t("column.fault"), 28))

    async def load(self) -> None:
        """Nothing to read: what stands here is not the desk's yet."""
        self._show()

    def _show(self) -> None:
        rows = tuple(
            Row(str(at), (str(at), line, self._wrong(at)), strong=at in self._faults)
            for at, line in enumerate(self._lines, 1)
        )
        whole = self._wrong(0)
        count = sum(len(faults) for faults in self._faults.values())
        said = self.t("strategy.faults", count=count) if count else self.t("strategy.lines", count=len(rows))
        self.show(rows, f"{said}  {whole}".rstrip())

    def _wrong(self, at: int) -> str:
        return "; ".join(self.t(f"refusal.{one.code}", what=one.what) for one in self._faults.get(at, ()))

    @property
    def _at(self) -> int:
        """Place of the line under the cursor, from 0."""
        return int(self.list.key) - 1 if self.list.key is not None else -1

    def on_row_list_chosen(self, event: RowList.Chosen) -> None:
        """Enter."""
        del event
        self.action_edit()

    def action_edit(self) -> None:
        """Change the line under the cursor."""
        self.go(self._edit(self._at))

    async def _edit(self, at: int) -> None:
        if not 0 <= at < len(self._lines):
            return
        from console.tui.modals.line import LineModal  # noqa: PLC0415 - loaded when asked for

        line = await self.app.push_screen_wait(LineModal(self._lines[at]))
        if line is not None:
            self._lines[at] = line
            self._faults.pop(at + 1, None)
            self._show()

    def action_insert(self) -> None:
        """A new line under the cursor."""
        at = self._at + 1
        self._lines.insert(at, "")
        self._faults.clear()
        self._show()
        self.list.move_to(str(at + 1))
        self.go(self._edit(at))

    def action_remove(self) -> None:
        """Take the line under the cursor away."""
        if 0 <= self._at < len(self._lines):
            del self._lines[self._at]
            self._faults.clear()
            self._show()

    def action_submit(self) -> None:
        """Propose it, whole."""
        self.go(self._submit())

    async def ask(self, lines: tuple[str, ...]) -> Proposal | RulesProposal | None:
        """Propose the text."""
        return await self.client.ask(strategy.ProposeStrategy(lines=lines))

    async def _submit(self) -> None:
        reply = await self.ask(tuple(self._lines))
        if reply is None:
            return
        if reply.edition is None:
            self._faults = {}
            for fault in reply.faults:
                self._faults.setdefault(fault.line, []).append(fault)
            self._show()
            first = min((line for line in self._faults if line), default=0)
            if first:
                self.list.move_to(str(first))
            return
        # Not waited for: this very worker ends with the screen.
        self.app.pop_screen()
