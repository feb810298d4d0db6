"""Privacy numbers: the pool of our own numbers that customers may call back; offered by one, agreed by another."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from access.policy.actions import Action
from console.desk.api import privacy
from console.desk.api.base import Call
from console.desk.api.privacy import NumberView
from console.tui.screens.lists import ListScreen
from console.tui.widgets.rows import Column, Row

_PROPOSED = "proposed"
_LIVE = "live"


class NumbersScreen(ListScreen):
    """See the module."""

    TITLE = "place.numbers"
    HELP = "help.numbers"
    EMPTY = "numbers.empty"
    REREAD = frozenset({"number"})
    CSS_PATH = "lists.tcss"
    NEEDS: ClassVar = {
        "offer": (Action.CALL_NUMBER_PROPOSE.value,),
        "decide": (Action.CALL_NUMBER_APPROVE.value,),
        "retire": (Action.CALL_NUMBER_RETIRE.value,),
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "offer", "key.number.offer"),
        Binding("a", "decide(True)", "key.approve"),
        Binding("r", "decide(False)", "key.refuse"),
        Binding("x", "retire", "key.number.retire"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._numbers: dict[str, NumberView] = {}

    def columns(self) -> tuple[Column, ...]:
        """The number, who brings its callers, where it stands, how many are bound, whose two keys."""
        return (
            Column(self.t("privacy.column.number"), 16),
            Column(self.t("privacy.column.provider")),
            Column(self.t("privacy.column.state"), 9),
            Column(self.t("privacy.column.bound"), 6, right=True),
            Column(self.t("privacy.column.made_by"), 10),
            Column(self.t("privacy.column.approved_by"), 11),
        )

    async def load(self) -> None:
        """Read them."""
        reply = await self.client.ask(privacy.ListNumbers())
        if reply is None:
            return
        self._numbers = {one.number_id: one for one in reply.numbers}
        rows = tuple(
            Row(
                one.number_id,
                (
                    one.number,
                    self.t(f"privacy.provider.{one.provider}"),
                    ("● " if one.state == _LIVE else "○ ") + self.t(f"privacy.number.{one.state}"),
                    str(one.bound),
                    one.made_by or "—",
                    one.approved_by or "—",
                ),
                strong=one.state == _PROPOSED,
            )
            for one in reply.numbers
        )
        waiting = sum(one.state == _PROPOSED for one in reply.numbers)
        self.show(rows, self.t("numbers.summary", count=len(rows) - waiting, waiting=waiting))

    def action_offer(self) -> None:
        """One more."""
        self.go(self._offer())

    async def _offer(self) -> None:
        from console.tui.modals.number import NumberForm  # noqa: PLC0415 - loaded when asked for

        call = await self.app.push_screen_wait(NumberForm())
        if call is None:
            return
        made = await self.client.ask(call)
        self.reread()
        if made is not None:
            self.say(self.t("numbers.offered", number=made.number))

    def action_decide(self, approve: bool) -> None:  # noqa: FBT001 - a key's own argument
        """The second key's word on the one under the cursor."""
        one = self._at(_PROPOSED)
        if one is not None:
            call = privacy.DecideNumber(number_id=one.number_id, version=one.version, approve=approve)
            self.go(self._step("approve" if approve else "refuse", one, call))

    def action_retire(self) -> None:
        """Out of the pool."""
        one = self._at(_LIVE)
        if one is not None:
            self.go(self._step("retire", one, privacy.RetireNumber(number_id=one.number_id, version=one.version)))

    def _at(self, state: str) -> NumberView | None:
        """The one under the cursor, if it stands so; else why nothing happens is said."""
        one = self._numbers.get(self.list.key or "")
        if one is not None and one.state != state:
            self.say(self.t("refusal.call.number_state"), bad=True)
            return None
        return one

    async def _step(self, what: str, one: NumberView, call: Call[NumberView]) -> None:
        from console.tui.modals.confirm import ConfirmModal  # noqa: PLC0415 - as above

        words = self.t(f"numbers.sure.{what}.words", bound=one.bound)
        if not await self.app.push_screen_wait(ConfirmModal(self.t(f"numbers.sure.{what}", number=one.number), words)):
            return
        done = await self.client.ask(call)
        self.reread()
        if done is not None:
            self.say(self.t("numbers.done", number=done.number, state=self.t(f"privacy.number.{done.state}")))
