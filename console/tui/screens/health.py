"""How the desk is: one line a check, its state in a word and a sign."""

from __future__ import annotations

from console.desk.api import people
from console.tui.screens.lists import ListScreen
from console.tui.widgets.rows import Column, Row


class HealthScreen(ListScreen):
    """See the module."""

    TITLE = "place.health"
    HELP = "help.health"
    EMPTY = "health.empty"
    REREAD = frozenset({"line"})
    CSS_PATH = "lists.tcss"

    def columns(self) -> tuple[Column, ...]:
        """What, how, more."""
        return (
            Column(self.t("health.check"), 20),
            Column(self.t("column.state"), 12),
            Column(self.t("health.detail")),
        )

    async def load(self) -> None:
        """Ask the desk."""
        reply = await self.client.ask(people.ReadHealth())
        if reply is None:
            return
        rows = tuple(
            Row(
                check.name,
                (self.t(f"check.{check.name}"), self.t(f"health.{check.state}"), self.texts.health(check.detail)),
                strong=check.state != "ok",
            )
            for check in reply.checks
        )
        bad = sum(check.state != "ok" for check in reply.checks)
        self.show(rows, self.t("health.summary", count=len(rows), bad=bad))
