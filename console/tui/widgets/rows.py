"""A list of rows under a heading, with a cursor that keeps to its row while rows come and go.

Draws only the rows in view, cell by cell and never as markup, so fifty rows cost what twenty do. Rows are told apart
by key; showing new rows keeps the cursor on the key it was on, or on the place where that row was.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from console.tui.safe import cell_len, fit, plain, wrap

WIDE = 110
"""Cells from which a screen counts as wide."""


_SOLID = "\u00a0"
"""A blank that the mark leaves alone."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column. width: cells; 0 takes what is left. wide: shown on wide screens only.

    right: it holds figures; the blanks beside them belong to it, so that the mark behind is never read as one.
    """

    title: str
    width: int = 0
    right: bool = False
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its key and its cells in the order of the columns. strong: it asks for attention; ticked: chosen."""

    key: str
    cells: tuple[str, ...]
    strong: bool = field(default=False)
    ticked: bool = field(default=False)


def _cell(column: Column, text: str, size: int) -> str:
    shown = fit(text, size, right=column.right)
    return shown.replace(" ", _SOLID) if column.right else shown


class RowList(ScrollView, can_focus=True):
    """See the module."""

    ALLOW_SELECT = False
    DEFAULT_CSS = """
    RowList { height: 1fr; width: 1fr; overflow-x: hidden; }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"rows--head", "rows--cursor", "rows--strong", "rows--empty"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down,j", "move(1)", show=False),
        Binding("up,k", "move(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("home", "end(-1)", show=False),
        Binding("end", "end(1)", show=False),
        Binding("enter", "choose", show=False),
    ]

    class Chosen(Message):
        """Enter on a row."""

        def __init__(self, rows: RowList, key: str) -> None:
            super().__init__()
            self.rows, self.key = rows, key

        @property
        def control(self) -> RowList:
            """The list."""
            return self.rows

    class Moved(Message):
        """The cursor is on another row, or on a row whose content changed."""

        def __init__(self, rows: RowList, key: str | None) -> None:
            super().__init__()
            self.rows, self.key = rows, key

        @property
        def control(self) -> RowList:
            """The list."""
            return self.rows

    class AtEnd(Message):
        """The cursor reached the last row."""

    def __init__(self, columns: Sequence[Column] = (), *, empty: str = "", id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._columns = tuple(columns)
        self._empty = plain(empty)
        self._rows: tuple[Row, ...] = ()
        self._at = 0

    # -- what is shown ----------------------------------------------------------------------------------------------
    @property
    def key(self) -> str | None:
        """Key of the row under the cursor."""
        return self._rows[self._at].key if self._rows else None

    @property
    def rows(self) -> tuple[Row, ...]:
        """What is shown now."""
        return self._rows

    def show(self, rows: Sequence[Row], *, columns: Sequence[Column] | None = None) -> None:
        """Show these rows instead; the cursor stays with its key where it can."""
        before = self.key
        if columns is not None:
            self._columns = tuple(columns)
        self._rows = tuple(rows)
        keys = [row.key for row in self._rows]
        self._at = keys.index(before) if before in keys else max(0, min(self._at, len(keys) - 1))
        self._resized()
        self._follow()
        self.refresh()
        if self._rows or before is not None:
            self.post_message(self.Moved(self, self.key))

    def say_empty(self, words: str) -> None:
        """What to do, shown while there are no rows."""
        self._empty = plain(words)
        self.refresh()

    def move_to(self, key: str) -> None:
        """Put the cursor on a row, if it is there."""
        for place, row in enumerate(self._rows):
            if row.key == key:
                self._move(place)

    # -- keys -------------------------------------------------------------------------------------------------------
    def action_move(self, step: int) -> None:
        """One row up or down."""
        self._move(self._at + step)

    def action_page(self, step: int) -> None:
        """One page up or down."""
        self._move(self._at + step * max(1, self.size.height - 2))

    def action_end(self, step: int) -> None:
        """First or last row."""
        self._move(0 if step < 0 else len(self._rows) - 1)

    def action_choose(self) -> None:
        """Take the row under the cursor."""
        if self.key is not None:
            self.post_message(self.Chosen(self, self.key))

    def on_click(self, event: events.Click) -> None:
        """A click moves the cursor; a second one on the same row chooses it."""
        place = self.scroll_offset.y + event.y - 1
        if 0 <= place < len(self._rows):
            if place == self._at:
                self.action_choose()
            self._move(place)

    def _move(self, place: int) -> None:
        if not self._rows:
            return
        place = max(0, min(place, len(self._rows) - 1))
        if place != self._at:
            self._at = place
            self._follow()
            self.refresh()
            self.post_message(self.Moved(self, self.key))
        if place == len(self._rows) - 1:
            self.post_message(self.AtEnd())

    def _follow(self) -> None:
        height = max(1, self.size.height - 1)
        top = self.scroll_offset.y
        if self._at < top:
            self.scroll_to(y=self._at, animate=False)
        elif self._at >= top + height:
            self.scroll_to(y=self._at - height + 1, animate=False)

    # -- drawing ----------------------------------------------------------------------------------------------------
    def on_resize(self) -> None:
        """Room changed: keep the cursor in view."""
        self._resized()
        self._follow()

    def _resized(self) -> None:
        self.virtual_size = Size(self.size.width, len(self._rows) + 1)

    def _widths(self, width: int) -> list[tuple[int, Column, int]]:
        """(cell index, column, cells) of the columns that are shown."""
        wide = self.app.size.width >= WIDE
        shown = [(place, column) for place, column in enumerate(self._columns) if wide or not column.wide]
        fixed = sum(column.width + 1 for _, column in shown if column.width)
        loose = [place for place, column in shown if not column.width]
        room = max(0, width - 2 - fixed - len(loose))
        share, extra = divmod(room, len(loose)) if loose else (0, 0)
        sizes = []
        for place, column in shown:
            size = column.width
            if not size:
                size = share + (1 if extra > 0 else 0)
                extra -= 1
            sizes.append((place, column, size))
        return sizes

    def render_line(self, y: int) -> Strip:
        """The heading, a row, the words of an empty list, or blanks."""
        width = self.size.width
        base = self.rich_style
        if y == 0:
            style = base + self.get_component_rich_style("rows--head", partial=True)
            text = "  " + " ".join(
                fit(column.title, size, right=column.right) for _, column, size in self._widths(width)
            )
            return Strip([Segment(fit(text, width), style)])
        place = y - 1 + self.scroll_offset.y
        if place >= len(self._rows):
            return self._blank(y, width)
        row = self._rows[place]
        here = place == self._at
        if row.strong:
            base += self.get_component_rich_style("rows--strong", partial=True)
        if here:
            base += self.get_component_rich_style("rows--cursor", partial=True)
        sign = ("▶" if here else " ") + ("✓" if row.ticked else " ")
        text = sign + " ".join(
            _cell(column, plain(row.cells[cell]) if cell < len(row.cells) else "", size)
            for cell, column, size in self._widths(width)
        )
        return Strip([Segment(text, base)]).adjust_cell_length(width, base)

    def _blank(self, y: int, width: int) -> Strip:
        style = self.rich_style
        if self._rows or not self._empty or y < 2:  # noqa: PLR2004 - a blank line under the heading
            return Strip.blank(width, style)
        lines = wrap(self._empty, max(10, width - 4))
        if y - 2 >= len(lines):
            return Strip.blank(width, style)
        part = style + self.get_component_rich_style("rows--empty", partial=True)
        line = lines[y - 2]
        return Strip(
            [Segment("  " + line, part), Segment(" " * max(0, width - 2 - cell_len(line)), style)]
        ).adjust_cell_length(width, style)
