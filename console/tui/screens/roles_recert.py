"""The recertification: every role confirmed or taken away, by one key each; what is left at the end lapses."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from access.policy.actions import Action
from console.desk.api import roles
from console.desk.api.roles import RecertView
from console.tui.screens.lists import ListScreen
from console.tui.widgets.rows import Column, Row, RowList

_SIGNS = {"open": "○", "confirmed": "✓", "removed": "✗", "lapsed": "✗"}


class RecertScreen(ListScreen):
    """See the module."""

    TITLE = "place.recert"
    HELP = "help.recert"
    EMPTY = "recert.none"
    REREAD = frozenset({"roles"})
    CSS_PATH = "lists.tcss"
    NEEDS: ClassVar = {"begin": (Action.ACCOUNT_CAMPAIGN_OPEN.value,)}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "settle('confirm')", "key.recert.confirm"),
        Binding("x", "settle('remove')", "key.held.revoke"),
        Binding("n", "begin", "key.recert.begin"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._items: dict[str, RecertView] = {}
        self._running = False

    def columns(self) -> tuple[Column, ...]:
        """Whose role, where, how it stands, by whom."""
        return (
            Column(self.t("column.staff_no"), 8),
            Column(self.t("column.person"), 14),
            Column(self.t("column.role")),
            Column(self.t("column.unit"), 12),
            Column(self.t("column.state"), 14),
            Column(self.t("recert.by"), 12),
        )

    async def load(self) -> None:
        """Read it."""
        reply = await self.client.ask(roles.ReadRecertification())
        if reply is not None:
            self._take(reply)

    def _take(self, reply: roles.Recertification) -> None:
        self._items = {one.item_id: one for one in reply.items}
        self._running = reply.state == "open"
        rows = tuple(
            Row(
                key,
                (
                    one.staff_no,
                    one.person,
                    self.t(f"role.{one.role}"),
                    one.unit or "—",
                    f"{_SIGNS[one.state]} {self.t(f'recert.state.{one.state}')}",
                    one.decided_by or "—",
                ),
                strong=one.mine,
            )
            for key, one in self._items.items()
        )
        summary = (
            self.t("recert.title", number=reply.number, due=self.when(reply.due_at, "day")) if reply.number else ""
        )
        self.show(rows, summary)

    @property
    def _here(self) -> RecertView | None:
        return self._items.get(self.list.key or "") if self.query(RowList) else None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Settling needs one that is open to the viewer; a second campaign waits for the first."""
        if action == "settle":
            return self._here is not None and self._here.mine
        if action == "begin" and self._running:
            return False
        return super().check_action(action, parameters)

    def on_row_list_moved(self) -> None:
        """Other keys may be open here."""
        self.refresh_keys()

    def action_settle(self, verdict: str) -> None:
        """Confirm, or take away."""
        self.go(self._settle(verdict))

    async def _settle(self, verdict: str) -> None:
        from console.tui.modals.confirm import ConfirmModal  # noqa: PLC0415 - loaded when asked for

        one = self._here
        if one is None:
            return
        words = self.t("held.revoke.words", person=one.person, role=self.t(f"role.{one.role}"))
        if verdict == "remove" and not await self.app.push_screen_wait(ConfirmModal(self.t("held.revoke"), words)):
            return
        reply = await self.client.ask(roles.Recertify(item_id=one.item_id, verdict=verdict))
        if reply is not None:
            self._take(reply)
        else:
            self.reread()

    def action_begin(self) -> None:
        """Begin one."""
        self.go(self._begin())

    async def _begin(self) -> None:
        from console.tui.modals.confirm import ConfirmModal  # noqa: PLC0415 - as above

        title, words = self.t("recert.begin"), self.t("recert.begin.words")
        if not await self.app.push_screen_wait(ConfirmModal(title, words)):
            return
        reply = await self.client.ask(roles.OpenRecertification())
        if reply is not None:
            self._take(reply)
