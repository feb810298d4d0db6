"""Every act the person may do here and now, found by typing a part of its name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from console.tui import places
from console.tui.modals.base import DeskModal
from console.tui.screens.base import DeskScreen, key_display
from console.tui.widgets.inputs import Field
from console.tui.widgets.rows import Column, Row, RowList


@dataclass(frozen=True, slots=True)
class Act:
    """One line of the palette. on_app: an action of the application rather than of the screen. named: of a place."""

    words: str
    key: str
    action: str
    on_app: bool = False
    named: str = ""

    def is_called(self, said: str) -> bool:
        """Whether that is its whole name."""
        return (self.named or self.words).casefold() == said


class PaletteModal(DeskModal[None]):
    """Offers the acts of a screen, then every place and the acts of the application."""

    TITLE = "palette.title"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "step(1)", show=False),
        Binding("up", "step(-1)", show=False),
        Binding("enter", "take", "key.do"),
    ]

    def __init__(self, screen: DeskScreen) -> None:
        super().__init__()
        self._over = screen
        self._acts: tuple[Act, ...] = ()

    def _all(self) -> tuple[Act, ...]:
        acts: list[Act] = []
        acts += [
            Act(self.t(binding.description), key_display(binding.key), binding.action)
            for binding in (*self._over.own_bindings(), *self._over.more_acts())
        ]
        acts += [
            Act(self.t("palette.go", place=self.t(f"place.{place.name}")), key_display(place.key) if place.key else "",
                f"go_to('{place.name}')", on_app=True, named=self.t(f"place.{place.name}"))
            for place in places.open_places(self.me.acts)
        ]  # fmt: skip
        acts += [Act(self.t(text), key, action, on_app=True) for text, key, action in _APP]
        return tuple(acts)

    def body(self) -> ComposeResult:
        """A line to type in and what fits it."""
        yield Field(placeholder=self.t("palette.type"))
        yield RowList((Column(self.t("palette.act")), Column(self.t("palette.key"), 6)), empty=self.t("palette.none"))

    def on_mount(self) -> None:
        """Show everything until something is typed."""
        self._acts = self._all()
        self._narrow("")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Show what fits."""
        self._narrow(event.value)

    def _narrow(self, typed: str) -> None:
        said = typed.casefold().strip()
        parts = said.split()
        fitting = [
            (number, act)
            for number, act in enumerate(self._acts)
            if all(part in act.words.casefold() or part == act.key.casefold() for part in parts)
        ]
        # Whoever types a name whole means that one; else the order is as ever.
        fitting.sort(key=lambda one: not one[1].is_called(said))
        found = self.query_one(RowList)
        found.show([Row(str(number), (act.words, act.key)) for number, act in fitting])
        if fitting:
            found.move_to(str(fitting[0][0]))

    def action_step(self, step: int) -> None:
        """Another line, while typing goes on."""
        self.query_one(RowList).action_move(step)

    async def on_input_submitted(self) -> None:
        """Enter while typing."""
        await self.action_take()

    async def on_row_list_chosen(self) -> None:
        """Enter on a line."""
        await self.action_take()

    async def action_take(self) -> None:
        """Do the act under the cursor."""
        key = self.query_one(RowList).key
        if key is None:
            return
        act = self._acts[int(key)]
        over, app = self._over, self.app
        self.dismiss(None)
        app.call_later(app.run_action, act.action, app if act.on_app else over)


_APP = (
    ("key.lock.long", "^L", "lock"),
    ("key.switch", "^T", "switch"),
    ("key.language", "^N", "language"),
    ("key.leave", "^Q", "leave"),
)
