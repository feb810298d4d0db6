"""Contact data that wait for this person's check; for those who propose, what became of their own."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from access.policy.actions import Action
from console.desk.api import contacts
from console.desk.api.contacts import ContactChange
from console.tui.screens.lists import ListScreen
from console.tui.widgets.rows import Column, Row, RowList
from console.tui.widgets.words import Words

LEAST_REASON = 4
"""Fewest characters of a refusal's reason."""


class ContactsScreen(ListScreen):
    """See the module."""

    TITLE = "place.contacts"
    HELP = "help.contacts"
    EMPTY = "contacts.empty"
    REREAD = frozenset({"contact"})
    CSS_PATH = "lists.tcss"
    NEEDS: ClassVar = {
        "accept": (Action.CASE_CONTACT_ACCEPT.value,),
        "refuse": (Action.CASE_CONTACT_REFUSE.value,),
        "withdraw": (Action.CASE_CONTACT_WITHDRAW.value,),
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "accept", "key.accept"),
        Binding("r", "refuse", "key.refuse"),
        Binding("w", "withdraw", "key.withdraw"),
        Binding("o", "open", "key.open_case"),
        Binding("s", "switch", "key.own_or_waiting"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._items: dict[str, ContactChange] = {}
        self._scope = ""

    @property
    def scope(self) -> str:
        """What is listed: `waiting` for who checks, else `mine`."""
        return self._scope or ("waiting" if self._checks() else "mine")

    def _checks(self) -> bool:
        return Action.CASE_CONTACT_ACCEPT.value in self.me.acts

    def columns(self) -> tuple[Column, ...]:
        """When, who, case, what, masked, where it stands."""
        return (
            Column(self.t("column.when"), 11),
            Column(self.t("column.person"), 8),
            Column(self.t("column.case"), 14),
            Column(self.t("contact.field"), 14),
            Column(self.t("contact.value")),
            Column(self.t("column.state"), 10),
        )

    def below(self) -> ComposeResult:
        """What to know about the one under the cursor."""
        with Vertical(id="detail"):
            yield Words(id="about")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys for what can be done with the one under the cursor."""
        item = self._item()
        if action in ("accept", "refuse") and (item is None or not item.checkable):
            return False
        if action == "withdraw" and (item is None or not item.mine or item.state != "pending"):
            return False
        if action == "open" and item is None:
            return False
        if action == "switch" and not (self._checks() and Action.CASE_CONTACT_PROPOSE.value in self.me.acts):
            return False
        return super().check_action(action, parameters)

    async def load(self) -> None:
        """Read what waits, or one's own."""
        reply = await self.client.ask(contacts.ListContactChanges(scope=self.scope))
        if reply is None:
            return
        self._items = {item.change_id: item for item in reply.items}
        rows = tuple(self._row(item) for item in reply.items)
        self.show(rows, self.t(f"contacts.{self.scope}", count=len(rows)))
        self._say_about()

    def _row(self, item: ContactChange) -> Row:
        return Row(
            item.change_id,
            (
                self.when(item.asked_at),
                item.person,
                item.case_number,
                self.texts.field(item.field),
                self.texts.mask(item.masked),
                self.texts.state("contact", item.state),
            ),
        )

    def on_row_list_moved(self) -> None:
        """Another one under the cursor."""
        self._say_about()
        self.refresh_keys()

    def _item(self) -> ContactChange | None:
        return self._items.get(self.list.key or "") if self.query("#about") else None

    def _say_about(self) -> None:
        item = self._item()
        self.query_one("#about", Words).say("" if item is None else self._about(item))

    def _about(self, item: ContactChange) -> str:
        which = (
            self.t("contact.instead", field=self.texts.field(item.field, item.ordinal))
            if item.ordinal
            else self.t("contact.additional")
        )
        said = self.t(f"lawful.{item.lawful_source}") if item.lawful_source else self.t("contact.source_open")
        who = f"{self.texts.mask(item.name)}  {item.case_number}"
        lines = [
            f"# {who}  {self.texts.field(item.field)}  {self.texts.mask(item.masked)}",
            self.t("contact.line", which=which, source=said),
        ]
        if item.lead:
            lines.append(self.t("contact.from_agency"))
        if item.note:
            lines.append(self.t("contact.note", note=item.note))
        if item.checked_by:
            lines.append(self.t("contact.checked", person=item.checked_by, reason=item.reason or "—"))
        return "\n".join(lines)

    # -- keys -------------------------------------------------------------------------------------------------------
    def action_switch(self) -> None:
        """What waits, or one's own."""
        self._scope = "mine" if self.scope == "waiting" else "waiting"
        self.reread()

    def on_row_list_chosen(self, event: RowList.Chosen) -> None:
        """Enter opens the case."""
        del event
        self.action_open()

    def action_open(self) -> None:
        """Look at the case."""
        from console.tui.screens.case import CaseScreen  # noqa: PLC0415 - loaded when a case is opened

        item = self._item()
        if item is not None:
            self.app.push_screen(CaseScreen(item.case_id))

    def action_accept(self) -> None:
        """Yes, with its lawful source."""
        self.go(self._accept())

    async def _accept(self) -> None:
        from console.tui.modals.contact import SourceForm  # noqa: PLC0415 - as above

        item = self._item()
        if item is None:
            return
        form = SourceForm(self.t("contact.accept"), self._about(item), item.lawful_source)
        source = await self.app.push_screen_wait(form)
        if source is not None:
            await self._check(item, accept=True, lawful_source=source)

    def action_refuse(self) -> None:
        """No, with the reason."""
        self.go(self._refuse())

    async def _refuse(self) -> None:
        from console.tui.modals.confirm import WordsModal  # noqa: PLC0415 - as above

        item = self._item()
        if item is None:
            return
        words = WordsModal(
            self.t("contact.refuse"), self._about(item), self.t("inbox.refuse.label"), least=LEAST_REASON
        )
        reason = await self.app.push_screen_wait(words)
        if reason:
            await self._check(item, accept=False, reason=reason)

    async def _check(self, item: ContactChange, *, accept: bool, lawful_source: str = "", reason: str = "") -> None:
        call = contacts.CheckContact(
            change_id=item.change_id,
            accept=accept,
            lawful_source=lawful_source,
            reason=reason,
            seen_version=item.version,
        )
        done = await self.client.ask(call)
        if done is not None:
            self.say(self.t("contact.done", state=self.texts.state("contact", done.state)))
        self.reread()

    def action_withdraw(self) -> None:
        """Take an own proposal back."""
        self.go(self._withdraw())

    async def _withdraw(self) -> None:
        item = self._item()
        if item is not None and await self.client.ask(contacts.WithdrawContact(change_id=item.change_id)) is not None:
            self.say(self.t("contact.done", state=self.texts.state("contact", "withdrawn")))
        self.reread()
