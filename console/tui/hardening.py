"""Textual with its leaks closed (requirements T11): nothing is copied, saved, suspended or printed as a traceback.

What a terminal emulator itself can do (select with shift, photograph, record) cannot be closed from here; the mark on
every frame is what answers it. See `console.tui.marker`.
"""

from __future__ import annotations

import contextlib
import logging
import os
import secrets
import traceback
from typing import Any, ClassVar, Final, NoReturn, TextIO

from rich.text import Text
from textual import constants
from textual.app import App
from textual.driver import Driver
from textual.filter import NoColor
from textual.screen import Screen

from console.texts import Texts
from console.tui.doors import close_environment
from console.tui.marker import FrameMarker
from console.tui.styles import KeptStylesheet

_log: Final = logging.getLogger("veildesk.tui")
_log.addHandler(logging.NullHandler())

WIPE: Final = "\x1b[0m\x1b[2J\x1b[H"
"""Blanks the alternate screen before it is left."""


class SideDoor(RuntimeError):
    """Something tried to take a copy of the screen."""


def close_side_doors() -> None:
    """Make Textual's environment settings (log file, devtools, screenshots, scripted keys) mean nothing."""
    close_environment()
    closed = {
        "LOG_FILE": None,
        "DRIVER": None,
        "DEBUG": False,
        "PRESS": "",
        "SHOW_RETURN": False,
        "SCREENSHOT_DELAY": -1,
        "SCREENSHOT_LOCATION": None,
        "FILTERS": "",
    }
    for name, value in closed.items():
        setattr(constants, name, value)


def where_it_broke(error: BaseException) -> str:
    """The kind of an error and the places it went through: no message, no locals, no source lines."""
    frames = traceback.extract_tb(error.__traceback__, limit=-6)
    places = " < ".join(f"{os.path.basename(frame.filename)}:{frame.lineno}" for frame in reversed(frames))  # noqa: PTH119
    return f"{type(error).__name__} at {places or 'unknown'}"


class LostTerminal:
    """A terminal's file that takes what is written in silence once the terminal is gone.

    Textual writes on a thread of its own, which an error would end: whoever waits for it then waits for ever, and the
    application outlives its terminal with all that it showed.
    """

    def __init__(self, file: TextIO) -> None:
        self._file = file

    def write(self, text: str) -> int:
        """Write, if anybody is there to read."""
        with contextlib.suppress(OSError):
            self._file.write(text)
        return len(text)

    def flush(self) -> None:
        """Flush, if anybody is there to read."""
        with contextlib.suppress(OSError):
            self._file.flush()

    def __getattr__(self, name: str) -> object:
        return getattr(self._file, name)


def wiping(base: type[Driver]) -> type[Driver]:
    """A driver that blanks the alternate screen before it leaves it, however the application ends, and never stops."""

    class WipingDriver(base):  # type: ignore[misc, valid-type]
        def start_application_mode(self) -> None:
            terminal = getattr(self, "_file", None)
            if terminal is not None and not isinstance(terminal, LostTerminal):
                self._file = LostTerminal(terminal)
            super().start_application_mode()

        @property
        def can_suspend(self) -> bool:
            return False

        def stop_application_mode(self) -> None:
            if not self.is_headless:
                self.write(WIPE)
                self.flush()
            super().stop_application_mode()

    return WipingDriver


