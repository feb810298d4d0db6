"""Why a recording is listened to; and what is played to one's phone: how far it is, and the keys that move it."""

from __future__ import annotations

import time
from typing import ClassVar, Final

from textual.app import ComposeResult
from textual.binding import Binding, BindingType

from console.desk.api import Push, recordings
from console.desk.api.recordings import REASONS, TASK_REASONS, FindRecordings, ListeningView, StartListening
from console.tui.calling import clock
from console.tui.modals.base import DeskModal
from console.tui.widgets.inputs import Choice, Field, Labelled, Option
from console.tui.widgets.words import Words

STEP: Final = 10
"""Seconds that an arrow moves."""

_SOUNDS: Final = "playing"
_UNDER_WAY: Final = frozenset({"ringing", "playing", "paused"})
_WIDTH: Final = 40


class ReasonModal(DeskModal[StartListening]):
    """Answers with what to ask the desk for. Args: the call; its case's number."""

    TITLE = "listen.title"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "submit", "key.submit")]

    def __init__(self, call_id: str, number: str) -> None:
        super().__init__()
        self._call_id, self._number = call_id, number

    def body(self) -> ComposeResult:
        """What will happen, and why it should."""
        yield Words(self.t("listen.words", number=self._number))
        options = [Option(one, self.t(f"listen.reason.{one}")) for one in REASONS]
        yield Labelled(self.t("column.why"), Choice(options, id="why"))

    def action_submit(self) -> None:
        """Take the reason."""
        self.dismiss(StartListening(call_id=self._call_id, reason=self.query_one("#why", Choice).key))


_GIVEN: Final = "LT"
"""How the number of a task begins that says by itself what it is about."""


class TaskModal(DeskModal[FindRecordings]):
    """Which task, by its number; or which case, and for which complaint, incident or audit."""

    TITLE = "listen.task.title"
    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "submit", "key.submit")]

    def body(self) -> ComposeResult:
        """Case, reason, number."""
        yield Words(self.t("listen.task.words"))
        yield Labelled(self.t("calls.column.case"), Field(id="case", limit=40))
        options = [Option(one, self.t(f"listen.reason.{one}")) for one in TASK_REASONS]
        yield Labelled(self.t("column.why"), Choice(options, id="why"))
        yield Labelled(self.t("listen.task.reference"), Field(id="reference", limit=40))

    def on_input_submitted(self) -> None:
        """Enter in a line."""
        self.action_submit()

    def action_submit(self) -> None:
        """Hand it back, where everything is said."""
        case, reference = (self.query_one(f"#{name}", Field).value.strip() for name in ("case", "reference"))
        if not reference or not (case or reference.upper().startswith(_GIVEN)):
            self.say(self.t("listen.task.missing"), bad=True)
            return
        why = self.query_one("#why", Choice).key
        self.dismiss(FindRecordings(case_id=case, reason=why, reference=reference))


class ListeningModal(DeskModal[None]):
    """What is played. Args: as the desk said it began."""

    TITLE = "listen.title"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("space", "pause", "key.listen.pause"),
        Binding("left", "move(-1)", "key.listen.back", key_display="◂"),
        Binding("right", "move(1)", "key.listen.on", key_display="▸"),
        Binding("home", "start", "key.listen.start", key_display="Home"),
    ]

    def __init__(self, view: ListeningView) -> None:
        super().__init__()
        self._view, self._heard = view, time.monotonic()

    def body(self) -> ComposeResult:
        """Which, how far, and whose mark it is."""
        yield Words(self._line(), id="far")
        yield Words(self.t("listen.marked", mark=self._view.mark, person=self.me.name, staff_no=self.me.staff_no))

    def on_mount(self) -> None:
        """Keys, and a second hand."""
        super().on_mount()
        self.set_interval(1.0, self._show)

    def take_push(self, push: Push) -> None:
        """Its state is another one."""
        if push.kind == "listening":
            self.go(self._reread())

    def action_pause(self) -> None:
        """Stand, or go on."""
        self._steer(self._second(), paused=self._view.state == _SOUNDS)

    def action_move(self, way: int) -> None:
        """Ten seconds back or on."""
        self._steer(self._second() + way * STEP, paused=self._view.state == "paused")

    def action_start(self) -> None:
        """From the beginning."""
        self._steer(0, paused=False)

    def action_cancel(self) -> None:
        """Enough."""
        self.go(self._stop())

    def _second(self) -> int:
        passed = int(time.monotonic() - self._heard) if self._view.state == _SOUNDS else 0
        return min(self._view.second + passed, max(0, self._view.seconds - 1))

    def _line(self) -> str:
        view, second = self._view, self._second()
        done = _WIDTH * (second + 1) // max(1, view.seconds) if view.state in _UNDER_WAY else _WIDTH
        bar = "━" * done + "─" * (_WIDTH - done)
        state = self.t(f"listen.state.{view.state}")
        return f"{view.number}  {state}  {clock(second)}/{clock(view.seconds)}\n{bar}"

    def _show(self) -> None:
        self.query_one("#far", Words).say(self._line())

    def _take(self, view: ListeningView) -> None:
        self._view, self._heard = view, time.monotonic()
        self._show()

    def _steer(self, second: int, *, paused: bool) -> None:
        if self._view.state in {"playing", "paused"}:
            self.go(self._steered(max(0, second), paused=paused))

    async def _steered(self, second: int, *, paused: bool) -> None:
        view = await self.client.ask(recordings.SteerListening(second=second, paused=paused))
        if view is not None:
            self._take(view)

    async def _reread(self) -> None:
        reply = await self.client.ask(recordings.ReadListening())
        if reply is None:
            return
        if reply.listening is None:
            self.dismiss(None)
        elif reply.listening.listening_id == self._view.listening_id:
            self._take(reply.listening)

    async def _stop(self) -> None:
        await self.client.ask(recordings.StopListening())
        self.dismiss(None)
