"""What a screen is for and what each key does."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll

from console.tui import places
from console.tui.modals.base import DeskModal
from console.tui.safe import fit
from console.tui.screens.base import key_display
from console.tui.widgets.words import Words


class HelpModal(DeskModal[None]):
    """Args: title and words of the screen, its keys."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "scroll(-1)", show=False),
        Binding("down", "scroll(1)", show=False),
        Binding("question_mark", "cancel", show=False),
    ]

    def __init__(self, title: str, words: str, keys: tuple[tuple[str, str], ...]) -> None:
        super().__init__()
        self._title, self._words, self._keys = title, words, keys

    def heading(self) -> str:
        """Which screen."""
        return self.t("help.title", screen=self._title)

    def body(self) -> ComposeResult:
        """Purpose, keys here, keys everywhere, signs."""
        lines = [self._words, "", "# " + self.t("help.here")]
        lines += [f"  {fit(key, 7)} {words}" for key, words in self._keys]
        lines += ["", "# " + self.t("help.everywhere")]
        lines += [f"  {fit(key, 7)} {self.t(text)}" for key, text in _EVERYWHERE]
        if self.desk_app.me:
            lines += [
                f"  {fit(key_display(place.key), 7)} {self.t('place.' + place.name)}"
                for place in places.open_places(self.me.acts)
                if place.key
            ]
        lines += ["", "# " + self.t("help.signs"), self.t("help.signs.words")]
        with VerticalScroll():
            yield Words("\n".join(lines))

    def action_scroll(self, step: int) -> None:
        """Up or down."""
        self.query_one(VerticalScroll).scroll_relative(y=step, animate=False)


_EVERYWHERE = (
    ("^P", "key.palette.long"),
    ("^L", "key.lock.long"),
    ("^N", "key.language"),
    ("^T", "key.switch"),
    ("^Q", "key.leave"),
    ("F5", "key.reread"),
    ("Tab", "key.next"),
    ("PgDn", "key.page"),
)
