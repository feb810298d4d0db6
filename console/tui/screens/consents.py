"""Consents by letter or message that wait for this person; for whoever records them, what became of their own."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from access.policy.actions import Action
from console.desk.api.base import Call, Done
from console.desk.api.consents import ConsentLine, ListConsents
from console.desk.api.contact import WithdrawConsent
from console.tui.modals.consent_words import asked_to_confirm, asked_to_refuse, hours, line, shown_by
from console.tui.screens.lists import ListScreen
from console.tui.widgets.rows import Column, Row, RowList
from console.tui.widgets.words import Words


class ConsentsScreen(ListScreen):
    """See the module."""

    TITLE = "place.consents"
    HELP = "help.consents"
    EMPTY = "consents.empty"
    REREAD = frozenset({"consent"})
    CSS_PATH = "lists.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "confirm", "key.consent.confirm"),
        Binding("r", "refuse", "key.refuse"),
        Binding("w", "withdraw", "key.consent.withdraw"),
        Binding("o", "open", "key.open_case"),
        Binding("s", "switch", "key.own_or_waiting"),
        Binding("n", "following", "key.consents.next"),
        Binding("p", "previous", "key.consents.back"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._items: dict[str, ConsentLine] = {}
        self._scope = ""
        self._from: list[str | None] = [None]
        self._cursor: str | None = None

    @property
    def scope(self) -> str:
        """What is listed: `waiting` for who confirms, else `mine`."""
        return self._scope or ("waiting" if self._confirms() else "mine")

    def _confirms(self) -> bool:
        return Action.CONTACT_CONSENT_CONFIRM.value in self.me.acts

    def columns(self) -> tuple[Column, ...]:
        """When, who, case, by what, what shows it, where it stands; where there is room, the hours."""
        return (
            Column(self.t("column.when"), 11),
            Column(self.t("column.person"), 8),
            Column(self.t("column.case"), 14),
            Column(self.t("consent.means"), 5),
            Column(self.t("consent.hours"), 11, wide=True),
            Column(self.t("consent.evidence")),
            Column(self.t("column.state"), 9),
        )

    def below(self) -> ComposeResult:
        """What to know about the one under the cursor."""
        with Vertical(id="detail"):
            yield Words(id="about")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys for what can be done with the one under the cursor, and for pages that there are."""
        item = self._item()
        if action in {"confirm", "refuse", "withdraw", "open"}:
            return item is not None and action in item.consent.may
        if action == "switch":
            return self._confirms() and Action.CONTACT_CONSENT_RECORD.value in self.me.acts
        if action == "following":
            return self._cursor is not None
        if action == "previous":
            return len(self._from) > 1
        return super().check_action(action, parameters)

    async def load(self) -> None:
        """Read a page of what waits, or of one's own."""
        reply = await self.client.ask(ListConsents(scope=self.scope, cursor=self._from[-1]))
        if reply is None:
            return
        if not reply.items and len(self._from) > 1:
            # The last of this page was decided.
            self.action_previous()
            return
        self._cursor = reply.cursor
        self._items = {item.consent.consent_id: item for item in reply.items}
        rows = tuple(self._row(item) for item in reply.items)
        self.show(rows, self.t(f"consents.{self.scope}", count=len(rows)))
        self._say_about()

    def _row(self, item: ConsentLine) -> Row:
        one = item.consent
        return Row(
            one.consent_id,
            (
                self.when(one.recorded_at),
                one.recorded_by,
                item.case_number,
                self.t(f"consent.by.{one.means}"),
                hours(one),
                shown_by(self.texts, one),
                self.t(f"consent.state.{one.state}"),
            ),
        )

    def on_row_list_moved(self) -> None:
        """Another one under the cursor."""
        self._say_about()
        self.refresh_keys()

    def _item(self) -> ConsentLine | None:
        return self._items.get(self.list.key or "") if self.query("#about") else None

    def _say_about(self) -> None:
        item = self._item()
        self.query_one("#about", Words).say("" if item is None else self._about(item))

    def _about(self, item: ConsentLine) -> str:
        one = item.consent
        lines = [
            f"# {self.texts.mask(item.name)}  {item.case_number}  {line(self.texts, one, item.zone)}",
            self.t(
                "consent.kept.by",
                evidence=shown_by(self.texts, one),
                person=one.recorded_by or "—",
                staff_no=item.staff_no,
                when=self.when(one.recorded_at),
            ),
        ]
        if item.decided_at is not None:
            when = self.when(item.decided_at)
            person = item.decided_by or "—"
            lines.append(self.t("consent.decided", person=person, when=when, reason=item.words or "—"))
        return "\n".join(lines)

    # -- keys -------------------------------------------------------------------------------------------------------
    def action_switch(self) -> None:
        """What waits, or one's own."""
        self._scope = "mine" if self.scope == "waiting" else "waiting"
        self._from = [None]
        self.reread()

    def action_following(self) -> None:
        """The next page."""
        if self._cursor is not None:
            self._from.append(self._cursor)
            self.reread()

    def action_previous(self) -> None:
        """The page before."""
        if len(self._from) > 1:
            self._from.pop()
            self.reread()

    def on_row_list_chosen(self, event: RowList.Chosen) -> None:
        """Enter opens the case."""
        del event
        if self.can("open"):
            self.action_open()

    def action_open(self) -> None:
        """Look at the case."""
        from console.tui.screens.case import CaseScreen  # noqa: PLC0415 - loaded when a case is opened

        item = self._item()
        if item is not None:
            self.app.push_screen(CaseScreen(item.case_id))

    def action_confirm(self) -> None:
        """One saw what shows it."""
        self.go(self._confirm())

    async def _confirm(self) -> None:
        item = self._item()
        if item is not None:
            await self._do(await asked_to_confirm(self, item.consent, item.zone), "consent.confirmed")

    def action_refuse(self) -> None:
        """One did not find it shown."""
        self.go(self._refuse())

    async def _refuse(self) -> None:
        item = self._item()
        if item is not None:
            await self._do(await asked_to_refuse(self, item.consent, item.zone), "consent.refused")

    def action_withdraw(self) -> None:
        """The customer takes it back, or it was recorded by mistake."""
        self.go(self._withdraw())

    async def _withdraw(self) -> None:
        from console.tui.modals.confirm import ConfirmModal  # noqa: PLC0415 - as above

        item = self._item()
        if item is None:
            return
        words = self.t("consent.withdraw.words", consent=line(self.texts, item.consent, item.zone))
        if await self.app.push_screen_wait(ConfirmModal(self.t("consent.withdraw"), words)):
            await self._do(WithdrawConsent(consent_id=item.consent.consent_id), "consent.withdrawn")

    async def _do(self, call: Call[Done] | None, said: str) -> None:
        """Hand it to the desk, and show what is so by now."""
        if call is None:
            return
        done = await self.client.ask(call)
        if done is not None:
            self.say(self.t(said))
        self.reread()
