"""Who is at the screen, and what that means for every frame: the mark, and when plain values go.

Plain values are hidden when the terminal lost the focus for half a minute, after a minute without a key, when the
screen locks because the person was idle for as long as the desk allows, and whenever anything asks for it. What a mark
says is `watermark`'s; drawing it is the frame marker's.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from textual import events
from textual.timer import Timer

from console.desk.api.session import Me
from console.texts import DEFAULT_ZONE, Texts
from console.tui.colours import ColouredApp
from console.tui.forgetting import forget
from console.tui.screens.base import Worded
from console.tui.shading import Shader
from console.tui.widgets.inputs import Field
from console.tui.widgets.masked import MaskedValue
from watermark import Density, ScreenPayload, Tile
from watermark.copy_mark import CopyPlan
from watermark.screen_mark import ShadePlan

BLUR_SECONDS: Final = 30.0
FORGET_SECONDS: Final = 0.3
IDLE_SECONDS: Final = 60.0
"""Without a key, after which nothing plain stays; the screen is not locked by that."""


def wall_clock() -> int:
    """Microseconds since 1970, UTC, for the minute in the title and the mark; never for a countdown."""
    return time.time_ns() // 1000


class ShroudedApp(ColouredApp):
    """The part of the application that knows the person, the minute and what is plain.

    Args:
        texts: words until somebody signs in.
        clock: microseconds UTC.
    """

    def __init__(self, texts: Texts, clock: Callable[[], int]) -> None:
        super().__init__(texts)
        self.clock = clock
        self.me: Me | None = None
        self._minute = self._mark = ""
        self._shading: tuple[str, bool] | None = None
        self._copying = self._told_of = self._told_of_copies = ""
        self._revealed = False
        self._blur: Timer | None = None
        self._to_forget = False
        self._touched = time.monotonic()

    @property
    def zone(self) -> str:
        """The person's time zone, or the desk's."""
        return self.me.zone if self.me and self.me.zone else DEFAULT_ZONE

    def mark_text(self) -> str:
        """What the mark says now; empty while nobody is signed in."""
        return self._mark

    def who(self) -> str:
        """Person, team, minute and state of the line, for the title."""
        me, minute = self.me, self.texts.when(self.clock(), self.zone, "clock")
        if me is None:
            return minute
        return f"{me.name} {me.staff_no} · {me.unit or self.texts.roles(me.roles)}  {minute}  {self.texts.t('line.up')}"

    def seat(self, me: Me | None) -> None:
        """Somebody is at the screen now, or nobody: the mark follows."""
        self.me = me
        self._touched = time.monotonic()
        self.remark()
        self._tell_colours()

    # -- the mark ---------------------------------------------------------------------------------------------------
    def remark(self) -> None:
        """Make the mark anew: minute, person, and denser while anything is plain."""
        me = self.me
        self._minute = self.texts.when(self.clock(), self.zone, "short")
        self._revealed = any(masked.shown for screen in self.screen_stack for masked in screen.query(MaskedValue))
        if me is None:
            self._mark, tile = "", None
        else:
            self._mark = ScreenPayload(me.staff_no, me.name, me.source, me.terminal, me.code).text(self._minute)
            if self.visible_only:
                self._mark += f" {self.texts.t('mark.visible_only')}"
            if me.copies and self.copies is False:
                self._mark += f" {self.texts.t('mark.no_copies')}"
            tile = Tile(self._mark, Density.DENSE if self._revealed else Density.CALM)
        self._shade(me)
        self._mark_copies(me)
        self.marker.show(tile, keep=not self._revealed)
        self.refresh_bars()
        self.screen.refresh()

    def _shade(self, me: Me | None) -> None:
        wanted = (me.mark, self.shows_shades) if me is not None else None
        if wanted != self._shading:
            self._shading = wanted
            word, shown = wanted or ("", False)
            self.marker.shade(Shader(ShadePlan(word)) if word and shown else None)

    def _mark_copies(self, me: Me | None) -> None:
        if me is not None and me.copies and self.copies is None:
            self.measure()
        wanted = me.mark if me is not None and me.copies and self.copies else ""
        if wanted != self._copying:
            self._copying = wanted
            self.marker.copy(CopyPlan(wanted) if wanted else None)

    def colours_known(self) -> None:
        """The terminal said what it shows: every cell anew, with the marks that it can carry."""
        self.remark()
        self._tell_colours()

    def _tell_colours(self) -> None:
        if self.me is not None and self.visible_only and self._told_of != self.me.code:
            self._told_of = self.me.code
            self.say_colours(self.colours)
        if self.me is not None and self.me.copies and self.copies is False and self._told_of_copies != self.me.code:
            self._told_of_copies = self.me.code
            self.say_colours("no_copies")

    def say_colours(self, colours: str) -> None:
        """Tell the desk which mark is not shown here; the application knows the line."""

    def refresh_bars(self) -> None:
        """Say person, minute and mark again; the application knows the screens."""

    def on_masked_value_changed(self) -> None:
        """Something was shown or hidden."""
        self.remark()
        if self._revealed:
            self._to_forget = True
        elif self._to_forget:
            self._to_forget = False
            # Once the masked frame is on the terminal and the plain one's cells are let go of.
            self.set_timer(FORGET_SECONDS, forget)

    # -- hiding -----------------------------------------------------------------------------------------------------
    def hide_everything(self) -> None:
        """Every plain value on every screen goes."""
        for stack in self._screen_stacks.values():
            for screen in stack:
                for masked in screen.query(MaskedValue):
                    masked.hide()
        self.marker.forget()

    def empty_forms(self) -> None:
        """What was typed on any screen goes, but for what the desk keeps as a draft: a whole number may stand there."""
        screens = [screen for stack in self._screen_stacks.values() for screen in stack]
        typed = [field.forget() for screen in screens for field in screen.query(Field) if not field.drafted]
        typed += [screen.forget_typed() for screen in screens if isinstance(screen, Worded)]
        if any(typed):
            self.forget_drawn()

    def forget_drawn(self) -> None:
        """What was drawn of something typed that is gone goes as well."""
        self.marker.forget()
        self.set_timer(FORGET_SECONDS, forget)

    def on_app_blur(self) -> None:
        """The terminal lost the focus: half a minute, then nothing plain stays."""
        self._blur = self._blur or self.set_timer(BLUR_SECONDS, self.hide_everything)

    def on_app_focus(self) -> None:
        """The terminal has the focus again."""
        if self._blur is not None:
            self._blur.stop()
            self._blur = None

    # -- idling -----------------------------------------------------------------------------------------------------
    async def on_event(self, event: events.Event) -> None:
        """Every event passes here first; a key says that the person is there."""
        if isinstance(event, events.Key | events.Paste):
            self._touched = time.monotonic()
        await super().on_event(event)

    @property
    def idle_too_long(self) -> bool:
        """Whether the screen is to be locked."""
        return bool(self.me and self.me.lock_after and time.monotonic() - self._touched > self.me.lock_after)

    @property
    def plain_too_long(self) -> bool:
        """Whether something plain stands before somebody who is perhaps not there."""
        return self._revealed and time.monotonic() - self._touched > IDLE_SECONDS

    def minute_passed(self) -> bool:
        """Whether the mark says an old minute."""
        return self.texts.when(self.clock(), self.zone, "short") != self._minute
