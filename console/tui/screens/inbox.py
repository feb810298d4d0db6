"""What waits for this person's decision, live, with what one should know before deciding. One at a time."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from console.desk.api import reveal
from console.desk.api.cases import FieldRef
from console.desk.api.reveal import InboxItem
from console.tui.screens.lists import ListScreen
from console.tui.widgets.rows import Column, Row, RowList
from console.tui.widgets.words import Words


class InboxScreen(ListScreen):
    """See the module."""

    TITLE = "inbox.title"
    HELP = "help.inbox"
    EMPTY = "inbox.empty"
    REREAD = frozenset({"request"})
    CSS_PATH = "lists.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "approve", "key.approve"),
        Binding("m", "narrow", "key.narrow"),
        Binding("r", "refuse", "key.refuse"),
        Binding("o", "open", "key.open_case"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._items: dict[str, InboxItem] = {}

    def columns(self) -> tuple[Column, ...]:
        """Age, asker, case, what, why, and how usual it is."""
        return (
            Column(self.t("inbox.age"), 6, right=True),
            Column(self.t("column.person"), 8),
            Column(self.t("column.case"), 14),
            Column(self.t("inbox.what")),
            Column(self.t("ask.reason"), 12),
            Column(self.t("inbox.usual"), 8),
        )

    def below(self) -> ComposeResult:
        """What to know about the one under the cursor."""
        with Vertical(id="detail"):
            yield Words(id="about")

    def on_mount(self) -> None:
        """Ages go on."""
        self.set_interval(5.0, self._show)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Decisions need something to decide."""
        if action in ("approve", "narrow", "refuse", "open"):
            return bool(self._items)
        return super().check_action(action, parameters)

    async def load(self) -> None:
        """Read what waits."""
        inbox = await self.client.ask(reveal.ReadInbox())
        if inbox is not None:
            self._items = {item.request.request_id: item for item in inbox.items}
            self._show()

    def _show(self) -> None:
        rows = tuple(self._row(item) for item in self._items.values())
        self.show(rows, self.t("inbox.summary", count=len(rows)))
        self._say_about()

    def _row(self, item: InboxItem) -> Row:
        request = item.request
        return Row(
            request.request_id,
            (
                self._age(request.asked_at),
                request.person,
                request.case_number,
                f"{self.fields_of(request.fields)} {self.texts.minutes(request.minutes)}",
                self.t(f"reason.{request.reason}"),
                self.t(f"inbox.flag.{item.flag}"),
            ),
            strong=item.flag != "normal",
        )

    def _age(self, asked_at: int) -> str:
        seconds = max(0, self.desk_app.clock() - asked_at) // 1_000_000
        return f"{seconds // 60:02d}:{seconds % 60:02d}"

    def fields_of(self, fields: tuple[FieldRef, ...]) -> str:
        """Fields by name."""
        return self.t("join.list").join(self.texts.field(field.name, field.ordinal) for field in fields)

    def on_row_list_moved(self) -> None:
        """Another one under the cursor."""
        self._say_about()

    def _item(self) -> InboxItem | None:
        return self._items.get(self.list.key or "")

    def _say_about(self) -> None:
        item = self._item()
        self.query_one("#about", Words).say("" if item is None else self._about(item))

    def _about(self, item: InboxItem) -> str:
        request = item.request
        lines = [
            "# " + self.t("inbox.about", number=request.number, person=request.person, staff_no=request.staff_no),
            self.t(
                "inbox.what_line",
                name=self.texts.mask(item.name),
                case=request.case_number,
                fields=self.fields_of(request.fields),
                minutes=self.texts.minutes(request.minutes),
                tier=self.t(f"tier.{request.tier}"),
            ),
            self.t(
                "inbox.week",
                week=item.week,
                mean=f"{item.team_mean:.1f}",
                same=item.same_reason,
                refused=item.refused_week,
            ),
            self.t("inbox.last_view", when=self.when(item.last_view)),
        ]
        if request.words:
            lines.insert(2, self.t("inbox.words", words=request.words))
        if item.instead:
            instead = self.t("join.list").join(self.t(f"instead.{code}") for code in item.instead)
            lines.append(self.t("inbox.instead", instead=instead))
        if item.second_by:
            key = "inbox.second_now" if item.stage == 2 else "inbox.second_later"  # noqa: PLR2004 - second stage
            lines.append(self.t(key, roles=self.texts.roles(item.second_by)))
        return "\n".join(lines)

    # -- deciding ---------------------------------------------------------------------------------------------------
    def on_row_list_chosen(self, event: RowList.Chosen) -> None:
        """Enter opens the case."""
        del event
        self.action_open()

    def action_open(self) -> None:
        """Look at the case first."""
        from console.tui.screens.case import CaseScreen  # noqa: PLC0415 - loaded when a case is opened

        item = self._item()
        if item is not None:
            self.app.push_screen(CaseScreen(item.request.case_id))

    def action_approve(self) -> None:
        """As asked, after reading it once more."""
        self.go(self._approve())

    def action_narrow(self) -> None:
        """Fewer fields, less time."""
        self.go(self._narrow())

    def action_refuse(self) -> None:
        """No, with the reason."""
        self.go(self._refuse())

    async def _approve(self) -> None:
        from console.tui.modals.confirm import ConfirmModal  # noqa: PLC0415 - as above

        item = self._item()
        if item is None:
            return
        words = self._about(item).partition("\n")[2]
        if await self.app.push_screen_wait(ConfirmModal(self.t("inbox.approve", number=item.request.number), words)):
            await self._decide(item, verdict="approve")

    async def _narrow(self) -> None:
        from console.tui.modals.narrow import NarrowModal  # noqa: PLC0415 - as above

        item = self._item()
        if item is None:
            return
        less = await self.app.push_screen_wait(NarrowModal(item.request))
        if less is not None:
            await self._decide(item, verdict="approve", fields=less.fields, minutes=less.minutes, reason=less.reason)

    async def _refuse(self) -> None:
        from console.tui.modals.confirm import WordsModal  # noqa: PLC0415 - as above

        item = self._item()
        if item is None:
            return
        title = self.t("inbox.refuse", number=item.request.number)
        words = WordsModal(title, self.t("inbox.refuse.words"), self.t("inbox.refuse.label"), least=4)
        reason = await self.app.push_screen_wait(words)
        if reason:
            await self._decide(item, verdict="refuse", reason=reason)

    async def _decide(
        self,
        item: InboxItem,
        *,
        verdict: str,
        fields: tuple[FieldRef, ...] = (),
        minutes: int = 0,
        reason: str = "",
    ) -> None:
        call = reveal.DecideReveal(
            request_id=item.request.request_id,
            verdict=verdict,
            fields=fields,
            minutes=minutes,
            reason=reason,
            seen_version=item.request.version,
        )
        done = await self.client.ask(call)
        if done is not None:
            state = self.texts.state("request", done.state)
            self.say(self.t("inbox.decided", number=done.number, state=state))
        self.reread()
