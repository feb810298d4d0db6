"""How many colours the terminal shows: told by its kind, or asked of it.

The invisible mark needs every shade; where a terminal has fewer, only the visible one remains, and the person and the
log are told. SSH passes no environment on, so a usual kind (`xterm-256color`) says nothing: the terminal is asked to
repeat a colour of 24 bits that it was given (DECRQSS). One that does not answer counts as having fewer; a multiplexer
that does not is not believed, whatever the environment says, because it may round colours on the way.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from functools import partial
from typing import ClassVar, Final

from rich.color import ColorSystem
from textual._xterm_parser import XTermParser
from textual.driver import Driver
from textual.drivers import linux_driver
from textual.message import Message

from console.texts import Texts
from console.tui.hardening import HardenedApp


class Colours(StrEnum):
    """What is known."""

    ASKED = "asked"
    FEWER = "fewer"
    FULL = "full"
    NONE = "none"


QUESTION: Final = "\x1b[48;2;1;2;3m\x1bP$qm\x1b\\\x1b[0m"
MEASURE: Final = "\x1b7\x1b[1;1H \ufe03\x1b[6n\x1b8"
PATIENCE: Final = 3.0
"""Seconds after which a terminal that said nothing counts as having fewer."""

_ANSWER: Final = re.compile(r"\x1bP[01]\$r([0-9:;]{0,64})m?\x1b\\")
_BEGUN: Final = re.compile(r"\x1b(?:P(?:[01](?:\$(?:r[0-9:;]{0,64}m?\x1b?)?)?)?)?\Z")
_REPEATED: Final = re.compile(r"48[:;]2[:;](?:[0-9]*:)?1[:;]2[:;]3(?![0-9])")
_ALL: Final = re.compile(r"(xterm-)?(kitty|ghostty)|alacritty.*|foot.*|wezterm|contour.*|.*-direct\Z")
_PARSER: Final = "XTermParser"  # what the driver's module makes its keys' reader by
_MULTIPLEXERS: Final = ("screen", "tmux")


def told(kind: str, system: ColorSystem | None, environment: Mapping[str, str]) -> Colours:
    """What the terminal's kind and the environment say.

    Args:
        kind: `TERM`.
        system: what Rich made of the environment.
        environment: for `NO_COLOR`.
    """
    if environment.get("NO_COLOR"):
        return Colours.NONE
    if kind.startswith(_MULTIPLEXERS):
        return Colours.ASKED
    if system is ColorSystem.TRUECOLOR or _ALL.match(kind):
        return Colours.FULL
    return Colours.ASKED if system is not None else Colours.NONE


class Listening:
    """Takes the terminal's answer out of what is typed; everything else goes on as it came.

    Args:
        heard: told whether the answer is the good one; on the thread that reads the keys.
        closed: it listens only once it is opened.
    """

    ANSWER: ClassVar = _ANSWER
    BEGUN: ClassVar = _BEGUN
    GOOD: ClassVar = _REPEATED

    def __init__(self, heard: Callable[[bool], None], *, closed: bool = False) -> None:
        self._heard = heard
        self._held = ""
        self._gone = 0
        self._open = not closed

    def open(self) -> None:
        """Listen from now on."""
        self._open = True

    def close(self) -> None:
        """Listen no longer."""
        self._open = False

    def rest(self, typed: str) -> str:
        """What was typed without the answer; what may be its beginning is kept until more is there.

        A lone escape goes on at once, because it is a key; when the rest of an answer follows, that rest is taken.
        """
        gone, whole = self._gone, self._held + typed
        self._held, self._gone = "", 0
        if not self._open:
            return whole[gone:]
        answer = self.ANSWER.search(whole)
        if answer is not None:
            self._open = False
            self._heard(self.GOOD.search(answer[1]) is not None)
            return whole[gone : answer.start()] + whole[answer.end() :]
        begun = self.BEGUN.search(whole)
        if begun is None:
            return whole[gone:]
        self._held = begun[0]
        if begun[0] == "\x1b":
            self._gone = 1
            return whole[gone:]
        self._gone = gone if begun.start() == 0 else 0
        return whole[gone : begun.start()]


class Measuring(Listening):
    """Takes out the answer to where the cursor stands behind a blank and a selector: in the second column, or not."""

    ANSWER: ClassVar = re.compile(r"\x1b\[1;([0-9]{1,3})R")
    BEGUN: ClassVar = re.compile(r"\x1b(?:\[(?:1(?:;[0-9]{0,3})?)?)?\Z")
    GOOD: ClassVar = re.compile(r"\A2\Z")


def asking(base: type[Driver], listening: Listening, measuring: Listening) -> type[Driver]:
    """A driver that may ask the terminal, and lets its keys pass by listeners for the answers."""

    class Parser(XTermParser):
        def feed(self, data: str) -> Iterable[Message]:
            rest = measuring.rest(listening.rest(data)) if data else ""
            # Nothing at all would say that nothing more will ever be typed.
            return super().feed(rest) if rest or not data else ()

    class AskingDriver(base):  # type: ignore[misc, valid-type]
        def start_application_mode(self) -> None:
            if self.is_headless:
                super().start_application_mode()
                return
            setattr(linux_driver, _PARSER, Parser)
            super().start_application_mode()
            if self._app.colours is Colours.ASKED:
                listening.open()
                self.write(QUESTION)
                self.flush()

        def stop_application_mode(self) -> None:
            setattr(linux_driver, _PARSER, XTermParser)
            super().stop_application_mode()

    return AskingDriver


class ColouredApp(HardenedApp):
    """The part of the application that knows its terminal's colours.

    Args:
        texts: words until somebody signs in.
    """

    def __init__(self, texts: Texts) -> None:
        # Textual asks for the driver's class while it is made.
        self._listening = Listening(self._heard, closed=True)
        self._measuring = Measuring(self._width_heard, closed=True)
        super().__init__(texts)
        self._asked = False
        self.copies: bool | None = None
        """Whether the terminal keeps characters without width as such; none while that is not known."""
        self.colours = told(os.environ.get("TERM", ""), self.console._color_system, os.environ)  # noqa: SLF001
        if self.colours is Colours.FULL:
            self.console._color_system = ColorSystem.TRUECOLOR  # noqa: SLF001 - Rich has no other way

    def get_driver_class(self) -> type[Driver]:
        """The driver, made to ask."""
        return asking(super().get_driver_class(), self._listening, self._measuring)

    # -- copies -------------------------------------------------------------------------------------------------------
    def measure(self) -> None:
        """Ask the terminal, once, whether a variation selector takes no cell there."""
        if self.copies is not None or self._asked:
            return
        self._asked = True
        if self.is_headless or self._driver is None:
            self._measured(narrow=True)
            return
        self._measuring.open()
        self._driver.write(MEASURE)
        self._driver.flush()
        self.set_timer(PATIENCE, lambda: self._measured(narrow=False))

    def _width_heard(self, narrow: bool) -> None:  # noqa: FBT001 - what the listener tells
        self.call_later(partial(self._measured, narrow=narrow))

    def _measured(self, *, narrow: bool) -> None:
        if self.copies is None:
            self.copies = narrow
            self.colours_known()

    @property
    def shows_shades(self) -> bool:
        """Whether the terminal can carry the invisible mark; true where nothing is written to any."""
        return self.colours is Colours.FULL or (self.is_headless and self.colours is Colours.ASKED)

    @property
    def visible_only(self) -> bool:
        """Whether it is settled that the terminal cannot show the invisible mark."""
        return not self.shows_shades and self.colours is not Colours.ASKED

    async def on_mount(self) -> None:
        """Wait for the answer, but not for long."""
        self.set_timer(PATIENCE, self._unanswered)

    def _heard(self, repeated: bool) -> None:  # noqa: FBT001 - what the listener tells
        self.call_later(self._settle, Colours.FULL if repeated else Colours.FEWER)

    def _unanswered(self) -> None:
        if not self.is_headless and self.colours is Colours.ASKED:
            self._settle(Colours.FEWER)

    def _settle(self, colours: Colours) -> None:
        if colours is Colours.FULL:
            self.console._color_system = ColorSystem.TRUECOLOR  # noqa: SLF001 - as above
        self.colours = colours
        self.colours_known()

    def colours_known(self) -> None:
        """What the marks are made of has changed; the application says what follows."""
