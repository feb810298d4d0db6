"""The first day: an invitation and a password, then the QR code for the phone and a first code of it.

Two steps on one screen; whoever loses the line in between begins again with the same invitation. The seed is drawn and
kept nowhere: leaving the screen forgets it.
"""

from __future__ import annotations

from typing import ClassVar

from rich.segment import Segment
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.strip import Strip
from textual.widget import Widget

from access.people.totp import qr_rows
from console.desk.api import Refusal, staff
from console.tui.modals.help import HelpModal
from console.tui.screens.base import Worded
from console.tui.widgets.bars import Foot, KeyBar, MessageBar, TitleBar
from console.tui.widgets.inputs import Field, Labelled
from console.tui.widgets.words import Words

_LINES = ("login", "invitation", "password", "again")


class QrCode(Widget):
    """A QR code as half blocks."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "QrCode { width: 37; height: 18; }"

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[str, ...] = ()

    def draw(self, uri: str) -> None:
        """Show one; an empty address forgets it."""
        self._rows = qr_rows(uri) if uri else ()
        if self._rows:
            self.styles.width, self.styles.height = len(self._rows[0]), len(self._rows)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One row of it."""
        row = self._rows[y] if y < len(self._rows) else ""
        return Strip([Segment(row, self.rich_style)]).adjust_cell_length(self.size.width, self.rich_style)


class SignUpScreen(Worded):
    """Args: login name typed so far."""

    CSS_PATH = "sign_up.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "key.submit"),
        Binding("down", "app.focus_next", show=False),
        Binding("up", "app.focus_previous", show=False),
        Binding("tab", "app.focus_next", "key.next", show=True),
        Binding("escape", "back", "key.back"),
        Binding("ctrl+q", "app.leave", "key.leave", key_display="^Q"),
        Binding("f1", "help", "key.help"),
    ]

    def __init__(self, login: str = "") -> None:
        super().__init__()
        self._login = login
        self._invitation = ""
        self._busy = False

    def compose(self) -> ComposeResult:
        """The form; later the code and a line for what the phone shows."""
        yield TitleBar(self.t("app.name"), self.t("sign_up.title"), self.desk_app.who())
        with Vertical(id="form"):
            yield Words(self.t("sign_up.words"))
            yield Labelled(self.t("sign_in.login"), Field(self._login, id="login", limit=40))
            yield Labelled(self.t("sign_up.invitation"), Field(id="invitation", limit=40))
            yield Labelled(self.t("sign_up.password"), Field(id="password", secret=True, limit=128))
            yield Labelled(self.t("sign_up.again"), Field(id="again", secret=True, limit=128))
        with Horizontal(id="scan"):
            yield QrCode()
            with Vertical(id="beside"):
                yield Words(self.t("sign_up.scan"))
                yield Words(id="seed")
                yield Labelled(self.t("sign_in.code"), Field(id="code", secret=True, limit=8))
        with Foot():
            yield MessageBar()
            yield KeyBar()

    def on_mount(self) -> None:
        """Start at the first empty line."""
        self.query_one("#scan").display = False
        self.query_one(KeyBar).say(self.shown_keys())
        self.query_one("#invitation" if self._login else "#login").focus()

    async def action_back(self) -> None:
        """To signing in; what was drawn is forgotten."""
        self.query_one(QrCode).draw("")
        await self.app.pop_screen()

    def action_help(self) -> None:
        """What each key does here."""
        self.app.push_screen(HelpModal(self.t("sign_up.title"), self.t("help.sign_up"), tuple(self.shown_keys())))

    def on_input_submitted(self) -> None:
        """Enter in a line."""
        self.action_submit()

    def action_submit(self) -> None:
        """The next line, or the step."""
        if self._busy:
            return
        if self.query_one("#scan").display:
            if self.query_one("#code", Field).value.strip():
                self.go(self._confirm())
            return
        fields = [self.query_one(f"#{name}", Field) for name in _LINES]
        for field in fields:
            if not field.value.strip():
                field.focus()
                return
        password, again = fields[2].take(), fields[3].take()
        if password != again:
            self.say(self.t("sign_up.differ"), bad=True)
            fields[2].focus()
            return
        self._login, self._invitation = fields[0].value.strip(), fields[1].value.strip()
        fields[2].focus()
        self.go(self._begin(password))

    async def _begin(self, password: str) -> None:
        self._busy = True
        try:
            self.say(self.t("sign_in.asking"))
            reply = await self.client.attempt(
                staff.SignUp(login=self._login, invitation=self._invitation, password=password)
            )
        finally:
            self._busy = False
        if isinstance(reply, Refusal):
            self.say(self.texts.refusal(reply), bad=True)
            return
        self.say("")
        self.query_one("#form").display = False
        self.query_one("#scan").display = True
        self.query_one(QrCode).draw(reply.uri)
        seed = " ".join(reply.seed[at : at + 4] for at in range(0, len(reply.seed), 4))
        self.query_one("#seed", Words).say(self.t("sign_up.seed", seed=seed))
        self.query_one("#code").focus()

    async def _confirm(self) -> None:
        self._busy = True
        code = self.query_one("#code", Field).take()
        try:
            call = staff.ConfirmSignUp(login=self._login, invitation=self._invitation, code=code)
            reply = await self.client.attempt(call)
        finally:
            self._busy = False
        if isinstance(reply, Refusal):
            self.say(self.texts.refusal(reply), bad=True)
            return
        self.query_one(QrCode).draw("")
        self.dismiss(self._login)
