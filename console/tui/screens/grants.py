"""Grants in force that this person could end, with what is left of them."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from console.desk.api import reveal
from console.desk.api.cases import GrantView
from console.tui.screens.lists import ListScreen
from console.tui.widgets.rows import Column, Row


class GrantsScreen(ListScreen):
    """See the module."""

    TITLE = "place.grants"
    HELP = "help.grants"
    EMPTY = "grants.empty"
    REREAD = frozenset({"grant", "request"})
    CSS_PATH = "lists.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("r", "revoke", "key.revoke")]

    def __init__(self) -> None:
        super().__init__()
        self._grants: tuple[GrantView, ...] = ()

    def columns(self) -> tuple[Column, ...]:
        """Who, which case, what, state, how long still."""
        return (
            Column(self.t("column.person"), 14),
            Column(self.t("column.case"), 14),
            Column(self.t("ask.fields")),
            Column(self.t("column.state"), 14),
            Column(self.t("grants.left"), 7, right=True),
        )

    def on_mount(self) -> None:
        """Countdowns go on."""
        self.set_interval(1.0, self._show)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Revoking needs a grant."""
        if action == "revoke":
            return bool(self._grants)
        return super().check_action(action, parameters)

    async def load(self) -> None:
        """Read them."""
        reply = await self.client.ask(reveal.ListGrants())
        if reply is not None:
            self._grants = reply.grants
            self._show()

    def _show(self) -> None:
        self.show(tuple(map(self._row, self._grants)), self.t("grants.summary", count=len(self._grants)))

    def _row(self, grant: GrantView) -> Row:
        fields = self.t("join.list").join(self.texts.field(field.name, field.ordinal) for field in grant.fields)
        end = grant.ends_at if grant.ends_at is not None else grant.open_by
        seconds = max(0, end - self.desk_app.clock()) // 1_000_000
        return Row(
            grant.grant_id,
            (
                f"{grant.person} {grant.staff_no}",
                grant.number,
                fields,
                self.texts.state("grant", grant.state),
                f"{seconds // 60:02d}:{seconds % 60:02d}",
            ),
            strong=grant.state == "active",
        )

    def action_revoke(self) -> None:
        """End the one under the cursor now."""
        self.go(self._revoke())

    async def _revoke(self) -> None:
        from console.tui.modals.confirm import ConfirmModal  # noqa: PLC0415 - loaded when asked for

        grant = next((grant for grant in self._grants if grant.grant_id == self.list.key), None)
        if grant is None:
            return
        words = self.t("grants.revoke.words", person=f"{grant.person} {grant.staff_no}")
        if not await self.app.push_screen_wait(ConfirmModal(self.t("grants.revoke", number=grant.number), words)):
            return
        done = await self.client.ask(reveal.RevokeGrant(grant_id=grant.grant_id))
        if done is not None:
            self.say(self.t("grants.revoked", number=grant.number))
        self.reread()
