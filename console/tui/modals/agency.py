"""Until when an agency is engaged: a new one by its name, or another last day of one that is there."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from console.desk.api.agencies import AgencyView, ProposeTerm
from console.tui.modals.base import DeskModal
from console.tui.widgets.inputs import Field, Labelled
from console.tui.widgets.words import Words


class AgencyForm(DeskModal[ProposeTerm]):
    """Args: the agency; none for a new one."""

    TITLE = "agency.propose"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "key.submit"),
        Binding("tab", "app.focus_next", "key.next", priority=True),
    ]

    def __init__(self, agency: AgencyView | None) -> None:
        super().__init__()
        self._agency = agency

    def body(self) -> ComposeResult:
        """Name and last day."""
        yield Words(self.t("agency.propose.words"))
        if self._agency is None:
            yield Labelled(self.t("agency.name"), Field(limit=40, id="name"))
        else:
            yield Words(self._agency.name)
        last = self._agency.last_day if self._agency is not None else ""
        yield Labelled(self.t("agency.last_day"), Field(last, limit=10, id="day"))

    def on_mount(self) -> None:
        """Start where something is missing."""
        super().on_mount()
        self.query_one("#day" if self._agency is not None else "#name").focus()

    def on_input_submitted(self) -> None:
        """Enter while typing."""
        self.action_submit()

    def action_submit(self) -> None:
        """Hand it back; the desk judges it."""
        day = self.query_one("#day", Field).value.strip()
        name = self.query_one("#name", Field).value.strip() if self._agency is None else self._agency.name
        if not day or not name:
            self.say(self.t("agency.unfilled"), bad=True)
            return
        if self._agency is None:
            self.dismiss(ProposeTerm(name=name, last_day=day))
        else:
            self.dismiss(ProposeTerm(unit_id=self._agency.unit_id, last_day=day))
