"""The training ledger: everybody's for who keeps or checks it, the team's for a supervisor, one's own for each."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from access.policy.actions import Action
from console.desk.api import training
from console.desk.api.training import TrainingEntry
from console.tui.screens.lists import ListScreen
from console.tui.widgets.rows import Column, Row


class TrainingScreen(ListScreen):
    """See the module."""

    TITLE = "place.training"
    HELP = "help.training"
    EMPTY = "training.empty"
    CSS_PATH = "lists.tcss"
    REREAD = frozenset({"people"})
    NEEDS: ClassVar = {"check": (Action.ACCOUNT_TRAINING_CHECK.value,)}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "check(True)", "key.staff.good"),
        Binding("r", "check(False)", "key.staff.strike"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._entries: tuple[TrainingEntry, ...] = ()

    def columns(self) -> tuple[Column, ...]:
        """Who, what, when, how it ended, until when it counts, how the entry stands."""
        return (
            Column(self.t("column.staff_no"), 8),
            Column(self.t("column.person"), 10),
            Column(self.t("staff.kind"), 10),
            Column(self.t("staff.held_on"), 10),
            Column(self.t("column.result"), 8),
            Column(self.t("staff.until"), 10),
            Column(self.t("column.state")),
            Column(self.t("staff.content"), 24, wide=True),
        )

    async def load(self) -> None:
        """Read it."""
        reply = await self.client.ask(training.ListTraining())
        if reply is None:
            return
        self._entries = reply.entries
        texts = self.texts
        rows = tuple(
            Row(
                one.record_id,
                (
                    one.staff_no,
                    one.name,
                    texts.t(f"staff.course.{one.kind}"),
                    one.held_on,
                    texts.t("staff.passed" if one.passed else "staff.failed"),
                    self.when(one.valid_until, "day"),
                    texts.state("training", one.state),
                    one.content,
                ),
                strong=one.state == "waiting",
            )
            for one in reply.entries
        )
        until = self.when(reply.trained_until, "day")
        self.show(rows, self.t("training.summary", count=len(rows), until=until))

    def action_check(self, good: bool) -> None:  # noqa: FBT001 - a binding's argument
        """Compliance lets it stand, or strikes it out."""
        self.go(self._check(good=good))

    async def _check(self, *, good: bool) -> None:
        from console.tui.modals.confirm import ConfirmModal  # noqa: PLC0415 - loaded when asked for

        one = next((one for one in self._entries if one.record_id == self.list.key), None)
        if one is None:
            return
        title = self.t("training.good" if good else "training.strike", name=one.name)
        if await self.app.push_screen_wait(ConfirmModal(title, self.t("training.check.words"))):
            if await self.client.ask(training.CheckTraining(record_id=one.record_id, good=good)) is not None:
                self.say(self.t("staff.settled"))
            self.reread()
