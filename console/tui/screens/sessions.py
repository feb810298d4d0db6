"""Who is signed in, since when, from where, on which terminal; one key ends a session with everything plain on it."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from access.policy.actions import Action
from console.desk.api import staff
from console.desk.api.staff import SessionView
from console.tui.screens.lists import ListScreen
from console.tui.widgets.rows import Column, Row


class SessionsScreen(ListScreen):
    """See the module."""

    TITLE = "place.sessions"
    HELP = "help.sessions"
    EMPTY = "sessions.empty"
    CSS_PATH = "lists.tcss"
    REREAD = frozenset({"people", "session", "team"})
    NEEDS: ClassVar = {"end": (Action.ACCOUNT_SESSION_END.value,)}
    BINDINGS: ClassVar[list[BindingType]] = [Binding("e", "end", "key.staff.end")]

    def __init__(self) -> None:
        super().__init__()
        self._sessions: tuple[SessionView, ...] = ()

    def columns(self) -> tuple[Column, ...]:
        """Who, how, since when, from where."""
        return (
            Column(self.t("column.staff_no"), 8),
            Column(self.t("column.person"), 12),
            Column(self.t("column.state"), 11),
            Column(self.t("staff.since"), 12),
            Column(self.t("log.source")),
            Column(self.t("log.terminal"), 10),
            Column(self.t("column.roles"), 20, wide=True),
        )

    async def load(self) -> None:
        """Read them."""
        reply = await self.client.ask(staff.ListSessions())
        if reply is None:
            return
        self._sessions = reply.sessions
        rows = tuple(
            Row(
                one.session_id,
                (
                    one.staff_no,
                    f"{one.name} ◂" if one.mine else one.name,
                    self.texts.state("session", one.state),
                    self.when(one.since),
                    one.source,
                    one.terminal if one.kind == "screen" else self.t("sessions.command", terminal=one.terminal),
                    self.texts.roles(one.roles),
                ),
                strong=one.state == "away",
            )
            for one in reply.sessions
        )
        self.show(rows, self.t("sessions.summary", count=len(rows)))

    def action_end(self) -> None:
        """End the one under the cursor."""
        self.go(self._end())

    async def _end(self) -> None:
        from console.tui.modals.confirm import ConfirmModal  # noqa: PLC0415 - loaded when asked for

        one = next((one for one in self._sessions if one.session_id == self.list.key), None)
        if one is None:
            return
        title = self.t("sessions.end", name=f"{one.name} {one.staff_no}")
        if not await self.app.push_screen_wait(ConfirmModal(title, self.t("sessions.end.words"))):
            return
        if await self.client.ask(staff.EndSession(session_id=one.session_id)) is not None:
            self.say(self.t("staff.session_ended", name=one.name))
        self.reread()
