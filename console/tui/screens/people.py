"""People: who has an account, how each stands by word and sign, and every act on one of them.

The list decides nothing: each key asks the desk, which decides, does and logs all of it in one act, and the list reads
again. Orders and departures that wait, sessions and the training ledger have screens of their own, one key away.
"""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, ClassVar

from textual.binding import Binding, BindingType

from access.policy.actions import Action
from console.desk.api import Call, people, staff
from console.desk.api.people import PeopleList, StaffCard
from console.tui.modals.staff import (
    AddPersonModal,
    AgreementModal,
    DepartModal,
    Parting,
    StopModal,
    TrainModal,
    person_pairs,
)
from console.tui.screens.lists import ListScreen
from console.tui.widgets.rows import Column, Row, RowList

_CREATE, _REQUEST = Action.ACCOUNT_PERSON_CREATE.value, Action.ACCOUNT_PERSON_REQUEST.value


class PeopleScreen(ListScreen):
    """See the module."""

    TITLE = "place.people"
    HELP = "help.people"
    EMPTY = "people.empty"
    CSS_PATH = "lists.tcss"
    REREAD = frozenset({"people", "session"})
    NEEDS: ClassVar = {
        "add": (_CREATE, _REQUEST),
        "invite": (Action.ACCOUNT_PERSON_INVITE.value,),
        "stop": (Action.ACCOUNT_PERSON_SUSPEND.value,),
        "reactivate": (Action.ACCOUNT_PERSON_REACTIVATE.value,),
        "reset": (Action.ACCOUNT_PERSON_RESET.value,),
        "unlock": (Action.ACCOUNT_PERSON_UNLOCK.value,),
        "depart": (Action.ACCOUNT_DEPARTURE_NOTE.value,),
        "train": (Action.ACCOUNT_TRAINING_RECORD.value,),
        "agreement": (Action.ACCOUNT_AGREEMENT_RECORD.value,),
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "details", "key.details"),
        Binding("n", "add", "key.staff.add"),
        Binding("i", "invite", "key.staff.invite"),
        Binding("s", "stop", "key.staff.stop"),
        Binding("r", "reactivate", "key.staff.reactivate"),
        Binding("x", "reset", "key.staff.reset"),
        Binding("u", "unlock", "key.staff.unlock"),
        Binding("m", "depart('transfer')", "key.staff.transfer"),
        Binding("l", "depart('leave')", "key.staff.leave"),
        Binding("g", "train", "key.staff.train"),
        Binding("c", "agreement", "key.staff.agreement"),
        Binding("slash", "filter", "key.filter"),
        Binding("o", "orders", "key.staff.orders"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._found: PeopleList | None = None
        self._wanted = ""

    def columns(self) -> tuple[Column, ...]:
        """Number, name, how she stands, roles, unit; on wide screens login and open sessions."""
        return (
            Column(self.t("column.staff_no"), 8),
            Column(self.t("column.person"), 12),
            Column(self.t("column.state"), 16),
            Column(self.t("column.roles")),
            Column(self.t("column.unit"), 12),
            Column(self.t("column.login"), 14, wide=True),
            Column(self.t("staff.sessions"), 8, right=True, wide=True),
        )

    async def load(self) -> None:
        """Read them."""
        reply = await self.client.ask(people.ListPeople())
        if reply is not None:
            self._found = reply
            self._show()

    def _show(self) -> None:
        found = self._found.people if self._found is not None else ()
        rows = tuple(self._row(card) for card in found if self._meant(card))
        summary = self.t("people.summary", count=len(rows))
        if self._wanted:
            summary = self.t("people.filtered", count=len(rows), all=len(found), words=self._wanted)
        self.show(rows, summary)

    def _row(self, card: StaffCard) -> Row:
        state = self.texts.state("person", card.standing)
        if card.standing == "leaving" and card.last_day:
            state = f"{state} {card.last_day[5:]}"
        cells = (card.staff_no, card.name, state, self.texts.roles(card.roles), card.unit, card.login)
        return Row(card.person_id, (*cells, str(card.sessions)), strong=card.standing != "active")

    def _meant(self, card: StaffCard) -> bool:
        said = " ".join(
            (
                card.staff_no,
                card.name,
                card.login,
                card.unit,
                self.texts.roles(card.roles),
                self.texts.state("person", card.standing),
            )
        )
        return all(word in said.casefold() for word in self._wanted.casefold().split())

    @property
    def card(self) -> StaffCard | None:
        """Whoever is under the cursor."""
        found = self._found.people if self._found is not None else ()
        return next((one for one in found if one.person_id == self.list.key), None)

    # -- keys -------------------------------------------------------------------------------------------------------
    def on_row_list_chosen(self, event: RowList.Chosen) -> None:
        """Everything about one."""
        del event
        self.action_details()

    def action_details(self) -> None:
        """Everything about one."""
        self._with(self._details)

    def action_add(self) -> None:
        """A new account, or the wish for one."""
        self.go(self._add())

    def action_invite(self) -> None:
        """A one-time code to hand over."""
        self._with(self._invite)

    def action_stop(self) -> None:
        """Stop somebody at once."""
        self._with(self._stop)

    def action_reactivate(self) -> None:
        """Ask that she may work again."""
        self._with(lambda card: self._reason(card, "reactivate", staff.AskReactivation))

    def action_reset(self) -> None:
        """Ask for new factors."""
        self._with(lambda card: self._reason(card, "reset", staff.AskReset))

    def action_unlock(self) -> None:
        """Let a locked-out person try again."""
        self._with(lambda card: self._done(staff.UnlockPerson(person_id=card.person_id), "staff.unlocked"))

    def action_depart(self, kind: str) -> None:
        """A transfer or a leave."""
        self._with(lambda card: self._depart(card, kind))

    def action_train(self) -> None:
        """A course for the ledger."""
        self._with(self._train)

    def action_agreement(self) -> None:
        """A signature under the confidentiality agreement."""
        self._with(self._agreement)

    def action_filter(self) -> None:
        """Only whom some words fit."""
        self.go(self._filter())

    async def action_orders(self) -> None:
        """What waits for somebody."""
        await self.desk_app.action_go_to("staff_orders")

    def _with(self, work: Any) -> None:  # noqa: ANN401 - a function of a card
        card = self.card
        if card is not None:
            made: Coroutine[Any, Any, None] = work(card)
            self.go(made)

    # -- acts -------------------------------------------------------------------------------------------------------
    async def _done(self, call: Call[Any], said: str, **params: object) -> None:
        if await self.client.ask(call) is not None:
            self.say(self.t(said, **params))
        self.reread()

    async def _details(self, card: StaffCard) -> None:
        from console.tui.modals.details import DetailsModal  # noqa: PLC0415 - loaded when asked for

        view = await self.client.ask(people.ReadPerson(person_id=card.person_id))
        if view is not None:
            self.app.push_screen(DetailsModal("place.people", person_pairs(self.texts, view, self.desk_app.zone)))

    async def _add(self) -> None:
        if self._found is None:
            return
        makes = _CREATE in self.me.acts
        units = self._found.units if makes else ()
        wish = await self.app.push_screen_wait(AddPersonModal(units, makes=makes))
        if wish is None:
            return
        if isinstance(wish, staff.RequestPerson):
            await self._done(wish, "staff.requested", name=wish.name)
            return
        made = await self.client.ask(wish)
        if made is not None:
            numbers = self.t("join.list").join(made.namesakes)
            self.say(self.t("staff.namesakes", numbers=numbers) if numbers else self.t("staff.made", name=wish.name))
        self.reread()

    async def _invite(self, card: StaffCard) -> None:
        from console.tui.modals.confirm import ConfirmModal  # noqa: PLC0415 - as above

        title = self.t("staff.invite", name=card.name)
        if not await self.app.push_screen_wait(ConfirmModal(title, self.t("staff.invite.words"))):
            return
        handed = await self.client.ask(staff.InvitePerson(person_id=card.person_id))
        if handed is not None:
            until = self.when(handed.valid_until, "minute")
            words = self.t("staff.invite.handed", login=handed.login, until=until)
            await self.app.push_screen_wait(ConfirmModal(title, f"# {handed.code}\n{words}"))
        self.reread()

    async def _stop(self, card: StaffCard) -> None:
        reason = await self.app.push_screen_wait(StopModal(card))
        if reason:
            await self._done(staff.SuspendPerson(person_id=card.person_id, reason=reason), "staff.suspended")

    async def _reason(self, card: StaffCard, what: str, call: Any) -> None:  # noqa: ANN401 - one of two calls
        from console.tui.modals.confirm import WordsModal  # noqa: PLC0415 - as above

        title, words = self.t(f"staff.ask.{what}", name=card.name), self.t(f"staff.ask.{what}.words")
        reason = await self.app.push_screen_wait(WordsModal(title, words, self.t("column.words")))
        if reason:
            await self._done(call(person_id=card.person_id, reason=reason), "staff.asked")

    async def _depart(self, card: StaffCard, kind: str) -> None:
        units = self._found.units if self._found is not None else ()
        parting: Parting | None = await self.app.push_screen_wait(DepartModal(card, kind, units))
        if parting is None:
            return
        noted = await self.client.ask(
            staff.NoteDeparture(
                person_id=card.person_id,
                kind=kind,
                last_day=parting.last_day,
                to_unit_id=parting.to_unit_id,
                reason=parting.reason,
            )
        )
        if noted is not None:
            self.say(f"{self.t(f'staff.departure.{noted.kind}')} {noted.name}  {self._departed(noted.state)}")
        self.reread()

    def _departed(self, state: str) -> str:
        return self.texts.state("departure", state)

    async def _train(self, card: StaffCard) -> None:
        entry = await self.app.push_screen_wait(TrainModal(card, self.when(self.desk_app.clock(), "day")))
        if entry is not None:
            await self._done(entry, "staff.trained")

    async def _agreement(self, card: StaffCard) -> None:
        signed = await self.app.push_screen_wait(AgreementModal(card, self.when(self.desk_app.clock(), "day")))
        if signed is not None:
            await self._done(signed, "staff.agreement.noted")

    async def _filter(self) -> None:
        from console.tui.modals.confirm import WordsModal  # noqa: PLC0415 - as above

        modal = WordsModal(
            self.t("people.filter"), self.t("people.filter.words"), self.t("column.words"), least=0, limit=40
        )
        wanted = await self.app.push_screen_wait(modal)
        if wanted is not None:
            self._wanted = wanted
            self._show()
