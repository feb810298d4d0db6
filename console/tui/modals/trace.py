"""Tracing from the screen: rows are pasted and counted, never shown; the answer is read and scrolled."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll

from console.tui.modals.base import DeskModal
from console.tui.widgets.inputs import Field, Labelled
from console.tui.widgets.words import Words

LIMIT: int = 4_000_000
"""Characters that are taken; more is left out and said."""


class PasteModal(DeskModal[str]):
    """Rows to trace, pasted from anywhere. They may be plain personal data, so only their number is shown."""

    TITLE = "trace.new"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "key.trace"),
        Binding("delete", "clear", "key.trace.clear"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._pasted: list[str] = []

    def body(self) -> ComposeResult:
        """What to do, and how much was taken."""
        yield Words(self.t("trace.new.words"))
        yield Words(self.t("trace.pasted", lines="0"), id="pasted")

    def on_paste(self, event: events.Paste) -> None:
        """Take what was pasted."""
        event.stop()
        room = LIMIT - sum(map(len, self._pasted))
        self._pasted.append(event.text[:room])
        self._count()
        if len(event.text) > room:
            self.say(self.t("trace.pasted.full"), bad=True)

    def _count(self) -> None:
        lines = sum(bool(line.strip()) for line in "".join(self._pasted).splitlines())
        self.query_one("#pasted", Words).say(self.t("trace.pasted", lines=f"{lines:,}"))

    def forget_typed(self) -> bool:
        """See `Worded`: rows are personal data."""
        pasted = bool(self._pasted)
        self.action_clear()
        return pasted

    def action_clear(self) -> None:
        """Forget what was pasted."""
        self._pasted.clear()
        self._count()

    def action_submit(self) -> None:
        """Hand it back."""
        text = "".join(self._pasted)
        if text.strip():
            self.dismiss(text)
        else:
            self.say(self.t("trace.pasted.none"), bad=True)


class FileModal(DeskModal[str]):
    """A file of this machine to trace."""

    TITLE = "trace.file"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "submit", "key.trace")]

    def body(self) -> ComposeResult:
        """Which kinds, and where it lies."""
        yield Words(self.t("trace.file.words"))
        yield Labelled(self.t("trace.file.path"), Field(limit=400))

    def on_input_submitted(self) -> None:
        """Enter in the line."""
        self.action_submit()

    def action_submit(self) -> None:
        """Hand the path back."""
        said = self.query_one(Field).value.strip()
        if said:
            self.dismiss(said)
        else:
            self.say(self.t("trace.file.none"), bad=True)


class AnswerModal(DeskModal[None]):
    """Args: the desk's answer in words."""

    TITLE = "trace.answer"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "scroll(-1)", show=False),
        Binding("down", "scroll(1)", show=False),
        Binding("enter", "cancel", show=False),
    ]

    def __init__(self, lines: Iterable[str]) -> None:
        super().__init__()
        self._lines = tuple(lines)

    def body(self) -> ComposeResult:
        """Finding, candidates, what it rests on."""
        with VerticalScroll():
            yield Words("\n".join(self._lines))

    def action_scroll(self, step: int) -> None:
        """Up or down."""
        self.query_one(VerticalScroll).scroll_relative(y=step, animate=False)
