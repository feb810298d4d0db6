"""Everything the viewer may see of one loan or one event, a line each."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll

from console.desk.api.cases import AccountView, TimelineEntry
from console.desk.api.log import LogEntry
from console.texts import Texts
from console.tui.modals.base import DeskModal
from console.tui.safe import fit
from console.tui.screens.case_rows import details
from console.tui.widgets.words import Words

Pairs = list[tuple[str, str]]


class DetailsModal(DeskModal[None]):
    """Args: text key of the heading; (name, value) pairs in words."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "scroll(-1)", show=False),
        Binding("down", "scroll(1)", show=False),
        Binding("enter", "cancel", show=False),
    ]

    def __init__(self, title: str, pairs: Pairs) -> None:
        super().__init__()
        self._title, self._pairs = title, pairs

    def heading(self) -> str:
        """What it is about."""
        return self.t(self._title)

    def body(self) -> ComposeResult:
        """Name and value, aligned."""
        with VerticalScroll():
            yield Words("\n".join(f"{fit(name, 14)} {value}" for name, value in self._pairs if value))

    def action_scroll(self, step: int) -> None:
        """Up or down."""
        self.query_one(VerticalScroll).scroll_relative(y=step, animate=False)


def account_lines(texts: Texts, account: AccountView) -> Pairs:
    """A loan, as its amounts and dates."""
    t, currency = texts.t, account.currency

    def money(minor: int | None) -> str:
        return texts.money(minor, currency) if minor is not None else ""

    return [
        (t("column.loan"), texts.mask(account.loan)),
        (t("column.product"), account.product),
        (t("account.bill_period"), account.bill_period),
        (t("column.principal"), money(account.principal)),
        (t("account.interest"), money(account.interest)),
        (t("account.fees"), money(account.fees)),
        (t("column.due"), money(account.due) or texts.mask(account.due_bucket)),
        (t("account.rate"), account.rate or ""),
        (t("column.overdue"), texts.days(account.days_past_due)),
        (t("account.due_date"), account.due_date or ""),
        (t("account.last_paid"), f"{money(account.last_paid)} {account.last_paid_on or ''}".strip()),
        (t("column.state"), texts.state("account", account.state)),
    ]


def event_lines(texts: Texts, entry: TimelineEntry, zone: str) -> Pairs:
    """An event of a case's timeline."""
    t = texts.t
    return [
        (t("column.number"), str(entry.seq)),
        (t("column.when"), texts.when(entry.at, zone, "second")),
        (t("column.act"), t(f"action.{entry.action}")),
        (t("column.person"), f"{entry.person} {entry.staff_no}".strip()),
        (t("column.result"), t(f"outcome.{entry.result}")),
        *details(texts, entry.detail),
    ]


def log_lines(texts: Texts, entry: LogEntry, zone: str) -> Pairs:
    """An event of the log, as its reader may see it."""
    t = texts.t
    return [
        (t("column.number"), str(entry.seq)),
        (t("column.when"), texts.when(entry.at, zone, "second")),
        (t("column.person"), f"{entry.person} {entry.staff_no}".strip()),
        (t("column.roles"), t(f"role.{entry.role}") if entry.role else ""),
        (t("column.act"), t(f"action.{entry.action}")),
        (t("log.code"), entry.action),
        (t("column.result"), t(f"outcome.{entry.result}")),
        (t("log.rule"), entry.rule),
        (t("column.case"), entry.case_number),
        (t("log.fields"), t("join.list").join(texts.field(name) for name in entry.fields)),
        (t("log.approval"), entry.approval),
        (t("log.source"), entry.source),
        (t("log.terminal"), entry.terminal),
        (t("log.session"), entry.session),
        *details(texts, entry.detail),
    ]
