"""Declare that somebody has an interest in a customer and is kept from the case."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from access.policy.actions import Action
from console.desk.api.assign import DeclareInterest
from console.desk.api.people import ListPeople
from console.tui.modals.base import DeskModal
from console.tui.widgets.bars import KeyBar
from console.tui.widgets.inputs import Choice, Field, Labelled, Option
from console.tui.widgets.words import Words

KINDS = ("relative", "colleague", "vip")


class InterestModal(DeskModal[DeclareInterest]):
    """Args: the case's id; empty asks for its number."""

    TITLE = "interest.declare"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "key.submit"),
        Binding("tab", "app.focus_next", "key.next", priority=True),
    ]

    def __init__(self, case_id: str) -> None:
        super().__init__()
        self._case_id = case_id

    @property
    def _for_others(self) -> bool:
        """Whether the person may list colleagues, and so declare for one of them."""
        return bool({Action.CASE_INTEREST_LIST.value, Action.ACCOUNT_PERSON_LIST.value} & set(self.me.acts))

    def body(self) -> ComposeResult:
        """Which case, who, why."""
        yield Words(self.t("interest.declare.words"))
        if not self._case_id:
            yield Labelled(self.t("column.case"), Field(limit=40, id="case"))
        if self._for_others:
            yield Labelled(self.t("column.person"), Choice([Option("", self.me.name)], id="who"))
        options = [Option(kind, self.t(f"interest.kind.{kind}")) for kind in KINDS]
        yield Labelled(self.t("column.kind"), Choice(options, id="kind"))

    def on_mount(self) -> None:
        """Read whom it may be about."""
        self.query_one(KeyBar).say(self.shown_keys())
        if self._for_others:
            self.go(self._read())

    async def _read(self) -> None:
        reply = await self.client.ask(ListPeople())
        if reply is not None:
            people = [Option(one.person_id, f"{one.name} {one.staff_no}") for one in reply.people]
            others = [one for one in people if one.key != self.me.person_id]
            self.query_one("#who", Choice).offer([Option("", self.me.name), *others])

    def on_input_submitted(self) -> None:
        """Enter in the number."""
        self.action_submit()

    def action_submit(self) -> None:
        """Hand the declaration back."""
        case = self._case_id or self.query_one("#case", Field).value.strip().upper()
        if not case:
            self.say(self.t("form.words_needed", least=1), bad=True)
            return
        who = self.query_one("#who", Choice).key if self._for_others else ""
        self.dismiss(DeclareInterest(case_id=case, person_id=who, kind=self.query_one("#kind", Choice).key))
