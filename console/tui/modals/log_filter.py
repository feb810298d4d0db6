"""Which events: of whom, on which case, of what kind, since when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from access.policy.actions import Action
from console.texts import Texts
from console.tui.modals.base import DeskModal
from console.tui.widgets.inputs import Choice, Field, Labelled, Option
from console.tui.widgets.words import Words

DAY = 86_400_000_000
DAYS = {"": 0, "1": 1, "7": 7, "30": 30}


@dataclass(frozen=True, slots=True)
class Filter:
    """A choice of events; days 0: all."""

    staff_no: str = ""
    case_number: str = ""
    action: str = ""
    days: int = 0

    def since(self, now: int) -> int | None:
        """First instant, microseconds UTC."""
        return now - self.days * DAY if self.days else None

    def words(self, texts: Texts) -> str:
        """The choice in words; empty for all events."""
        parts = [part for part in (self.staff_no, self.case_number) if part]
        if self.action:
            parts.append(texts.t(f"action.{self.action}"))
        if self.days:
            parts.append(texts.t(f"log.days.{self.days}"))
        return texts.t("log.filtered", filter=" · ".join(parts)) if parts else ""


class LogFilterModal(DeskModal[Filter]):
    """Args: the choice so far."""

    TITLE = "log.filter"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "key.do"),
        Binding("left", "nothing", "key.choose", key_display="◂▸"),
    ]

    def __init__(self, chosen: Filter) -> None:
        super().__init__()
        self._chosen = chosen

    def body(self) -> ComposeResult:
        """Two lines to type, two to choose."""
        yield Labelled(self.t("column.staff_no"), Field(self._chosen.staff_no, limit=16, id="staff"))
        yield Labelled(self.t("column.case"), Field(self._chosen.case_number, limit=24, id="case"))
        actions = [Option("", self.t("log.any_act"))]
        actions += [Option(action.value, self.t(f"action.{action.value}")) for action in Action]
        yield Labelled(self.t("column.act"), Choice(actions, chosen=self._chosen.action, id="action"))
        days = [Option(key, self.t(f"log.days.{count}")) for key, count in DAYS.items()]
        yield Labelled(self.t("column.when"), Choice(days, chosen=str(self._chosen.days or ""), id="days"))
        yield Words(self.t("log.filter.words"))

    def action_nothing(self) -> None:
        """Done by the control that has the focus."""

    def on_input_submitted(self) -> None:
        """Enter while typing."""
        self.action_submit()

    def action_submit(self) -> None:
        """Hand the choice back."""
        self.dismiss(
            Filter(
                staff_no=self.query_one("#staff", Field).value.strip(),
                case_number=self.query_one("#case", Field).value.strip(),
                action=self.query_one("#action", Choice).key,
                days=DAYS[self.query_one("#days", Choice).key],
            )
        )
