"""Tasks to listen: one's own with the recordings to hear, and those that one gave or may end."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from access.policy.actions import Action
from console.desk.api import listening
from console.desk.api.listening import ListeningTask
from console.desk.api.recordings import FindRecordings
from console.tui.screens.lists import ListScreen
from console.tui.widgets.rows import Column, Row, RowList


class ListeningTasksScreen(ListScreen):
    """See the module."""

    TITLE = "place.listening_tasks"
    HELP = "help.listening_tasks"
    EMPTY = "listening.empty"
    REREAD = frozenset({"listening_task"})
    CSS_PATH = "lists.tcss"
    NEEDS: ClassVar = {
        "hear": (Action.CALL_RECORDING_FIND.value,),
        "give": (Action.CALL_TASK_AUDIT.value, Action.CALL_TASK_HANDLE.value),
        "end": (Action.CALL_TASK_END.value,),
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "hear", "key.listening.hear"),
        Binding("n", "give", "key.listening.give"),
        Binding("x", "end", "key.listening.end"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._tasks: dict[str, ListeningTask] = {}
        self._may_give: tuple[str, ...] = ()

    def columns(self) -> tuple[Column, ...]:
        """Its number, who listens, what for, to what, until when, how it stands."""
        return (
            Column(self.t("listening.number"), 11),
            Column(self.t("listening.person"), 10),
            Column(self.t("column.reason"), 12),
            Column(self.t("listening.what"), 14),
            Column(self.t("standing.until"), 11),
            Column(self.t("column.state")),
        )

    async def load(self) -> None:
        """Read them."""
        reply = await self.client.ask(listening.ListListeningTasks())
        if reply is None:
            return
        self._tasks = {one.task_id: one for one in reply.tasks}
        self._may_give = reply.may_give
        mine = sum(one.mine and one.state == "active" for one in reply.tasks)
        rows = tuple(self._row(one) for one in reply.tasks)
        self.show(rows, self.t("listening.summary", count=len(rows), mine=mine))

    def _row(self, one: ListeningTask) -> Row:
        hear = one.mine and one.state == "active"
        said = ("● " if hear else "") + self.t(f"listening.state.{one.state}")
        return Row(
            one.task_id,
            (
                one.number,
                one.person,
                self.t(f"listen.reason.{one.reason}"),
                one.case_number or self.t("listening.drawn", count=one.drawn),
                self.when(one.ends_at),
                f"{said} {one.ended_by}" if one.ended_by else said,
            ),
            strong=hear,
        )

    def on_row_list_chosen(self, event: RowList.Chosen) -> None:
        """Enter."""
        del event
        self.action_hear()

    def action_hear(self) -> None:
        """Its recordings, for whoever has it."""
        one = self._tasks.get(self.list.key or "")
        if one is None or not self.can("hear"):
            return
        if not one.mine or one.state != "active":
            self.say(self.t("listening.not_yours"), bad=True)
            return
        from console.tui.screens.calls import RecordingsScreen  # noqa: PLC0415 - loaded when asked for

        self.app.push_screen(RecordingsScreen(FindRecordings(reason=one.reason, reference=one.number)))

    def action_give(self) -> None:
        """Give somebody else one."""
        self.go(self._give())

    async def _give(self) -> None:
        from console.tui.modals.listening_task import ListeningTaskForm  # noqa: PLC0415 - loaded when asked for

        if not self._may_give:
            return
        call = await self.app.push_screen_wait(ListeningTaskForm(self._may_give))
        if call is None:
            return
        done = await self.client.ask(call)
        if done is not None:
            self.say(self.t("listening.given", number=done.number, person=done.person))
        self.reread()

    def action_end(self) -> None:
        """End it now, or give it back."""
        self.go(self._end())

    async def _end(self) -> None:
        from console.tui.modals.confirm import ConfirmModal  # noqa: PLC0415 - loaded when asked for

        one = self._tasks.get(self.list.key or "")
        if one is None or not one.may_end:
            self.say(self.t("listening.not_now"), bad=True)
            return
        words = self.t("listening.sure.words", number=one.number, person=one.person)
        if not await self.app.push_screen_wait(ConfirmModal(self.t("listening.sure"), words)):
            return
        if await self.client.ask(listening.EndListeningTask(task_id=one.task_id)) is not None:
            self.say(self.t("listening.state.ended"))
        self.reread()
