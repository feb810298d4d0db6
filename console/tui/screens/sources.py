"""Lenders: proposed by a supervisor, registered by the security admin."""

from __future__ import annotations

from typing import ClassVar, Final

from textual.binding import Binding, BindingType

from access.policy.actions import Action
from console.desk.api import imports
from console.desk.api.imports import SourceView
from console.tui.screens.lists import ListScreen
from console.tui.widgets.rows import Column, Row

_KEY_LEAST: Final = 100
"""Characters that a public key has at least, between the two lines of its PEM."""


class SourcesScreen(ListScreen):
    """See the module."""

    TITLE = "place.sources"
    HELP = "help.sources"
    EMPTY = "sources.empty"
    REREAD = frozenset({"import"})
    CSS_PATH = "lists.tcss"
    NEEDS: ClassVar = {
        "propose": (Action.IMPORT_SOURCE_PROPOSE.value,),
        "register": (Action.IMPORT_SOURCE_APPROVE.value,),
        "rekey": (Action.IMPORT_SOURCE_PROPOSE.value,),
        "retire": (Action.IMPORT_SOURCE_APPROVE.value,),
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "propose", "key.propose"),
        Binding("a", "register", "key.register"),
        Binding("e", "rekey", "key.rekey"),
        Binding("x", "retire", "key.retire_source"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._sources: tuple[SourceView, ...] = ()

    def columns(self) -> tuple[Column, ...]:
        """Name, creditor, team, state, whether its files are signed."""
        return (
            Column(self.t("imports.source")),
            Column(self.t("sources.tenant"), 16),
            Column(self.t("column.unit"), 12),
            Column(self.t("column.state"), 12),
            Column(self.t("sources.signs"), 10),
        )

    async def load(self) -> None:
        """Read them."""
        reply = await self.client.ask(imports.ListSources())
        if reply is None:
            return
        self._sources = reply.sources
        rows = tuple(
            Row(
                source.source_id,
                (
                    source.name,
                    source.tenant,
                    source.unit,
                    self.texts.state("source", source.state),
                    self.t("sources.signed" if source.signs else "sources.unsigned"),
                ),
                strong=source.state == "proposed",
            )
            for source in reply.sources
        )
        self.show(rows, self.t("sources.summary", count=len(rows)))

    def action_propose(self) -> None:
        """Name a lender for the own team."""
        self.go(self._propose())

    async def _propose(self) -> None:
        from console.tui.modals.confirm import WordsModal  # noqa: PLC0415 - loaded when asked for

        modal = WordsModal(
            self.t("sources.propose"), self.t("sources.propose.words"), self.t("imports.source"), limit=60
        )
        name = await self.app.push_screen_wait(modal)
        if not name:
            return
        key = await self._key(self.t("sources.key.optional"), needed=False)
        if key is None:
            return
        done = await self.client.ask(imports.ProposeSource(name=name, public_key=key))
        if done is not None:
            self.say(self.t("sources.proposed", name=done.name))
        self.reread()

    def action_register(self) -> None:
        """Register the one under the cursor."""
        self.go(self._register())

    def _chosen(self) -> SourceView | None:
        return next((source for source in self._sources if source.source_id == self.list.key), None)

    async def _key(self, words: str, *, needed: bool) -> str | None:
        """The lender's key as it was typed; None when nobody went on."""
        from console.tui.modals.confirm import WordsModal  # noqa: PLC0415 - as above

        least = _KEY_LEAST if needed else 0
        modal = WordsModal(self.t("sources.key"), words, self.t("sources.key.label"), least=least, limit=400)
        return await self.app.push_screen_wait(modal)

    def action_rekey(self) -> None:
        """Another signing key for the one under the cursor."""
        self.go(self._rekey())

    async def _rekey(self) -> None:
        source = self._chosen()
        if source is None:
            return
        key = await self._key(self.t("sources.rekey.words", name=source.name), needed=True)
        if not key:
            return
        done = await self.client.ask(imports.RekeySource(source_id=source.source_id, public_key=key))
        if done is not None:
            self.say(self.t("sources.rekeyed", name=done.name))
        self.reread()

    def action_retire(self) -> None:
        """No more files of the one under the cursor."""
        self.go(self._retire())

    async def _retire(self) -> None:
        from console.tui.modals.confirm import ConfirmModal  # noqa: PLC0415 - as above

        source = self._chosen()
        if source is None:
            return
        title = self.t("sources.retire", name=source.name)
        if not await self.app.push_screen_wait(ConfirmModal(title, self.t("sources.retire.words"))):
            return
        done = await self.client.ask(imports.RetireSource(source_id=source.source_id))
        if done is not None:
            self.say(self.t("sources.retired", name=done.name))
        self.reread()

    async def _register(self) -> None:
        from console.tui.modals.confirm import ConfirmModal  # noqa: PLC0415 - as above

        source = self._chosen()
        if source is None:
            return
        title = self.t("sources.register", name=source.name)
        if not await self.app.push_screen_wait(ConfirmModal(title, self.t("sources.register.words", unit=source.unit))):
            return
        done = await self.client.ask(imports.RegisterSource(source_id=source.source_id))
        if done is not None:
            self.say(self.t("sources.registered", name=done.name))
        self.reread()
