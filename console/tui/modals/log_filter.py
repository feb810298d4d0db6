"""Which events: of whom, on which case, of what kind, since when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from access.audit.acts import ACTS, SCOPES
from console.texts import Texts
from console.tui.modals.base import DeskModal
from console.tui.widgets.inputs import Choice, Field, Labelled, Option
from console.tui.widgets.words import Words

DAY = 86_400_000_000
DAYS = {"": 0, "1": 1, "7": 7, "30": 30}


@dataclass(frozen=True, slots=True)
class Filter:
    """A choice of events. action: whole, or its beginning with the colon; days: back from now, 0 for all."""

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
            scope, whole = self.action.endswith(":"), f"action.{self.action}"
            parts.append(texts.t(f"log.scope.{self.action[:-1]}" if scope else whole))
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
        """Two lines to type, three to choose: an act is looked for among those of its kind."""
        yield Labelled(self.t("column.staff_no"), Field(self._chosen.staff_no, limit=16, id="staff"))
        yield Labelled(self.t("column.case"), Field(self._chosen.case_number, limit=24, id="case"))
        action = self._chosen.action
        kinds = [Option("", self.t("log.any_scope"))]
        kinds += [Option(scope, self.t(f"log.scope.{scope[:-1]}")) for scope in SCOPES]
        kind = f"{action.partition(':')[0]}:" if action else ""
        yield Labelled(self.t("log.scope"), Choice(kinds, chosen=kind, id="scope"))
        yield Labelled(self.t("column.act"), Choice(self._acts(kind), chosen=action, id="action"))
        days = [Option(key, self.t(f"log.days.{count}")) for key, count in DAYS.items()]
        yield Labelled(self.t("column.when"), Choice(days, chosen=str(self._chosen.days or ""), id="days"))
        yield Words(self.t("log.filter.words"))

    def _acts(self, kind: str) -> list[Option]:
        """All acts of a kind, what the desk writes by itself among them; an empty kind is every kind."""
        acts = [Option(kind, self.t("log.any_act"))]
        return acts + [Option(act, self.t(f"action.{act}")) for act in ACTS if act.startswith(kind)]

    def on_choice_changed(self, event: Choice.Changed) -> None:
        """Another kind has other acts."""
        if event.choice.id == "scope":
            kind = event.choice.key
            self.query_one("#action", Choice).offer(self._acts(kind), chosen=kind)

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
