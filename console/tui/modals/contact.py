"""A contact datum to add or correct, with where it lawfully comes from; and the checker's question about that."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from console.desk.api.cases import FieldRef
from console.desk.api.contacts import CONTACT_FIELDS, LAWFUL_SOURCES, ProposeContact
from console.texts import Texts
from console.tui.modals.base import DeskModal
from console.tui.widgets.inputs import Choice, Field, Labelled, Option
from console.tui.widgets.words import Words

_LONGEST = 120


class ContactForm(DeskModal[ProposeContact]):
    """Args: id and number of the case; contact data it has; the one under the cursor; whether it is a lead only."""

    TITLE = "contact.title"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "key.submit"),
        Binding("left", "nothing", "key.choose", key_display="◂▸"),
        Binding("tab", "app.focus_next", "key.next", priority=True),
    ]

    def __init__(
        self, case_id: str, number: str, has: Sequence[FieldRef], chosen: FieldRef | None, *, lead: bool
    ) -> None:
        super().__init__()
        self._case_id, self._number, self._lead = case_id, number, lead
        self._has = [ref for ref in has if ref.name in CONTACT_FIELDS]
        self._chosen = chosen if chosen in self._has else None

    def heading(self) -> str:
        """Which case."""
        return self.t(self.TITLE, number=self._number)

    def body(self) -> ComposeResult:
        """What, new or instead of which, the value, the source."""
        yield Words(self.t("contact.lead" if self._lead else "contact.words"))
        fields = [Option(name, self.texts.field(name)) for name in CONTACT_FIELDS]
        first = self._chosen.name if self._chosen else ""
        yield Labelled(self.t("contact.field"), Choice(fields, chosen=first, id="field"))
        yield Labelled(self.t("contact.which"), Choice(self._places(first or fields[0].key), id="which"))
        yield Labelled(self.t("contact.value"), Field(limit=_LONGEST, id="value"))
        if not self._lead:
            yield Labelled(self.t("contact.source"), Choice(source_options(self.texts), id="source"))

    def _places(self, name: str) -> list[Option]:
        there = [
            Option(str(ref.ordinal), self.t("contact.instead", field=self.texts.field(ref.name, ref.ordinal)))
            for ref in self._has
            if ref.name == name
        ]
        new = Option("0", self.t("contact.additional"))
        return [*there, new] if self._chosen is not None and self._chosen.name == name else [new, *there]

    def on_mount(self) -> None:
        """Start at the value, or at what it is of."""
        self.query_one("#value" if self._chosen else "#field").focus()

    def on_choice_changed(self, event: Choice.Changed) -> None:
        """Another field has other data to correct."""
        if event.choice.id == "field":
            self.query_one("#which", Choice).offer(self._places(event.choice.key))

    def action_nothing(self) -> None:
        """Done by the control that has the focus; shown here so that every key is."""

    def on_input_submitted(self) -> None:
        """Enter while typing."""
        self.action_submit()

    def action_submit(self) -> None:
        """Hand the proposal back; the value leaves the screen."""
        field = self.query_one("#value", Field)
        if not field.value.strip():
            self.say(self.t("contact.value_missing"), bad=True)
            field.focus()
            return
        source = "" if self._lead else self.query_one("#source", Choice).key
        if not source and not self._lead:
            self.say(self.t("contact.source_missing"), bad=True)
            self.query_one("#source").focus()
            return
        self.dismiss(
            ProposeContact(
                case_id=self._case_id,
                field=self.query_one("#field", Choice).key,
                value=field.take(),
                ordinal=int(self.query_one("#which", Choice).key),
                lawful_source=source,
            )
        )


class SourceForm(DeskModal[str]):
    """Where a datum lawfully comes from, before it is accepted. Args: heading, words, the source said so far."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "key.accept"),
        Binding("left", "nothing", "key.choose", key_display="◂▸"),
    ]

    def __init__(self, title: str, words: str, said: str) -> None:
        super().__init__()
        self._title, self._words, self._said = title, words, said

    def heading(self) -> str:
        """What is accepted."""
        return self._title

    def body(self) -> ComposeResult:
        """What will happen, and the source."""
        yield Words(self._words)
        yield Labelled(self.t("contact.source"), Choice(source_options(self.texts), chosen=self._said, id="source"))

    def on_mount(self) -> None:
        """Start at the source."""
        self.query_one("#source").focus()

    def action_nothing(self) -> None:
        """Done by the control that has the focus."""

    def action_submit(self) -> None:
        """Accept with that source, once one is chosen."""
        source = self.query_one("#source", Choice).key
        if source:
            self.dismiss(source)
        else:
            self.say(self.t("contact.source_missing"), bad=True)


def source_options(texts: Texts) -> list[Option]:
    """The lawful sources in words, after none: nobody says where something comes from by pressing Enter."""
    return [Option("", texts.t("contact.source_choose"))] + [
        Option(code, texts.t(f"lawful.{code}")) for code in LAWFUL_SOURCES
    ]
