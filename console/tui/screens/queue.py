"""Today's work in the desk's order: one's own, the team's, or what nobody works yet."""

from __future__ import annotations

from collections import Counter
from typing import ClassVar

from textual.binding import Binding, BindingType

from access.policy.actions import Action
from console.desk.api import cases
from console.desk.api.cases import CaseRow
from console.tui.screens.assigning import ASSIGNING_NEEDS, AssigningScreen
from console.tui.screens.case_rows import SIGNS
from console.tui.screens.wrap_left import LeftWraps
from console.tui.widgets.rows import Column, Row, RowList

_TEAM = (Action.CASE_QUEUE_LIST_TEAM.value, Action.CASE_QUEUE_LIST_AGENCY.value)
_COUNTED = ("callback", "broken", "reminder", "new")
_STRONG = frozenset({"callback", "broken"})


class QueueScreen(LeftWraps, AssigningScreen):
    """See the module."""

    TITLE = "queue.title.own"
    HELP = "help.queue"
    REREAD = frozenset({"queue", "import"})
    CSS_PATH = "lists.tcss"
    NEEDS: ClassVar = {
        "search": (Action.CASE_CUSTOMER_SEARCH.value,),
        "scope": (*_TEAM, Action.CASE_QUEUE_LIST_OWN.value),
        **ASSIGNING_NEEDS,
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "key.open"),
        Binding("slash", "search", "key.search"),
        Binding("1", "scope('own')", "key.scope.own"),
        Binding("2", "scope('team')", "key.scope.team"),
        Binding("3", "scope('pool')", "key.scope.pool"),
        Binding("n", "more", "key.more"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._scope = ""
        self._rows: list[CaseRow] = []
        self._cursor: str | None = None

    @property
    def scope(self) -> str:
        """own, team or pool; a supervisor starts with the team."""
        if not self._scope:
            self._scope = "team" if not set(_TEAM).isdisjoint(self.me.acts) else "own"
        return self._scope

    def empty_text(self) -> str:
        """What to do when there is nothing, by queue."""
        return self.t(f"queue.empty.{self.scope}")

    def title_text(self) -> str:
        """Whose queue."""
        return self.t(f"queue.title.{self.scope}")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Scopes that the person has."""
        if action == "more":
            return self._cursor is not None
        if action == "scope" and set(_TEAM).isdisjoint(self.me.acts):
            return False
        return super().check_action(action, parameters)

    def columns(self) -> tuple[Column, ...]:
        """Why it stands there, name, age, amount, last result, next step."""
        return (
            Column(self.t("column.why"), 9),
            Column(self.t("column.case"), 14),
            Column(self.t("column.name"), 7),
            Column(self.t("column.overdue"), 8, right=True),
            Column(self.t("column.due"), 12, right=True),
            Column(self.t("column.last_result"), 11),
            Column(self.t("column.next")),
            Column(self.t("column.accounts"), 5, right=True, wide=True),
            Column(self.t("column.state"), 10, wide=True),
            Column(self.t("column.assignee"), 10, wide=True),
        )

    async def load(self) -> None:
        """The first page, as many rows as were shown before at least."""
        page = await self.client.ask(cases.ListQueue(scope=self.scope))
        if page is None:
            return
        rows, cursor = list(page.rows), page.cursor
        while cursor is not None and len(rows) < len(self._rows):
            more = await self.client.ask(cases.ListQueue(scope=self.scope, cursor=cursor))
            if more is None:
                break
            rows += more.rows
            cursor = more.cursor
        self._rows, self._cursor = rows, cursor
        self._show()

    def _show(self) -> None:
        key = "queue.summary.more" if self._cursor else "queue.summary"
        counted = Counter(row.why for row in self._rows)
        parts = [f"{SIGNS[why]} {self.t(f'why.{why}')} {counted[why]}" for why in _COUNTED if counted[why]]
        rows = tuple(self._row(row) for row in self._rows)
        self.list.show(rows, columns=self.columns())
        self.show(rows, "   ".join([self.t(key, count=len(self._rows)), *parts]))
        self.refresh_bars()

    def _row(self, row: CaseRow) -> Row:
        step = self.when(row.next_at) if row.next_at is not None else "—"
        return Row(
            row.case_id,
            (
                f"{SIGNS.get(row.why, ' ')} {self.t(f'why.{row.why}')}",
                row.number,
                self.texts.mask(row.name),
                self.texts.days(row.days_past_due),
                self.texts.money(row.due, row.currency),
                self.t(f"result.{row.last_result}") if row.last_result else "—",
                self.t(f"hold.reason.{row.hold}") if row.hold else step,
                str(row.accounts),
                self.texts.state("case", row.state),
                row.assignee or "—",
            ),
            strong=row.why in _STRONG,
            ticked=row.case_id in self.ticked,
        )

    def shown_cases(self) -> list[CaseRow]:
        """Rows as they are shown."""
        return self._rows

    def redraw(self) -> None:
        """Show the rows again, ticks and all."""
        self._show()

    def action_scope(self, scope: str) -> None:
        """Another queue."""
        if scope != self.scope:
            self._scope, self._rows, self._cursor = scope, [], None
            self.ticked.clear()
            self.list.show(())
            self.list.move_to("")
            self.reread()

    def action_open(self) -> None:
        """The case under the cursor."""
        if self.list.key is not None:
            self._open(self.list.key)

    def on_row_list_chosen(self, event: RowList.Chosen) -> None:
        """Enter."""
        self._open(event.key)

    def _open(self, case_id: str) -> None:
        from console.tui.screens.case import CaseScreen  # noqa: PLC0415 - loaded when a case is opened

        self.app.push_screen(CaseScreen(case_id))

    def on_row_list_at_end(self) -> None:
        """The last row: fetch the next page."""
        self.action_more()

    def action_more(self) -> None:
        """The next page, under what is shown."""
        if self._cursor is not None and not self._loading:
            self.go(self._more())

    async def _more(self) -> None:
        self._loading = True
        try:
            page = await self.client.ask(cases.ListQueue(scope=self.scope, cursor=self._cursor))
        finally:
            self._loading = False
        if page is not None:
            self._rows += page.rows
            self._cursor = page.cursor
            self._show()

    def action_search(self) -> None:
        """Exact search."""
        self.go(self._search())

    async def _search(self) -> None:
        from console.tui.modals.search import SearchModal  # noqa: PLC0415 - as above

        case_id = await self.app.push_screen_wait(SearchModal())
        if case_id:
            self._open(case_id)
