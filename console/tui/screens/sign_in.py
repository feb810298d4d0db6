"""Who are you: login, password and one-time code; in a demo desk a seat to take from a list."""

from __future__ import annotations

import asyncio
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from console.desk.api import Refusal, session
from console.desk.api.session import Me, PersonCard
from console.tui.modals.help import HelpModal
from console.tui.screens.base import Worded
from console.tui.widgets.bars import Foot, KeyBar, MessageBar, TitleBar
from console.tui.widgets.inputs import Field, Labelled
from console.tui.widgets.rows import Column, Row, RowList
from console.tui.widgets.words import Words

EVERY: Final = 2.0
"""Seconds between two tries to reach a desk that is gone."""


class SignInScreen(Worded):
    """Args: why the last session ended, if it did not end by itself."""

    CSS_PATH = "sign_in.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "key.sign_in"),
        Binding("down", "app.focus_next", show=False),
        Binding("up", "app.focus_previous", show=False),
        Binding("tab", "app.focus_next", "key.next", show=True),
        Binding("ctrl+f", "factors", "key.factors", key_display="^F"),
        Binding("ctrl+u", "sign_up", "key.sign_up", key_display="^U"),
        Binding("ctrl+n", "app.language", "key.language", key_display="^N"),
        Binding("ctrl+q", "app.leave", "key.leave", key_display="^Q"),
        Binding("f1", "help", "key.help"),
        Binding("question_mark", "help", show=False),
    ]

    def __init__(self, refusal: Refusal | None = None) -> None:
        super().__init__()
        self._why = refusal
        self._people: tuple[PersonCard, ...] = ()
        self._form = True
        self._busy = False

    def compose(self) -> ComposeResult:
        """A frame with the form and, in a demo desk, the list instead."""
        yield TitleBar(self.t("app.name"), self.t("sign_in.title"), self.desk_app.who())
        with Vertical(id="sign-in"):
            yield Words(id="welcome")
            yield RowList(
                (
                    Column(self.t("column.person"), 14),
                    Column(self.t("column.roles")),
                    Column(self.t("column.unit"), 14),
                    Column(self.t("column.staff_no"), 8),
                    Column(self.t("column.login"), 12),
                ),
                id="people",
            )
            with Vertical(id="form"):
                yield Labelled(self.t("sign_in.login"), Field(id="login", limit=40))
                yield Labelled(self.t("sign_in.password"), Field(id="password", secret=True, limit=128))
                yield Labelled(self.t("sign_in.code"), Field(id="code", secret=True, limit=8))
        with Foot():
            yield MessageBar()
            yield KeyBar()

    def on_mount(self) -> None:
        """Ask what desk this is."""
        self._say_keys()
        self.query_one("#people").display = False
        if self._why is not None:
            self.say(self.texts.refusal(self._why), bad=True)
        self.query_one("#login").focus()
        self.go(self._greet())

    def on_screen_resume(self) -> None:
        """Nothing to read again."""

    async def retranslate(self) -> None:
        """Say everything in another language."""
        await self.recompose()
        self._say_keys()
        self._show()

    async def _greet(self) -> None:
        if self._why is not None and self._why.code == "desk.unreachable":
            self.query_one("#welcome", Words).say(self.t("sign_in.no_line"))
            if not await self._line_again():
                return
        reply = await self.client.attempt(session.Greet())
        if isinstance(reply, Refusal):
            self.say(self.texts.refusal(reply), bad=True)
            return
        self.desk_app.desk_name = reply.desk
        self._people = reply.people
        self._form = not reply.people
        self._show()
        name, self.desk_app.sign_in_as = self.desk_app.sign_in_as, ""
        if name and reply.people:
            await self._take_seat(name)

    async def _line_again(self) -> bool:
        """Try until the desk is back; False where there is no way back."""
        while self.client.can_return and self.is_current:
            if await self.client.attach_again():
                self._why = None
                self.say("")
                self.desk_app.listen()
                return True
            await asyncio.sleep(EVERY)
        return False

    def _show(self) -> None:
        people = self.query_one("#people", RowList)
        people.display = not self._form
        self.query_one("#form").display = self._form
        key = "sign_in.words" if self._form else "sign_in.demo"
        self.query_one("#welcome", Words).say(self.t(key, desk=self.desk_app.desk_name))
        people.show(
            [
                Row(card.login, (card.name, self.texts.roles(card.roles), card.unit, card.staff_no, card.login))
                for card in self._people
            ]
        )
        (self.query_one("#login") if self._form else people).focus()
        self._say_keys()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's
        """The list is there in a demo desk only."""
        if action == "factors":
            return bool(self._people)
        return True

    def _say_keys(self) -> None:
        self.query_one(KeyBar).say(self.shown_keys())

    def action_factors(self) -> None:
        """From the list to the form and back."""
        self._form = not self._form
        self._show()

    def action_sign_up(self) -> None:
        """With an invitation: set password and one-time code."""
        from console.tui.screens.sign_up import SignUpScreen  # noqa: PLC0415 - its style is read when shown

        def back(login: str | None) -> None:
            if login:
                self._form = True
                self._show()
                self.query_one("#login", Field).value = login
                self.query_one("#password").focus()
                self.say(self.t("sign_up.done"))

        self.app.push_screen(SignUpScreen(self.query_one("#login", Field).value.strip()), back)

    def on_row_list_chosen(self, event: RowList.Chosen) -> None:
        """Take a seat."""
        self.go(self._take_seat(event.key))

    def action_help(self) -> None:
        """What each key does here."""
        self.app.push_screen(HelpModal(self.t("sign_in.title"), self.t("help.sign_in"), tuple(self.shown_keys())))

    def on_input_submitted(self) -> None:
        """Enter in a line."""
        self.action_submit()

    def action_submit(self) -> None:
        """The next line, or sign in from the last one."""
        fields = [self.query_one(f"#{name}", Field) for name in ("login", "password", "code")]
        for field in fields:
            if not field.value.strip():
                field.focus()
                return
        login, password, code = (field.value for field in fields)
        for field in fields[1:]:
            field.take()
        fields[1].focus()
        self.go(self._sign_in(session.SignIn(login=login.strip(), password=password, code=code.strip())))

    async def _take_seat(self, name: str) -> None:
        await self._enter(session.SignInAs(name=name))

    async def _sign_in(self, call: session.SignIn) -> None:
        await self._enter(call)

    async def _enter(self, call: session.SignIn | session.SignInAs) -> None:
        if self._busy:
            return
        self._busy = True
        try:
            self.say(self.t("sign_in.asking"))
            reply: Me | Refusal = await self.client.attempt(call)
        finally:
            self._busy = False
        if isinstance(reply, Refusal):
            self.say(self.texts.refusal(reply), bad=True)
        else:
            self.desk_app.login = call.name if isinstance(call, session.SignInAs) else call.login
            self.app.call_later(self.desk_app.enter, reply)
