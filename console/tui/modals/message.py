"""What a message is made of: an own number, a live template, a figure, a day. And a message that was sent."""

from __future__ import annotations

from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from console.desk.api.cases import CaseView
from console.desk.api.contact import ContactCheck, ContactVerdict
from console.desk.api.messages import TemplateEdition
from console.desk.api.sending import MessageText, PreviewMessage
from console.moments import read_day
from console.tui.modals.base import DeskModal
from console.tui.widgets.inputs import Choice, Field, Labelled, Option
from console.tui.widgets.words import Words

_OWN: Final = "mobile"


class MessageForm(DeskModal[PreviewMessage]):
    """Args: the case; templates that may be sent; the numbers it may go to, as `own_numbers` gives them."""

    TITLE = "message.write"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "key.submit"),
        Binding("left", "nothing", "key.choose", key_display="◂▸"),
        Binding("tab", "app.focus_next", "key.next", priority=True),
    ]

    def __init__(
        self, view: CaseView, templates: tuple[TemplateEdition, ...], numbers: tuple[ContactVerdict, ...]
    ) -> None:
        super().__init__()
        self._case, self._templates, self._numbers = view, templates, numbers

    def body(self) -> ComposeResult:
        """Number, template, amount, day; what is left empty comes from the case."""
        yield Words(self.t("message.write.words"))
        numbers = [Option(str(at), self._number(one)) for at, one in enumerate(self._numbers)]
        yield Labelled(self.t("message.number"), Choice(numbers, id="number"))
        options = [Option(one.template_id, f"{one.code} {one.title}"[:34]) for one in self._templates]
        yield Labelled(self.t("message.template"), Choice(options, id="template"))
        due = self.texts.money(self._case.row.due, self._case.row.currency)
        yield Labelled(self.t("message.amount"), Field(placeholder=due, limit=14, id="amount"))
        yield Labelled(self.t("message.day"), Field(placeholder="+3 / 28 / 11-30", limit=10, id="day"))

    def _number(self, one: ContactVerdict) -> str:
        """A number behind its mask, and what the rules say of it now."""
        name = self.texts.field(one.contact.field, one.contact.ordinal, several=len(self._numbers) > 1)
        against = next((rule for rule in one.rules if rule.verdict == "refused"), None)
        said = "✓" if against is None else f"✗ {self.texts.answer(against.verdict, against.why)}"
        return f"{name} {self.texts.mask(one.masked)} {said}"

    def on_mount(self) -> None:
        """Start where there is something to choose: at the number where there are several, else at the template."""
        super().on_mount()
        self.query_one("#number" if len(self._numbers) > 1 else "#template").focus()

    def action_nothing(self) -> None:
        """Done by the control that has the focus; shown here so that every key is."""

    def on_input_submitted(self) -> None:
        """Enter while typing."""
        self.action_submit()

    def action_submit(self) -> None:
        """Hand it back, if figure and day can be read."""
        amount, typed = (self.query_one(f"#{name}", Field).value.strip() for name in ("amount", "day"))
        minor = self.texts.minor(amount, self._case.row.currency) if amount else None
        day = read_day(typed, self.desk_app.clock(), self._case.zone) if typed else ""
        if amount and minor is None:
            self.say(self.t("promise.amount_unread"), bad=True)
            return
        if day is None:
            self.say(self.t("promise.day_unread"), bad=True)
            return
        chosen = self.query_one("#template", Choice).key
        contact = self._numbers[int(self.query_one("#number", Choice).key)].contact
        self.dismiss(
            PreviewMessage(case_id=self._case.row.case_id, template_id=chosen, contact=contact, amount=minor, day=day)
        )


def own_numbers(found: ContactCheck) -> tuple[ContactVerdict, ...]:
    """The customer's own numbers that come from a lawful source; those the rules allow now come first."""
    own = (one for one in found.contacts if one.contact.field == _OWN)
    lawful = (one for one in own if not any(rule.kind == "source" and rule.verdict == "refused" for rule in one.rules))
    return tuple(sorted(lawful, key=lambda one: not one.allowed))


class MessageWords(DeskModal[bool]):
    """A message that was sent. Args: it."""

    TITLE = "message.words"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "done", "key.back")]

    def __init__(self, message: MessageText) -> None:
        super().__init__()
        self._message = message

    def body(self) -> ComposeResult:
        """Its words, and how it went."""
        one = self._message.message
        yield Words(self._message.text)
        yield Words(self.t("message.sent", number=one.number, state=self.texts.state("message", one.state)))

    def action_done(self) -> None:
        """Enough."""
        self.dismiss(result=True)
