"""A yes, or a yes with words: the two shortest questions."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from console.tui.modals.base import DeskModal
from console.tui.widgets.inputs import Field, Labelled
from console.tui.widgets.words import Words


class ConfirmModal(DeskModal[bool]):
    """Whether to go on, after reading what will happen."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "yes", "key.yes")]

    def __init__(self, title: str, words: str) -> None:
        super().__init__()
        self._title, self._words = title, words

    def heading(self) -> str:
        """The question."""
        return self._title

    def body(self) -> ComposeResult:
        """What will happen."""
        yield Words(self._words)

    def action_yes(self) -> None:
        """Go on."""
        self.dismiss(result=True)


class WordsModal(DeskModal[str]):
    """A line of words that an act needs.

    Args:
        title: what for.
        words: what the words will be used for.
        label: name of the line.
        least: fewest characters.
    """

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "submit", "key.submit")]

    def __init__(self, title: str, words: str, label: str, *, least: int = 1, limit: int = 200) -> None:
        super().__init__()
        self._title, self._words, self._label, self._least, self._limit = title, words, label, least, limit

    def heading(self) -> str:
        """What for."""
        return self._title

    def body(self) -> ComposeResult:
        """Why, and the line."""
        yield Words(self._words)
        yield Labelled(self._label, Field(limit=self._limit))

    def on_input_submitted(self) -> None:
        """Enter in the line."""
        self.action_submit()

    def action_submit(self) -> None:
        """Take the words, if there are enough."""
        field = self.query_one(Field)
        if len(field.value.strip()) < self._least:
            self.say(self.t("form.words_needed", least=self._least), bad=True)
            return
        self.dismiss(field.take())
