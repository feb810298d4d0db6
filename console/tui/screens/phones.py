"""Phones that may be rung: whose, whether it is there; given, renewed and taken away. A password is shown this once."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from access.policy.actions import Action
from console.desk.api import calling, people
from console.desk.api.calling import PhoneView
from console.tui.screens.lists import ListScreen
from console.tui.widgets.rows import Column, Row

_SET = Action.CALL_PHONE_SET.value


class PhonesScreen(ListScreen):
    """See the module."""

    TITLE = "place.phones"
    HELP = "help.phones"
    EMPTY = "calls.no_phones"
    CSS_PATH = "lists.tcss"
    NEEDS: ClassVar = {"give": (_SET,), "renew": (_SET,), "drop": (_SET,)}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "give", "key.phone.give"),
        Binding("r", "renew", "key.phone.renew"),
        Binding("x", "drop", "key.phone.drop"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._phones: dict[str, PhoneView] = {}

    def columns(self) -> tuple[Column, ...]:
        """Whose, what it is called, since when, whether it is there."""
        return (
            Column(self.t("calls.column.caller"), 16),
            Column(self.t("calls.column.phone"), 12),
            Column(self.t("phones.since"), 17),
            Column(self.t("calls.column.state")),
        )

    async def load(self) -> None:
        """Read them."""
        reply = await self.client.ask(calling.ListPhones())
        if reply is None:
            return
        self._phones = {one.person_id: one for one in reply.phones}
        rows = tuple(
            Row(
                one.person_id,
                (
                    one.person,
                    one.name,
                    self.when(one.set_at, "minute"),
                    ("● " if one.present else "○ ")
                    + self.t("calls.phone.there" if one.present else "calls.phone.away"),
                ),
            )
            for one in reply.phones
        )
        trunk = self.t("phones.trunk.set" if reply.trunk_password else "phones.trunk.none")
        self.show(rows, self.t("phones.summary", count=len(rows), trunk=trunk))

    def action_give(self) -> None:
        """Give somebody a phone."""
        self.go(self._give())

    async def _give(self) -> None:
        from console.tui.modals.phone import WhoseModal  # noqa: PLC0415 - loaded when asked for

        found = await self.client.ask(people.ListPeople())
        if found is None:
            return
        without = tuple(one for one in found.people if one.person_id not in self._phones and one.standing != "left")
        chosen = await self.app.push_screen_wait(WhoseModal(without)) if without else None
        if chosen:
            await self._set(chosen)

    def action_renew(self) -> None:
        """Another password; the phone registers no more until it has it."""
        self.go(self._sure("renew"))

    def action_drop(self) -> None:
        """Ring it no more."""
        self.go(self._sure("drop"))

    async def _sure(self, what: str) -> None:
        from console.tui.modals.confirm import ConfirmModal  # noqa: PLC0415 - loaded when asked for

        one = self._phones.get(self.list.key or "")
        if one is None:
            return
        title = self.t(f"phones.{what}", person=one.person)
        if not await self.app.push_screen_wait(ConfirmModal(title, self.t(f"phones.{what}.words"))):
            return
        if what == "renew":
            await self._set(one.person_id)
        elif await self.client.ask(calling.DropPhone(person_id=one.person_id)) is not None:
            self.say(self.t("calls.phone.dropped"))
            self.reread()

    async def _set(self, person_id: str) -> None:
        from console.tui.modals.details import DetailsModal  # noqa: PLC0415 - as above

        access = await self.client.ask(calling.SetPhone(person_id=person_id))
        self.reread()
        if access is not None:
            pairs = [
                (self.t("calls.phone.name"), access.name),
                (self.t("calls.phone.password"), access.password),
                (self.t("calls.phone.realm"), access.realm),
                (self.t("calls.phone.server"), access.server),
                (self.t("phones.once"), self.t("phones.once.words")),
            ]
            await self.app.push_screen_wait(DetailsModal("phones.access", pairs))
