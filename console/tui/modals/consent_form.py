"""The form on which a customer's consent is kept: by what, in which hours, until when, what shows it."""

from __future__ import annotations

from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from console.desk.api.base import Refusal
from console.desk.api.contact import (
    CONSENT_DAYS,
    EVIDENCE,
    ConsentView,
    Means,
    RecordConsent,
)
from console.moments import day_end, read_day
from console.tui.client import ends_session
from console.tui.modals.base import DeskModal
from console.tui.modals.visit import minute_of
from console.tui.widgets.inputs import Choice, Field, Labelled, Option
from console.tui.widgets.words import Words

_HOUR: Final = 60
_DAY: Final = 24 * _HOUR
_MINUTE: Final = 60_000_000
_USUAL: Final = "+30"
"""The day until which a consent holds when nobody says another."""


class ConsentForm(DeskModal[ConsentView]):
    """Answers with what was kept; what the desk refuses stays on the form. Args: the case; where the customer is."""

    TITLE = "consent.record"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "key.submit"),
        Binding("tab", "app.focus_next", "key.next", priority=True),
        Binding("left", "nothing", "key.choose", key_display="◂▸"),
    ]

    def __init__(self, case_id: str, zone: str) -> None:
        super().__init__()
        self._case_id, self._zone = case_id, zone
        self._asking = False

    def body(self) -> ComposeResult:
        """By what, in which hours, until which day, and what shows it."""
        yield Words(self.t("consent.record.words", days=CONSENT_DAYS, zone=self._zone))
        means = [Option(one.value, self.t(f"consent.by.{one}")) for one in Means]
        yield Labelled(self.t("consent.means"), Choice(means, id="means"))
        yield Labelled(self.t("consent.from"), Field(placeholder="hh:mm", limit=5, id="from"))
        yield Labelled(self.t("consent.to"), Field(placeholder="hh:mm", limit=5, id="until"))
        yield Labelled(self.t("consent.last"), Field(self._day(_USUAL), limit=10, id="last"))
        shown = [Option(one, self.t(f"consent.shown.{one}")) for one in EVIDENCE]
        yield Labelled(self.t("consent.evidence"), Choice(shown, id="evidence"))
        latest = self.t("consent.reference.latest")
        yield Labelled(self.t("consent.reference"), Field(placeholder=latest, limit=40, id="reference"))

    def _day(self, typed: str) -> str:
        return read_day(typed, self.desk_app.clock(), self._zone) or ""

    def on_input_submitted(self) -> None:
        """Enter while typing."""
        self.action_submit()

    def action_nothing(self) -> None:
        """Done by the control that has the focus; shown here so that every key is."""

    def action_submit(self) -> None:
        """Hand it to the desk, once, if hours and day can be read."""
        if self._asking:
            return
        said = {name: self.query_one(f"#{name}", Field).value.strip() for name in ("from", "until", "last")}
        start, end = minute_of(said["from"]), _until(said["until"])
        if start is None or end is None:
            self.say(self.t("consent.hours_unread"), bad=True)
            return
        day = self._day(said["last"])
        if not self._day("+0") <= day <= self._day(f"+{CONSENT_DAYS}"):
            self.say(self.t("consent.day_unread", days=CONSENT_DAYS), bad=True)
            return
        reference = self.query_one("#reference", Field).value.strip()
        evidence = self.query_one("#evidence", Choice).key
        if not reference and evidence != EVIDENCE[0]:
            self.say(self.t("consent.reference_missing"), bad=True)
            return
        # A minute early, so that the whole of the last day is never refused for the clocks' difference.
        latest = self.desk_app.clock() + CONSENT_DAYS * _DAY * _MINUTE - _MINUTE
        call = RecordConsent(
            case_id=self._case_id,
            means=self.query_one("#means", Choice).key,
            from_minute=start,
            until_minute=end,
            expires_at=min(day_end(day, self._zone), latest),
            evidence=evidence,
            reference=reference,
        )
        self._asking = True
        self.go(self._ask(call))

    async def _ask(self, call: RecordConsent) -> None:
        reply = await self.client.attempt(call)
        self._asking = False
        if not isinstance(reply, Refusal):
            self.dismiss(reply)
        elif ends_session(reply.code):
            self.desk_app.session_lost(reply)
        else:
            self.say(self.texts.refusal(reply), bad=True)


def _until(text: str) -> int | None:
    """The minute at which hours end; midnight ends the day."""
    if text.strip().replace("：", ":") == "24:00":
        return _DAY
    at = minute_of(text)
    return at if at is None else at or _DAY
