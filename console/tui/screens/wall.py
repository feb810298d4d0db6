"""The team in large numbers, for a screen on the wall: nobody's name, staff or customer."""

from __future__ import annotations

from typing import Final

from textual.app import ComposeResult
from textual.containers import Vertical

from console.desk.api import team
from console.tui.safe import fit
from console.tui.screens.base import DeskScreen
from console.tui.screens.team import bounded
from console.tui.widgets.words import Words

EVERY: Final = 10.0
"""Seconds between readings; a wall needs no push of its own."""

_ACROSS: Final = 3
_WIDTH: Final = 24


class WallScreen(DeskScreen):
    """See the module."""

    TITLE = "wall.title"
    HELP = "help.wall"
    REREAD = frozenset({"team"})
    CSS_PATH = "lists.tcss"

    def body(self) -> ComposeResult:
        """One block of figures."""
        with Vertical(id="list"):
            yield Words(id="summary")
            yield Words(id="figures")

    def on_mount(self) -> None:
        """Go on by itself."""
        self.set_interval(EVERY, self.reread)

    async def load(self) -> None:
        """Read and show."""
        board = await self.client.ask(team.ReadWallboard())
        if board is None:
            return
        self.query_one("#summary", Words).say(
            self.t("wall.summary", unit=board.unit, at=self.when(board.at, "clock_second"))
        )
        lines: list[str] = []
        for start in range(0, len(board.figures), _ACROSS):
            row = board.figures[start : start + _ACROSS]
            blocks = [big(bounded(number)) for _, number in row]
            lines.append("")
            lines += ["".join(fit(f"  {block[line]}", _WIDTH) for block in blocks) for line in range(_TALL)]
            lines.append("".join(fit(f"  {self.t(f'wall.{name}')}", _WIDTH) for name, _ in row))
        self.query_one("#figures", Words).say("\n".join(lines))


_TALL: Final = 3
_DIGITS: Final = {
    "0": ("█▀█", "█ █", "▀▀▀"),
    "1": ("▄█ ", " █ ", "▀▀▀"),
    "2": ("▀▀█", "█▀▀", "▀▀▀"),
    "3": ("▀▀█", " ▀█", "▀▀▀"),
    "4": ("█ █", "▀▀█", "  ▀"),
    "5": ("█▀▀", "▀▀█", "▀▀▀"),
    "6": ("█▀▀", "█▀█", "▀▀▀"),
    "7": ("▀▀█", "  █", "  ▀"),
    "8": ("█▀█", "█▀█", "▀▀▀"),
    "9": ("█▀█", "▀▀█", "▀▀▀"),
    "+": ("   ", "▄█▄", " ▀ "),
}


def big(number: str) -> tuple[str, ...]:
    """A number in digits three rows high."""
    return tuple(" ".join(_DIGITS[digit][line] for digit in number) for line in range(_TALL))
