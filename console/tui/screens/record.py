"""What was opened and why: one's own record, the team's for whoever runs it, one customer's for compliance, audit.

A value that a customer was found by is not kept: from the first answer on, the cases are asked about by number.
"""

from __future__ import annotations

from typing import ClassVar, Final

import msgspec
from textual.binding import Binding, BindingType

from access.policy.actions import Action
from console.desk.api import record
from console.desk.api.record import ReadCustomerRecord, RecordEntry, RecordPage
from console.tui.screens.lists import ListScreen
from console.tui.widgets.rows import Column, Row, RowList

_CUSTOMERS: Final = frozenset({"compliance", "auditor"})


class RecordScreen(ListScreen):
    """Args: one member of the team (id, and name as shown); empty for one's own record."""

    TITLE = "record.title.own"
    HELP = "help.record"
    EMPTY = "record.empty"
    CSS_PATH = "lists.tcss"
    NEEDS: ClassVar = {"team": (Action.TEAM_BOARD_READ.value,), "open": (Action.CASE_FILE_OPEN.value,)}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "key.open_case"),
        Binding("1", "scope('own')", "key.record.own"),
        Binding("2", "scope('everything')", "key.record.everything"),
        Binding("3", "team", "key.record.team"),
        Binding("slash", "customer", "key.record.customer"),
        Binding("n", "older", "key.older"),
        Binding("p", "newer", "key.newer"),
    ]

    def __init__(self, person_id: str = "", who: str = "") -> None:
        super().__init__()
        self._person_id, self._who = person_id, who
        self._scope = "team" if person_id else "own"
        self._customer: ReadCustomerRecord | None = None
        self._before: list[int | None] = [None]
        self._page: RecordPage | None = None

    def title_text(self) -> str:
        """Whose record."""
        return self.t(f"record.title.{self._scope}")

    def columns(self) -> tuple[Column, ...]:
        """When, who, what, on which case, why."""
        return (
            Column(self.t("column.when"), 14),
            Column(self.t("column.person"), 14),
            Column(self.t("column.act"), 16),
            Column(self.t("column.case"), 14),
            Column(self.t("record.why")),
        )

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Pages that there are; customers for those whose task it is."""
        if action == "older":
            return self._page is not None and self._page.cursor is not None
        if action == "newer":
            return len(self._before) > 1
        if action == "customer":
            return bool(_CUSTOMERS & set(self.me.roles))
        return super().check_action(action, parameters)

    async def load(self) -> None:
        """One page."""
        page = await self._fetch(self._before[-1])
        if page is None:
            return
        self._page = page
        key = f"record.summary.{self._scope}"
        summary = self.t(key, count=len(page.entries), who=self._who, cases=self.t("join.list").join(page.cases) or "—")
        self.show(tuple(map(self._row, page.entries)), summary)
        self.refresh_bars()

    async def _fetch(self, before: int | None) -> RecordPage | None:
        if self._scope == "customer" and self._customer is not None:
            call, self._customer = msgspec.structs.replace(self._customer, before=before), None
            page = await self.client.ask(call)
            if page is not None and page.cases:
                numbers = " ".join(page.cases)
                self._customer = msgspec.structs.replace(call, kind="case_number", value=numbers, before=None)
            return page
        if self._scope == "customer":
            return None
        if self._scope == "team":
            return await self.client.ask(record.ReadTeamRecord(person_id=self._person_id, before=before))
        return await self.client.ask(record.ReadOwnRecord(everything=self._scope == "everything", before=before))

    def _row(self, entry: RecordEntry) -> Row:
        why = self.why(entry.why)
        fields = self.t("join.list").join(self.texts.field(name) for name in entry.fields)
        creditor = entry.creditor if self._scope == "customer" else ""
        about = " · ".join(part for part in (creditor, fields, why, entry.approval) if part)
        return Row(
            str(entry.seq),
            (
                self.texts.when(entry.at, self.desk_app.zone, "short_second"),
                f"{entry.person} {entry.staff_no}".strip(),
                self.t(f"action.{entry.action}"),
                entry.case_number or "—",
                about or "—",
            ),
            strong=entry.action in (Action.CASE_FIELD_IDENTIFY.value, Action.CASE_FIELD_REVEAL.value),
        )

    def why(self, code: str) -> str:
        """A reason of a request, else a purpose, in words."""
        for family in ("reason.", "purpose.", "customer.reason."):
            if code and self.texts.has(family + code):
                return self.t(family + code)
        return code

    # -- keys -------------------------------------------------------------------------------------------------------
    def on_row_list_chosen(self, event: RowList.Chosen) -> None:
        """Enter."""
        del event
        self.action_open()

    def action_open(self) -> None:
        """Open the case again; that is a look of its own."""
        from console.tui.screens.case import CaseScreen  # noqa: PLC0415 - loaded when a case is opened

        if self._page is None or Action.CASE_FILE_OPEN.value not in self.me.acts:
            return
        for entry in self._page.entries:
            if str(entry.seq) == self.list.key and entry.case_id:
                self.app.push_screen(CaseScreen(entry.case_id))

    def action_scope(self, scope: str) -> None:
        """One's own looks, or everything one did about customers."""
        self._go(scope)

    def action_team(self) -> None:
        """The team's."""
        self._person_id, self._who = "", ""
        self._go("team")

    def _go(self, scope: str) -> None:
        self._scope, self._before = scope, [None]
        self.reread()

    def action_customer(self) -> None:
        """Who saw one customer."""
        self.go(self._ask_customer())

    async def _ask_customer(self) -> None:
        from console.tui.modals.customer import CustomerModal  # noqa: PLC0415 - loaded when asked for

        call = await self.app.push_screen_wait(CustomerModal())
        if call is not None:
            self._customer = call
            self._go("customer")

    def action_older(self) -> None:
        """The next page towards the past."""
        if self._page is not None and self._page.cursor is not None:
            self._before.append(self._page.cursor)
            self.reread()

    def action_newer(self) -> None:
        """The page before."""
        if len(self._before) > 1:
            self._before.pop()
            self.reread()
