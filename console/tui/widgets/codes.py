"""A few answers at once, each under a key of its own: the key chooses, nothing has to be walked to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.segment import Segment
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from console.tui.safe import fit, plain

COLUMNS = 3


@dataclass(frozen=True, slots=True)
class Code:
    """One answer: what it is called inside, the key that chooses it, what it says."""

    name: str
    key: str
    words: str


class Codes(Widget, can_focus=True):
    """Columns of answers, read downwards; the arrows move, a key chooses. Nothing is chosen at first."""

    ALLOW_SELECT = False
    DEFAULT_CSS = "Codes { height: auto; width: 1fr; }"
    COMPONENT_CLASSES: ClassVar[set[str]] = {"codes--chosen", "codes--key"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "move(-1)", show=False),
        Binding("right", "move(1)", show=False),
    ]

    class Changed(Message):
        """Another answer was chosen."""

        def __init__(self, codes: Codes) -> None:
            super().__init__()
            self.codes = codes

    def __init__(self, codes: Sequence[Code], *, chosen: str = "", id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._codes = tuple(codes)
        self._chosen = chosen

    @property
    def chosen(self) -> str:
        """Name of the answer; empty for none."""
        return self._chosen

    @property
    def _rows(self) -> int:
        return max(1, -(-len(self._codes) // COLUMNS))

    def choose(self, name: str) -> None:
        """Choose one."""
        if name != self._chosen:
            self._chosen = name
            self.refresh()
            self.post_message(self.Changed(self))

    def on_key(self, event: events.Key) -> None:
        """A key of an answer."""
        for code in self._codes:
            if event.character == code.key:
                event.stop()
                event.prevent_default()
                self.choose(code.name)

    def action_move(self, step: int) -> None:
        """The answer before or after."""
        names = [code.name for code in self._codes]
        at = names.index(self._chosen) + step if self._chosen in names else 0
        self.choose(names[at % len(names)])

    def on_focus(self) -> None:
        """Show where the keys go."""
        self.refresh()

    def on_blur(self) -> None:
        """Show where the keys no longer go."""
        self.refresh()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        """As many rows as the longest column."""
        return self._rows

    def get_content_width(self, container: Size, viewport: Size) -> int:  # noqa: ARG002
        """As wide as there is room."""
        return container.width

    def render_line(self, y: int) -> Strip:
        """One answer of each column; the chosen one behind a sign."""
        width, base = self.size.width, self.rich_style
        each = max(8, width // COLUMNS)
        segments: list[Segment] = []
        for column in range(COLUMNS):
            place = column * self._rows + y
            if place >= len(self._codes):
                break
            code = self._codes[place]
            here = code.name == self._chosen
            style = base + self.get_component_rich_style("codes--chosen", partial=True) if here else base
            key = style + self.get_component_rich_style("codes--key", partial=True)
            segments += [
                Segment("▶ " if here else "  ", style),
                Segment(code.key, key),
                Segment(fit(f" {plain(code.words)}", each - 3), style),
            ]
        return Strip(segments).adjust_cell_length(width, base)
