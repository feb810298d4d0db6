"""A paragraph that is only ever printed: wrapped by cells, never read as markup."""

from __future__ import annotations

from typing import ClassVar

from textual.reactive import reactive

from console.tui.safe import fit, plain, wrap
from console.tui.widgets.bars import Lines


class Words(Lines):
    """Text in as many lines as it needs; paragraphs at newlines. Without text it takes no room."""

    DEFAULT_CSS = "Words { height: auto; }"
    COMPONENT_CLASSES: ClassVar[set[str]] = {"words--strong"}
    said: reactive[str] = reactive("", layout=True)

    def __init__(self, text: str = "", *, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id, classes=classes)
        self.set_reactive(Words.said, text)

    def say(self, text: str) -> None:
        """Say something else. A line that begins with `# ` is a heading."""
        self.said = text

    def lines(self, width: int) -> list[list[tuple[str, str]]]:
        """The wrapped lines."""
        if not self.said:
            return []
        rows: list[list[tuple[str, str]]] = []
        for paragraph in self.said.split("\n"):
            strong = paragraph.startswith("# ")
            part = "words--strong" if strong else ""
            text = plain(paragraph[2:] if strong else paragraph)
            indent = " " * (len(paragraph) - len(paragraph.lstrip(" "))) if not strong else ""
            rows += [[(fit(" " + indent + line, width), part)] for line in wrap(text, max(10, width - 2 - len(indent)))]
        return rows
