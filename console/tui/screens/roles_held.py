"""Roles that people hold: those that end soon first; taken away by one key and a yes."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from access.policy.actions import Action
from console.desk.api import roles
from console.desk.api.roles import HeldRole
from console.tui.screens.lists import ListScreen
from console.tui.widgets.rows import Column, Row, RowList

_LIVE = frozenset({"active", "expiring", "overdue", "suspended"})
_SOON = frozenset({"expiring", "overdue"})
_SIGNS = {"active": "✓", "expiring": "◷", "expired": "·", "overdue": "!", "revoked": "✗", "suspended": "‖"}


class HeldRolesScreen(ListScreen):
    """See the module."""

    TITLE = "place.held"
    HELP = "help.held"
    EMPTY = "held.empty"
    REREAD = frozenset({"roles", "people"})
    CSS_PATH = "lists.tcss"
    NEEDS: ClassVar = {"revoke": (Action.ACCOUNT_ROLE_REVOKE.value,)}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("x", "revoke", "key.held.revoke"),
        Binding("enter", "explain", "key.held.explain"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._items: dict[str, HeldRole] = {}

    def columns(self) -> tuple[Column, ...]:
        """Who, which role, where, worth what, until when."""
        return (
            Column(self.t("column.staff_no"), 8),
            Column(self.t("column.person"), 12),
            Column(self.t("column.role")),
            Column(self.t("column.unit"), 12),
            Column(self.t("column.state"), 12),
            Column(self.t("roles.until"), 11),
            Column(self.t("held.by"), 16, wide=True),
        )

    async def load(self) -> None:
        """Read them."""
        reply = await self.client.ask(roles.ListHeldRoles())
        if reply is not None:
            self._take(reply)

    def _take(self, reply: roles.HeldRoles) -> None:
        self._items = {one.grant_id: one for one in reply.items}
        rows = tuple(
            Row(
                key,
                (
                    one.staff_no,
                    one.person,
                    self.t(f"role.{one.role}") + (" ◇" if one.bootstrap else ""),
                    one.unit or "—",
                    f"{_SIGNS[one.standing]} {self.t(f'roles.standing.{one.standing}')}",
                    self.when(one.until, "day"),
                    f"{one.entered_by}/{one.approved_by}",
                ),
                strong=one.standing in _SOON,
            )
            for key, one in self._items.items()
        )
        soon = sum(one.standing in _SOON for one in reply.items)
        self.show(rows, self.t("held.summary", count=len(rows), soon=soon))

    @property
    def _here(self) -> HeldRole | None:
        return self._items.get(self.list.key or "") if self.query(RowList) else None

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What is over cannot be taken away, and nobody takes their own."""
        here = self._here
        if action == "revoke" and (here is None or here.own or here.standing not in _LIVE):
            return False
        return super().check_action(action, parameters)

    def on_row_list_moved(self) -> None:
        """Other keys may be open here."""
        self.refresh_keys()

    def on_row_list_chosen(self) -> None:
        """Enter."""
        self.action_explain()

    def action_explain(self) -> None:
        """What this person may do and see."""
        from console.tui.screens.access import AccessScreen  # noqa: PLC0415 - loaded when asked for

        one = self._here
        if one is not None:
            self.app.push_screen(AccessScreen(person_id=one.person_id))

    def action_revoke(self) -> None:
        """Take it away."""
        self.go(self._revoke())

    async def _revoke(self) -> None:
        from console.tui.modals.confirm import ConfirmModal  # noqa: PLC0415 - as above

        one = self._here
        if one is None:
            return
        words = self.t("held.revoke.words", person=one.person, role=self.t(f"role.{one.role}"))
        if not await self.app.push_screen_wait(ConfirmModal(self.t("held.revoke"), words)):
            return
        if await self.client.ask(roles.RevokeRole(grant_id=one.grant_id)) is not None:
            self.say(self.t("held.revoked", person=one.person, role=self.t(f"role.{one.role}")))
        self.reread()
