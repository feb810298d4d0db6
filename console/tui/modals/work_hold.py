"""Stop contacting a customer, and what becomes of that: a reason is marked here, a hold decided on."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from access.policy.holds import STOPS, HoldReason
from console.desk.api.work import DecideHold, HoldView, PlaceHold, WithdrawPromise, WithdrawReason
from console.tui.modals.base import DeskModal
from console.tui.screens.case_rows import hold_line
from console.tui.widgets.codes import Code, Codes
from console.tui.widgets.inputs import Field, Labelled
from console.tui.widgets.words import Words

KEYS = dict(zip(HoldReason, "123456789", strict=True))


class HoldForm(DeskModal[PlaceHold]):
    """Args: id and number of the case."""

    TITLE = "hold.title"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "key.submit"),
        Binding("tab", "app.focus_next", "key.next", priority=True),
        Binding("left", "nothing", "key.choose", key_display="◂▸"),
    ]

    def __init__(self, case_id: str, number: str) -> None:
        super().__init__()
        self._case_id, self._number = case_id, number

    def heading(self) -> str:
        """Which case."""
        return self.t(self.TITLE, number=self._number)

    def body(self) -> ComposeResult:
        """Reasons, what each does, words."""
        codes = [Code(reason.value, key, self.t(f"hold.reason.{reason}")) for reason, key in KEYS.items()]
        yield Codes(codes, id="reason")
        yield Words(self.t("hold.what"), id="what")
        yield Labelled(self.t("hold.words"), Field(limit=200, id="words"))

    def on_mount(self) -> None:
        """Start at the reasons."""
        self.query_one("#reason").focus()

    def on_codes_changed(self) -> None:
        """Say what the reason does."""
        stops = HoldReason(self.query_one("#reason", Codes).chosen) in STOPS
        self.query_one("#what", Words).say(self.t("hold.at_once" if stops else "hold.may_wait"))

    def on_input_submitted(self) -> None:
        """Enter while typing."""
        self.action_submit()

    def action_nothing(self) -> None:
        """Done by the control that has the focus; shown here so that every key is."""

    def action_submit(self) -> None:
        """Hand it back."""
        reason = self.query_one("#reason", Codes).chosen
        if not reason:
            self.say(self.t("hold.choose"), bad=True)
            return
        self.dismiss(PlaceHold(case_id=self._case_id, reason=reason, words=self.query_one("#words", Field).take()))


ANOTHER = "another"
"""The answer that another reason is to be marked."""


class HoldDecision(DeskModal[DecideHold | str]):
    """Args: the hold; whether to offer marking another reason."""

    TITLE = "hold.decide"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "key.submit"),
        Binding("left", "nothing", "key.choose", key_display="◂▸"),
    ]

    def __init__(self, hold: HoldView, *, another: bool = False) -> None:
        super().__init__()
        self._hold = hold
        self._verdicts = (*hold.may, *((ANOTHER,) if another else ()))

    def heading(self) -> str:
        """Which case."""
        return self.t(self.TITLE, number=self._hold.number)

    def body(self) -> ComposeResult:
        """How it stands, and what this person may do."""
        yield Words(hold_line(self.texts, self._hold))
        yield Words(self._hold.words)
        if self._verdicts:
            codes = [
                Code(verdict, str(place), self.t(f"hold.verdict.{verdict}"))
                for place, verdict in enumerate(self._verdicts, 1)
            ]
            yield Codes(codes, id="verdict")
        else:
            yield Words(self.t("hold.others"))

    def on_mount(self) -> None:
        """Start at the answers."""
        for codes in self.query(Codes):
            codes.focus()

    def action_nothing(self) -> None:
        """Done by the control that has the focus; shown here so that every key is."""

    def action_submit(self) -> None:
        """Hand the answer back."""
        verdict = next((codes.chosen for codes in self.query(Codes)), "")
        if verdict == ANOTHER:
            self.dismiss(ANOTHER)
        elif verdict:
            self.dismiss(DecideHold(hold_id=self._hold.hold_id, verdict=verdict, version=self._hold.version))
        elif self._verdicts:
            self.say(self.t("hold.choose"), bad=True)
        else:
            self.dismiss(None)


class WithdrawForm(DeskModal[WithdrawPromise]):
    """Args: the case, its version, the promise."""

    TITLE = "promise.withdraw"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "key.submit"),
        Binding("left", "nothing", "key.choose", key_display="◂▸"),
    ]

    def __init__(self, case_id: str, version: int, promise_id: str, words: str) -> None:
        super().__init__()
        self._case_id, self._version, self._promise_id, self._words = case_id, version, promise_id, words

    def body(self) -> ComposeResult:
        """The promise and the reasons."""
        yield Words(self._words)
        codes = [
            Code(reason.value, str(place), self.t(f"promise.reason.{reason}"))
            for place, reason in enumerate(WithdrawReason, 1)
        ]
        yield Codes(codes, id="reason")

    def on_mount(self) -> None:
        """Start at the reasons."""
        self.query_one(Codes).focus()

    def action_nothing(self) -> None:
        """Done by the control that has the focus; shown here so that every key is."""

    def action_submit(self) -> None:
        """Hand it back."""
        reason = self.query_one(Codes).chosen
        if not reason:
            self.say(self.t("promise.choose"), bad=True)
            return
        self.dismiss(
            WithdrawPromise(case_id=self._case_id, version=self._version, promise_id=self._promise_id, reason=reason)
        )
