"""Blind verification: what the customer says goes in and is gone with Enter; match or no match comes out."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from console.desk.api.base import Refusal
from console.desk.api.verify import VerifyDigits
from console.tui.client import ends_session
from console.tui.modals.base import DeskModal
from console.tui.widgets.inputs import Field, Labelled
from console.tui.widgets.words import Words

_LONGEST = 6


class VerifyForm(DeskModal[None]):
    """Args: id and number of the case; the customer's name as masked."""

    TITLE = "verify.title"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "submit", "key.compare")]

    def __init__(self, case_id: str, number: str, name: str) -> None:
        super().__init__()
        self._case_id, self._number, self._name = case_id, number, name

    def heading(self) -> str:
        """Whose."""
        return self.t(self.TITLE, number=self._number, name=self._name)

    def body(self) -> ComposeResult:
        """What to ask the customer for, the line, the answer."""
        yield Words(self.t("verify.words"))
        yield Labelled(self.t("verify.digits"), Field(secret=True, limit=_LONGEST, id="digits"))
        yield Words(id="answer")

    def on_mount(self) -> None:
        """Start in the line."""
        self.query_one("#digits").focus()

    def on_input_submitted(self) -> None:
        """Enter while typing."""
        self.action_submit()

    def action_submit(self) -> None:
        """Ask; what was typed leaves the screen first."""
        typed = self.query_one("#digits", Field).take()
        if typed:
            self.query_one("#answer", Words).say("")
            self.go(self._ask(VerifyDigits(case_id=self._case_id, digits=typed)))

    async def _ask(self, call: VerifyDigits) -> None:
        reply = await self.client.attempt(call)
        if not self.query("#answer"):
            return
        if isinstance(reply, Refusal):
            if ends_session(reply.code):
                self.desk_app.session_lost(reply)
                return
            said = self.texts.refusal(reply)
        elif reply.match:
            said = self.t("verify.match")
        else:
            said = self.t("verify.no_match" if reply.misses_left else "verify.last_miss", left=reply.misses_left)
        self.query_one("#answer", Words).say(f"# {said}")
