"""Who of the team holds how many cases, and the most they may."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from access.policy.actions import Action
from console.desk.api import assign
from console.desk.api.assign import Load, LoadList
from console.tui.screens.lists import ListScreen
from console.tui.widgets.rows import Column, Row


class LoadsScreen(ListScreen):
    """See the module."""

    TITLE = "place.loads"
    HELP = "help.loads"
    EMPTY = "assign.nobody"
    REREAD = frozenset({"queue"})
    CSS_PATH = "lists.tcss"
    NEEDS: ClassVar = {"capacity": (Action.CASE_CAPACITY_SET.value,)}
    BINDINGS: ClassVar[list[BindingType]] = [Binding("c", "capacity", "key.capacity")]

    def __init__(self) -> None:
        super().__init__()
        self._people: tuple[Load, ...] = ()

    def columns(self) -> tuple[Column, ...]:
        """Person, cases held, most, room."""
        return (
            Column(self.t("column.person")),
            Column(self.t("column.staff_no"), 10),
            Column(self.t("column.holds"), 8, right=True),
            Column(self.t("column.most"), 8, right=True),
            Column(self.t("column.room"), 8, right=True),
        )

    async def load(self) -> None:
        """Read them."""
        reply = await self.client.ask(assign.ListLoads())
        if reply is not None:
            self._take(reply)

    def _take(self, reply: LoadList) -> None:
        self._people = reply.people
        rows = tuple(
            Row(
                one.person_id,
                (
                    f"{one.name} ⊘ {self._unfit(one)}" if one.unfit else one.name,
                    one.staff_no,
                    str(one.open),
                    ("= " if one.own_most else "") + str(one.most),
                    ("✗ " if one.open > one.most else "") + str(one.most - one.open),
                ),
                strong=one.open > one.most,
            )
            for one in reply.people
        )
        self.show(rows, self.t("assign.in_pool", count=reply.pool))

    def _unfit(self, one: Load) -> str:
        return self.texts.unfit(one.unfit, one.until, self.desk_app.zone)

    def action_capacity(self) -> None:
        """Set the most that the one under the cursor may hold."""
        self.go(self._capacity())

    async def _capacity(self) -> None:
        from console.tui.modals.confirm import WordsModal  # noqa: PLC0415 - loaded when asked for

        one = next((one for one in self._people if one.person_id == self.list.key), None)
        if one is None:
            return
        title = self.t("assign.capacity", person=one.name)
        modal = WordsModal(title, self.t("assign.capacity.words"), self.t("column.most"), least=0, limit=4)
        typed = await self.app.push_screen_wait(modal)
        if typed is None:
            return
        if typed and not (typed.isascii() and typed.isdigit()):
            self.say(self.t("form.number_needed"), bad=True)
            return
        reply = await self.client.ask(assign.SetCapacity(person_id=one.person_id, most=int(typed) if typed else None))
        if reply is not None:
            self._take(reply)
