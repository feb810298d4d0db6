"""Whose phone it is to be."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from console.desk.api.people import StaffCard
from console.tui.modals.base import DeskModal
from console.tui.widgets.inputs import Choice, Labelled, Option
from console.tui.widgets.words import Words


class WhoseModal(DeskModal[str]):
    """Whose phone. Args: who has none."""

    TITLE = "phones.whose"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "key.submit"),
        Binding("left", "nothing", "key.choose", key_display="◂▸"),
    ]

    def __init__(self, people_: tuple[StaffCard, ...]) -> None:
        super().__init__()
        self._people = people_

    def body(self) -> ComposeResult:
        """Everybody who has none."""
        yield Words(self.t("phones.whose.words"))
        options = [Option(one.person_id, f"{one.name} {one.staff_no}") for one in self._people]
        yield Labelled(self.t("calls.column.caller"), Choice(options, id="who"))

    def action_nothing(self) -> None:
        """Done by the control that has the focus."""

    def action_submit(self) -> None:
        """Take the person."""
        self.dismiss(self.query_one("#who", Choice).key)
