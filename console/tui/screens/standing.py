"""Standing approvals: a supervisor lets the team see, for one shift, who is on the line while they speak."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from access.policy.actions import Action
from console.desk.api import identity
from console.desk.api.identity import SHIFT_HOURS, StandingList, StandingView
from console.moments import read_moment
from console.tui.screens.lists import ListScreen
from console.tui.widgets.rows import Column, Row


class StandingScreen(ListScreen):
    """See the module."""

    TITLE = "place.standing"
    HELP = "help.standing"
    EMPTY = "standing.empty"
    REREAD = frozenset({"standing", "session"})
    CSS_PATH = "lists.tcss"
    NEEDS: ClassVar = {
        "give": (Action.REVEAL_STANDING_GIVE.value,),
        "end": (Action.REVEAL_STANDING_REVOKE.value,),
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "give", "key.standing.give"),
        Binding("x", "end", "key.standing.end"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._list: StandingList | None = None

    def columns(self) -> tuple[Column, ...]:
        """Which team, since and until when, by whom, how it stands."""
        return (
            Column(self.t("standing.team"), 14),
            Column(self.t("standing.from"), 12),
            Column(self.t("standing.until"), 12),
            Column(self.t("standing.by"), 14),
            Column(self.t("column.state")),
        )

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Give while none is in force; end one that is."""
        if action == "give" and (self._list is None or not self._list.may_give):
            return False
        if action == "end" and not any(one.may_revoke for one in self._all):
            return False
        return super().check_action(action, parameters)

    @property
    def _all(self) -> tuple[StandingView, ...]:
        return self._list.approvals if self._list is not None else ()

    async def load(self) -> None:
        """Read them."""
        reply = await self.client.ask(identity.ListStanding())
        if reply is None:
            return
        self._list = reply
        rows = tuple(
            Row(
                one.standing_id,
                (
                    one.unit,
                    self.when(one.given_at),
                    self.when(one.ends_at),
                    one.given_by,
                    self._state(one),
                ),
                strong=one.state == "active",
            )
            for one in reply.approvals
        )
        self.show(rows, self.t("standing.words"))

    def _state(self, one: StandingView) -> str:
        said = self.t(f"standing.{one.state}")
        return f"{said} {one.revoked_by}" if one.revoked_by else said

    def action_give(self) -> None:
        """For this shift."""
        self.go(self._give())

    async def _give(self) -> None:
        from console.tui.modals.confirm import WordsModal  # noqa: PLC0415 - loaded when asked for

        words = self.t("standing.give.words", hours=str(SHIFT_HOURS))
        typed = await self.app.push_screen_wait(
            WordsModal(self.t("standing.give"), words, self.t("standing.until"), limit=20)
        )
        if typed is None:
            return
        ends_at = read_moment(typed, self.desk_app.clock(), self.desk_app.zone)
        if ends_at is None:
            self.say(self.t("next.unread"), bad=True)
            return
        done = await self.client.ask(identity.GiveStanding(ends_at=ends_at))
        if done is not None:
            self.say(self.t("standing.given", team=done.unit, until=self.when(done.ends_at)))
        self.reread()

    def action_end(self) -> None:
        """End it now."""
        self.go(self._end())

    async def _end(self) -> None:
        from console.tui.modals.confirm import ConfirmModal  # noqa: PLC0415 - as above

        chosen = next((one for one in self._all if one.standing_id == self.list.key), None)
        if chosen is None or not chosen.may_revoke:
            chosen = next((one for one in self._all if one.may_revoke), None)
        if chosen is None:
            return
        words = self.t("standing.end.words", team=chosen.unit, until=self.when(chosen.ends_at))
        if not await self.app.push_screen_wait(ConfirmModal(self.t("standing.end"), words)):
            return
        if await self.client.ask(identity.RevokeStanding(standing_id=chosen.standing_id)) is not None:
            self.say(self.t("standing.ended"))
        self.reread()
