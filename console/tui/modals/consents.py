"""What a customer agreed to: further hours of contact, what shows it, until when; kept anew, and taken back at once."""

from __future__ import annotations

from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from console.desk.api.base import Refusal
from console.desk.api.contact import (
    CONSENT_DAYS,
    EVIDENCE,
    CheckContacts,
    ConfirmConsent,
    ConsentView,
    ContactCheck,
    Means,
    RecordConsent,
    RefuseConsent,
    WithdrawConsent,
)
from console.moments import day_end, read_day
from console.texts import Texts
from console.tui.client import ends_session
from console.tui.modals.base import DeskModal
from console.tui.modals.visit import minute_of
from console.tui.screens.base import Worded
from console.tui.widgets.bars import KeyBar
from console.tui.widgets.inputs import Choice, Field, Labelled, Option
from console.tui.widgets.rows import Column, Row, RowList
from console.tui.widgets.words import Words

_HOUR: Final = 60
_DAY: Final = 24 * _HOUR
_MINUTE: Final = 60_000_000
_LEAST_REASON: Final = 4
_USUAL: Final = "+30"
"""The day until which a consent holds when nobody says another."""


class ConsentsModal(DeskModal[ContactCheck]):
    """Answers with the check as it was read last. Args: the case; what a check found, where there was one just now."""

    TITLE = "consent.title"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "record", "key.consent.record"),
        Binding("a", "confirm", "key.consent.confirm"),
        Binding("r", "refuse", "key.refuse"),
        Binding("w", "withdraw", "key.consent.withdraw"),
    ]

    def __init__(self, case_id: str, found: ContactCheck | None = None) -> None:
        super().__init__()
        self._case_id, self._found = case_id, found

    def body(self) -> ComposeResult:
        """One a line; below, what shows the one under the cursor."""
        columns = (
            Column(self.t("consent.means"), 7),
            Column(self.t("consent.hours"), 11),
            Column(self.t("consent.until"), 16),
            Column(self.t("consent.evidence")),
        )
        yield Words(self.t("consent.words"))
        yield RowList(columns, empty=self.t("reading"))
        yield Words(id="shown")

    def on_mount(self) -> None:
        """Show what is known, or ask the desk."""
        self.query_one(KeyBar).say(self.shown_keys())
        self.query_one(RowList).focus()
        if self._found is not None:
            self._show(self._found)
        else:
            self.go(self._read())

    async def _read(self) -> None:
        found = await self.client.ask(CheckContacts(case_id=self._case_id))
        if self.query(RowList):
            if found is None:
                self.query_one(RowList).say_empty(self.t("list.not_read"))
            else:
                self._show(found)

    def _show(self, found: ContactCheck) -> None:
        self._found = found
        listed = self.query_one(RowList)
        listed.say_empty(self.t("consent.empty" if "consent" in found.may else "consent.empty.read"))
        listed.show(
            [
                Row(
                    one.consent_id,
                    (
                        self.t(f"consent.by.{one.means}"),
                        hours(one),
                        self.texts.when(one.expires_at, found.zone)
                        if one.state == "active"
                        else self.t("consent.asked"),
                        shown_by(self.texts, one),
                    ),
                )
                for one in (*found.consents, *found.asked)
            ]
        )
        self._say_chosen()

    @property
    def chosen(self) -> ConsentView | None:
        """The consent under the cursor."""
        key = self.query_one(RowList).key if self._found is not None and self.query(RowList) else None
        if self._found is None:
            return None
        return next((one for one in (*self._found.consents, *self._found.asked) if one.consent_id == key), None)

    def on_row_list_moved(self) -> None:
        """Another one under the cursor."""
        self._say_chosen()

    def _say_chosen(self) -> None:
        one, found = self.chosen, self._found
        said = ""
        if one is not None and found is not None:
            said = self.t(
                "consent.kept",
                evidence=shown_by(self.texts, one),
                person=one.recorded_by or "—",
                when=self.texts.when(one.recorded_at, found.zone),
            )
        self.query_one("#shown", Words).say(said)
        self.query_one(KeyBar).say(self.shown_keys())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys for what the desk lets this person do."""
        if action == "record":
            return self._found is not None and "consent" in self._found.may
        if action in {"confirm", "refuse", "withdraw"}:
            return self.chosen is not None and action in self.chosen.may
        return super().check_action(action, parameters)

    def action_cancel(self) -> None:
        """Back, with what is so by now."""
        self.dismiss(self._found)

    def action_record(self) -> None:
        """Keep what the customer agreed to."""
        self.go(self._record())

    async def _record(self) -> None:
        if self._found is None:
            return
        kept = await self.app.push_screen_wait(ConsentForm(self._case_id, self._found.zone))
        if kept is not None:
            await self._read()
            self.say(self.t("consent.recorded" if kept.state == "active" else "consent.recorded.asked"))

    def action_confirm(self) -> None:
        """One saw what shows it."""
        self.go(self._confirm())

    async def _confirm(self) -> None:
        one, found = self.chosen, self._found
        if one is not None and found is not None:
            await self._decided(await asked_to_confirm(self, one, found.zone), "consent.confirmed")

    def action_refuse(self) -> None:
        """One did not find it shown."""
        self.go(self._refuse())

    async def _refuse(self) -> None:
        one, found = self.chosen, self._found
        if one is not None and found is not None:
            await self._decided(await asked_to_refuse(self, one, found.zone), "consent.refused")

    async def _decided(self, call: ConfirmConsent | RefuseConsent | None, said: str) -> None:
        """Hand it to the desk, and show what is so by now."""
        if call is not None:
            done = await self.client.ask(call)
            await self._read()
            if done is not None:
                self.say(self.t(said))

    def action_withdraw(self) -> None:
        """The customer takes it back."""
        self.go(self._withdraw())

    async def _withdraw(self) -> None:
        from console.tui.modals.confirm import ConfirmModal  # noqa: PLC0415 - loaded when asked for

        one, found = self.chosen, self._found
        if one is None or found is None:
            return
        words = self.t("consent.withdraw.words", consent=line(self.texts, one, found.zone))
        if await self.app.push_screen_wait(ConfirmModal(self.t("consent.withdraw"), words)):
            done = await self.client.ask(WithdrawConsent(consent_id=one.consent_id))
            await self._read()
            if done is not None:
                self.say(self.t("consent.withdrawn"))


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


async def asked_to_confirm(screen: Worded, one: ConsentView, zone: str) -> ConfirmConsent | None:
    """The call, if the person says that they saw what shows it. zone: where the customer is."""
    from console.tui.modals.confirm import ConfirmModal  # noqa: PLC0415 - loaded when asked for

    texts = screen.texts
    words = texts.t("consent.confirm.words", consent=line(texts, one, zone), evidence=shown_by(texts, one))
    if not await screen.app.push_screen_wait(ConfirmModal(texts.t("consent.confirm"), words)):
        return None
    return ConfirmConsent(consent_id=one.consent_id, version=one.version)


async def asked_to_refuse(screen: Worded, one: ConsentView, zone: str) -> RefuseConsent | None:
    """The call, if the person says why. zone: where the customer is."""
    from console.tui.modals.confirm import WordsModal  # noqa: PLC0415 - loaded when asked for

    texts = screen.texts
    words = texts.t(
        "consent.refuse.words",
        consent=line(texts, one, zone),
        evidence=shown_by(texts, one),
        person=one.recorded_by or "—",
    )
    form = WordsModal(texts.t("consent.refuse"), words, texts.t("inbox.refuse.label"), least=_LEAST_REASON)
    reason = await screen.app.push_screen_wait(form)
    return RefuseConsent(consent_id=one.consent_id, version=one.version, reason=reason) if reason else None


def shown_by(texts: Texts, one: ConsentView) -> str:
    """What shows it, by kind and number."""
    return f"{texts.t(f'consent.shown.{one.evidence}')} {one.reference}"


def hours(one: ConsentView) -> str:
    """From when until when, where the customer is."""
    return "–".join(f"{at // _HOUR:02}:{at % _HOUR:02}" for at in (one.from_minute, one.until_minute))


def line(texts: Texts, one: ConsentView, zone: str) -> str:
    """By what, in which hours, until when."""
    return texts.t(
        "consent.line",
        means=texts.t(f"consent.by.{one.means}"),
        hours=hours(one),
        until=texts.when(one.expires_at, zone, "short"),
    )


def summary(texts: Texts, found: ContactCheck) -> str:
    """The first in one line, and how many more."""
    if not found.consents:
        return texts.t("consent.none")
    more = len(found.consents) - 1
    first = line(texts, found.consents[0], found.zone)
    return texts.t("consent.some", first=first) + (f" +{more}" if more else "")


def _until(text: str) -> int | None:
    """The minute at which hours end; midnight ends the day."""
    if text.strip().replace("：", ":") == "24:00":
        return _DAY
    at = minute_of(text)
    return at if at is None else at or _DAY
