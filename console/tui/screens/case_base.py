"""One case on the screen, without its keys: what is read and how it is laid out. Groups of keys are mixed in beside.

A plain value lives in its `MaskedValue` and nowhere on this screen. It goes when its minutes end, when the desk says
that something about it changed and does not at once say that it still holds, and whenever this screen is left.
"""

from __future__ import annotations

import time
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical, VerticalScroll

from console.desk.api import Push, cases
from console.desk.api.cases import CaseView, FieldView
from console.tui.screens import case_rows
from console.tui.screens.base import DeskScreen
from console.tui.widgets.masked import MaskedValue
from console.tui.widgets.rows import WIDE, RowList
from console.tui.widgets.words import Words

CONFIRM_SECONDS = 0.7
"""How long a value may stay after a change was pushed without the desk confirming it."""


class FieldPane(VerticalScroll, can_focus=False, inherit_bindings=False):
    """Scrolls its fields into view; the arrows go from field to field instead."""


class CaseBase(DeskScreen):
    """Args: id or number of the case.

    Groups of keys are subclasses with their own `BINDINGS` and `NEEDS`; `CaseScreen` puts them together.
    """

    TITLE = "case.title"
    HELP = "help.case"
    REREAD = frozenset({"case", "grant", "request", "session"})
    CSS_PATH = "case.tcss"
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "app.focus_next", "key.next", priority=True),
        Binding("up", "step(-1)", show=False),
        Binding("down", "step(1)", show=False),
    ]

    def __init__(self, case_id: str) -> None:
        super().__init__()
        self._case_id = case_id
        self._view: CaseView | None = None
        self._opened = time.monotonic()
        self._offset = 0
        self._unconfirmed = False

    def shows(self, case_id: str) -> bool:
        """Whether this is that case."""
        return case_id in {self._case_id, self._view.row.case_id if self._view is not None else self._case_id}

    # -- composing --------------------------------------------------------------------------------------------------
    def title_text(self) -> str:
        """Which case."""
        return self.t(self.TITLE, number=self._view.row.number if self._view else "")

    def body(self) -> ComposeResult:
        """A line about the debtor; fields, loans and timeline, side by side where there is room."""
        yield Words(self.t("reading"), id="head")
        with Container(id="panes"):
            yield FieldPane(id="fields")
            with Vertical(id="beside"):
                yield RowList(case_rows.account_columns(self.texts), empty=self.t("case.no_accounts"), id="accounts")
                yield RowList(case_rows.timeline_columns(self.texts), empty=self.t("case.no_timeline"), id="timeline")

    def on_mount(self) -> None:
        """Count the stay."""
        self.set_interval(1.0, self._say_head)
        self.on_resize()

    def on_resize(self) -> None:
        """Side by side from `WIDE` cells on."""
        self.set_class(self.app.size.width >= WIDE, "wide")

    # -- reading ----------------------------------------------------------------------------------------------------
    def take_push(self, push: Push) -> None:
        """A change to this case, or to what may be seen: confirm what is shown at once, or hide it."""
        if push.kind == "case" and self._view is not None and push.id not in (self._case_id, self._view.row.case_id):
            return
        if push.kind in self.REREAD and any(masked.shown for masked in self.query(MaskedValue)):
            self._unconfirmed = True
            self.set_timer(CONFIRM_SECONDS, self._hide_unconfirmed)
        super().take_push(push)

    def _hide_unconfirmed(self) -> None:
        if self._unconfirmed:
            self._unconfirmed = False
            self.hide_values()

    async def load(self) -> None:
        """Open the case, or open it again."""
        view = await self.client.ask(cases.OpenCase(case_id=self._case_id))
        if view is None:
            self.hide_values()
            if self._view is None and self.query("#head"):
                self.query_one("#head", Words).say(self.t("case.not_open"))
            return
        if not self.query("#fields"):
            return
        self._view = view
        await self._show_fields(view)
        self._unconfirmed = False
        self.query_one("#accounts", RowList).show([case_rows.account(self.texts, each) for each in view.accounts])
        events = [case_rows.event(self.texts, entry, self.desk_app.zone) for entry in view.timeline]
        self.query_one("#timeline", RowList).show(events)
        self._say_head()
        self.refresh_bars()
        self.refresh_keys()

    async def _show_fields(self, view: CaseView) -> None:
        several = {field.name for field in view.fields if field.ordinal > 1}
        live = {grant.grant_id: grant for grant in view.grants if grant.state in ("approved", "active")}
        there = {(masked.field, masked.ordinal): masked for masked in self.query(MaskedValue)}
        wanted = [(field.name, field.ordinal) for field in view.fields]
        for field in view.fields:
            masked = there.get((field.name, field.ordinal))
            if masked is None:
                continue
            masked.describe(**self._words(field, several))
            grant = live.get(field.grant_id or "")
            if grant is None and not self._stays(field):
                masked.hide()
            elif grant is not None and grant.ends_at is not None:
                masked.limit(grant.ends_at - self.desk_app.clock() - self._offset)
        if list(there) != wanted:
            focused = next((key for key, masked in there.items() if masked.has_focus), None)
            pane = self.query_one("#fields")
            await pane.remove_children()
            fresh = [
                MaskedValue(field=field.name, ordinal=field.ordinal, **self._words(field, several))
                for field in view.fields
            ]
            await pane.mount_all(fresh)
            if self.focused is None or focused is not None:
                again = [masked for masked in fresh if (masked.field, masked.ordinal) == focused]
                for masked in (again or fresh)[:1]:
                    masked.focus()

    def _stays(self, field: FieldView) -> bool:
        """Whether a value that no grant shows may stay."""
        del field
        return False

    def _words(self, field: FieldView, several: set[str]) -> dict[str, str]:
        hint = self.t("masked.granted") if field.grant_id else self.t(f"tier.{field.tier}")
        return {
            "label": self.texts.field(field.name, field.ordinal, several=field.name in several),
            "masked": self.texts.mask(field.masked),
            "hint": hint,
        }

    def _say_head(self) -> None:
        view = self._view
        if view is None or not self.query("#head"):
            return
        self.query_one("#head", Words).say(case_rows.head(self.texts, view, int(time.monotonic() - self._opened)))

    # -- keys -------------------------------------------------------------------------------------------------------
    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """A key of any group is there when the person holds one of its acts in some scope."""
        for kind in type(self).__mro__:
            needs = kind.__dict__.get("NEEDS", {}).get(action)
            if needs is not None:
                return self.desk_app.me is not None and not set(needs).isdisjoint(self.me.acts)
        return super().check_action(action, parameters)

    def _focused_field(self) -> FieldView | None:
        focused = self.focused
        if self._view is None or not isinstance(focused, MaskedValue):
            return None
        for field in self._view.fields:
            if (field.name, field.ordinal) == (focused.field, focused.ordinal):
                return field
        return None

    def action_step(self, step: int) -> None:
        """The next or previous field; past the last one the loans."""
        if step > 0:
            self.focus_next()
        else:
            self.focus_previous()
