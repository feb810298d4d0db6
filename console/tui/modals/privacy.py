"""A number of ours by which a customer calls back: for which of their phones and how long; and its end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from console.desk.api.base import Refusal
from console.desk.api.contact import ContactRef
from console.desk.api.privacy import BINDING_HOURS, BindingView, BindNumber
from console.tui.client import ends_session
from console.tui.modals.base import DeskModal
from console.tui.widgets.inputs import Choice, Labelled, Option
from console.tui.widgets.words import Words

HOURS: Final = (4, 8, 24, 48, 72, BINDING_HOURS)
USUAL: Final = 24
"""How long a binding lasts unless somebody chooses another time."""

_HOUR: Final = 3_600_000_000
_KEYS: list[BindingType] = [
    Binding("enter", "submit", "key.submit"),
    Binding("left", "nothing", "key.choose", key_display="◂▸"),
]


class BindForm(DeskModal[BindingView]):
    """Answers with what was bound; what the desk refuses is said here.

    Args:
        case_id: the case. phones: the customer's own, by place, each as the case shows it.
    """

    TITLE = "privacy.bind"
    BINDINGS: ClassVar[list[BindingType]] = _KEYS

    def __init__(self, case_id: str, phones: Sequence[tuple[ContactRef, str]]) -> None:
        super().__init__()
        self._case_id, self._phones = case_id, tuple(phones)
        self._asking = False

    def body(self) -> ComposeResult:
        """What it is for, which phone, until when."""
        yield Words(self.t("privacy.bind.words"))
        phones = [Option(str(at), named) for at, (_, named) in enumerate(self._phones)]
        yield Labelled(self.t("privacy.phone"), Choice(phones, id="phone"))
        now = self.desk_app.clock()
        lasting = [
            Option(
                str(one),
                self.t("privacy.hours", hours=one, until=self.when(now + one * _HOUR, "minute")),
            )
            for one in HOURS
        ]
        yield Labelled(self.t("privacy.lasts"), Choice(lasting, chosen=str(USUAL), id="hours"))

    def action_nothing(self) -> None:
        """Done by the control that has the focus; shown here so that every key is."""

    def action_submit(self) -> None:
        """Ask for it, once."""
        if not self._asking:
            self._asking = True
            contact, _ = self._phones[int(self.query_one("#phone", Choice).key)]
            hours = int(self.query_one("#hours", Choice).key)
            self.go(self._ask(BindNumber(case_id=self._case_id, contact=contact, hours=hours)))

    async def _ask(self, call: BindNumber) -> None:
        reply = await self.client.attempt(call)
        self._asking = False
        if not isinstance(reply, Refusal):
            self.dismiss(reply)
        elif ends_session(reply.code):
            self.desk_app.session_lost(reply)
        else:
            self.say(self.texts.refusal(reply), bad=True)


class ReleaseForm(DeskModal[str]):
    """Answers with the binding to end. Args: by id those that the person may end, each in a line."""

    TITLE = "privacy.release"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "submit", "key.yes")]

    def __init__(self, lines: Mapping[str, str]) -> None:
        super().__init__()
        self._lines = lines

    def body(self) -> ComposeResult:
        """What follows, and which of them."""
        yield Words("\n".join((self.t("privacy.release.words"), "", *self._lines.values())))
        if len(self._lines) > 1:
            places = [Option(one, line) for one, line in self._lines.items()]
            yield Labelled(self.t("privacy.which"), Choice(places, id="which"))

    def action_submit(self) -> None:
        """Take it."""
        self.dismiss(next((one.key for one in self.query(Choice)), "") or next(iter(self._lines)))
