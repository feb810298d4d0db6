"""The bars every screen has: title above, then message, mark and keys below. All draw whole lines of cells."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.containers import Vertical
from textual.geometry import Size
from textual.reactive import reactive
from textual.strip import Strip
from textual.widget import Widget

from console.tui.safe import cell_len, clip, fit, plain, wrap
from watermark import Tile


class Lines(Widget):
    """A widget that is a few lines of styled runs. Subclasses say what the lines are for a width.

    Drawn line by line from runs, so that nothing in them is ever read as markup and nothing is kept once gone.
    """

    ALLOW_SELECT = False
    DEFAULT_CSS = "Lines { height: auto; width: 1fr; }"

    def lines(self, width: int) -> list[list[tuple[str, str]]]:
        """The lines as runs of (text, component class or empty)."""
        raise NotImplementedError

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        """As many rows as there are lines."""
        return len(self.lines(width))

    def get_content_width(self, container: Size, viewport: Size) -> int:  # noqa: ARG002
        """As wide as there is room."""
        return container.width

    def render_line(self, y: int) -> Strip:
        """One row of cells."""
        base = self.rich_style
        width = self.size.width
        lines = self.lines(width)
        if y >= len(lines):
            return Strip.blank(width, base)
        segments = [Segment(text, self._style(base, part)) for text, part in lines[y] if text]
        return Strip(segments).adjust_cell_length(width, base)

    def _style(self, base: Style, part: str) -> Style:
        return base + self.get_component_rich_style(part, partial=True) if part else base


class Foot(Vertical):
    """Holds the bars below: message, mark, keys."""

    DEFAULT_CSS = "Foot { dock: bottom; height: auto; width: 1fr; }"


class TitleBar(Lines):
    """Desk, screen, person, minute and line state, in one line."""

    DEFAULT_CSS = "TitleBar { dock: top; height: 1; }"
    COMPONENT_CLASSES: ClassVar[set[str]] = {"title--desk", "title--who"}

    def __init__(self, desk: str, title: str, who: str) -> None:
        super().__init__()
        self._desk, self._title, self._who = plain(desk), plain(title), plain(who)
        self._note = ""

    def say(self, *, title: str | None = None, who: str | None = None, note: str | None = None) -> None:
        """Change a part of the line."""
        self._title = self._title if title is None else plain(title)
        self._who = self._who if who is None else plain(who)
        self._note = self._note if note is None else plain(note)
        self.refresh()

    def lines(self, width: int) -> list[list[tuple[str, str]]]:
        """The one line; the title gives way before the person does."""
        right = " ".join(part for part in (self._note, self._who) if part) + " "
        room = width - cell_len(right) - cell_len(self._desk) - 4
        left = f" {clip(self._title, max(room, 8))}"
        gap = " " * max(1, width - cell_len(right) - cell_len(left) - cell_len(self._desk) - 1)
        return [[(" " + self._desk, "title--desk"), (left, ""), (gap, ""), (right, "title--who")]]


class MessageBar(Lines):
    """What the desk said last: done, or why not. Empty and without height when there is nothing to say."""

    DEFAULT_CSS = "MessageBar { height: auto; max-height: 4; }"
    COMPONENT_CLASSES: ClassVar[set[str]] = {"message--bad", "message--good"}
    said: reactive[tuple[str, bool]] = reactive(("", False), layout=True)

    def say(self, text: str, *, bad: bool = False) -> None:
        """Show a message until the next one; an empty one clears."""
        self.said = (plain(text), bad)

    def lines(self, width: int) -> list[list[tuple[str, str]]]:
        """The message, wrapped, with a sign in front of it."""
        text, bad = self.said
        if not text:
            return []
        part = "message--bad" if bad else "message--good"
        wrapped = wrap(("✗ " if bad else "✓ ") + text, max(10, width - 2))
        return [[(fit(f" {line}", width), part)] for line in wrapped]


class MarkBar(Lines):
    """One line that says whose screen this is, for screens too dense to show the mark behind their data."""

    DEFAULT_CSS = "MarkBar { height: 1; }"
    COMPONENT_CLASSES: ClassVar[set[str]] = {"mark--text"}

    def __init__(self, text: str = "") -> None:
        super().__init__()
        self._text = text

    def say(self, text: str) -> None:
        """Show another mark."""
        if text != self._text:
            self._text = text
            self.refresh()

    def lines(self, width: int) -> list[list[tuple[str, str]]]:
        """The mark, as often as it fits."""
        if not self._text:
            return [[("", "")]]
        return [[(Tile(self._text).fill(0, 0, width), "mark--text")]]


class KeyBar(Lines):
    """Every key that does something here, with what it does, on as few lines as they need."""

    DEFAULT_CSS = "KeyBar { height: auto; max-height: 3; }"
    COMPONENT_CLASSES: ClassVar[set[str]] = {"keys--key"}
    keys: reactive[tuple[tuple[str, str], ...]] = reactive((), layout=True)

    def say(self, keys: Iterable[tuple[str, str]]) -> None:
        """Show these (key, words) pairs, in this order."""
        self.keys = tuple((plain(key), plain(words)) for key, words in keys)

    def lines(self, width: int) -> list[list[tuple[str, str]]]:
        """Pairs flowing over lines; a pair is never split."""
        rows: list[list[tuple[str, str]]] = []
        row: list[tuple[str, str]] = []
        taken = 0
        for key, words in self.keys:
            size = cell_len(key) + cell_len(words) + 3
            if row and taken + size > width:
                rows.append(row)
                row, taken = [], 0
            row += [(f" {key}", "keys--key"), (f" {words} ", "")]
            taken += size
        if row:
            rows.append(row)
        return rows or [[("", "")]]
