"""What a supervisor wrote to an agent: the agent's own notes to acknowledge, or the team's with who has read them."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from access.policy.actions import Action
from console.desk.api import team
from console.desk.api.team import CoachingPage, CoachingView
from console.tui.screens.lists import ListScreen
from console.tui.widgets.rows import Column, Row, RowList
from console.tui.widgets.words import Words

if TYPE_CHECKING:
    from console.tui.app import VeildeskApp


async def remind(app: VeildeskApp) -> None:
    """At signing in: show the notes that wait to be acknowledged, if there are any."""
    if app.me is None or Action.TEAM_COACHING_ACKNOWLEDGE.value not in app.me.acts:
        return
    page = await app.client.attempt(team.ReadCoaching())
    if isinstance(page, CoachingPage) and page.waiting and app.me is not None:
        screen = CoachingScreen()
        await app.push_screen(screen)
        screen.say(app.texts.t("coaching.reminder", count=page.waiting))


class CoachingScreen(ListScreen):
    """See the module."""

    TITLE = "place.coaching"
    HELP = "help.coaching"
    EMPTY = "coaching.empty"
    REREAD = frozenset({"coaching"})
    CSS_PATH = "lists.tcss"
    NEEDS: ClassVar = {"acknowledge": (Action.TEAM_COACHING_ACKNOWLEDGE.value,)}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "acknowledge", "key.acknowledge"),
        Binding("n", "older", "key.older"),
        Binding("p", "newer", "key.newer"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._before: list[str | None] = [None]
        self._page: CoachingPage | None = None

    def columns(self) -> tuple[Column, ...]:
        """When, from, to, about, read or not, how it begins."""
        return (
            Column(self.t("column.when"), 11),
            Column(self.t("coaching.author"), 12),
            Column(self.t("coaching.agent"), 12),
            Column(self.t("column.case"), 14),
            Column(self.t("column.state"), 10),
            Column(self.t("coaching.text")),
        )

    def below(self) -> ComposeResult:
        """The whole note under the cursor."""
        with Vertical(id="detail"):
            yield Words(id="about")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Pages that there are; what is one's own and still waits."""
        if action == "older":
            return self._page is not None and self._page.cursor is not None
        if action == "newer":
            return len(self._before) > 1
        if action == "acknowledge":
            note = self._chosen()
            mine = note is not None and note.agent_id == self.me.person_id and note.acknowledged_at is None
            return mine and super().check_action(action, parameters)
        return super().check_action(action, parameters)

    async def load(self) -> None:
        """One page."""
        page = await self.client.ask(team.ReadCoaching(before=self._before[-1]))
        if page is not None:
            self._page = page
            summary = self.t("coaching.summary", count=len(page.notes), waiting=page.waiting)
            self.show(tuple(map(self._row, page.notes)), summary)
            self._say_about()

    def _row(self, note: CoachingView) -> Row:
        waits = note.acknowledged_at is None
        return Row(
            note.note_id,
            (
                self.when(note.written_at),
                note.author,
                note.agent,
                note.case_number or "—",
                self.t("coaching.waits" if waits else "coaching.read"),
                note.text,
            ),
            strong=waits,
        )

    def _chosen(self) -> CoachingView | None:
        if self._page is None or not self.query(RowList):
            return None
        return next((note for note in self._page.notes if note.note_id == self.list.key), None)

    def on_row_list_moved(self) -> None:
        """Another one under the cursor."""
        self._say_about()
        self.refresh_keys()

    def _say_about(self) -> None:
        note = self._chosen()
        self.query_one("#about", Words).say("" if note is None else self._about(note))

    def _about(self, note: CoachingView) -> str:
        lines = [f"# {note.author} → {note.agent}  {note.case_number}".rstrip(), note.text]
        if note.scores:
            said = (f"{self.t(f'coach.criterion.{name}')} {points}/5" for name, points in note.scores)
            lines.append(self.t("join.list").join(said))
        if note.acknowledged_at is not None:
            lines.append(self.t("coaching.read_at", when=self.when(note.acknowledged_at)))
        return "\n".join(lines)

    def action_acknowledge(self) -> None:
        """It was read."""
        self.go(self._acknowledge())

    async def _acknowledge(self) -> None:
        note = self._chosen()
        if note is None:
            return
        done = await self.client.ask(team.AcknowledgeCoaching(note_id=note.note_id))
        if done is not None:
            self.say(self.t("coaching.acknowledged", waiting=done.waiting))
        self.reread()

    def action_older(self) -> None:
        """The next page towards the past."""
        if self._page is not None and self._page.cursor is not None:
            self._before.append(self._page.cursor)
            self.reread()

    def action_newer(self) -> None:
        """The page before."""
        if len(self._before) > 1:
            self._before.pop()
            self.reread()
