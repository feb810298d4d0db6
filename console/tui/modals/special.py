"""Filing for a number in a special scene, and what came of the contact."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from console.desk.api.special import FileSpecial, ReportSpecial, SpecialOptions
from console.tui.modals.base import DeskModal
from console.tui.widgets.inputs import Choice, Field, Labelled, Option
from console.tui.widgets.words import Words

OUTCOMES = ("reached", "not_reached", "invalid", "handed_over", "unused")
_LEAST = 8


class SpecialForm(DeskModal[FileSpecial]):
    """Args: what can be filed on the case."""

    TITLE = "special.file"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "key.submit"),
        Binding("tab", "app.focus_next", "key.next", priority=True),
    ]

    def __init__(self, options: SpecialOptions) -> None:
        super().__init__()
        self._options = options

    def body(self) -> ComposeResult:
        """Which number, what for, why."""
        yield Words(self.t("special.form.words", number=self._options.number))
        numbers = [
            Option(str(at), f"{self.texts.field(one.field.name, one.field.ordinal)} {self.texts.mask(one.masked)}")
            for at, one in enumerate(self._options.options)
        ]
        yield Labelled(self.t("special.number"), Choice(numbers, id="number"))
        scenes = [Option(one, self.t(f"special.scene.{one}")) for one in self._options.scenarios]
        yield Labelled(self.t("special.scene"), Choice(scenes, id="scene"))
        yield Labelled(self.t("special.words"), Field(limit=200, id="words"))

    def on_input_submitted(self) -> None:
        """Enter while typing."""
        self.action_submit()

    def action_submit(self) -> None:
        """Hand it back; the desk judges it."""
        words = self.query_one("#words", Field)
        if len(words.value.strip()) < _LEAST:
            self.say(self.t("form.words_needed", least=_LEAST), bad=True)
            return
        chosen = self._options.options[int(self.query_one("#number", Choice).key)]
        scene = self.query_one("#scene", Choice).key
        self.dismiss(FileSpecial(case_id=self._options.case_id, field=chosen.field, scenario=scene, words=words.take()))


class ReportForm(DeskModal[ReportSpecial]):
    """Args: the filing's id."""

    TITLE = "special.report.title"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "key.submit"),
        Binding("tab", "app.focus_next", "key.next", priority=True),
    ]

    def __init__(self, filing_id: str) -> None:
        super().__init__()
        self._filing_id = filing_id

    def body(self) -> ComposeResult:
        """What came of it, in a code and in words."""
        yield Words(self.t("special.report.words"))
        outcomes = [Option(one, self.t(f"special.outcome.{one}")) for one in OUTCOMES]
        yield Labelled(self.t("special.report"), Choice(outcomes, id="outcome"))
        yield Labelled(self.t("special.words"), Field(limit=200, id="words"))

    def on_input_submitted(self) -> None:
        """Enter while typing."""
        self.action_submit()

    def action_submit(self) -> None:
        """Hand it back."""
        words = self.query_one("#words", Field)
        if len(words.value.strip()) < _LEAST:
            self.say(self.t("form.words_needed", least=_LEAST), bad=True)
            return
        outcome = self.query_one("#outcome", Choice).key
        self.dismiss(ReportSpecial(filing_id=self._filing_id, outcome=outcome, words=words.take()))
