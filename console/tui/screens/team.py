"""The team live: who is there, what each has done today, what waits; reveals ended, absences set, notes written here.

Pushes make it read again, a moment after the first of them, so that a busy team costs one reading every few seconds.
"""

from __future__ import annotations

from typing import ClassVar, Final

from textual.binding import Binding, BindingType
from textual.timer import Timer

from access.policy.actions import Action
from console.desk.api import Push, reveal, roles, team
from console.desk.api.team import Member, TeamView
from console.tui.screens.lists import ListScreen
from console.tui.widgets.rows import Column, Row, RowList

PACE: Final = 3.0
"""Seconds that pushes are gathered before the board is read again."""

SIGNS: Final = {"online": "●", "call": "☎", "locked": "◐", "off": "○"}


class TeamScreen(ListScreen):
    """See the module."""

    TITLE = "place.team"
    HELP = "help.team"
    EMPTY = "team.empty"
    CSS_PATH = "lists.tcss"
    REREAD = frozenset({"team", "queue", "case", "request", "grant", "coaching"})
    NEEDS: ClassVar = {
        "revoke": (Action.REVEAL_GRANT_REVOKE.value,),
        "absence": (Action.TEAM_ABSENCE_SET.value,),
        "coach": (Action.TEAM_COACHING_WRITE.value,),
        "deputy": (Action.ACCOUNT_DELEGATION_CHANGE.value,),
        "figures": (Action.TEAM_FIGURES_READ.value,),
        "record": (Action.AUDIT_RECORD_READ.value,),
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r", "revoke", "key.team.revoke"),
        Binding("a", "absence", "key.team.absence"),
        Binding("c", "coach", "key.team.coach"),
        Binding("o", "record", "key.team.record"),
        Binding("g", "figures", "key.team.figures"),
        Binding("d", "deputy", "key.team.deputy"),
        Binding("w", "wall", "key.team.wall"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._team: TeamView | None = None
        self._soon: Timer | None = None

    def columns(self) -> tuple[Column, ...]:
        """Who, there or not, today's figures, what waits, what they are away for."""
        return (
            Column(self.t("column.person"), 15),
            Column(self.t("team.presence"), 8),
            Column(self.t("team.worked"), 5, right=True),
            Column(self.t("team.due"), 4, right=True),
            Column(self.t("team.broken"), 6, right=True),
            Column(self.t("team.untouched"), 9, right=True),
            Column(self.t("team.pending"), 5, right=True),
            Column(self.t("team.live"), 5, right=True),
            Column(self.t("team.away")),
        )

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What needs somebody under the cursor."""
        if action in {"revoke", "absence", "coach", "record"} and not self._members():
            return False
        return super().check_action(action, parameters)

    def take_push(self, push: Push) -> None:
        """Read again in a moment, once for all that came meanwhile."""
        if push.kind in self.REREAD and self.in_view and push.kind != "session":
            if self._soon is None:
                self._soon = self.set_timer(PACE, self._now)
            return
        super().take_push(push)

    def _now(self) -> None:
        self._soon = None
        self.reread()

    async def load(self) -> None:
        """Read the board."""
        reply = await self.client.ask(team.ReadTeam())
        if reply is not None:
            self._team = reply
            self.show(tuple(map(self._row, reply.members)), self._summary(reply))

    def _summary(self, board: TeamView) -> str:
        line = self.t(
            "team.summary",
            unit=board.unit,
            online=sum(one.presence in {"online", "call"} for one in board.members),
            count=len(board.members),
            worked=sum(one.worked for one in board.members),
            pending=sum(one.pending for one in board.members),
            live=sum(one.live for one in board.members),
        )
        key = "team.head_away" if board.head_away else "team.head"
        return f"{line}\n{self.t(key, head=board.head or '—', deputy=board.deputy or '—')}"

    def _row(self, one: Member) -> Row:
        away = ""
        if one.away_until is not None:
            until = self.texts.when(one.away_until - 1, self.desk_app.zone, "day")[5:]
            away = self.t("team.away_until", until=until, cover=one.cover or "—")
        elif one.unread:
            away = self.t("team.unread", count=one.unread)
        return Row(
            one.person_id,
            (
                f"{one.name} {one.staff_no}",
                f"{SIGNS.get(one.presence, '?')} {self.t(f'team.presence.{one.presence}')}",
                str(one.worked),
                str(one.due),
                str(one.broken),
                bounded(one.untouched),
                str(one.pending),
                str(one.live),
                away,
            ),
            strong=bool(one.pending or one.live or one.broken),
        )

    def _members(self) -> dict[str, Member]:
        return {one.person_id: one for one in self._team.members} if self._team is not None else {}

    def _chosen(self) -> Member | None:
        return self._members().get(self.list.key or "")

    # -- acts -------------------------------------------------------------------------------------------------------
    def on_row_list_chosen(self, event: RowList.Chosen) -> None:
        """Enter: what this person opened and why."""
        del event
        self.action_record()

    def action_record(self) -> None:
        """What this person opened and why."""
        from console.tui.screens.record import RecordScreen  # noqa: PLC0415 - loaded when asked for

        one = self._chosen()
        if one is not None:
            self.app.push_screen(RecordScreen(one.person_id, f"{one.name} {one.staff_no}"))

    def action_wall(self) -> None:
        """Numbers only, for a screen on the wall."""
        from console.tui.screens.wall import WallScreen  # noqa: PLC0415 - as above

        self.app.push_screen(WallScreen())

    def action_figures(self) -> None:
        """Days and weeks."""
        from console.tui.screens.figures import FiguresScreen  # noqa: PLC0415 - as above

        self.app.push_screen(FiguresScreen())

    def action_revoke(self) -> None:
        """End the live reveals of the one under the cursor, after a yes."""
        self.go(self._revoke())

    def action_absence(self) -> None:
        """Note an absence of the one under the cursor, or end it."""
        self.go(self._absence())

    def action_coach(self) -> None:
        """Write to the one under the cursor."""
        self.go(self._coach())

    async def _revoke(self) -> None:
        from console.tui.modals.confirm import ConfirmModal  # noqa: PLC0415 - as above

        one = self._chosen()
        if one is None:
            return
        reply = await self.client.ask(reveal.ListGrants())
        grants = [grant for grant in reply.grants if grant.staff_no == one.staff_no] if reply is not None else []
        if not grants:
            self.say(self.t("team.nothing_live", person=f"{one.name} {one.staff_no}"))
            return
        lines = [self.t("team.revoke.words", person=f"{one.name} {one.staff_no}")]
        for grant in grants:
            fields = self.t("join.list").join(self.texts.field(field.name, field.ordinal) for field in grant.fields)
            lines.append(f"  {grant.number}  {fields}  {self.texts.state('grant', grant.state)}")
        title = self.t("team.revoke", count=len(grants))
        if not await self.app.push_screen_wait(ConfirmModal(title, "\n".join(lines))):
            return
        done = [await self.client.ask(reveal.RevokeGrant(grant_id=grant.grant_id)) for grant in grants]
        ended = sum(each is not None for each in done)
        if ended:
            self.say(self.t("team.revoked", count=ended))
        self.reread()

    async def _absence(self) -> None:
        from console.tui.modals.absence import AbsenceModal, EndAbsenceModal  # noqa: PLC0415 - as above

        one, listed = self._chosen(), await self.client.ask(team.ListAbsences())
        if one is None or listed is None or self._team is None:
            return
        there = next((each for each in listed.absences if each.person_id == one.person_id), None)
        modal = EndAbsenceModal(there) if there is not None else AbsenceModal(one, self._team.members)
        call = await self.app.push_screen_wait(modal)
        if call is not None and await self.client.ask(call) is not None:
            self.say(self.t("team.absence_noted", person=f"{one.name} {one.staff_no}"))
        self.reread()

    def action_deputy(self) -> None:
        """Name who decides in the head's place, or end that."""
        self.go(self._deputy())

    async def _deputy(self) -> None:
        from console.tui.modals.confirm import ConfirmModal  # noqa: PLC0415 - as above
        from console.tui.modals.deputy import DeputyModal  # noqa: PLC0415 - as above

        listed, board = await self.client.ask(roles.ListDeputies()), self._team
        if listed is None or board is None:
            return
        there = next((one for one in listed.items if one.unit_id == board.unit_id and one.mine), None)
        if there is not None:
            words = self.t("deputy.end.words", person=f"{there.to_person} {there.to_staff_no}")
            if await self.app.push_screen_wait(ConfirmModal(self.t("deputy.end"), words)):
                await self._tell_deputy(roles.EndDeputy(delegation_id=there.delegation_id))
            return
        others = tuple(one for one in board.members if "supervisor" in one.roles and one.person_id != self.me.person_id)
        if not others:
            self.say(self.t("deputy.nobody"), bad=True)
            return
        call = await self.app.push_screen_wait(DeputyModal(others))
        if call is not None:
            await self._tell_deputy(call)

    async def _tell_deputy(self, call: roles.SetDeputy | roles.EndDeputy) -> None:
        if await self.client.ask(call) is not None:
            self.say(self.t("deputy.noted"))
        self.reread()

    async def _coach(self) -> None:
        from console.tui.modals.coach import CoachModal  # noqa: PLC0415 - as above

        one = self._chosen()
        if one is None:
            return
        call = await self.app.push_screen_wait(CoachModal(one))
        if call is not None and await self.client.ask(call) is not None:
            self.say(self.t("team.coached", person=f"{one.name} {one.staff_no}"))
        self.reread()


def bounded(count: int) -> str:
    """A count that stops at a thousand."""
    return "999+" if count > 999 else str(count)  # noqa: PLR2004 - the bound of the desk's count
