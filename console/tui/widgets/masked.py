"""The one widget for a masked value, everywhere; it can show the plain value for as long as it may be seen.

While hidden it holds the mask and nothing else. A plain value is held as single characters and drawn one run each, so
that no cache keyed by text ever holds it, and it is dropped with every drawn line on expiry, on `hide`, and when the
widget goes. Whether it may be shown is decided by the desk, call by call; leaving and locking are the screen's to tell.
"""

from __future__ import annotations

import time
from typing import ClassVar

from rich.segment import Segment
from textual.geometry import Size
from textual.message import Message
from textual.strip import Strip
from textual.timer import Timer
from textual.widget import Widget

from console.tui.safe import cell_len, fit, plain

LABEL_CELLS = 15


class MaskedValue(Widget, can_focus=True):
    """A field: its name, its mask or for a while its value, and beside it how it can be seen or for how long it is.

    Args:
        field: catalogue name.
        ordinal: which of several, from 1.
        label: the field's name in the viewer's language.
        masked: what stands in place of the value, in words.
        hint: how it could be revealed, in words.
    """

    ALLOW_SELECT = False
    DEFAULT_CSS = "MaskedValue { height: auto; width: 1fr; }"
    COMPONENT_CLASSES: ClassVar[set[str]] = {"masked--label", "masked--plain", "masked--hint", "masked--cursor"}

    class Changed(Message):
        """A value was shown or hidden. expired: by its own clock."""

        def __init__(self, masked: MaskedValue, *, shown: bool, expired: bool = False) -> None:
            super().__init__()
            self.masked, self.shown, self.expired = masked, shown, expired

    def __init__(self, *, field: str, ordinal: int, label: str, masked: str, hint: str) -> None:
        super().__init__()
        self.field, self.ordinal = field, ordinal
        self._label, self._masked, self._hint = plain(label), plain(masked), plain(hint)
        self._characters: list[str] = []
        self._deadline = 0.0
        self._clocks: tuple[Timer, ...] = ()

    # -- state ------------------------------------------------------------------------------------------------------
    @property
    def shown(self) -> bool:
        """Whether the plain value is on the screen."""
        return bool(self._characters)

    @property
    def seconds_left(self) -> int:
        """Until it hides itself; 0 while hidden."""
        return max(0, round(self._deadline - time.monotonic())) if self.shown else 0

    def describe(self, *, label: str, masked: str, hint: str) -> None:
        """Take other words for the same field; what is shown stays shown."""
        words = (plain(label), plain(masked), plain(hint))
        if words != (self._label, self._masked, self._hint):
            self._label, self._masked, self._hint = words
            self.refresh(layout=True)

    def reveal(self, value: str, microseconds: int) -> None:
        """Show a value for a time; one that has run out already is not shown.

        Args:
            value: the plain value.
            microseconds: from now until it must be gone.
        """
        self._stop()
        if microseconds <= 0:
            self.hide()
            return
        seconds = microseconds / 1_000_000
        self._characters = list(plain(value)) or [" "]
        self._deadline = time.monotonic() + seconds
        self._clocks = (self.set_timer(seconds, self._expire), self.set_interval(1.0, self.refresh))
        self.refresh(layout=True)
        # A long value needs more lines than the mask did.
        self.call_after_refresh(self.scroll_visible, animate=False)
        self.post_message(self.Changed(self, shown=True))

    def limit(self, microseconds: int) -> None:
        """Bring the end nearer, never further away."""
        if not self.shown:
            return
        seconds = microseconds / 1_000_000
        if time.monotonic() + seconds < self._deadline:
            if seconds <= 0:
                self.hide()
                return
            self._stop()
            self._deadline = time.monotonic() + seconds
            self._clocks = (self.set_timer(seconds, self._expire), self.set_interval(1.0, self.refresh))
            self.refresh()

    def hide(self) -> None:
        """Forget the value and everything drawn from it."""
        was = self.shown
        self._forget()
        if was:
            self.post_message(self.Changed(self, shown=False))

    def _expire(self) -> None:
        if self.shown:
            self._forget()
            self.post_message(self.Changed(self, shown=False, expired=True))

    def _forget(self) -> None:
        self._stop()
        self._deadline = 0.0
        self._characters.clear()
        self._characters = []
        self._styles_cache.clear()
        if self.is_attached:
            self.refresh(layout=True)

    def _stop(self) -> None:
        for timer in self._clocks:
            timer.stop()
        self._clocks = ()

    def on_unmount(self) -> None:
        """The widget goes: so does the value."""
        self._forget()

    # -- drawing ----------------------------------------------------------------------------------------------------
    def on_focus(self) -> None:
        """The cursor came."""
        self.refresh()

    def on_blur(self) -> None:
        """The cursor went."""
        self.refresh()

    def _beside(self) -> str:
        if not self.shown:
            return self._hint
        minutes, seconds = divmod(self.seconds_left, 60)
        return f"◷ {minutes:02d}:{seconds:02d}"

    def _broken(self, width: int) -> list[list[str]]:
        """The plain value's characters in lines of at most `width` cells."""
        lines: list[list[str]] = [[]]
        taken = 0
        for char in self._characters:
            size = cell_len(char)
            if taken + size > width:
                lines.append([])
                taken = 0
            lines[-1].append(char)
            taken += size
        return lines

    def _room(self, width: int) -> int:
        return max(4, width - 2 - LABEL_CELLS - 1 - cell_len(self._beside()) - 2)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        """One row, more while a long value is shown."""
        return len(self._broken(self._room(width)))

    def get_content_width(self, container: Size, viewport: Size) -> int:  # noqa: ARG002
        """As wide as there is room."""
        return container.width

    def render_line(self, y: int) -> Strip:
        """Label, mask or value, and what stands beside it."""
        width, base = self.size.width, self.rich_style
        if self.has_focus:
            base += self.get_component_rich_style("masked--cursor", partial=True)
        room = self._room(width)
        lines = self._broken(room)
        if y >= len(lines):
            return Strip.blank(width, base)
        label = base + self.get_component_rich_style("masked--label", partial=True)
        sign = "▶ " if self.has_focus and y == 0 else "  "
        segments = [Segment(sign, base), Segment(fit(self._label if y == 0 else "", LABEL_CELLS) + " ", label)]
        if self.shown:
            bright = base + self.get_component_rich_style("masked--plain", partial=True)
            segments += [Segment(char, bright) for char in lines[y]]
            segments.append(Segment(" " * (room - sum(map(cell_len, lines[y]))), base))
        else:
            segments.append(Segment(fit(self._masked, room), base))
        if y == 0:
            beside = base + self.get_component_rich_style("masked--hint", partial=True)
            segments.append(Segment(f" {self._beside()} ", beside))
        return Strip(segments).adjust_cell_length(width, base)
