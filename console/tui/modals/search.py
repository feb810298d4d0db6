"""Exact search: a kind and a whole value; the value is gone from the screen as soon as Enter is pressed."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from console.desk.api import cases
from console.tui.modals.base import DeskModal
from console.tui.widgets.inputs import Choice, Field, Labelled, Option
from console.tui.widgets.rows import Column, Row, RowList
from console.tui.widgets.words import Words

KINDS = ("case_number", "mobile", "id_number", "bank_card", "loan_number")


class SearchModal(DeskModal[str]):
    """Answers with the id of the case chosen."""

    TITLE = "search.title"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "key.do"),
        Binding("left", "nothing", "key.choose", key_display="◂▸"),
        Binding("tab", "app.focus_next", "key.next", priority=True),
    ]

    def body(self) -> ComposeResult:
        """Kind, value, what was found."""
        yield Words(self.t("search.words"))
        yield Labelled(
            self.t("search.kind"), Choice([Option(kind, self.t(f"search.kind.{kind}")) for kind in KINDS], id="kind")
        )
        yield Labelled(self.t("search.value"), Field(limit=40, id="value"))
        yield Words(id="left")
        yield RowList(
            (
                Column(self.t("column.case"), 15),
                Column(self.t("column.name"), 10),
                Column(self.t("column.overdue"), 8, right=True),
                Column(self.t("column.due"), 13, right=True),
                Column(self.t("column.state")),
            )
        )

    def on_mount(self) -> None:
        """Start at the value."""
        self.query_one(RowList).display = False
        self.query_one("#value").focus()

    def action_nothing(self) -> None:
        """Done by the control that has the focus."""

    def on_input_submitted(self) -> None:
        """Enter while typing."""
        self.action_submit()

    def action_submit(self) -> None:
        """Search; the value leaves the screen first."""
        value = self.query_one("#value", Field).take()
        if value:
            self.go(self._search(cases.ExactSearch(kind=self.query_one("#kind", Choice).key, value=value)))

    async def _search(self, call: cases.ExactSearch) -> None:
        reply = await self.client.ask(call)
        if reply is None:
            return
        key = "search.found" if reply.rows else "search.nothing"
        self.query_one("#left", Words).say(self.t(key, count=len(reply.rows), left=reply.searches_left))
        rows = self.query_one(RowList)
        rows.display = bool(reply.rows)
        rows.show(
            [
                Row(
                    row.case_id,
                    (
                        row.number,
                        self.texts.mask(row.name),
                        self.texts.days(row.days_past_due),
                        self.texts.money(row.due, row.currency),
                        self.texts.state("case", row.state),
                    ),
                )
                for row in reply.rows
            ]
        )
        if reply.rows:
            rows.focus()

    def on_row_list_chosen(self, event: RowList.Chosen) -> None:
        """Open what was found."""
        self.dismiss(event.key)
