"""Write to an agent: words, the case they are about, and points where it is a score sheet."""

from __future__ import annotations

from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from console.desk.api.team import Member, WriteCoaching
from console.tui.modals.base import DeskModal
from console.tui.widgets.inputs import Choice, Field, Labelled, Option
from console.tui.widgets.words import Words

CRITERIA: Final = ("opening", "identity", "listening", "rules", "result", "closing")
_POINTS: Final = ("-", "1", "2", "3", "4", "5")
_LEAST: Final = 4


class CoachModal(DeskModal[WriteCoaching]):
    """Args: to whom."""

    TITLE = "coach.title"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "key.submit"),
        Binding("left", "nothing", "key.choose", key_display="◂▸"),
        Binding("tab", "app.focus_next", "key.next", priority=True),
    ]

    def __init__(self, who: Member) -> None:
        super().__init__()
        self._who = who

    def heading(self) -> str:
        """To whom."""
        return self.t(self.TITLE, person=f"{self._who.name} {self._who.staff_no}")

    def body(self) -> ComposeResult:
        """Words, case, points."""
        yield Words(self.t("coach.words"))
        yield Labelled(self.t("coach.text"), Field(limit=600, id="text"))
        yield Labelled(self.t("column.case"), Field(limit=24, id="case"))
        points = [Option(one, self.t("coach.no_points") if one == "-" else one) for one in _POINTS]
        for name in CRITERIA:
            yield Labelled(self.t(f"coach.criterion.{name}"), Choice(points, id=name))

    def on_mount(self) -> None:
        """Start at the words."""
        self.query_one("#text").focus()

    def action_nothing(self) -> None:
        """Done by the control that has the focus."""

    def on_input_submitted(self) -> None:
        """Enter while typing."""
        self.action_submit()

    def action_submit(self) -> None:
        """Hand the note back."""
        text = self.query_one("#text", Field)
        if len(text.value.strip()) < _LEAST:
            self.say(self.t("form.words_needed", least=_LEAST), bad=True)
            return
        chosen = {name: self.query_one(f"#{name}", Choice).key for name in CRITERIA}
        self.dismiss(
            WriteCoaching(
                person_id=self._who.person_id,
                text=text.take(),
                case=self.query_one("#case", Field).take(),
                scores={name: int(points) for name, points in chosen.items() if points != "-"},
            )
        )
