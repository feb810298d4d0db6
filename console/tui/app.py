"""The application: who is signed in, which screens lie on which, and what everybody's screens share.

Holds one line to the desk. What must never leave the screen is closed in `console.tui.hardening`; what a screen shows
is its own business.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.worker import Worker, WorkerState

from console.desk.api import Desk, Refusal, marks, session
from console.desk.api.session import Me
from console.texts import Texts
from console.tui import places
from console.tui.arriving import ArrivingApp
from console.tui.client import UNREACHABLE, Attach, Client
from console.tui.modals.base import DeskModal
from console.tui.screens.base import DeskScreen, Worded
from console.tui.screens.blank import BlankScreen
from console.tui.shroud import wall_clock
from console.tui.theme import VEIL
from console.tui.widgets.bars import MarkBar


class VeildeskApp(ArrivingApp):
    """One person's desk.

    Args:
        desk: the line.
        language: until somebody signs in, whose own language then counts.
        asked: asked for this time: counts until another is chosen.
        sign_in_as: in a demo desk, whom to seat at once.
        seated: somebody is on the line already; when they are not any more, the application ends.
        clock: microseconds UTC.
        again: opens a new line once this one is lost; without it a lost line ends the sitting.
    """

    CSS_PATH = Path(__file__).parent / "styles.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "leave", "key.leave", show=False, priority=True),
        Binding("ctrl+l", "lock", show=False, priority=True),
        Binding("ctrl+c", "copy_text", show=False),
        Binding("ctrl+n", "language", show=False),
        Binding("ctrl+t", "switch", show=False),
        *(Binding(place.key, f"go_to('{place.name}')", show=False) for place in places.PLACES if place.key),
    ]

    def __init__(
        self,
        desk: Desk,
        *,
        language: str | None = None,
        asked: str | None = None,
        sign_in_as: str = "",
        seated: bool = False,
        clock: Callable[[], int] = wall_clock,
        again: Attach | None = None,
    ) -> None:
        super().__init__(Texts(asked or language), clock)
        self._wanted = asked
        self.client = Client(desk, self, again)
        self.desk_name = ""
        self.note = ""
        self.sign_in_as = sign_in_as
        self._served = self.bound = seated
        # Whose terminal this is learns from the front door why it ends.
        self._told_why = seated and again is not None
        self._leaving = False
        self.register_theme(VEIL)
        self.theme = VEIL.name

    @property
    def over_ssh(self) -> bool:
        """Whether the front door brought whoever sits here: then no file of theirs is here."""
        return self._told_why

    def get_default_screen(self) -> Screen[None]:
        """An empty base that never shows anything."""
        return BlankScreen()

    async def on_mount(self) -> None:
        """Ask who it is, and listen for changes."""
        self.set_interval(1.0, self._tick)
        self.listen()
        if self._served:
            await self._sit_down()
        else:
            self.show_sign_in()

    # -- who ---------------------------------------------------------------------------------------------------------
    async def enter(self, me: Me) -> None:
        """Somebody signed in or unlocked afresh: their language, their mark, their first screen."""
        self.texts = Texts(self._wanted or me.language or self.texts.language)
        self.returned = False
        self.seat(me)
        first = places.home(me.acts, me.roles, me.gates)
        await self._only(first.make() if first else BlankScreen())
        self.run_worker(self._remind(), exit_on_error=False)

    async def _remind(self) -> None:
        from console.tui.screens.coaching import remind  # noqa: PLC0415 - loaded when somebody is there

        await remind(self)
        await self.remind_of_wraps()

    async def _sit_down(self) -> None:
        """Show the desk of whoever the line was opened for."""
        me = await self.client.attempt(session.WhoAmI())
        if isinstance(me, Refusal):
            self.show_sign_in(me)
        else:
            self.call_next(self.enter, me)

    def show_sign_in(self, refusal: Refusal | None = None) -> None:
        """Nobody is here: everything hidden, the sign-in screen alone, and why."""
        from console.tui.screens.sign_in import SignInScreen  # noqa: PLC0415 - its style is read when shown

        self.hide_everything()
        self.note = ""
        self.seat(None)
        if self._served:
            self._leaving = True
            self.exit(0, 0, None if refusal is None or self._told_why else self.texts.refusal(refusal))
            return
        self.call_next(self._only, SignInScreen(refusal))

    async def _only(self, screen: Screen[None]) -> None:
        while len(self.screen_stack) > 1:
            await self.pop_screen()
        await self.push_screen(screen)

    async def action_lock(self) -> None:
        """Lock now, over whatever is open: covered at once, and the desk answers nothing behind the locked screen."""
        from console.tui.screens.lock import LockScreen  # noqa: PLC0415 - as above
        from console.tui.screens.lost import LostScreen  # noqa: PLC0415 - as above

        self.hide_everything()
        if self.me is None or any(isinstance(screen, LockScreen | LostScreen) for screen in self.screen_stack):
            return
        self.empty_forms()
        covered = [screen for screen in self.screen_stack if isinstance(screen, Worded)]
        await self.push_screen(LockScreen())
        for screen in covered:
            await screen.put_by()
        reply = await self.client.attempt(session.Lock())
        if isinstance(reply, Refusal) and reply.code != "session.locked":
            self.show_sign_in(reply)

    async def action_switch(self) -> None:
        """Another person takes this terminal."""
        self.hide_everything()
        await self.client.attempt(session.SignOut())
        self.sign_in_as = ""
        self.show_sign_in()

    async def action_leave(self) -> None:
        """Close the desk."""
        self.hide_everything()
        self._leaving = True
        await self.client.close()
        self.exit(0)

    async def action_language(self) -> None:
        """The other language, here and now, kept for next time."""
        other = "en" if self.texts.language == "zh_CN" else "zh_CN"
        self.texts, self._wanted = Texts(other), None
        if isinstance(self.screen, DeskScreen | BlankScreen):
            await self.screen.retranslate()
        if self.me is not None:
            await self.client.ask(session.SetLanguage(language=other))

    # -- where -------------------------------------------------------------------------------------------------------
    async def action_go_to(self, name: str) -> None:
        """Go to a place, if it is open to the person; what was on top is left."""
        if self.me is None or not places.place(name).open_to(self.me.acts) or isinstance(self.screen, DeskModal):
            return
        if isinstance(self.screen, DeskScreen):
            await self._only(places.place(name).make())

    def action_palette(self) -> None:
        """Every act the person may do."""
        from console.tui.modals.palette import PaletteModal  # noqa: PLC0415 - as above

        if isinstance(self.screen, DeskScreen):
            self.push_screen(PaletteModal(self.screen))

    # -- what the desk tells -----------------------------------------------------------------------------------------
    def listen(self) -> None:
        """Hear what the desk tells on the line of now."""
        self.run_worker(self._listen(), group="listen", exit_on_error=False)

    async def _listen(self) -> None:
        async for push in self.client.pushes():
            if push.kind == "session" and self.me is not None:
                self.hide_everything()
                me = await self.client.ask(session.WhoAmI())
                if me is not None:
                    self.seat(me)
                    if bool(me.gates) is not self.screen.has_class("gate"):
                        await self.enter(me)
            if push.kind == "call" and self.me is not None:
                await self.hear_call(push)
            if push.kind == "line" and push.id == "trunk" and self.me is not None:
                await self.hear_line()
            for screen in self.screen_stack:
                if isinstance(screen, Worded):
                    screen.take_push(push)

    def refused(self, refusal: Refusal) -> None:
        """Say why not, on whatever screen is on top."""
        if isinstance(self.screen, Worded):
            self.screen.say(self.texts.refusal(refusal), bad=True)

    def refused_call(self, refusal: Refusal) -> None:
        """See `CallingApp`."""
        self.refused(refusal)

    def session_lost(self, refusal: Refusal) -> None:
        """Hide everything; lock or sign in again."""
        self.hide_everything()
        if self._leaving:
            return
        if refusal.code == "session.locked" and self.me is not None:
            self.call_next(self.action_lock)
        elif refusal.code == UNREACHABLE.code and self.me is not None and self.client.can_return:
            self.call_next(self.lost_line)
        elif self.me is not None or refusal.code == "desk.unreachable":
            self.show_sign_in(refusal)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """Something broke behind the screens."""
        self.broke(event)

    def broke(self, event: Worker.StateChanged) -> None:
        """A worker ended; when by an error: hide everything, and say a number."""
        if event.state is WorkerState.ERROR and event.worker.error is not None:
            self.hide_everything()
            reference = self.report(event.worker.error)
            if isinstance(self.screen, Worded):
                self.screen.say(self.texts.t("error.reference", reference=reference), bad=True)

    def say_colours(self, colours: str) -> None:
        """Tell the desk which mark is not shown here."""
        self.run_worker(self.client.attempt(marks.NoteColours(colours=colours)), exit_on_error=False)

    def refresh_bars(self) -> None:
        """Bars of the screen on top, and the mark of a modal."""
        if isinstance(self.screen, DeskScreen):
            self.screen.refresh_bars()
        for bar in self.screen.query(MarkBar):
            bar.say(self.mark_text())

    async def _tick(self) -> None:
        if self.minute_passed():
            self.remark()
        self.tick_call()
        if self.plain_too_long:
            self.hide_everything()
            if isinstance(self.screen, Worded):
                self.screen.say(self.texts.t("idle.hidden"))
        if self.idle_too_long:
            await self.action_lock()
