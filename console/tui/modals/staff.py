"""Questions about an account: who is new, why somebody stops, where she goes, what she learned, what she signed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from console.desk.api.people import PersonView, StaffCard, UnitCard
from console.desk.api.staff import STOP_REASONS, MakePerson, RequestPerson
from console.desk.api.training import RecordAgreement, RecordTraining
from console.texts import Texts
from console.tui.modals.base import DeskModal
from console.tui.widgets.inputs import Checks, Choice, Field, Labelled, Option
from console.tui.widgets.words import Words

Pairs = list[tuple[str, str]]
_SUBMIT: list[BindingType] = [
    Binding("enter", "submit", "key.submit"),
    Binding("left", "nothing", "key.choose", key_display="◂▸"),
]
COURSES = ("quarterly", "induction", "exam")


def person_pairs(texts: Texts, view: PersonView, zone: str) -> Pairs:
    """Everything about one account as name and value."""
    t, card = texts.t, view.card
    roles = t("join.list").join(f"{t(f'role.{role}')} → {texts.when(at, zone, 'day')}" for role, at in view.roles_until)
    signed = texts.when(view.agreement_until, zone, "day") if view.agreement_until and view.agreement_signed else ""
    agreement = signed or t("staff.agreement.open" if view.agreement_signed else "staff.agreement.none")
    until = texts.when(card.trained_until, zone, "day")
    trained = f"▲ {until}" if "training" in card.gates else until
    leaving = ""
    if view.departure:
        leaving = f"{t(f'staff.departure.{view.departure_kind}')}  {texts.state('departure', view.departure)}"
    return [
        (t("column.person"), f"{card.name} {card.staff_no} · {card.login}"),
        (t("column.state"), texts.state("person", card.standing)),
        (t("column.unit"), card.unit),
        (t("column.roles"), roles or "—"),
        (t("staff.training"), trained),
        (t("staff.agreement"), agreement),
        (t("staff.cases"), str(view.cases)),
        (t("staff.sessions"), str(card.sessions)),
        (t("staff.invited"), texts.when(view.invited_until, zone) if view.invited_until else ""),
        (t("staff.locked"), texts.when(view.locked_until, zone) if view.locked_until else ""),
        (t("staff.waiting"), t(f"staff.order.{view.order}") if view.order else ""),
        (t("staff.departing"), f"{leaving} {card.last_day}".strip()),
    ]


class _Form(DeskModal[object]):
    """What the forms of this module share: Enter hands them in, and a word about what they do."""

    BINDINGS: ClassVar[list[BindingType]] = _SUBMIT

    def on_input_submitted(self) -> None:
        """Enter while typing."""
        self.action_submit()

    def action_nothing(self) -> None:
        """Done by the control that has the focus."""

    def action_submit(self) -> None:
        """Hand it in."""
        raise NotImplementedError

    def typed(self, name: str) -> str:
        """What stands in a line."""
        return self.query_one(f"#{name}", Field).value.strip()

    def needed(self, *names: str) -> bool:
        """Whether these lines are filled in; goes to the first that is not."""
        for name in names:
            if not self.typed(name):
                self.say(self.t("form.words_needed", least=1), bad=True)
                self.query_one(f"#{name}").focus()
                return False
        return True


class AddPersonModal(_Form, DeskModal[MakePerson | RequestPerson]):
    """Args: units to choose from; whether the account is made here or only asked for."""

    def __init__(self, units: Sequence[UnitCard], *, makes: bool) -> None:
        super().__init__()
        self._units, self._makes = tuple(units), makes

    def heading(self) -> str:
        """A new account, or the wish for one."""
        return self.t("staff.add" if self._makes else "staff.request")

    def body(self) -> ComposeResult:
        """Number, name, login, and where she works."""
        yield Labelled(self.t("column.staff_no"), Field(limit=16, id="staff_no"))
        yield Labelled(self.t("column.person"), Field(limit=40, id="name"))
        yield Labelled(self.t("column.login"), Field(limit=32, id="login"))
        if self._makes:
            units = [Option(unit.unit_id, unit.name) for unit in self._units]
            yield Labelled(self.t("column.unit"), Choice(units, id="unit"))
            yield Labelled(self.t("staff.kind"), Checks([Option("privileged", self.t("staff.privileged"))]))
        else:
            yield Labelled(self.t("column.words"), Field(limit=120, id="reason"))
        yield Words(self.t("staff.add.words" if self._makes else "staff.request.words"))

    def on_mount(self) -> None:
        """Start at the number."""
        super().on_mount()
        self.query_one("#staff_no").focus()

    def action_submit(self) -> None:
        """Hand it in when it is whole; the desk says what is wrong with it."""
        if not self.needed("staff_no", "name", "login"):
            return
        number, name, login = self.typed("staff_no"), self.typed("name"), self.typed("login")
        if not self._makes:
            self.dismiss(RequestPerson(staff_no=number, name=name, login=login, reason=self.typed("reason")))
            return
        unit, ticked = self.query_one("#unit", Choice).key, self.query_one(Checks).ticked
        self.dismiss(
            MakePerson(staff_no=number, name=name, login=login, unit_id=unit, privileged="privileged" in ticked)
        )


class StopModal(_Form, DeskModal[str]):
    """Args: whom."""

    def __init__(self, card: StaffCard) -> None:
        super().__init__()
        self._card = card

    def heading(self) -> str:
        """Whom."""
        return self.t("staff.stop", name=f"{self._card.name} {self._card.staff_no}")

    def body(self) -> ComposeResult:
        """Why, and what goes."""
        options = [Option(reason, self.t(f"staff.stop.{reason}")) for reason in STOP_REASONS]
        yield Labelled(self.t("column.words"), Choice(options))
        yield Words(self.t("staff.stop.words"))

    def on_mount(self) -> None:
        """Start at the reason."""
        super().on_mount()
        self.query_one(Choice).focus()

    def action_submit(self) -> None:
        """Go on."""
        self.dismiss(self.query_one(Choice).key)


@dataclass(frozen=True, slots=True)
class Parting:
    """What was said about somebody's going. last_day: ISO date, or empty for at once."""

    last_day: str
    to_unit_id: str
    reason: str


