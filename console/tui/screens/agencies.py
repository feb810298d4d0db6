"""Agencies: until when each is engaged, and the engagements that somebody is still to agree to."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from access.policy.actions import Action
from console.desk.api import agencies
from console.desk.api.agencies import AgencyView, TermView
from console.desk.api.base import Call
from console.tui.screens.lists import ListScreen
from console.tui.widgets.rows import Column, Row


class AgenciesScreen(ListScreen):
    """See the module."""

    TITLE = "place.agencies"
    HELP = "help.agencies"
    EMPTY = "agency.empty"
    REREAD = frozenset({"agency"})
    CSS_PATH = "lists.tcss"
    NEEDS: ClassVar = {
        "propose": (Action.ACCOUNT_AGENCY_PROPOSE.value,),
        "decide": (Action.ACCOUNT_AGENCY_CHECK.value, Action.ACCOUNT_AGENCY_APPROVE.value),
        "withdraw": (Action.ACCOUNT_AGENCY_WITHDRAW.value,),
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "propose(True)", "key.agency.new"),
        Binding("e", "propose(False)", "key.agency.change"),
        Binding("a", "decide(True)", "key.approve"),
        Binding("r", "decide(False)", "key.refuse"),
        Binding("w", "withdraw", "key.agency.withdraw"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._agencies: dict[str, AgencyView] = {}

    def columns(self) -> tuple[Column, ...]:
        """Name, last day, whether it is in date, what is proposed and whose turn it is."""
        return (
            Column(self.t("agency.name"), 18),
            Column(self.t("agency.last_day"), 11),
            Column(self.t("column.state"), 16),
            Column(self.t("agency.wanted")),
        )

    async def load(self) -> None:
        """Read them."""
        reply = await self.client.ask(agencies.ListAgencies())
        if reply is None:
            return
        # One that is not agreed to yet has its proposal for a name.
        self._agencies = {one.unit_id or (one.wanted.term_id if one.wanted else ""): one for one in reply.agencies}
        rows = tuple(
            Row(
                key,
                (one.name, one.last_day or "—", self._standing(one), self._wanted(one.wanted)),
                strong=one.wanted is not None and one.wanted.mine,
            )
            for key, one in self._agencies.items()
        )
        over = sum(not one.in_date for one in reply.agencies)
        self.show(rows, self.t("agency.summary", count=len(rows), over=over))

    def _standing(self, one: AgencyView) -> str:
        """Whether its cases may be contacted, and for how long."""
        if one.days_left is None:
            return "✗ " + self.t("agency.over" if one.last_day else "agency.none")
        return "✓ " + self.t("agency.left", days=self.texts.days(one.days_left))

    def _wanted(self, wanted: TermView | None) -> str:
        if wanted is None:
            return "—"
        said = self.t(f"agency.state.{wanted.state}", day=wanted.last_day)
        return f"{'▶ ' if wanted.mine else ''}{said}"

    @property
    def _here(self) -> AgencyView | None:
        return self._agencies.get(self.list.key or "")

    def on_row_list_chosen(self) -> None:
        """Enter: the whole agency."""
        from console.tui.modals.details import DetailsModal  # noqa: PLC0415 - loaded when asked for

        one = self._here
        if one is not None:
            self.app.push_screen(DetailsModal("agency.details", self._pairs(one)))

    def _pairs(self, one: AgencyView) -> list[tuple[str, str]]:
        pairs = [
            (self.t("agency.name"), one.name),
            (self.t("agency.last_day"), one.last_day or "—"),
            (self.t("agency.zone"), one.zone),
            (self.t("column.state"), self._standing(one)),
        ]
        if one.wanted is not None:
            pairs += [
                (self.t("agency.wanted"), self._wanted(one.wanted)),
                (self.t("agency.proposed_by"), f"{one.wanted.proposed_by} {self.when(one.wanted.proposed_at)}"),
                (self.t("agency.checked_by"), one.wanted.checked_by or "—"),
            ]
        return pairs

    def action_propose(self, new: bool) -> None:  # noqa: FBT001 - a binding's parameter
        """A new agency, or another last day for the one under the cursor."""
        self.go(self._propose(None if new else self._here, new=new))

    async def _propose(self, one: AgencyView | None, *, new: bool) -> None:
        from console.tui.modals.agency import AgencyForm  # noqa: PLC0415 - loaded when asked for

        if not new and (one is None or not one.unit_id):
            self.say(self.t("agency.not_now"), bad=True)
            return
        call = await self.app.push_screen_wait(AgencyForm(one))
        if call is not None:
            await self._do(call)

    def action_decide(self, approve: bool) -> None:  # noqa: FBT001 - a binding's parameter
        """Take the step whose turn it is."""
        one = self._here
        if one is None or one.wanted is None or not one.wanted.mine:
            self.say(self.t("agency.not_now"), bad=True)
            return
        wanted = one.wanted
        call = agencies.DecideTerm(term_id=wanted.term_id, version=wanted.version, approve=approve)
        self.go(self._sure("approve" if approve else "refuse", one, wanted, call))

    def action_withdraw(self) -> None:
        """Take the own one back."""
        one = self._here
        if one is None or one.wanted is None or not one.wanted.own:
            self.say(self.t("agency.not_now"), bad=True)
            return
        self.go(self._sure("withdraw", one, one.wanted, agencies.WithdrawTerm(term_id=one.wanted.term_id)))

    async def _sure(self, what: str, one: AgencyView, wanted: TermView, call: Call[AgencyView]) -> None:
        from console.tui.modals.confirm import ConfirmModal  # noqa: PLC0415 - as above

        title = self.t(f"agency.sure.{what}", name=one.name)
        if await self.app.push_screen_wait(ConfirmModal(title, self.t("agency.sure.words", day=wanted.last_day))):
            await self._do(call)

    async def _do(self, call: Call[AgencyView]) -> None:
        done = await self.client.ask(call)
        self.reread()
        if done is not None:
            self.say(f"{done.name}: {self._standing(done)} {self._wanted(done.wanted)}")
