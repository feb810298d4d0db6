"""Colleagues: the own team, or every account for those who look after them."""

from __future__ import annotations

from console.desk.api import people
from console.tui.screens.lists import ListScreen
from console.tui.widgets.rows import Column, Row


class PeopleScreen(ListScreen):
    """See the module."""

    TITLE = "place.people"
    HELP = "help.people"
    EMPTY = "people.empty"
    CSS_PATH = "lists.tcss"

    def columns(self) -> tuple[Column, ...]:
        """Number, name, roles, unit, login."""
        return (
            Column(self.t("column.staff_no"), 8),
            Column(self.t("column.person"), 14),
            Column(self.t("column.roles")),
            Column(self.t("column.unit"), 16),
            Column(self.t("column.login"), 14),
        )

    async def load(self) -> None:
        """Read them."""
        reply = await self.client.ask(people.ListPeople())
        if reply is None:
            return
        rows = tuple(
            Row(card.person_id, (card.staff_no, card.name, self.texts.roles(card.roles), card.unit, card.login))
            for card in reply.people
        )
        self.show(rows, self.t("people.summary", count=len(rows)))
