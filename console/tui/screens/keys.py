"""Keys that let people in: named by one admin, agreed by another, ended by either."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from access.policy.actions import Action
from console.desk.api import people, possession
from console.desk.api.possession import KeyView
from console.tui.screens.lists import ListScreen
from console.tui.widgets.rows import Column, Row

_LONGEST_LINE = 1500
_LONGEST_NAME = 32
_DATE = 10
_TOKENS = ("sk-", "veildesk-p256-token")


class KeysScreen(ListScreen):
    """See the module."""

    TITLE = "place.keys"
    HELP = "help.keys"
    EMPTY = "keys.empty"
    REREAD = frozenset({"people"})
    CSS_PATH = "lists.tcss"
    NEEDS: ClassVar = {
        "propose": (Action.ACCOUNT_PERSON_RESET.value,),
        "agree": (Action.ACCOUNT_PERSON_CHECK.value,),
        "drop": (Action.ACCOUNT_PERSON_RESET.value, Action.ACCOUNT_PERSON_CHECK.value),
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "propose", "key.name_key"),
        Binding("a", "agree", "key.agree"),
        Binding("x", "drop", "key.end_key"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._keys: tuple[KeyView, ...] = ()

    def columns(self) -> tuple[Column, ...]:
        """Whose, of what kind, its fingerprint's beginning, where it stands, who asked."""
        return (
            Column(self.t("column.person"), 12),
            Column(self.t("column.staff_no"), 8),
            Column(self.t("keys.kind"), 7),
            Column(self.t("keys.fingerprint")),
            Column(self.t("column.state"), 16),
            Column(self.t("keys.asked_by"), 7),
        )

    async def load(self) -> None:
        """Read them."""
        reply = await self.client.ask(possession.ListKeys())
        if reply is None:
            return
        self._keys = reply.keys
        rows = tuple(
            Row(
                key.factor_id,
                (
                    key.name,
                    key.staff_no,
                    self.t("keys.token" if key.token else "keys.file"),
                    key.fingerprint.removeprefix("SHA256:"),
                    self._state(key),
                    key.asked_by,
                ),
                strong=key.state == "pending",
            )
            for key in reply.keys
        )
        self.show(rows, self.t("keys.summary", count=len(rows)))

    def _state(self, key: KeyView) -> str:
        word = self.t(f"keys.{key.state}")
        if not key.until:
            return word
        return f"{word} {self.t('keys.until', day=self.texts.when(key.until - 1, 'UTC', 'day'))}"

    def _chosen(self) -> KeyView | None:
        return next((key for key in self._keys if key.factor_id == self.list.key), None)

    def action_propose(self) -> None:
        """Name a key for somebody."""
        self.go(self._propose())

    async def _propose(self) -> None:
        login = await self._words("keys.whose", "column.login", _LONGEST_NAME)
        line = await self._words("keys.line", "keys.key", _LONGEST_LINE) if login else None
        if not login or not line:
            return
        until = ""
        if not line.strip().startswith(_TOKENS):
            until = await self._words("keys.last_day", "keys.day", _DATE, least=0) or ""
        everybody = await self.client.ask(people.ListPeople())
        found = [one for one in everybody.people if login.strip() in {one.login, one.staff_no}] if everybody else []
        if not found:
            self.say(self.t("keys.nobody"), bad=True)
            return
        done = await self.client.ask(
            possession.ProposeKey(person_id=found[0].person_id, line=line.strip(), until=until.strip())
        )
        if done is not None:
            self.say(self.t("keys.proposed", person=done.name, fingerprint=done.fingerprint))
        self.reread()

    async def _words(self, words: str, label: str, limit: int, *, least: int = 1) -> str | None:
        from console.tui.modals.confirm import WordsModal  # noqa: PLC0415 - loaded when asked for

        modal = WordsModal(self.t("keys.name"), self.t(words), self.t(label), limit=limit, least=least)
        return await self.app.push_screen_wait(modal)

    def action_agree(self) -> None:
        """The second person's yes."""
        self.go(self._agree())

    async def _agree(self) -> None:
        key = self._chosen()
        if key is None or not await self._sure("keys.agree.words", key):
            return
        done = await self.client.ask(possession.AgreeKey(factor_id=key.factor_id))
        if done is not None:
            self.say(self.t("keys.agreed", person=done.name))
        self.reread()

    def action_drop(self) -> None:
        """End it."""
        self.go(self._drop())

    async def _drop(self) -> None:
        key = self._chosen()
        if key is None or not await self._sure("keys.drop.words", key):
            return
        if await self.client.ask(possession.DropKey(factor_id=key.factor_id)) is not None:
            self.say(self.t("keys.dropped", person=key.name))
        self.reread()

    async def _sure(self, words: str, key: KeyView) -> bool:
        from console.tui.modals.confirm import ConfirmModal  # noqa: PLC0415 - as above

        title = f"{key.name} {key.staff_no}"
        shown = self.t(words, kind=key.kind, fingerprint=key.fingerprint, state=self._state(key))
        return bool(await self.app.push_screen_wait(ConfirmModal(title, shown)))
