"""Planning a field visit, and what came of it."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from console.desk.api.cases import FieldRef
from console.desk.api.visits import PlanVisit, Visit, WriteVisit
from console.tui.modals.base import DeskModal
from console.tui.widgets.inputs import Choice, Field, Labelled, Option
from console.tui.widgets.words import Words

RESULTS = ("met", "not_in", "other_person", "turned_away", "wrong_place", "broken_off")
PLACES = ("home_address", "employer_address")
_HOUR = 60
_KEYS: list[BindingType] = [
    Binding("enter", "submit", "key.submit"),
    Binding("tab", "app.focus_next", "key.next", priority=True),
]


def minute_of(text: str) -> int | None:
    """The minute of the day that `10:30` names; none for what names none."""
    hours, mark, minutes = text.strip().replace("：", ":").partition(":")
    given = (hours, minutes)
    if not mark or not all(one.isascii() and one.isdigit() and len(one) <= 2 for one in given):  # noqa: PLR2004
        return None
    at = int(hours) * _HOUR + int(minutes)
    return at if int(minutes) < _HOUR and at < 24 * _HOUR else None


class VisitForm(DeskModal[PlanVisit]):
    """A case, a place, a day, hours, and the two who go."""

    TITLE = "visit.plan"
    BINDINGS: ClassVar[list[BindingType]] = _KEYS

    def body(self) -> ComposeResult:
        """Its lines."""
        yield Words(self.t("visit.plan.words"))
        yield Labelled(self.t("special.case"), Field(limit=40, id="case"))
        places = [Option(one, self.texts.field(one)) for one in PLACES]
        yield Labelled(self.t("visit.place"), Choice(places, id="place"))
        yield Labelled(self.t("visit.day"), Field(limit=10, id="day"))
        yield Labelled(self.t("visit.from"), Field("10:00", limit=5, id="from"))
        yield Labelled(self.t("visit.until"), Field("12:00", limit=5, id="until"))
        yield Labelled(self.t("visit.first"), Field(limit=20, id="first"))
        yield Labelled(self.t("visit.second"), Field(limit=20, id="second"))

    def on_input_submitted(self) -> None:
        """Enter while typing."""
        self.action_submit()

    def action_submit(self) -> None:
        """Hand it back; the desk judges it."""
        said = {name: self.query_one(f"#{name}", Field).value.strip() for name in ("case", "day", "first", "second")}
        hours = [minute_of(self.query_one(f"#{name}", Field).value) for name in ("from", "until")]
        if not all(said.values()) or hours[0] is None or hours[1] is None:
            self.say(self.t("visit.unfilled"), bad=True)
            return
        self.dismiss(
            PlanVisit(
                case_id=said["case"],
                field=FieldRef(name=self.query_one("#place", Choice).key),
                day=said["day"],
                from_minute=hours[0],
                until_minute=hours[1],
                visitors=(said["first"], said["second"]),
            )
        )


class VisitReport(DeskModal[WriteVisit]):
    """Args: the visit."""

    TITLE = "visit.write"
    BINDINGS: ClassVar[list[BindingType]] = _KEYS

    def __init__(self, visit: Visit) -> None:
        super().__init__()
        self._visit = visit

    def body(self) -> ComposeResult:
        """What came of it, who went, whether they showed who they are."""
        yield Words(self.t("visit.write.words"))
        results = [Option(one, self.t(f"visit.result.{one}")) for one in RESULTS]
        yield Labelled(self.t("visit.result"), Choice(results, id="result"))
        both = ", ".join(one.name for one in self._visit.visitors)
        alone = [Option(str(at), one.name) for at, one in enumerate(self._visit.visitors)]
        yield Labelled(self.t("visit.went"), Choice([Option("both", both), *alone], id="went"))
        shown = [Option("no", self.t("visit.ids.no")), Option("yes", self.t("visit.ids.yes"))]
        yield Labelled(self.t("visit.ids"), Choice(shown, id="ids"))
        yield Labelled(self.t("visit.note"), Field(limit=200, id="note"))

    def on_input_submitted(self) -> None:
        """Enter while typing."""
        self.action_submit()

    def action_submit(self) -> None:
        """Hand it back."""
        went = self.query_one("#went", Choice).key
        people = self._visit.visitors if went == "both" else (self._visit.visitors[int(went)],)
        self.dismiss(
            WriteVisit(
                visit_id=self._visit.visit_id,
                result=self.query_one("#result", Choice).key,
                went=tuple(one.staff_no for one in people),
                ids_shown=self.query_one("#ids", Choice).key == "yes",
                note=self.query_one("#note", Field).take(),
            )
        )
