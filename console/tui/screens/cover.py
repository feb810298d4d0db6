"""The cases of colleagues who are away and whom one covers for; each opens like an own one."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from console.desk.api import cases, team
from console.desk.api.cases import CaseRow
from console.desk.api.team import Cover
from console.tui.screens.lists import ListScreen
from console.tui.widgets.rows import Column, Row, RowList


class CoverScreen(ListScreen):
    """See the module."""

    TITLE = "place.cover"
    HELP = "help.cover"
    EMPTY = "cover.empty"
    REREAD = frozenset({"queue", "session"})
    CSS_PATH = "lists.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "key.open_case"),
        Binding("n", "more", "key.more"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[tuple[Cover, CaseRow]] = []
        self._rest: list[tuple[Cover, str]] = []

    def columns(self) -> tuple[Column, ...]:
        """Whose, which case, how it stands."""
        return (
            Column(self.t("cover.whose"), 14),
            Column(self.t("column.case"), 15),
            Column(self.t("column.name"), 8),
            Column(self.t("column.overdue"), 8, right=True),
            Column(self.t("column.due"), 13, right=True),
            Column(self.t("column.state")),
        )

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """More while there is more."""
        if action == "more":
            return bool(self._rest)
        return super().check_action(action, parameters)

    async def load(self) -> None:
        """The first page of each queue."""
        covers = await self.client.ask(team.ListCovers())
        if covers is None:
            return
        self._rows, self._rest = [], []
        for one in covers.covers:
            await self._page(one, None)
        said = (
            self.t("cover.one", person=f"{one.person} {one.staff_no}", until=self.when(one.until - 1, "day"))
            for one in covers.covers
        )
        self._show("\n".join(said))

    async def _page(self, one: Cover, cursor: str | None) -> None:
        page = await self.client.ask(cases.ListQueue(person_id=one.person_id, cursor=cursor))
        if page is not None:
            self._rows += [(one, row) for row in page.rows]
            if page.cursor is not None:
                self._rest.append((one, page.cursor))

    def _show(self, summary: str) -> None:
        self.show(
            tuple(
                Row(
                    row.case_id,
                    (
                        f"{one.person} {one.staff_no}",
                        row.number,
                        self.texts.mask(row.name),
                        self.texts.days(row.days_past_due),
                        self.texts.money(row.due, row.currency),
                        self.texts.state("case", row.state),
                    ),
                )
                for one, row in self._rows
            ),
            summary,
        )

    def on_row_list_chosen(self, event: RowList.Chosen) -> None:
        """Enter."""
        del event
        self.action_open()

    def action_open(self) -> None:
        """Open the case."""
        from console.tui.screens.case import CaseScreen  # noqa: PLC0415 - loaded when a case is opened

        if self.list.key is not None:
            self.app.push_screen(CaseScreen(self.list.key))

    def action_more(self) -> None:
        """The next page of each queue."""
        self.go(self._more())

    async def _more(self) -> None:
        rest, self._rest = self._rest, []
        for one, cursor in rest:
            await self._page(one, cursor)
        self._show("")
