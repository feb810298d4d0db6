"""One export: what, for whom, who agreed, how far it is; and the step that is this person's to take."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual.binding import Binding, BindingType

from console.desk.api import exports
from console.desk.api.base import Call
from console.desk.api.exports import ExportView
from console.export_words import basis_words, rule_words, together_words
from console.tui.screens.lists import ListScreen
from console.tui.widgets.rows import Column, Row

_STEPS = {
    "submit": "submit",
    "approve": "decide",
    "refuse": "decide",
    "release": "release",
    "fetch": "fetch",
    "password": "password",
    "confirm": "confirm",
    "returned": "confirm",
    "withdraw": "withdraw",
    "stop": "cancel",
}
"""What each key needs among what the viewer may do."""

_LEAST = 4


class ExportScreen(ListScreen):
    """See the module."""

    TITLE = "export.title"
    HELP = "help.export"
    EMPTY = "export.gone"
    REREAD = frozenset({"export"})
    CSS_PATH = "lists.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "submit", "key.export.submit"),
        Binding("a", "approve", "key.approve"),
        Binding("r", "refuse", "key.refuse"),
        Binding("g", "release", "key.export.release"),
        Binding("f", "fetch", "key.export.fetch"),
        Binding("p", "password", "key.export.password"),
        Binding("d", "confirm", "key.export.confirm"),
        Binding("b", "returned", "key.export.returned"),
        Binding("w", "withdraw", "key.withdraw"),
        Binding("x", "stop", "key.export.stop"),
    ]

    def __init__(self, export_id: str) -> None:
        super().__init__()
        self._export = export_id
        self._view: ExportView | None = None

    def title_text(self) -> str:
        """Which one."""
        return self.t(self.TITLE, number=self._view.number if self._view is not None else "")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Only what this person may do to it now."""
        if action in _STEPS and (self._view is None or _STEPS[action] not in self._view.may):
            return False
        return super().check_action(action, parameters)

    def columns(self) -> tuple[Column, ...]:
        """What and its value."""
        return (Column(self.t("column.what"), 18), Column(self.t("export.is")))

    async def load(self) -> None:
        """Read it."""
        view = await self.client.ask(exports.ReadExport(export_id=self._export))
        if view is None:
            return
        self._view = view
        said = [self.texts.state("export", view.state), self.t("export.level_is", level=view.level)]
        if view.overdue:
            said.append(self.t("export.overdue"))
        if view.total:
            said.append(self.t("export.progress", done=view.done, total=view.total))
        self.show(tuple(Row(key, (words, value)) for key, words, value in self._lines(view)), " · ".join(said))
        self.refresh_bars()

    def _lines(self, view: ExportView) -> Iterator[tuple[str, str, str]]:
        t = self.t
        yield "asker", t("column.asker"), f"{view.asker} · {view.unit} · {self.when(view.asked_at, 'minute')}"
        yield "whom", t("export.recipient"), f"{view.recipient} · {t(f'export.reach.{view.reach}')}"
        if view.template == "case":
            yield "case", t("export.column.case"), t("export.template.case", case=view.case)
        yield "why", t("export.purpose"), f"{t(f'export.purpose.{view.purpose}')} · {view.words}"
        fields = t("join.list").join(self.texts.field(name) for name in view.fields)
        for place, part in enumerate(self._parts(fields)):
            yield f"fields {place}", t("export.fields") if not place else "", part
        yield (
            "terms",
            t("export.terms_are"),
            t(
                "export.terms",
                profile=t(f"export.profile.{view.profile}"),
                format=t("export.with_password", format=view.format) if view.locked else view.format,
                cap=view.row_cap,
                until=self.when(view.use_until, "day"),
                level=view.level,
            ),
        )
        yield from self._judged(view)
        if view.matching is not None:
            yield "matching", t("export.matching"), str(view.matching)
        for place, consent in enumerate(view.chain):
            verdict = t(f"export.verdict.{consent.verdict}") if consent.verdict else t("export.waits")
            said = f"{verdict} {consent.person} {consent.words}".rstrip()
            yield f"chain {place}", t(f"role.{consent.role}"), said
        if view.rows is not None:
            made = t("export.made", rows=view.rows, left_out=view.left_out, size=view.size)
            yield "made", t("export.file"), f"{view.file_name} · {made}"
            yield "digest", "SM3", view.digest
        if view.released_by:
            yield "released", t("export.released_by"), view.released_by
        if view.expires_at is not None and view.state in {"ready", "released", "fetched"}:
            yield "expires", t("export.expires"), self.when(view.expires_at, "minute")

    def _judged(self, view: ExportView) -> Iterator[tuple[str, str, str]]:
        """What whoever agrees looks at: which cases, what the fields say together, on what basis, for whose key."""
        t = self.t
        if view.template != "case":
            yield "rule", t("export.rule"), rule_words(self.texts, view.rule)
        if view.combinations:
            for place, part in enumerate(self._parts(together_words(self.texts, view))):
                yield f"together {place}", t("export.together") if not place else "", part
        yield "basis", t("export.basis_is"), basis_words(self.texts, view)
        if view.notice:
            yield "notice", t("export.notice"), view.notice
        yield "key", t("export.key"), view.key or t("export.bare")

    @staticmethod
    def _parts(text: str, most: int = 26) -> list[str]:
        """A long text in pieces that a row of 80 cells holds."""
        return [text[start : start + most] for start in range(0, len(text), most)] or [""]

    def action_submit(self) -> None:
        """Ask those who must agree."""
        self.go(self._sure("submit", exports.SubmitExport(export_id=self._export, version=self._version)))

    def action_approve(self) -> None:
        """Agree."""
        call = exports.DecideExport(export_id=self._export, version=self._version, approve=True)
        self.go(self._sure("approve", call))

    def action_refuse(self) -> None:
        """Refuse, with a reason."""
        self.go(self._refuse())

    async def _refuse(self) -> None:
        words = await self._why("export.sure.refuse")
        if words is not None:
            version = self._version
            await self._do(exports.DecideExport(export_id=self._export, version=version, approve=False, words=words))

    def action_release(self) -> None:
        """Let the file go."""
        self.go(self._sure("release", exports.ReleaseExport(export_id=self._export, version=self._version)))

    def action_fetch(self) -> None:
        """Put it into the outbox."""
        self.go(self._sure("fetch", exports.FetchExport(export_id=self._export)))

    def action_password(self) -> None:
        """Show what opens the file."""
        self.go(self._password())

    async def _password(self) -> None:
        """Once, on a page of its own, after saying so."""
        from console.tui.modals.confirm import ConfirmModal  # noqa: PLC0415 - loaded when asked for

        title = self.t("export.sure.password")
        if not await self.app.push_screen_wait(ConfirmModal(title, self.t("export.sure.password.words"))):
            return
        found = await self.client.ask(exports.TakePassword(export_id=self._export))
        if found is not None:
            words = self.t("export.password_is", number=found.number, password=found.password)
            await self.app.push_screen_wait(ConfirmModal(title, words))
        self.reread()

    def action_confirm(self) -> None:
        """Every copy is destroyed."""
        self.go(self._sure("confirm", exports.ConfirmExport(export_id=self._export, how="destroyed")))

    def action_returned(self) -> None:
        """Every copy is back."""
        self.go(self._sure("returned", exports.ConfirmExport(export_id=self._export, how="returned")))

    def action_withdraw(self) -> None:
        """Take it back."""
        self.go(self._sure("withdraw", exports.WithdrawExport(export_id=self._export)))

    def action_stop(self) -> None:
        """Stop it, with a reason."""
        self.go(self._stop())

    async def _stop(self) -> None:
        words = await self._why("export.sure.stop")
        if words is not None:
            await self._do(exports.CancelExport(export_id=self._export, words=words))

    @property
    def _version(self) -> int:
        return self._view.version if self._view is not None else 0

    async def _why(self, key: str) -> str | None:
        from console.tui.modals.confirm import WordsModal  # noqa: PLC0415 - loaded when asked for

        modal = WordsModal(self.t(key), self.t(f"{key}.words"), self.t("export.why"), least=_LEAST)
        return await self.app.push_screen_wait(modal)

    async def _sure(self, what: str, call: Call[ExportView]) -> None:
        from console.tui.modals.confirm import ConfirmModal  # noqa: PLC0415 - as above

        words = self.t(f"export.sure.{what}.words")
        if await self.app.push_screen_wait(ConfirmModal(self.t(f"export.sure.{what}"), words)):
            await self._do(call)

    async def _do(self, call: Call[ExportView]) -> None:
        done = await self.client.ask(call)
        self.reread()
        if done is not None:
            self.say(self.texts.state("export", done.state))
