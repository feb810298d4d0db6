"""The calls of one case, and the numbers of ours by which its customer calls back: bound and ended here.

Whose phone it is stands here as the case shows it; the number that is shown whole is the institution's own.
"""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical

from access.policy.actions import Action
from console.desk.api import calling, privacy
from console.desk.api.cases import CaseView, FieldView
from console.desk.api.contact import ContactRef
from console.desk.api.privacy import BindingList, BindingView
from console.tui.screens.calls import CallsScreen
from console.tui.widgets.words import Words

OWN = "mobile"
"""The field whose numbers are bound: the customer's own."""

_LINES = 4


class CaseCallsScreen(CallsScreen):
    """Args: the case as it was opened."""

    TITLE = "calls.of_case"
    HELP = "help.case_calls"
    EMPTY = "calls.of_case.empty"
    REREAD = frozenset({"call", "binding"})
    SHOWN = ("at", "caller", "state", "side", "time", "recording")
    CALLER = 16
    NEEDS: ClassVar = {
        **CallsScreen.NEEDS,
        "bind": (Action.CALL_NUMBER_BIND.value,),
        "release": (Action.CALL_NUMBER_RELEASE.value,),
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("b", "bind", "key.privacy.bind"),
        Binding("x", "release", "key.privacy.release"),
    ]

    def __init__(self, case: CaseView) -> None:
        super().__init__(case.row.case_id)
        self._number = case.row.number
        self._phones = tuple(one for one in case.fields if one.name == OWN)
        self._found = BindingList(bindings=(), at=0)

    def title_text(self) -> str:
        """Which case."""
        return self.t(self.TITLE, number=self._number)

    def below(self) -> ComposeResult:
        """Who is bound over which number, until when."""
        with Vertical(id="detail"):
            yield Words(self.t("reading"), id="bindings")

    async def load(self) -> None:
        """Read the calls, then the bindings."""
        calls = await self.client.ask(calling.ListCalls(case_id=self._case_id))
        if calls is not None:
            self.take(calls)
        found = await self.client.ask(privacy.ListBindings(case_id=self._case_id)) if calls is not None else None
        if self.query("#bindings"):
            self._found = found or BindingList(bindings=(), at=0)
            self.query_one("#bindings", Words).say(self._said() if found is not None else self.t("list.not_read"))
            self.refresh_keys()

    def _said(self) -> str:
        shown = [*self._found.bindings, *self._found.refused]
        lines = [f"# {self.t('privacy.here')}", *(self.line(one) for one in shown[:_LINES])]
        if len(shown) > _LINES:
            lines.append(self.t("privacy.more", count=len(shown) - _LINES))
        if not self._found.bindings:
            lines.append(self.t("privacy.none.bind" if self.can("bind") else "privacy.none"))
        return "\n".join(lines)

    def line(self, one: BindingView) -> str:
        """One binding: our number, whose phone, for whom, how it stands, until when."""
        return self.t(
            "privacy.line.why" if one.why else f"privacy.line.{one.state}",
            number=one.number,
            phone=self._phone(one.contact),
            person=one.holder or "—",
            until=self.when(one.expires_at),
            why=self.t(f"privacy.why.{one.why}") if one.why else "",
        )

    def _phone(self, contact: ContactRef) -> str:
        for one in self._phones:
            if (one.name, one.ordinal) == (contact.field, contact.ordinal):
                return self.named(one)
        return self.texts.field(contact.field, contact.ordinal)

    def named(self, one: FieldView) -> str:
        """A phone as the case shows it: its name, and its mask."""
        name = self.texts.field(one.name, one.ordinal, several=len(self._phones) > 1)
        return f"{name} {self.texts.mask(one.masked)}"

    # -- keys -------------------------------------------------------------------------------------------------------
    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys for what the desk lets this person do on this case."""
        if action == "bind" and not (self._phones and "bind" in self._found.may):
            return False
        if action == "release" and not self._ending():
            return False
        return super().check_action(action, parameters)

    def _ending(self) -> list[BindingView]:
        return [one for one in self._found.bindings if "release" in one.may]

    def action_bind(self) -> None:
        """Give the customer a number to call back."""
        self.go(self._bind())

    async def _bind(self) -> None:
        from console.tui.modals.privacy import BindForm  # noqa: PLC0415 - loaded when asked for

        phones = [(ContactRef(field=one.name, ordinal=one.ordinal), self.named(one)) for one in self._phones]
        made = await self.app.push_screen_wait(BindForm(self._case_id, phones))
        if made is not None:
            self.say(self.t("privacy.asked", number=made.number, until=self.when(made.expires_at, "minute")))
            self.reread()

    def action_release(self) -> None:
        """End a binding before its time."""
        self.go(self._release())

    async def _release(self) -> None:
        from console.tui.modals.privacy import ReleaseForm  # noqa: PLC0415 - loaded when asked for

        lines = {one.binding_id: self.line(one) for one in self._ending()}
        chosen = await self.app.push_screen_wait(ReleaseForm(lines)) if lines else None
        if chosen is not None and await self.client.ask(privacy.UnbindNumber(binding_id=chosen)) is not None:
            self.say(self.t("privacy.unbound"))
        if chosen is not None:
            self.reread()
