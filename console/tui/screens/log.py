"""The log, newest first: filters, pages, one event in full, and proof that nobody changed it."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from access.policy.actions import Action
from console.desk.api import log
from console.desk.api.log import LogEntry, LogPage, VerificationView
from console.tui.modals.log_filter import Filter
from console.tui.screens.lists import ListScreen
from console.tui.widgets.rows import Column, Row, RowList


class LogScreen(ListScreen):
    """See the module."""

    TITLE = "place.log"
    HELP = "help.log"
    EMPTY = "log.empty"
    CSS_PATH = "lists.tcss"
    NEEDS: ClassVar = {
        "verify": (Action.AUDIT_LOG_VERIFY.value,),
        "checkpoint": (Action.AUDIT_CHECKPOINT_SIGN.value,),
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "open", "key.details"),
        Binding("f", "narrow", "key.filter"),
        Binding("n", "older", "key.older"),
        Binding("p", "newer", "key.newer"),
        Binding("v", "verify", "key.verify"),
        Binding("k", "checkpoint", "key.checkpoint"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._filter = Filter()
        self._before: list[int | None] = [None]
        self._page: LogPage | None = None

    def columns(self) -> tuple[Column, ...]:
        """When, who, what, about what, from where."""
        return (
            Column(self.t("column.when"), 14),
            Column(self.t("column.staff_no"), 8),
            Column(self.t("column.act"), 18),
            Column(self.t("column.result"), 9),
            Column(self.t("column.case"), 14),
            Column(self.t("log.about")),
            Column(self.t("log.source"), 22, wide=True),
        )

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Pages that there are."""
        if action == "older":
            return self._page is not None and self._page.cursor is not None
        if action == "newer":
            return len(self._before) > 1
        return super().check_action(action, parameters)

    async def load(self) -> None:
        """One page."""
        since = self._filter.since(self.desk_app.clock())
        page = await self.client.ask(
            log.ReadLog(
                staff_no=self._filter.staff_no,
                case_number=self._filter.case_number,
                action=self._filter.action,
                since=since,
                before=self._before[-1],
            )
        )
        if page is None:
            return
        self._page = page
        summary = self.t(
            "log.summary",
            size=f"{page.size:,}",
            checkpoint=f"{page.checkpoint_size:,}",
            at=self.when(page.checkpoint_at),
        )
        words = self._filter.words(self.texts)
        self.show(tuple(map(self._row, page.entries)), f"{summary}\n{words}" if words else summary)

    def _row(self, entry: LogEntry) -> Row:
        about = [self.texts.field(name) for name in entry.fields]
        about += [part for part in (entry.approval, entry.rule) if part]
        return Row(
            str(entry.seq),
            (
                self.texts.when(entry.at, self.desk_app.zone, "short_second"),
                entry.staff_no or "—",
                self.t(f"action.{entry.action}"),
                self.t(f"outcome.{entry.result}"),
                entry.case_number or "—",
                " · ".join(about) or "—",
                f"{entry.source} {entry.terminal}".strip(),
            ),
            strong=entry.result != "ok",
        )

    def on_row_list_chosen(self, event: RowList.Chosen) -> None:
        """Everything about one event."""
        from console.tui.modals.details import DetailsModal, log_lines  # noqa: PLC0415 - loaded when asked for

        for entry in self._page.entries if self._page else ():
            if str(entry.seq) == event.key:
                lines = log_lines(self.texts, entry, self.desk_app.zone)
                self.app.push_screen(DetailsModal("details.log", lines))

    def action_open(self) -> None:
        """As Enter."""
        self.list.action_choose()

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

    def action_narrow(self) -> None:
        """Other filters."""
        self.go(self._narrow())

    async def _narrow(self) -> None:
        from console.tui.modals.log_filter import LogFilterModal  # noqa: PLC0415 - as above

        chosen = await self.app.push_screen_wait(LogFilterModal(self._filter))
        if chosen is not None:
            self._filter, self._before = chosen, [None]
            self.reread()

    def action_verify(self) -> None:
        """Recompute everything and compare it with the checkpoints."""
        self.go(self._verify())

    async def _verify(self) -> None:
        from console.tui.modals.verified import VerifiedModal  # noqa: PLC0415 - as above

        self.say(self.t("log.verifying"))
        result: VerificationView | None = await self.client.ask(log.VerifyLog())
        if result is not None:
            self.say("")
            await self.app.push_screen(VerifiedModal(result))

    def action_checkpoint(self) -> None:
        """Sign the head now."""
        self.go(self._checkpoint())

    async def _checkpoint(self) -> None:
        done = await self.client.ask(log.TakeCheckpoint())
        if done is not None:
            self.say(self.t("log.checkpoint_taken", size=f"{done.size:,}"))
            self.reread()