class DepartModal(_Form, DeskModal[Parting]):
    """Args: whom; transfer or leave; units she may go to, of her own side of the house only."""

    def __init__(self, card: StaffCard, kind: str, units: Sequence[UnitCard]) -> None:
        super().__init__()
        self._card, self._kind = card, kind
        inside = [one for one in units if one.kind != "agency" and one.unit_id != card.unit_id]
        self._units = () if card.outsourced else tuple(inside)

    def heading(self) -> str:
        """Whom, and how."""
        return f"{self.t(f'staff.departure.{self._kind}')} · {self._card.name} {self._card.staff_no}"

    def body(self) -> ComposeResult:
        """Where to, until when, why, and what goes."""
        if self._kind == "transfer":
            units = [Option(unit.unit_id, unit.name) for unit in self._units]
            yield Labelled(self.t("staff.to_unit"), Choice(units, id="unit"))
        yield Labelled(self.t("staff.last_day"), Field(placeholder=self.t("staff.at_once"), limit=10, id="last_day"))
        yield Labelled(self.t("column.words"), Field(limit=120, id="reason"))
        yield Words(self.t(f"staff.departure.{self._kind}.words"))

    def on_mount(self) -> None:
        """Start at the day."""
        super().on_mount()
        self.query_one("#unit" if self._kind == "transfer" else "#last_day").focus()

    def action_submit(self) -> None:
        """Go on."""
        unit = self.query_one("#unit", Choice).key if self._kind == "transfer" else ""
        self.dismiss(Parting(self.typed("last_day"), unit, self.typed("reason")))


class TrainModal(_Form, DeskModal[RecordTraining]):
    """Args: whose course; the day it is."""

    def __init__(self, card: StaffCard, today: str) -> None:
        super().__init__()
        self._card, self._today = card, today

    def heading(self) -> str:
        """Whose."""
        return self.t("staff.train", name=f"{self._card.name} {self._card.staff_no}")

    def body(self) -> ComposeResult:
        """Kind, day, length, result, score, content."""
        kinds = [Option(kind, self.t(f"staff.course.{kind}")) for kind in COURSES]
        yield Labelled(self.t("staff.kind"), Choice(kinds, id="kind"))
        yield Labelled(self.t("staff.held_on"), Field(self._today, limit=10, id="held_on"))
        yield Labelled(self.t("staff.minutes"), Field("60", limit=5, id="minutes"))
        results = [Option("passed", self.t("staff.passed")), Option("failed", self.t("staff.failed"))]
        yield Labelled(self.t("column.result"), Choice(results, id="result"))
        yield Labelled(self.t("staff.score"), Field(limit=3, id="score"))
        yield Labelled(self.t("staff.content"), Field(limit=80, id="content"))
        yield Words(self.t("staff.train.words"))

    def on_mount(self) -> None:
        """Start at the kind."""
        super().on_mount()
        self.query_one("#kind").focus()

    def action_submit(self) -> None:
        """Hand it in when it is whole."""
        minutes, score = self.typed("minutes"), self.typed("score")
        if not self.needed("held_on", "minutes", "content"):
            return
        if not (minutes.isascii() and minutes.isdigit()) or not (score == "" or (score.isascii() and score.isdigit())):
            self.say(self.t("staff.numbers_only"), bad=True)
            return
        self.dismiss(
            RecordTraining(
                person_id=self._card.person_id,
                kind=self.query_one("#kind", Choice).key,
                held_on=self.typed("held_on"),
                minutes=int(minutes),
                passed=self.query_one("#result", Choice).key == "passed",
                content=self.typed("content"),
                score=int(score) if score else None,
            )
        )


class AgreementModal(_Form, DeskModal[RecordAgreement]):
    """Args: whose signature; the day it is."""

    def __init__(self, card: StaffCard, today: str) -> None:
        super().__init__()
        self._card, self._today = card, today

    def heading(self) -> str:
        """Whose."""
        return f"{self.t('staff.agreement')} · {self._card.name} {self._card.staff_no}"

    def body(self) -> ComposeResult:
        """Signed when, binding until when."""
        yield Labelled(self.t("staff.signed_on"), Field(self._today, limit=10, id="signed_on"))
        yield Labelled(self.t("staff.until"), Field(placeholder=self.t("staff.no_end"), limit=10, id="until"))
        yield Words(self.t("staff.agreement.words"))

    def on_mount(self) -> None:
        """Start at the day."""
        super().on_mount()
        self.query_one("#signed_on").focus()

    def action_submit(self) -> None:
        """Hand it in."""
        if self.needed("signed_on"):
            self.dismiss(
                RecordAgreement(
                    person_id=self._card.person_id, signed_on=self.typed("signed_on"), until=self.typed("until")
                )
            )
