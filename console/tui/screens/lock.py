"""Locked: nothing but who locked it and how to come back. Covers whatever was there, masked."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from console.desk.api import Call, Refusal
from console.desk.api.session import Me
from console.tui.modals.help import HelpModal
from console.tui.screens.base import Worded
from console.tui.widgets.bars import Foot, KeyBar, MarkBar, MessageBar, TitleBar
from console.tui.widgets.call_bar import CallBar
from console.tui.widgets.inputs import Field, Labelled
from console.tui.widgets.words import Words


class LockScreen(Worded):
    """Until the same person proves to be there; another one may sign in instead."""

    CSS_PATH = "sign_in.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "key.unlock"),
        Binding("down", "app.focus_next", show=False),
        Binding("up", "app.focus_previous", show=False),
        Binding("ctrl+t", "app.switch", "key.switch", key_display="^T"),
        Binding("ctrl+q", "app.leave", "key.leave", key_display="^Q"),
        Binding("f1", "help", "key.help"),
        Binding("escape", "nothing", show=False),
        Binding("ctrl+p", "nothing", show=False),
    ]

    def compose(self) -> ComposeResult:
        """A form of two lines."""
        me = self.desk_app.me
        yield TitleBar(self.t("app.name"), self.t("lock.title"), self.desk_app.who())
        with Vertical(id="sign-in"):
            yield Words(self.t("lock.words", person=f"{me.name} {me.staff_no}" if me else ""), id="welcome")
            with Vertical(id="form"):
                yield Labelled(self.t("sign_in.password"), Field(id="password", secret=True, limit=128))
                yield Labelled(self.t("sign_in.code"), Field(id="code", secret=True, limit=8))
        with Foot():
            yield MessageBar()
            yield CallBar(behind_lock=True)
            yield MarkBar(self.desk_app.mark_text())
            yield KeyBar()

    def on_mount(self) -> None:
        """Start at the password."""
        self.desk_app.show_call()
        self.query_one(KeyBar).say(self.shown_keys())
        self.query_one("#password").focus()

    def action_help(self) -> None:
        """What each key does here."""
        self.app.push_screen(HelpModal(self.t("lock.title"), self.t("help.lock"), tuple(self.shown_keys())))

    def on_input_submitted(self) -> None:
        """Enter in a line."""
        self.action_submit()

    def action_nothing(self) -> None:
        """A key that means something elsewhere."""

    def action_submit(self) -> None:
        """Unlock. A demo desk takes empty lines; the desk says so, not this screen."""
        password = self.query_one("#password", Field)
        if password.has_focus and password.value:
            self.query_one("#code").focus()
            return
        call = self.desk_app.unlocking(password.take(), self.query_one("#code", Field).take())
        password.focus()
        self.go(self._unlock(call))

    async def _unlock(self, call: Call[Me]) -> None:
        reply = await self.client.attempt(call)
        if isinstance(reply, Refusal):
            if reply.code == "desk.unreachable":
                self.desk_app.session_lost(reply)
            else:
                self.say(self.texts.refusal(reply), bad=True)
            return
        self.desk_app.returned = False
        self.desk_app.seat(reply)
        self.app.call_later(self.app.pop_screen)
