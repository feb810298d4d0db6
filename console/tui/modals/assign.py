"""Give a case, or some of the pool, to a member of the team, or put a case back into the pool."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from console.desk.api import people
from console.desk.api.cases import AssignCases
from console.tui.modals.base import DeskModal
from console.tui.widgets.inputs import Field, Labelled
from console.tui.widgets.rows import Column, Row, RowList
from console.tui.widgets.words import Words

BACK = "-"


class AssignModal(DeskModal[AssignCases]):
    """Args: the case under the cursor (empty: none); pool: offer to give a number of the pool's first cases."""

    TITLE = "assign.title"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "key.assign"),
        Binding("tab", "app.focus_next", "key.next"),
    ]

    def __init__(self, case_id: str, number: str, *, pool: bool = False) -> None:
        super().__init__()
        self._case_id, self._number, self._pool = case_id, number, pool

    def body(self) -> ComposeResult:
        """Whom, and from the pool how many."""
        if self._pool:
            yield Words(self.t("assign.pool"))
            yield Labelled(self.t("assign.count"), Field("10", limit=4, id="count"))
        else:
            yield Words(self.t("assign.case", number=self._number))
        columns = (
            Column(self.t("column.person"), 14),
            Column(self.t("column.staff_no"), 8),
            Column(self.t("column.roles")),
        )
        yield RowList(columns, empty=self.t("assign.nobody"))

    def on_mount(self) -> None:
        """Read the team."""
        self.query_one(RowList).focus()
        self.go(self._read())

    async def _read(self) -> None:
        reply = await self.client.ask(people.ListPeople())
        if reply is None:
            return
        rows = [Row(card.person_id, (card.name, card.staff_no, self.texts.roles(card.roles))) for card in reply.people]
        if not self._pool:
            rows.append(Row(BACK, (self.t("assign.back"), "", "")))
        self.query_one(RowList).show(rows)

    def on_input_submitted(self) -> None:
        """Enter in the number."""
        self.query_one(RowList).focus()

    def on_row_list_chosen(self) -> None:
        """Enter on a person."""
        self.action_submit()

    def action_submit(self) -> None:
        """Hand the assignment back."""
        key = self.query_one(RowList).key
        if key is None:
            return
        person = None if key == BACK else key
        if not self._pool:
            self.dismiss(AssignCases(assignee_id=person, case_ids=(self._case_id,)))
            return
        typed = self.query_one("#count", Field).value.strip()
        if not (typed.isascii() and typed.isdigit() and int(typed) > 0):
            self.say(self.t("form.number_needed"), bad=True)
            return
        self.dismiss(AssignCases(assignee_id=person, count=int(typed)))
