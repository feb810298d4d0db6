"""The bar that tells of the call somebody is in; without a call it takes no line."""

from __future__ import annotations

from typing import ClassVar

from textual.reactive import reactive

from console.tui.safe import cell_len, fit, plain
from console.tui.widgets.bars import Lines


class CallBar(Lines):
    """See the module. Args: behind_lock: whoever passes by may read it, so no case is named."""

    DEFAULT_CSS = "CallBar { height: auto; max-height: 1; }"
    COMPONENT_CLASSES: ClassVar[set[str]] = {"call--live", "call--over"}
    behind_lock = False
    said: reactive[tuple[tuple[str, ...], bool]] = reactive(((), False), layout=True)

    def __init__(self, *, behind_lock: bool = False) -> None:
        super().__init__()
        self.behind_lock = behind_lock

    def say(self, *texts: str, over: bool = False) -> None:
        """Show a call, live or over, in the first of these that there is room for; none takes the bar away."""
        self.said = (tuple(plain(text) for text in texts), over)

    def lines(self, width: int) -> list[list[tuple[str, str]]]:
        """The one line, with a sign in front of it."""
        texts, over = self.said
        lines = [f" {'◻' if over else '☎'} {text}" for text in texts]
        if not lines:
            return []
        line = next((one for one in lines if cell_len(one) <= width), lines[-1])
        return [[(fit(line, width), "call--over" if over else "call--live")]]
