"""What came of working a case: one form, by keyboard, saved with Enter.

A key chooses the result; a promise opens its own lines. What is typed is kept sealed at the desk while it is typed, and
offered again when the form is opened after a lost line.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import msgspec
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from access.policy.actions import Action
from console.desk.api.cases import CaseView
from console.desk.api.work import Channel, DraftKind, RecordResult, ResultCode, Terms
from console.moments import read_day, read_moment
from console.tui.modals.drafted import DraftedForm
from console.tui.widgets.codes import Code, Codes
from console.tui.widgets.inputs import Choice, Field, Labelled, Option
from console.tui.widgets.words import Words

KEYS = dict(zip(ResultCode, "1234567890idckxyz", strict=True))
"""The key of each result: digits for what happens all day, letters for the rest."""

_LINES = ("day", "amount", "next", "note")


class Typed(msgspec.Struct, frozen=True, omit_defaults=True):
    """What stands in the form, as it is kept in a draft."""

    code: str = ""
    day: str = ""
    amount: str = ""
    channel: str = ""
    next: str = ""
    note: str = ""
    stop: str = ""

    @property
    def words(self) -> bool:
        """Whether anything was typed that would be lost."""
        return bool(self.day or self.amount or self.next or self.note or self.stop)

    @property
    def draft(self) -> str:
        """As it is kept; empty where nothing would be lost."""
        return msgspec.json.encode(self).decode() if self.words else ""


@dataclass(frozen=True, slots=True)
class Answered:
    """The call to make, and what stood in the form, to open it again should the call be refused."""

    call: RecordResult
    typed: Typed


class ResultForm(DraftedForm[Answered]):
    """Args: the case; what to begin with; a message to show; whether to take up a draft that is kept."""

    TITLE = "result.title"
    KIND: ClassVar = DraftKind.RESULT
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "key.save_next"),
        Binding("tab", "app.focus_next", "key.next", priority=True),
        Binding("left", "nothing", "key.choose", key_display="◂▸"),
    ]

    def __init__(self, view: CaseView, typed: Typed = Typed(), *, why: str = "", resume: bool = False) -> None:  # noqa: B008 - frozen
        # What a refused call brought back is in no draft yet.
        super().__init__(view.row.case_id, "" if why else typed.draft)
        self._case, self._typed, self._why, self._resume = view, typed, why, resume

    def heading(self) -> str:
        """Which case."""
        return self.t(self.TITLE, number=self._case.row.number, name=self.texts.mask(self._case.row.name))

    def body(self) -> ComposeResult:
        """What goes before, results, the promise's lines, next contact, note, what goes after."""
        yield from self.above()
        typed = self._typed
        offered = {code: key for code, key in KEYS.items() if self.works or code is not ResultCode.PROMISED}
        codes = [Code(code.value, key, self.t(f"result.{code}")) for code, key in offered.items()]
        yield Codes(codes, chosen=typed.code, id="code")
        due = self.texts.money(self._case.row.due, self._case.row.currency)
        channels = [Option(channel.value, self.t(f"channel.{channel}")) for channel in Channel]
        with Vertical(id="promise"):
            yield Labelled(
                self.t("promise.day"), Field(typed.day, placeholder="+3 / 28 / 11-30", limit=10, drafted=True, id="day")
            )
            yield Labelled(
                self.t("promise.amount"), Field(typed.amount, placeholder=due, limit=14, drafted=True, id="amount")
            )
            yield Labelled(self.t("promise.channel"), Choice(channels, chosen=typed.channel, id="channel"))
            yield Words(self._replaces(), id="replaces")
        yield Labelled(
            self.t("next.at"), Field(typed.next, placeholder="15:30 / +2h / 11-30 9", limit=20, drafted=True, id="next")
        )
        if Action.CASE_NOTE_WRITE.value in self.me.acts:
            yield Labelled(self.t("note.text"), Field(typed.note, limit=500, drafted=True, id="note"))
        yield from self.below()

    @property
    def works(self) -> bool:
        """Whether the case is the person's to work, so that a promise and the next contact may come of it."""
        return True

    def above(self) -> ComposeResult:
        """Nothing, unless a subclass says what is recorded about."""
        yield from ()

    def below(self) -> ComposeResult:
        """Nothing, unless a subclass asks for more."""
        yield from ()

    def _replaces(self) -> str:
        open_one = self._case.promise
        if open_one is None or open_one.state != "open":
            return ""
        return self.t(
            "promise.replaces", day=open_one.due_on, amount=self.texts.money(open_one.amount, open_one.currency)
        )

    def on_mount(self) -> None:
        """Start where the first key belongs; take up a draft."""
        # It stands in the lines now, which are emptied when the screen locks.
        self._typed = Typed()
        self._fit()
        self._start()
        if self._why:
            self.say(self._why, bad=True)
        if self._resume:
            self.go(self.take_up())

    def _start(self) -> None:
        self.query_one("#day" if self._promising else "#code").focus()

    @property
    def _promising(self) -> bool:
        return self.query_one("#code", Codes).chosen == ResultCode.PROMISED.value

    def _fit(self) -> None:
        self.query_one("#promise").display = self._promising
        for following in self.query("#next"):
            label = following.parent
            if isinstance(label, Labelled):
                label.display = self.works

    def draft(self) -> str:
        """See `DraftedForm`."""
        return self._now().draft

    def fill(self, draft: str) -> None:
        """See `DraftedForm`."""
        self._fill(msgspec.json.decode(draft, type=Typed))

    def _fill(self, typed: Typed) -> None:
        if not self._promising and typed.code:
            self.query_one("#code", Codes).choose(typed.code)
        for name in _LINES:
            for field in self.query(f"#{name}").results(Field):
                field.precede(getattr(typed, name))
        channel = self.query_one("#channel", Choice)
        channel.offer([Option(one.value, self.t(f"channel.{one}")) for one in Channel], chosen=typed.channel)
        self._fit()

    def _now(self) -> Typed:
        def value(name: str) -> str:
            return next((field.value.strip() for field in self.query(f"#{name}").results(Field)), "")

        return Typed(
            code=self.query_one("#code", Codes).chosen,
            day=value("day"),
            amount=value("amount"),
            channel=self.query_one("#channel", Choice).key,
            next=value("next"),
            note=value("note"),
            stop=self.stopped(),
        )

    def stopped(self) -> str:
        """Why the number is contacted no more; empty where it may be, or where it is not asked."""
        return ""

    # -- keys -------------------------------------------------------------------------------------------------------
    def on_codes_changed(self) -> None:
        """A promise has lines of its own."""
        self._fit()
        if self._promising:
            self._start()

    def on_input_submitted(self) -> None:
        """Enter while typing."""
        self.action_submit()

    def action_nothing(self) -> None:
        """Done by the control that has the focus; shown here so that every key is."""

    def action_submit(self) -> None:
        """Hand the result back, if it is whole."""
        typed, now, zone = self._now(), self.desk_app.clock(), self._case.zone
        next_at = read_moment(typed.next, now, zone) if typed.next else None
        if not typed.code:
            self._missing("result.choose", "code")
        elif typed.next and next_at is None:
            self._missing("next.unread", "next")
        elif not self._promising:
            self._answer(typed, next_at, None)
        elif (day := read_day(typed.day, now, zone)) is None:
            self._missing("promise.day_unread", "day")
        elif (amount := self._amount(typed.amount)) is None:
            self._missing("promise.amount_unread", "amount")
        else:
            replace = self._case.promise is not None and self._case.promise.state == "open"
            self._answer(typed, next_at, Terms(amount=amount, due_on=day, channel=typed.channel, replace=replace))

    def _amount(self, typed: str) -> int | None:
        return self.texts.minor(typed, self._case.row.currency) if typed else self._case.row.due

    def _missing(self, key: str, control: str) -> None:
        self.say(self.t(key), bad=True)
        self.query_one(f"#{control}").focus()

    def _answer(self, typed: Typed, next_at: int | None, promise: Terms | None) -> None:
        self.rest()
        self.answer(Answered(self.made(typed, next_at, promise), typed))

    def answer(self, answered: Answered) -> None:
        """Hand it back."""
        self.dismiss(answered)

    def made(self, typed: Typed, next_at: int | None, promise: Terms | None) -> RecordResult:
        """The call to make of it."""
        return RecordResult(
            case_id=self._case.row.case_id,
            version=self._case.version,
            code=typed.code,
            promise=promise,
            next_at=next_at,
            note=typed.note,
        )