class HardenedApp(App[int]):
    """The part of the application that is only about what must not get out."""

    ENABLE_COMMAND_PALETTE: ClassVar[bool] = False
    ALLOW_SELECT: ClassVar[bool] = False
    PAUSE_GC_ON_SCROLL: ClassVar[bool] = True

    def __init__(self, texts: Texts) -> None:
        close_side_doors()
        super().__init__()
        self.features = frozenset()
        self.stylesheet = KeptStylesheet(variables=self.get_css_variables())
        self.texts = texts
        self.marker = FrameMarker()
        self.animation_level = "none"
        if self.no_color:
            self._filters = [NoColor()]

    def get_driver_class(self) -> type[Driver]:
        """Textual's driver for this terminal, made to wipe."""
        return wiping(super().get_driver_class())

    # -- nothing is copied ------------------------------------------------------------------------------------------
    def copy_to_clipboard(self, text: str) -> None:
        """Nothing: neither OSC 52 nor Textual's own clipboard ever holds a character of the screen."""

    def action_copy_text(self) -> None:
        """Nothing."""

    @property
    def clipboard(self) -> str:
        """Always empty."""
        return ""

    # -- nothing is saved -------------------------------------------------------------------------------------------
    def _refuse(self) -> NoReturn:
        raise SideDoor("screens are not exported")

    def action_screenshot(self, filename: str | None = None, path: str | None = None) -> None:  # noqa: ARG002
        """Refuse."""
        self._refuse()

    def export_screenshot(self, *, title: str | None = None, simplify: bool = False) -> str:  # noqa: ARG002
        """Refuse."""
        self._refuse()

    def save_screenshot(
        self,
        filename: str | None = None,  # noqa: ARG002
        path: str | None = None,  # noqa: ARG002
        time_format: str | None = None,  # noqa: ARG002
    ) -> str:
        """Refuse."""
        self._refuse()

    def deliver_screenshot(
        self,
        filename: str | None = None,  # noqa: ARG002
        path: str | None = None,  # noqa: ARG002
        time_format: str | None = None,  # noqa: ARG002
    ) -> str | None:
        """Refuse."""
        self._refuse()

    def deliver_text(self, *args: Any, **kwargs: Any) -> str | None:  # noqa: ANN401, ARG002
        """Refuse."""
        self._refuse()

    def deliver_binary(self, *args: Any, **kwargs: Any) -> str | None:  # noqa: ANN401, ARG002
        """Refuse."""
        self._refuse()

    def open_url(self, url: str, *, new_tab: bool = True) -> None:
        """Nothing: a link in data leads nowhere."""

    def get_system_commands(self, screen: Screen[Any]) -> Any:  # noqa: ANN401, ARG002
        """None of Textual's own commands."""
        return iter(())

    # -- the process is not suspended -------------------------------------------------------------------------------
    def action_suspend_process(self) -> None:
        """Nothing: a suspended desk would leave the shell of its host to whoever sits there."""

    def suspend(self) -> Any:  # noqa: ANN401
        """Refuse."""
        self._refuse()

    # -- a crash says a number, nothing else ------------------------------------------------------------------------
    def report(self, error: BaseException) -> str:
        """Log where something broke and return the reference that the person is told."""
        reference = secrets.token_hex(4)
        _log.error("crash %s: %s", reference, where_it_broke(error))
        return reference

    def _handle_exception(self, error: Exception) -> None:
        self._return_code = 1
        if self._exception is None:
            self._exception = error
            self._exception_event.set()
        self._end_with(self.report(error))

    def _fatal_error(self) -> None:
        self._end_with(secrets.token_hex(4))

    def panic(self, *renderables: Any) -> None:  # noqa: ANN401, ARG002 - what would be printed stays unprinted
        """End with a reference instead of what Textual would print."""
        self._end_with(secrets.token_hex(4))

    def _end_with(self, reference: str) -> None:
        self.hide_everything()
        self._exit_renderables[:] = [Text(self.texts.t("crash", reference=reference))]
        self._close_messages_no_wait()

    def hide_everything(self) -> None:
        """Take every plain value off the screen; the application says how."""

    # -- every frame is scrubbed and marked -------------------------------------------------------------------------
    def _display(self, screen: Screen[Any], renderable: Any) -> None:  # noqa: ANN401 - Textual's signature
        if renderable is not None:
            renderable = self.marker.frame(renderable)
        super()._display(screen, renderable)
