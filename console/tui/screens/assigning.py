"""What a queue adds for whoever hands cases out: ticking, by hand, in bulk with a preview, and taking it back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType

from access.policy.actions import Action
from console.desk.api import assign
from console.desk.api.cases import AssignCases, CaseRow
from console.tui.screens.lists import ListScreen

ASSIGNING_NEEDS = {
    "assign": (Action.CASE_ASSIGNMENT_CHANGE.value,),
    "tick": (Action.CASE_ASSIGNMENT_CHANGE.value,),
    "bulk": (Action.CASE_ASSIGNMENT_BULK.value,),
    "undo": (Action.CASE_ASSIGNMENT_BULK.value,),
}
"""Acts that its keys need."""


class AssigningScreen(ListScreen):
    """A queue gives `scope` and `shown_cases`, and shows `ticked` rows."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "assign", "key.assign"),
        Binding("space", "tick", "key.tick"),
        Binding("A", "bulk", "key.bulk"),
        Binding("U", "undo", "key.undo"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.ticked: set[str] = set()

    @property
    def scope(self) -> str:
        """own, team or pool."""
        raise NotImplementedError

    def shown_cases(self) -> Sequence[CaseRow]:
        """Rows as they are shown."""
        raise NotImplementedError

    def redraw(self) -> None:
        """Show the rows again, ticks and all."""
        raise NotImplementedError

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Handing out is for the team's cases, not for one's own queue."""
        if action in ASSIGNING_NEEDS and self.scope == "own":
            return False
        return super().check_action(action, parameters)

    def action_tick(self) -> None:
        """Tick or untick the row under the cursor, and go on to the next."""
        key = self.list.key
        if key is not None:
            self.ticked ^= {key}
            self.redraw()
            self.list.action_move(1)

    def _chosen(self) -> list[CaseRow]:
        """What is ticked, else what is under the cursor."""
        ticked = [row for row in self.shown_cases() if row.case_id in self.ticked]
        return ticked or [row for row in self.shown_cases() if row.case_id == self.list.key]

    def action_assign(self) -> None:
        """Give what is ticked, the case under the cursor, or some of the pool, to somebody of the team."""
        self.go(self._assign())

    async def _assign(self) -> None:
        from console.tui.modals.assign import AssignModal  # noqa: PLC0415 - loaded when asked for

        pool = self.scope == "pool" and not self.ticked
        chosen = tuple((row.case_id, row.number, row.version) for row in self._chosen())
        if not chosen:
            return
        modal = AssignModal(chosen, pool=pool)
        call: AssignCases | None = await self.app.push_screen_wait(modal)
        if call is None:
            return
        done = await self.client.ask(call)
        self.ticked.clear()
        self.reread()
        if done is not None:
            self.say(self.t("assign.done.over" if done.over else "assign.done", count=done.count, over=done.over))

    def action_bulk(self) -> None:
        """Share many cases out: whose and to whom, then what would happen, then exactly that."""
        self.go(self._bulk())

    async def _bulk(self) -> None:
        from console.tui.modals.bulk import BulkModal, PlanModal  # noqa: PLC0415 - as above

        ticked = tuple(row.case_id for row in self.shown_cases() if row.case_id in self.ticked)
        ask = await self.app.push_screen_wait(BulkModal(ticked))
        if ask is None:
            return
        plan = await self.client.ask(ask)
        if plan is None or not await self.app.push_screen_wait(PlanModal(plan)):
            return
        done = await self.client.ask(
            assign.MoveCases(
                case_ids=ask.case_ids, from_id=ask.from_id, count=ask.count, to_ids=ask.to_ids, digest=plan.digest
            )
        )
        self.ticked.clear()
        self.reread()
        if done is not None:
            self.say(self.t("assign.moved", count=done.count, until=self.when(done.undo_until, "clock")))

    def action_undo(self) -> None:
        """Take the team's last bulk move back."""
        self.go(self._undo())

    async def _undo(self) -> None:
        from console.tui.modals.confirm import ConfirmModal  # noqa: PLC0415 - as above

        found = await self.client.ask(assign.ListMoves())
        if found is None:
            return
        # What a strategy moved is taken back whole, by rolling its edition back.
        last = next((one for one in found.moves if not one.by_strategy), None)
        if last is None or not last.can_undo:
            self.say(self.t("assign.no_undo"), bad=True)
            return
        words = self.t(
            "assign.undo.words", count=last.count, person=last.made_by, until=self.when(last.undo_until, "clock")
        )
        if not await self.app.push_screen_wait(ConfirmModal(self.t("assign.undo"), words)):
            return
        done = await self.client.ask(assign.UndoMove(move_id=last.move_id))
        self.reread()
        if done is not None:
            self.say(self.t("assign.undone", count=done.count, kept=done.kept, pooled=done.pooled))
