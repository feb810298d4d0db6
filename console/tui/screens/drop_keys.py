"""Keys by which lenders leave files: named by a team's supervisor, agreed by the security admin, ended by either."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from access.policy.actions import Action
from console.desk.api import drops, imports
from console.desk.api.drops import DropKeyView
from console.tui.screens.lists import ListScreen
from console.tui.widgets.rows import Column, Row

_LONGEST_LINE = 1500
_LONGEST_NAME = 64
_LONGEST_NETWORKS = 200


class DropKeysScreen(ListScreen):
    """See the module."""

    TITLE = "place.drop_keys"
    HELP = "help.drop_keys"
    EMPTY = "drop_keys.empty"
    REREAD = frozenset({"import"})
    CSS_PATH = "lists.tcss"
    NEEDS: ClassVar = {
        "propose": (Action.IMPORT_SOURCE_PROPOSE.value,),
        "agree": (Action.IMPORT_SOURCE_APPROVE.value,),
        "end": (Action.IMPORT_SOURCE_PROPOSE.value, Action.IMPORT_SOURCE_APPROVE.value),
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "propose", "key.name_key"),
        Binding("a", "agree", "key.agree"),
        Binding("x", "end", "key.end_key"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._keys: tuple[DropKeyView, ...] = ()

    def columns(self) -> tuple[Column, ...]:
        """Whose, what it signs in as, its fingerprint's beginning, from where, how it stands, who named it."""
        return (
            Column(self.t("drop_keys.source"), 12),
            Column(self.t("column.login"), 10),
            Column(self.t("keys.fingerprint")),
            Column(self.t("drop_keys.from"), 17),
            Column(self.t("column.state"), 9),
            Column(self.t("keys.asked_by"), 6),
        )

    async def load(self) -> None:
        """Read them."""
        reply = await self.client.ask(drops.ListDropKeys())
        if reply is None:
            return
        self._keys = reply.keys
        rows = tuple(
            Row(
                key.key_id,
                (
                    key.source,
                    key.login,
                    key.fingerprint.removeprefix("SHA256:"),
                    self._network(key),
                    self._state(key),
                    key.proposed_by,
                ),
                strong=key.state == "proposed",
            )
            for key in reply.keys
        )
        self.show(rows, self.t("keys.summary", count=len(rows)))

    def _network(self, key: DropKeyView) -> str:
        """The first, and how many more there are."""
        more = f" +{len(key.addresses) - 1}" if len(key.addresses) > 1 else ""
        return f"{key.addresses[0]}{more}" if key.addresses else self.t("cli.drop_keys.anywhere")

    def _networks(self, key: DropKeyView) -> str:
        return " ".join(key.addresses) or self.t("cli.drop_keys.anywhere")

    def _state(self, key: DropKeyView) -> str:
        return self.t("drop_keys.waits" if key.state == "proposed" else "drop_keys.active")

    def _chosen(self) -> DropKeyView | None:
        return next((key for key in self._keys if key.key_id == self.list.key), None)

    def action_propose(self) -> None:
        """Name a key for a lender."""
        self.go(self._propose())

    async def _propose(self) -> None:
        name = await self._words("drop_keys.whose", "drop_keys.source", _LONGEST_NAME)
        login = await self._words("drop_keys.login.words", "column.login", _LONGEST_NAME) if name else None
        line = await self._words("drop_keys.line", "keys.key", _LONGEST_LINE) if login else None
        if not name or not login or not line:
            return
        networks = await self._words("drop_keys.from.words", "drop_keys.from", _LONGEST_NETWORKS, least=0)
        if networks is None:
            return
        known = await self.client.ask(imports.ListSources())
        if known is None:
            return
        source_id = next((one.source_id for one in known.sources if one.name == name.strip()), "")
        if not source_id:
            self.say(self.t("drop_keys.nobody"), bad=True)
            return
        asked = drops.ProposeDropKey(
            source_id=source_id,
            login=login.strip(),
            line=line.strip(),
            addresses=tuple(networks.replace(",", " ").split()),
        )
        done = await self.client.ask(asked)
        if done is not None:
            self.say(self.t("drop_keys.proposed", source=done.source, fingerprint=done.fingerprint))
        self.reread()

    async def _words(self, words: str, label: str, limit: int, *, least: int = 1) -> str | None:
        from console.tui.modals.confirm import WordsModal  # noqa: PLC0415 - loaded when asked for

        modal = WordsModal(self.t("drop_keys.name"), self.t(words), self.t(label), limit=limit, least=least)
        return await self.app.push_screen_wait(modal)

    def action_agree(self) -> None:
        """The second person's yes."""
        self.go(self._agree())

    async def _agree(self) -> None:
        key = self._chosen()
        if key is None or not await self._sure("drop_keys.agree.words", key):
            return
        done = await self.client.ask(drops.AgreeDropKey(key_id=key.key_id))
        if done is not None:
            self.say(self.t("drop_keys.agreed", source=done.source))
        self.reread()

    def action_end(self) -> None:
        """End it."""
        self.go(self._end())

    async def _end(self) -> None:
        key = self._chosen()
        if key is None or not await self._sure("drop_keys.end.words", key):
            return
        if await self.client.ask(drops.EndDropKey(key_id=key.key_id)) is not None:
            self.say(self.t("drop_keys.ended", source=key.source))
        self.reread()

    async def _sure(self, words: str, key: DropKeyView) -> bool:
        from console.tui.modals.confirm import ConfirmModal  # noqa: PLC0415 - as above

        title = f"{key.source} {key.login}+drop"
        shown = self.t(words, fingerprint=key.fingerprint, networks=self._networks(key), state=self._state(key))
        return bool(await self.app.push_screen_wait(ConfirmModal(title, shown)))
