"""A screen with nothing on it: the base of the stack, and what somebody sees who may go nowhere."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from console.tui.screens.base import Worded
from console.tui.widgets.words import Words


class BlankScreen(Worded):
    """See the module."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+l", "app.lock", show=False),
    ]

    def compose(self) -> ComposeResult:
        """Words for somebody without any place; nothing otherwise."""
        yield Words(self.t("nowhere") if self.desk_app.me else "")

    async def retranslate(self) -> None:
        """Say it in another language."""
        await self.recompose()
