"""What a customer agreed to: further hours of contact, what shows it, until when; kept anew, and taken back at once."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from console.desk.api.contact import (
    CheckContacts,
    ConfirmConsent,
    ConsentView,
    ContactCheck,
    RefuseConsent,
    WithdrawConsent,
)
from console.tui.modals.base import DeskModal
from console.tui.modals.consent_form import ConsentForm
from console.tui.modals.consent_words import asked_to_confirm, asked_to_refuse, hours, line, shown_by
from console.tui.widgets.bars import KeyBar
from console.tui.widgets.rows import Column, Row, RowList
from console.tui.widgets.words import Words


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
