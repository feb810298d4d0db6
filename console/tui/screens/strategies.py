"""A team's strategies: every edition with its state; proposing, trying, checking, going live and back."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from access.policy.actions import Action
from console.desk.api import strategy
from console.desk.api.strategy import Edition
from console.tui.screens.strategy_steps import SteppingScreen
from console.tui.widgets.rows import Column, Row, RowList

TEMPLATE = (
    'name = "by days past due"',
    "",
    "[[rule]]",
    'name = "early"',
    "days = [0, 30]",
    "rank = 50",
    'to = "team"',
    "",
    "[[rule]]",
    'name = "late"',
    "days = [31]",
    "rank = 10",
    'to = "keep"',
)
"""What a first edition starts from."""


class StrategiesScreen(SteppingScreen):
    """See the module."""

    TITLE = "place.strategies"
    HELP = "help.strategies"
    EMPTY = "strategy.empty"
    REREAD = frozenset({"strategy"})
    CSS_PATH = "lists.tcss"
    NEEDS: ClassVar = {
        "propose": (Action.STRATEGY_EDITION_PROPOSE.value,),
        "apply": (Action.STRATEGY_EDITION_APPLY.value,),
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "key.open"),
        Binding("n", "propose", "key.strategy.write"),
        Binding("p", "apply", "key.apply"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._editions: tuple[Edition, ...] = ()

    def columns(self) -> tuple[Column, ...]:
        """Number, name, team, state, who made and checked it."""
        return (
            Column(self.t("column.edition"), 5, right=True),
            Column(self.t("strategy.name")),
            Column(self.t("column.unit"), 10),
            Column(self.t("column.state"), 12),
            Column(self.t("column.made_by"), 10),
            Column(self.t("column.approved_by"), 10),
        )

    async def load(self) -> None:
        """Read them."""
        reply = await self.client.ask(strategy.ListStrategies())
        if reply is None:
            return
        self._editions = reply.editions
        rows = tuple(
            Row(
                one.strategy_id,
                (
                    str(one.edition),
                    one.name,
                    one.unit,
                    ("● " if one.state == "live" else "") + self.texts.state("strategy", one.state),
                    one.made_by,
                    one.approved_by or one.reviewed_by or "—",
                ),
                strong=one.state in {"dry_run", "reviewed"},
            )
            for one in reply.editions
        )
        said = [self.t("strategy.summary", count=len(rows))]
        run = reply.run
        if run is not None:
            at = self.when(run.at)
            said.append(self.t(f"strategy.run.{run.state}", at=at, moved=run.moved, waiting=run.waiting))
        self.show(rows, " · ".join(said))

    def on_row_list_chosen(self, event: RowList.Chosen) -> None:
        """Enter."""
        self._open(event.key)

    def action_open(self) -> None:
        """The edition under the cursor."""
        if self.list.key is not None:
            self._open(self.list.key)

    def _open(self, strategy_id: str) -> None:
        from console.tui.screens.strategy import StrategyScreen  # noqa: PLC0415 - loaded when asked for

        self.app.push_screen(StrategyScreen(strategy_id))

    def action_propose(self) -> None:
        """Write a new edition, from the text of the one under the cursor."""
        self.go(self._propose())

    async def _propose(self) -> None:
        from console.tui.screens.strategy_edit import StrategyEditScreen  # noqa: PLC0415 - as above

        lines: tuple[str, ...] = TEMPLATE
        if self.list.key is not None:
            view = await self.client.ask(strategy.ReadStrategy(strategy_id=self.list.key))
            lines = view.lines if view is not None else TEMPLATE
        self.app.push_screen(StrategyEditScreen(lines))

    def action_apply(self) -> None:
        """Apply what is live to the team's cases as they are now."""
        self.go(self._apply())

    async def _apply(self) -> None:
        live = next((one for one in self._editions if one.state == "live"), None)
        if live is None:
            self.say(self.t("refusal.strategy.none_live"), bad=True)
            return
        await self.apply_all(strategy.ApplyStrategy(strategy_id=live.strategy_id))
