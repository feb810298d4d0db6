"""May I contact now? Every number of a case with every rule's answer; what is refused says when it will be allowed."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from access.policy.actions import Action
from console.desk.api.contact import (
    CheckContacts,
    ContactCheck,
    ContactRef,
    ContactVerdict,
    LiftStop,
    RuleVerdict,
    StopContact,
)
from console.texts import Texts
from console.tui.modals.base import DeskModal
from console.tui.modals.consent_words import summary
from console.tui.modals.consents import ConsentsModal
from console.tui.widgets.bars import KeyBar
from console.tui.widgets.rows import Column, Row, RowList
from console.tui.widgets.words import Words

SIGNS = {"allowed": "✓", "advice": "!", "refused": "✗", "off": "–"}


class ContactCheckModal(DeskModal[ContactRef]):
    """Answers with a number that may be contacted now.

    Args:
        case_id: the case. dials: Enter chooses the number that is shown, if it is allowed.
    """

    TITLE = "contact.check"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "choose", "key.call"),
        Binding("right,tab", "other(1)", "key.contact.next", priority=True, key_display="→"),
        Binding("left", "other(-1)", show=False, priority=True),
        Binding("x", "stop", "key.contact.stop"),
        Binding("l", "lift", "key.contact.lift"),
        Binding("c", "consents", "key.consents"),
    ]

    def __init__(self, case_id: str, *, dials: bool = False) -> None:
        super().__init__()
        self._case_id, self._dials = case_id, dials
        self._found: ContactCheck | None = None
        self._at = 0

    def body(self) -> ComposeResult:
        """Which number, what is said of it in a line, what the customer agreed to, and every rule."""
        columns = (
            Column(self.t("contact.column.rule"), 18),
            Column(self.t("contact.column.figure"), 7, right=True),
            Column(self.t("contact.column.why")),
            Column(self.t("contact.column.when"), 11),
        )
        yield Words(self.t("reading"), id="which")
        yield Words(id="consents")
        yield RowList(columns, empty=self.t("contact.no_numbers"))

    def on_mount(self) -> None:
        """Ask the desk."""
        self.query_one(KeyBar).say(self.shown_keys())
        self.query_one(RowList).focus()
        self.go(self._read())

    async def _read(self) -> None:
        found = await self.client.ask(CheckContacts(case_id=self._case_id))
        if found is None:
            self.query_one("#which", Words).say(self.t("list.not_read"))
            return
        self._found = found
        self._show()

    @property
    def shown(self) -> ContactVerdict | None:
        """The number that is shown."""
        contacts = self._found.contacts if self._found is not None else ()
        return contacts[self._at % len(contacts)] if contacts else None

    def _show(self) -> None:
        one, found = self.shown, self._found
        if found is None or not self.query(RowList):
            return
        self.query_one("#consents", Words).say(summary(self.texts, found))
        rows: tuple[Row, ...] = ()
        if one is None:
            self.query_one("#which", Words).say(self.t("contact.no_numbers"))
        else:
            self.query_one("#which", Words).say("\n".join(said(self.texts, found, one, self._at)))
            rows = tuple(
                Row(rule.rule, cells(self.texts, rule, found.zone), strong=rule.verdict in {"refused", "advice"})
                for rule in one.rules
            )
        listed = self.query_one(RowList)
        listed.show(rows)
        if one is not None and (refusing := next((rule.rule for rule in one.rules if rule.verdict == "refused"), None)):
            listed.move_to(refusing)  # what stands against it is in view without a key
        self.query_one(KeyBar).say(self.shown_keys())

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys for what the number that is shown allows."""
        one = self.shown
        if action == "choose":
            return self._dials and one is not None and one.allowed
        if action == "other":
            return self._found is not None and len(self._found.contacts) > 1
        if action == "consents":
            return self._found is not None
        if action in {"stop", "lift"}:
            return one is not None and action in one.may
        return super().check_action(action, parameters)

    def action_choose(self) -> None:
        """This number."""
        if self.shown is not None:
            self.dismiss(self.shown.contact)

    def on_row_list_chosen(self) -> None:
        """Enter in the list."""
        if self.can("choose"):
            self.action_choose()

    def action_other(self, step: int) -> None:
        """The next number, or the one before."""
        if self._found is not None and self._found.contacts:
            self._at = (self._at + step) % len(self._found.contacts)
            self._show()

    def action_stop(self) -> None:
        """Contact this number no more."""
        self.go(self._stop())

    async def _stop(self) -> None:
        from console.tui.modals.contact_stop import StopForm  # noqa: PLC0415 - loaded when asked for

        one = self.shown
        if one is None:
            return
        reason = await self.app.push_screen_wait(StopForm(third=one.contact.field != "mobile"))
        if reason is not None:
            call = StopContact(case_id=self._case_id, contact=one.contact, reason=reason)
            if await self.client.ask(call) is not None:
                await self._read()
                self.say(self.t("contact.stopped"))

    def action_consents(self) -> None:
        """What the customer agreed to, and whoever works the case keeps or takes back."""
        self.go(self._consents())

    async def _consents(self) -> None:
        if self._found is not None:
            self._found = await self.app.push_screen_wait(ConsentsModal(self._case_id, self._found)) or self._found
            self._show()

    def action_lift(self) -> None:
        """Contact it again."""
        self.go(self._lift())

    async def _lift(self) -> None:
        one = self.shown
        if one is None or Action.CONTACT_STOP_LIFT.value not in self.me.acts:
            return
        if await self.client.ask(LiftStop(stop_id=one.stop_id, version=one.stop_version)) is not None:
            await self._read()
            self.say(self.t("contact.stop_lifted"))


def said(texts: Texts, found: ContactCheck, one: ContactVerdict, at: int) -> tuple[str, ...]:
    """Which number and whether it may be contacted, in two lines."""
    name = texts.field(one.contact.field, one.contact.ordinal)
    party = texts.t(f"contact.party.{one.party}")
    which = f"{name} {texts.mask(one.masked)} · {party} · {at % len(found.contacts) + 1}/{len(found.contacts)}"
    if one.allowed:
        left = "" if one.left is None else f" · {texts.t('contact.left', count=one.left)}"
        return which, f"✓ {texts.t('contact.allowed')}{left}"
    when = "" if one.allowed_at is None else str(one.allowed_at)
    return which, f"✗ {texts.t('contact.refused')} · {texts.allowed_from(when, found.zone)}"


def cells(texts: Texts, rule: RuleVerdict, zone: str) -> tuple[str, str, str, str]:
    """One rule's line: sign and name, figure, why, when."""
    figure = "" if rule.used is None else f"{rule.used}/{rule.limit}"
    why = texts.answer(rule.verdict, rule.why)
    when = texts.when(rule.allowed_at, zone, "short") if rule.allowed_at is not None else ""
    return f"{SIGNS.get(rule.verdict, '?')} {texts.rule(rule.rule, rule.kind)}", figure, f"{why} {rule.clause}", when
