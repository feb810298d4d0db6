"""The line to the desk is gone: nothing of anybody is shown, it is said, and tried again until the desk is back."""

from __future__ import annotations

from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from console.tui.screens.base import Worded
from console.tui.widgets.bars import Foot, KeyBar, MarkBar, MessageBar, TitleBar
from console.tui.widgets.words import Words

EVERY: Final = 2.0
"""Seconds between two tries."""


class LostScreen(Worded):
    """Covers whatever was there, masked, until the desk answers again; then it is locked."""

    CSS_PATH = "sign_in.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "app.leave", "key.leave", key_display="^Q"),
        Binding("escape", "nothing", show=False),
        Binding("ctrl+p", "nothing", show=False),
        Binding("ctrl+t", "nothing", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._tries = 0
        self._trying = False

    def compose(self) -> ComposeResult:
        """What happened, and how often it was tried."""
        yield TitleBar(self.t("app.name"), self.t("lost.title"), "")
        with Vertical(id="sign-in"):
            yield Words(self.t("lost.words"), id="welcome")
            yield Words(id="tries")
        with Foot():
            yield MessageBar()
            yield MarkBar(self.desk_app.mark_text())
            yield KeyBar()

    def on_mount(self) -> None:
        """Begin to try."""
        self.query_one(KeyBar).say(self.shown_keys())
        self.say(self.t("refusal.desk.unreachable"), bad=True)
        self.set_interval(EVERY, self._try)

    def action_nothing(self) -> None:
        """A key that means something elsewhere."""

    def _try(self) -> None:
        if not self._trying:
            self._trying = True
            self.go(self._again())

    async def _again(self) -> None:
        try:
            self._tries += 1
            self.query_one("#tries", Words).say(self.t("lost.tries", count=self._tries))
            back = await self.client.attach_again()
        except BaseException:
            self._trying = False
            raise
        # Once there is a line, no other is looked for while this screen takes its leave.
        self._trying = back
        if back:
            self.app.call_later(self.desk_app.came_back)
