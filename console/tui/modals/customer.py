"""Whose record, and for which complaint, request, incident or audit: asked before who saw a customer is shown."""

from __future__ import annotations

from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from console.desk.api.record import ReadCustomerRecord
from console.tui.modals.base import DeskModal
from console.tui.modals.search import KINDS
from console.tui.widgets.inputs import Choice, Field, Labelled, Option
from console.tui.widgets.words import Words

REASONS: Final = ("complaint", "data_request", "incident", "audit")


class CustomerModal(DeskModal[ReadCustomerRecord]):
    """Answers with the call; the value leaves the screen as it is taken."""

    TITLE = "customer.title"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "submit", "key.do"),
        Binding("left", "nothing", "key.choose", key_display="◂▸"),
        Binding("tab", "app.focus_next", "key.next", priority=True),
    ]

    def body(self) -> ComposeResult:
        """Reason and reference, kind and value."""
        yield Words(self.t("customer.words"))
        reasons = [Option(one, self.t(f"customer.reason.{one}")) for one in REASONS]
        yield Labelled(self.t("ask.reason"), Choice(reasons, id="reason"))
        yield Labelled(self.t("customer.reference"), Field(limit=32, id="reference"))
        kinds = [Option(kind, self.t(f"search.kind.{kind}")) for kind in KINDS]
        yield Labelled(self.t("search.kind"), Choice(kinds, id="kind"))
        yield Labelled(self.t("search.value"), Field(limit=40, id="value"))

    def on_mount(self) -> None:
        """Start at the reference."""
        self.query_one("#reference").focus()

    def action_nothing(self) -> None:
        """Done by the control that has the focus."""

    def on_input_submitted(self) -> None:
        """Enter while typing: the next empty line, else go on."""
        self.action_submit()

    def action_submit(self) -> None:
        """Hand the call back."""
        reference, value = self.query_one("#reference", Field), self.query_one("#value", Field)
        for field in (reference, value):
            if not field.value.strip():
                field.focus()
                return
        self.dismiss(
            ReadCustomerRecord(
                kind=self.query_one("#kind", Choice).key,
                value=value.take(),
                reason=self.query_one("#reason", Choice).key,
                reference=reference.take(),
            )
        )
