"""Note that somebody is away and who works the queue meanwhile, or end what was noted."""

from __future__ import annotations

import datetime as dt
from typing import ClassVar, Final
from zoneinfo import ZoneInfo

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from console.desk.api.team import AbsenceView, EndAbsence, Member, SetAbsence
from console.tui.modals.base import DeskModal
from console.tui.widgets.inputs import Choice, Field, Labelled, Option
from console.tui.widgets.words import Words

REASONS: Final = ("vacation", "sick", "training", "other")
_NOBODY: Final = "-"


class AbsenceModal(DeskModal[SetAbsence | EndAbsence]):
    """Args: who will be away; the team, for who could cover."""

    TITLE = "absence.title"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "key.submit"),
        Binding("left", "nothing", "key.choose", key_display="◂▸"),
        Binding("tab", "app.focus_next", "key.next", priority=True),
    ]

    def __init__(self, who: Member, members: tuple[Member, ...]) -> None:
        super().__init__()
        self._who = who
        self._others = [one for one in members if one.person_id != who.person_id and one.away_until is None]

    def heading(self) -> str:
        """Whose."""
        return self.t(self.TITLE, person=f"{self._who.name} {self._who.staff_no}")

    def body(self) -> ComposeResult:
        """Days, reason, cover."""
        today = dt.datetime.fromtimestamp(self.desk_app.clock() / 1_000_000, ZoneInfo(self.desk_app.zone)).date()
        yield Words(self.t("absence.words"))
        yield Labelled(self.t("absence.first"), Field(today.isoformat(), limit=10, id="first"))
        yield Labelled(self.t("absence.last"), Field(today.isoformat(), limit=10, id="last"))
        reasons = [Option(one, self.t(f"absence.reason.{one}")) for one in REASONS]
        yield Labelled(self.t("absence.reason"), Choice(reasons, id="reason"))
        covers = [Option(_NOBODY, self.t("absence.nobody"))]
        covers += [Option(one.person_id, f"{one.name} {one.staff_no}") for one in self._others]
        yield Labelled(self.t("absence.cover"), Choice(covers, id="cover"))

    def on_mount(self) -> None:
        """Start at the last day."""
        self.query_one("#last").focus()

    def action_nothing(self) -> None:
        """Done by the control that has the focus."""

    def on_input_submitted(self) -> None:
        """Enter while typing."""
        self.action_submit()

    def action_submit(self) -> None:
        """Hand the absence back."""
        first, last = self.query_one("#first", Field).value.strip(), self.query_one("#last", Field).value.strip()
        if not (_is_day(first) and _is_day(last)):
            self.say(self.t("form.day_needed"), bad=True)
            return
        cover = self.query_one("#cover", Choice).key
        self.dismiss(
            SetAbsence(
                person_id=self._who.person_id,
                first_day=first,
                last_day=last,
                reason=self.query_one("#reason", Choice).key,
                cover_id=None if cover == _NOBODY else cover,
            )
        )


class EndAbsenceModal(DeskModal[SetAbsence | EndAbsence]):
    """Args: the absence that is in force or to come."""

    TITLE = "absence.end"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "yes", "key.yes")]

    def __init__(self, absence: AbsenceView) -> None:
        super().__init__()
        self._absence = absence

    def heading(self) -> str:
        """Whose."""
        return self.t(self.TITLE, person=f"{self._absence.person} {self._absence.staff_no}")

    def body(self) -> ComposeResult:
        """What will end."""
        zone = self.desk_app.zone
        yield Words(
            self.t(
                "absence.end.words",
                first=self.texts.when(self._absence.starts_at, zone, "day"),
                last=self.texts.when(self._absence.ends_at - 1, zone, "day"),
                reason=self.t(f"absence.reason.{self._absence.reason}"),
                cover=self._absence.cover or "—",
            )
        )

    def action_yes(self) -> None:
        """End it."""
        self.dismiss(EndAbsence(absence_id=self._absence.absence_id, seen_version=self._absence.version))


def _is_day(text: str) -> bool:
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return False
    return True
