"""Who is kept from which case; lifted by two people, neither the one it is about."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from access.policy.actions import Action
from console.desk.api import assign
from console.desk.api.assign import Interest
from console.tui.screens.lists import ListScreen
from console.tui.widgets.rows import Column, Row


class InterestsScreen(ListScreen):
    """See the module."""

    TITLE = "place.interests"
    HELP = "help.interests"
    EMPTY = "interest.empty"
    REREAD = frozenset({"interest"})
    CSS_PATH = "lists.tcss"
    NEEDS: ClassVar = {"lift": (Action.CASE_INTEREST_LIFT.value,), "declare": (Action.CASE_INTEREST_DECLARE.value,)}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "declare", "key.declare"),
        Binding("l", "lift", "key.interest.lift"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._interests: tuple[Interest, ...] = ()

    def columns(self) -> tuple[Column, ...]:
        """Case, person, why, state, who declared it."""
        return (
            Column(self.t("column.case"), 15),
            Column(self.t("column.person")),
            Column(self.t("column.kind"), 10),
            Column(self.t("column.state"), 16),
            Column(self.t("column.declared_by"), 12),
            Column(self.t("column.at"), 12, wide=True),
        )

    async def load(self) -> None:
        """Read them."""
        reply = await self.client.ask(assign.ListInterests())
        if reply is not None:
            self._take(reply)

    def _take(self, reply: assign.InterestList) -> None:
        self._interests = reply.interests
        rows = tuple(
            Row(
                one.interest_id,
                (
                    one.number,
                    f"{one.person} {one.staff_no}",
                    self.t(f"interest.kind.{one.kind}"),
                    self.texts.state("interest", one.state),
                    one.declared_by,
                    self.when(one.declared_at),
                ),
                strong=one.state == "lifting",
            )
            for one in reply.interests
        )
        self.show(rows, self.t("interest.summary", count=len(rows)))

    def action_declare(self) -> None:
        """Keep somebody from a case, by its number."""
        self.go(self._declare())

    async def _declare(self) -> None:
        from console.tui.modals.interest import InterestModal  # noqa: PLC0415 - loaded when asked for

        call = await self.app.push_screen_wait(InterestModal(""))
        if call is not None and await self.client.ask(call) is not None:
            self.say(self.t("interest.declared"))
        self.reread()

    def action_lift(self) -> None:
        """Ask for the one under the cursor to be lifted, or, as a second person, lift it."""
        self.go(self._lift())

    async def _lift(self) -> None:
        from console.tui.modals.confirm import ConfirmModal  # noqa: PLC0415 - as above

        one = next((one for one in self._interests if one.interest_id == self.list.key), None)
        if one is None:
            return
        key = "interest.lift_second" if one.state == "lifting" else "interest.lift_first"
        words = self.t(key, person=one.person, number=one.number, asker=one.lift_asked_by)
        if not await self.app.push_screen_wait(ConfirmModal(self.t("interest.lift"), words)):
            return
        reply = await self.client.ask(assign.LiftInterest(interest_id=one.interest_id, version=one.version))
        if reply is not None:
            self._take(reply)
        else:
            self.reread()
