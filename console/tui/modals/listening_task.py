"""A task to listen: to whom, what for, to which recordings, until when."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from console.desk.api.listening import GiveListeningTask
from console.moments import read_moment
from console.tui.modals.base import DeskModal
from console.tui.widgets.inputs import Choice, Field, Labelled, Option
from console.tui.widgets.words import Words

_COUNT = "20"
_DAYS = "31"
_UNTIL = "+7"
_DIGITS = 3


class ListeningTaskForm(DeskModal[GiveListeningTask]):
    """Args: for what one may be given; a sample only for an audit."""

    TITLE = "listening.give"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "key.submit"),
        Binding("tab", "app.focus_next", "key.next", priority=True),
    ]

    def __init__(self, reasons: tuple[str, ...]) -> None:
        super().__init__()
        self._reasons = reasons
        self._samples = "audit" in reasons

    def body(self) -> ComposeResult:
        """Its lines."""
        yield Words(self.t("listening.give.words.sample" if self._samples else "listening.give.words"))
        yield Labelled(self.t("listening.staff_no"), Field(limit=20, id="staff"))
        options = [Option(one, self.t(f"listen.reason.{one}")) for one in self._reasons]
        yield Labelled(self.t("column.reason"), Choice(options, id="reason"))
        yield Labelled(self.t("listen.task.reference"), Field(limit=40, id="reference"))
        yield Labelled(self.t("column.case"), Field(limit=40, id="case"))
        if self._samples:
            yield Labelled(self.t("listening.count"), Field(_COUNT, limit=_DIGITS, id="count"))
            yield Labelled(self.t("listening.days"), Field(_DAYS, limit=_DIGITS, id="days"))
            yield Labelled(self.t("listening.unit"), Field(limit=80, id="unit"))
        yield Labelled(self.t("standing.until"), Field(_UNTIL, limit=20, id="until"))

    def on_input_submitted(self) -> None:
        """Enter while typing."""
        self.action_submit()

    def action_submit(self) -> None:
        """Hand it back; the desk judges it."""
        staff, reference, case = self._said("staff"), self._said("reference"), self._said("case")
        if not staff or not reference or not (case or self._samples):
            self.say(self.t("listening.unfilled"), bad=True)
            return
        ends_at = read_moment(self._said("until"), self.desk_app.clock(), self.desk_app.zone)
        if ends_at is None:
            self.say(self.t("next.unread"), bad=True)
            return
        drawn = self._samples and not case
        self.dismiss(
            GiveListeningTask(
                staff_no=staff,
                reason=self.query_one("#reason", Choice).key,
                reference=reference,
                ends_at=ends_at,
                case_id=case,
                count=self._number("count") if drawn else 0,
                days=self._number("days") if drawn else 0,
                unit=self._said("unit") if drawn else "",
            )
        )

    def _said(self, name: str) -> str:
        return self.query_one(f"#{name}", Field).value.strip()

    def _number(self, name: str) -> int:
        """What was typed; nothing fits 0, and the desk says so."""
        said = self._said(name)
        return int(said) if said.isascii() and said.isdigit() else 0
