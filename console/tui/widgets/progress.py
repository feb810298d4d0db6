"""How far something is, as a bar and as a figure; a running thing of unknown size says so in words of its screen."""

from __future__ import annotations

from typing import ClassVar

from console.tui.widgets.bars import Lines


class Progress(Lines):
    """One line: `[#####.....]  40 %`."""

    DEFAULT_CSS = "Progress { height: 1; }"
    COMPONENT_CLASSES: ClassVar[set[str]] = {"progress--done"}

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._done = self._total = 0
        self._going = False

    def say(self, done: int, total: int, *, running: bool) -> None:
        """Show how much of what is done."""
        self._done, self._total, self._going = done, total, running
        self.refresh()

    def lines(self, width: int) -> list[list[tuple[str, str]]]:
        """The bar; blank while nothing is known."""
        if self._total <= 0:
            return [[(" …" if self._going else "", "")]]
        share = min(1.0, self._done / self._total) if self._going else 1.0
        room = max(10, min(60, width - 12))
        full = int(room * share)
        return [[(" [", ""), ("█" * full, "progress--done"), ("·" * (room - full), ""), (f"] {share:4.0%}", "")]]
