"""Give cases, or some of the pool, to a member of the team, or put cases back into the pool."""

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
    """Args: cases (id, number, version as seen); pool: offer to give a number of the pool's first cases instead."""

    TITLE = "assign.title"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "key.assign"),
        Binding("tab", "app.focus_next", "key.next", priority=True),
    ]

    def __init__(self, chosen: tuple[tuple[str, str, int], ...], *, pool: bool = False) -> None:
        super().__init__()
        self._chosen, self._pool = chosen, pool

    def body(self) -> ComposeResult:
        """Whom, and from the pool how many."""
        if self._pool:
            yield Words(self.t("assign.pool"))
            yield Labelled(self.t("assign.count"), Field("10", limit=4, id="count"))
        else:
            one = len(self._chosen) == 1
            number = self._chosen[0][1] if one else ""
            yield Words(self.t("assign.case" if one else "assign.ticked", number=number, count=len(self._chosen)))
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
            ids = tuple(case_id for case_id, _, _ in self._chosen)
            versions = tuple(version for _, _, version in self._chosen)
            self.dismiss(AssignCases(assignee_id=person, case_ids=ids, versions=versions))
            return
        typed = self.query_one("#count", Field).value.strip()
        if not (typed.isascii() and typed.isdigit() and int(typed) > 0):
            self.say(self.t("form.number_needed"), bad=True)
            return
        self.dismiss(AssignCases(assignee_id=person, count=int(typed)))
