"""Calls: one's own or the team's, of one case, those under way, those that a task is about. Listen, or hang up.

Nothing of a customer is among it: a case's number, a colleague, how it went and what is kept of it.
"""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType

from access.policy.actions import Action
from console.desk.api import Push, calling
from console.desk.api.calling import CallList, CallView
from console.desk.api.recordings import FindRecordings, StartListening
from console.tui.calling import clock
from console.tui.screens.lists import ListScreen
from console.tui.widgets.rows import Column, Row, RowList

_SECOND = 1_000_000
_PLAYS = frozenset({"whole", "torn"})
_LISTEN = Action.CALL_RECORDING_LISTEN.value
_WIDTHS = {"at": 11, "case": 14, "side": 8, "time": 6, "recording": 9}
"""Cells of a column; how it went takes what is left."""


class CallsScreen(ListScreen):
    """Args: case_id: of one case, by id or number."""

    TITLE = "place.calls"
    HELP = "help.calls"
    EMPTY = "calls.empty"
    REREAD = frozenset({"call"})
    CSS_PATH = "lists.tcss"
    SHOWN: ClassVar[tuple[str, ...]] = ("at", "case", "caller", "state", "side", "time", "recording")
    CALLER: ClassVar = 8
    NEEDS: ClassVar = {"listen": (_LISTEN,)}
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "listen", "key.listen")]

    def __init__(self, case_id: str = "") -> None:
        super().__init__()
        self._case_id = case_id
        self._calls: dict[str, CallView] = {}

    def columns(self) -> tuple[Column, ...]:
        """When, which case, who called, how it went, who ended it, how long, what is kept."""
        return tuple(Column(self.t(f"calls.column.{one}"), self._width(one), right=one == "time") for one in self.SHOWN)

    def _width(self, column: str) -> int:
        return self.CALLER if column == "caller" else _WIDTHS.get(column, 0)

    async def load(self) -> None:
        """Read them."""
        reply = await self.client.ask(calling.ListCalls(case_id=self._case_id))
        if reply is not None:
            self.take(reply)

    def take(self, reply: CallList) -> None:
        """Put them on the screen."""
        self._calls = {one.call_id: one for one in reply.calls}
        rows = tuple(Row(one.call_id, self._cells(one, reply.at), strong=not one.result) for one in reply.calls)
        self.show(rows, self.t("calls.summary", count=len(rows)))

    def _cells(self, one: CallView, at: int) -> tuple[str, ...]:
        if one.result:
            state, seconds = self.t(f"calls.result.{one.result}"), one.talked
        else:
            state = f"☎ {self.t(f'calls.phase.{one.phase or one.state}')}"
            seconds = max(0, at - (one.connected_at or one.started_at)) // _SECOND
        said = {
            "at": self.when(one.started_at),
            "case": one.number,
            "caller": one.caller,
            "state": state,
            "side": self.t(f"calls.side.{one.by}") if one.result and one.by else "—",
            "time": clock(seconds),
            "recording": self.t(f"calls.kept.{one.recording}") if one.recording else "—",
        }
        return tuple(said[name] for name in self.SHOWN)

    @property
    def chosen(self) -> CallView | None:
        """The call under the cursor."""
        return self._calls.get(self.list.key or "")

    def on_row_list_chosen(self, event: RowList.Chosen) -> None:
        """Enter."""
        del event
        self.action_listen()

    def action_listen(self) -> None:
        """Have its recording played to one's phone."""
        one = self.chosen
        if one is None or not self.can("listen"):
            return
        if one.recording not in _PLAYS:
            self.say(self.t("listen.nothing"), bad=True)
            return
        self.go(self._listen(one))

    async def _listen(self, one: CallView) -> None:
        from console.tui.modals.listen import ListeningModal  # noqa: PLC0415 - loaded when asked for

        call = await self.why(one)
        view = await self.client.ask(call) if call is not None else None
        if view is not None:
            await self.app.push_screen_wait(ListeningModal(view))

    async def why(self, one: CallView) -> StartListening | None:
        """Ask for the reason."""
        from console.tui.modals.listen import ReasonModal  # noqa: PLC0415 - as above

        return await self.app.push_screen_wait(ReasonModal(one.call_id, one.number))


class LiveCallsScreen(CallsScreen):
    """Who of the team speaks now, longest first; a call can be ended."""

    TITLE = "place.live_calls"
    HELP = "help.live_calls"
    EMPTY = "calls.nobody"
    SHOWN = ("at", "case", "caller", "state", "time", "recording")
    CALLER = 14
    NEEDS: ClassVar = {"listen": ("never",), "end_call": (Action.CALL_LINE_END.value,)}
    BINDINGS: ClassVar[list[BindingType]] = [Binding("x", "end_call", "key.calls.hang_up")]

    def on_mount(self) -> None:
        """A second hand."""
        self.set_interval(1.0, self._tick)

    async def load(self) -> None:
        """Read them."""
        reply = await self.client.ask(calling.ListLiveCalls())
        if reply is not None:
            self._at = reply.at
            self.take(reply)

    _at = 0

    def _tick(self) -> None:
        if self._calls:
            self._at += _SECOND
            self.take(CallList(calls=tuple(self._calls.values()), at=self._at))

    def action_end_call(self) -> None:
        """End the call under the cursor."""
        if self.chosen is not None:
            self.go(self._end_call(self.chosen))

    async def _end_call(self, one: CallView) -> None:
        from console.tui.modals.confirm import ConfirmModal  # noqa: PLC0415 - loaded when asked for

        words = self.t("calls.sure.words", caller=one.caller, number=one.number)
        if (
            await self.app.push_screen_wait(ConfirmModal(self.t("calls.sure"), words))
            and await self.client.ask(calling.HangUp(call_id=one.call_id)) is not None
        ):
            self.say(self.t("calls.hung_up"))
            self.reread()


class RecordingsScreen(CallsScreen):
    """The calls that a task is about; nothing until it is said which. Args: about: the task, where that is known."""

    TITLE = "place.recordings"
    HELP = "help.recordings"
    EMPTY = "listen.task.empty"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("n", "task", "key.listen.task")]

    def __init__(self, about: FindRecordings | None = None) -> None:
        super().__init__()
        self._about = about

    async def load(self) -> None:
        """Read them, once there is a task."""
        reply = await self.client.ask(self._about) if self._about is not None else CallList(calls=(), at=0)
        if reply is not None:
            self.take(reply)

    def take_push(self, push: Push) -> None:
        """Nothing: each reading is an event about the customer."""

    def action_task(self) -> None:
        """Say which case, and for what."""
        self.go(self._ask())

    async def _ask(self) -> None:
        from console.tui.modals.listen import TaskModal  # noqa: PLC0415 - loaded when asked for

        task = await self.app.push_screen_wait(TaskModal())
        if task is not None:
            # What stands there belongs to another task, and would be played under this one's reference.
            self.take(CallList(calls=(), at=0))
            self._about = task
            self.reread()

    async def why(self, one: CallView) -> StartListening | None:
        """As the task says."""
        task = self._about
        if task is None:
            return None
        return StartListening(call_id=one.call_id, reason=task.reason, reference=task.reference)
