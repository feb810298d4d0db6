"""Offer less than was asked: some of the fields, fewer minutes, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from console.desk.api.cases import FieldRef
from console.desk.api.reveal import RequestView
from console.tui.modals.ask import field_key
from console.tui.modals.base import DeskModal
from console.tui.widgets.inputs import Checks, Choice, Field, Labelled, Option
from console.tui.widgets.words import Words


@dataclass(frozen=True, slots=True)
class Less:
    """What is offered instead."""

    fields: tuple[FieldRef, ...]
    minutes: int
    reason: str


class NarrowModal(DeskModal[Less]):
    """Args: the request."""

    TITLE = "narrow.title"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "key.approve"),
        Binding("space", "nothing", "key.tick"),
        Binding("left", "nothing", "key.choose", key_display="◂▸"),
    ]

    def __init__(self, request: RequestView) -> None:
        super().__init__()
        self._request = request
        self._by_key = {field_key(field): field for field in request.fields}

    def heading(self) -> str:
        """Which request."""
        return self.t(self.TITLE, number=self._request.number)

    def body(self) -> ComposeResult:
        """Fields, minutes, reason."""
        options = [Option(key, self.texts.field(field.name, field.ordinal)) for key, field in self._by_key.items()]
        yield Labelled(self.t("ask.fields"), Checks(options, ticked=list(self._by_key)))
        asked = self._request.minutes
        steps = sorted({step for step in (1, 2, 3, 5, 8, 10, 15, 20) if step < asked} | {asked})
        minutes = [Option(str(step), self.texts.minutes(step)) for step in steps]
        half = next((str(step) for step in reversed(steps) if step <= asked // 2), str(steps[0]))
        yield Labelled(self.t("ask.minutes"), Choice(minutes, chosen=half))
        yield Labelled(self.t("narrow.reason"), Field(limit=200))
        yield Words(self.t("narrow.words"))

    def action_nothing(self) -> None:
        """Done by the control that has the focus."""

    def on_input_submitted(self) -> None:
        """Enter while typing."""
        self.action_submit()

    def action_submit(self) -> None:
        """Hand the offer back."""
        ticked = self.query_one(Checks).ticked
        if not ticked:
            self.say(self.t("ask.choose"), bad=True)
            return
        self.dismiss(
            Less(
                fields=tuple(self._by_key[key] for key in ticked),
                minutes=int(self.query_one(Choice).key),
                reason=self.query_one(Field).value.strip(),
            )
        )
