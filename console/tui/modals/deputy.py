"""Who decides in the head's place, for a week at most (requirements §3.3-13)."""

from __future__ import annotations

from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from console.desk.api.roles import SetDeputy
from console.desk.api.team import Member
from console.tui.modals.base import DeskModal
from console.tui.widgets.inputs import Choice, Labelled, Option
from console.tui.widgets.words import Words

_DAYS: Final = ("1", "2", "3", "5", "7")
_DAY: Final = 86_400_000_000


class DeputyModal(DeskModal[SetDeputy]):
    """Args: those of the team who could stand in."""

    TITLE = "deputy.title"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "key.submit"),
        Binding("left", "nothing", "key.choose", key_display="◂▸"),
        Binding("tab", "app.focus_next", "key.next", priority=True),
    ]

    def __init__(self, candidates: tuple[Member, ...]) -> None:
        super().__init__()
        self._candidates = candidates

    def body(self) -> ComposeResult:
        """Who, and for how long."""
        yield Words(self.t("deputy.words"))
        people = [Option(one.person_id, f"{one.name} {one.staff_no}") for one in self._candidates]
        yield Labelled(self.t("deputy.who"), Choice(people, id="who"))
        days = [Option(count, self.texts.days(int(count))) for count in _DAYS]
        yield Labelled(self.t("deputy.days"), Choice(days, id="days"))

    def on_mount(self) -> None:
        """Start at the person."""
        self.query_one("#who").focus()

    def action_nothing(self) -> None:
        """Done by the control that has the focus."""

    def action_submit(self) -> None:
        """Hand the delegation back."""
        who = self.query_one("#who", Choice).key
        if who:
            until = self.desk_app.clock() + int(self.query_one("#days", Choice).key) * _DAY
            self.dismiss(SetDeputy(person_id=who, ends_at=until))
