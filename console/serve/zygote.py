"""The warm process that sessions are forked from: every screen imported and tried, no secret, no thread, no loop.

It knows one link, to the front door, and obeys two orders: start a session on this terminal with this line, end that
one. A session that dies is reported and costs nothing else; when the front door is gone, everything here ends.

Run as `python -m console.serve.zygote END [USER:GROUP]`: the number of a descriptor, the path to wait at for the front
door, or `handed` for a listening socket that this process is started with; and as whom to go on once all is read.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import gc
import importlib
import os
import pkgutil
import selectors
import signal
import socket
import sys
import termios
import time
import tty
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final, NoReturn, TypeVar

from console.links import close_all
from console.serve import ends, fences, session
from console.serve.link import LinkBroken, receive
from console.serve.messages import Dead, Finish, FromZygote, Start, Warm, at_zygote, encode

T = TypeVar("T")

_GRACE: Final = 2.0  # seconds from being told to end to being killed
_LINE_LIMIT: Final = 4096
_WHOLE: Final = (
    "console.tui",
    "console.tui.screens",
    "console.tui.modals",
    "console.tui.widgets",
    "textual",
    "textual.css",
    "textual.layouts",
    "textual.renderables",
)
_LATE: Final = (
    "concurrent.futures.thread",
    "encodings.idna",
    "textual.drivers.headless_driver",
    "textual.drivers.linux_driver",
)
"""Both: what is imported when first needed, which is late for a first frame, and may be when the program's files can
no longer be read."""
_PROGRAMS: Final = frozenset({"textual.__main__", "textual._sleep"})

_GIVEN: Final = 3  # descriptors with an order to start


class Zygote:
    """Args: the link to the front door; what sessions may read (`fences.only_reading`)."""

    def __init__(self, door: socket.socket, ruleset: int | None) -> None:
        self._door, self._ruleset = door, ruleset
        self._numbers: dict[int, int] = {}  # process id to the session's number
        self._condemned: dict[int, float] = {}  # process id to when it is killed
        self._wake, wake = os.pipe()
        self._log, self._log_in = os.pipe()
        for descriptor in (self._wake, wake, self._log):
            os.set_blocking(descriptor, False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(wake)

    def serve(self) -> None:
        """Obey until the front door is gone."""
        with selectors.DefaultSelector() as waiting:
            for descriptor in (self._door.fileno(), self._wake, self._log):
                waiting.register(descriptor, selectors.EVENT_READ)
            try:
                while True:
                    ready = {key.fd for key, _ in waiting.select(self._patience())}
                    self._reap()
                    self._kill_overdue()
                    if self._log in ready:
                        self._pass_log()
                    if self._door.fileno() in ready:
                        self._obey()
            except LinkBroken:
                for process in self._numbers:
                    _signal(process, signal.SIGKILL)

    def _patience(self) -> float | None:
        return max(0.0, min(self._condemned.values()) - time.monotonic()) if self._condemned else None

    def _obey(self) -> None:
        order, descriptors = receive(self._door, at_zygote)
        if isinstance(order, Finish):
            close_all(descriptors)
            self._finish(order.number)
        elif len(descriptors) == _GIVEN:
            self._start(order, *descriptors)
        else:
            close_all(descriptors)
            self._tell(Dead(number=order.number, well=False))

    def _start(self, order: Start, terminal: int, line: int, later: int) -> None:
        process = os.fork()
        if process == 0:
            _be_session(order, (terminal, line, self._log_in, later), self._ruleset)
        close_all((terminal, line, later))
        self._numbers[process] = order.number

    def _finish(self, number: int) -> None:
        for process, known in self._numbers.items():
            if known == number and process not in self._condemned:
                _signal(process, signal.SIGHUP)
                self._condemned[process] = time.monotonic() + _GRACE

    def _kill_overdue(self) -> None:
        for process, due in tuple(self._condemned.items()):
            if time.monotonic() >= due:
                _signal(process, signal.SIGKILL)
                self._condemned[process] = float("inf") if process not in self._numbers else due + _GRACE

    def _reap(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.read(self._wake, _LINE_LIMIT)
        with contextlib.suppress(ChildProcessError):
            while (ended := os.waitpid(-1, os.WNOHANG))[0]:
                process, status = ended
                self._condemned.pop(process, None)
                number = self._numbers.pop(process, None)
                if number is not None:
                    self._tell(Dead(number=number, well=status == 0))

    def _pass_log(self) -> None:
        with contextlib.suppress(BlockingIOError, OSError):
            said = os.read(self._log, _LINE_LIMIT)
            text = said.decode(errors="replace")
            sys.stderr.write("".join(mark for mark in text if mark.isprintable() or mark == "\n"))
            sys.stderr.flush()

    def _tell(self, message: FromZygote) -> None:
        try:
            self._door.send(encode(message))
        except OSError as gone:
            raise LinkBroken from gone


def _signal(process: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(process, number)


def _be_session(order: Start, given: tuple[int, ...], ruleset: int | None) -> NoReturn:
    """In the child: take the terminal, close everything else, stand behind the fences, show the desk. Never returns."""
    code = 1
    try:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.setsid()
        kept = _arrange(given, ruleset)
        fcntl.ioctl(0, termios.TIOCSCTTY, 0)
        # What is typed before the screens stand must not be echoed.
        tty.setraw(0)
        fences.confine(kept)
        code = session.run(order.terminal, order.language)
    finally:
        os._exit(code)


def _arrange(given: tuple[int, ...], ruleset: int | None) -> int | None:
    """Terminal on 0 to 2, then desk, log, later lines; nothing else stays open but the rule, whose number is told."""
    wanted = (*given, *(() if ruleset is None else (ruleset,)))
    spare = [fcntl.fcntl(descriptor, fcntl.F_DUPFD_CLOEXEC, 16) for descriptor in wanted]
    targets = (0, session.DESK_LINE, session.LOG, session.LATER, session.LATER + 1)
    for source, target in zip(spare, targets, strict=False):
        os.dup2(source, target)
    for target in (1, 2):
        os.dup2(0, target)
    last = targets[len(spare) - 1]
    os.closerange(last + 1, os.sysconf("SC_OPEN_MAX"))
    return last if ruleset is not None else None


def warm_up() -> None:
    """Import every screen, and show one on no terminal, so that a session's first frame waits for nothing."""
    from console import texts  # noqa: PLC0415 - Textual is imported behind the closed environment
    from console.tui import styles  # noqa: PLC0415 - as above

    for package in _WHOLE:
        for module in pkgutil.iter_modules(importlib.import_module(package).__path__, f"{package}."):
            if not module.ispkg and module.name not in _PROGRAMS:
                importlib.import_module(module.name)
    for name in _LATE:
        importlib.import_module(name)
    for language in texts.LANGUAGES:
        texts.catalogue(language)
    styles.read_below(Path(importlib.import_module("console.tui").__path__[0]))
    asyncio.run(_rehearse())
    styles.parse_for(_kinds(importlib.import_module("textual.widget").Widget))


def _kinds(base: type[T]) -> Iterator[type[T]]:
    """A class and all that are imported below it."""
    yield base
    for kind in base.__subclasses__():
        yield from _kinds(kind)


async def _rehearse() -> None:
    from console.serve.rehearsal import EmptyDesk  # noqa: PLC0415 - needed once, in this process only
    from console.tui.app import VeildeskApp  # noqa: PLC0415 - imported above, behind the closed environment

    app = VeildeskApp(EmptyDesk())
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()


def _granted(ruleset: int | None) -> tuple[str, ...]:
    """What fences a session gets here, tried in a child of its own."""
    out, into = os.pipe()
    process = os.fork()
    if process == 0:
        try:
            kept = None if ruleset is None else os.dup(ruleset)
            os.write(into, ",".join(fences.confine(kept)).encode())
        finally:
            os._exit(0)
    os.close(into)
    with os.fdopen(out, "rb") as said:
        names = said.read(_LINE_LIMIT).decode()
    os.waitpid(process, 0)
    return tuple(name for name in names.split(",") if name)


def _way_in(said: str) -> Callable[[], socket.socket]:
    """What gives the link's end once everything is warm; whoever comes earlier waits at the socket."""
    if said.isdecimal():
        return lambda: ends.connected(said)
    listening = ends.handed_socket() if said == "handed" else ends.listening_socket(Path(said))
    if listening is None:
        raise SystemExit(2)

    def first() -> socket.socket:
        with listening:
            return listening.accept()[0]

    return first


def main(said: str, user: str = "") -> None:
    """Warm up, become nobody in particular, say so, serve."""
    from console.tui.doors import close_environment  # noqa: PLC0415 - before Textual is imported, as there

    close_environment()
    fences.harden()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN if number != signal.SIGTERM else signal.SIG_DFL)
    first = _way_in(said)
    warm_up()
    ruleset = fences.only_reading(fences.program_files())
    fences.leave_network()
    fences.become_said(user)
    fences.harden()
    granted = _granted(ruleset)
    gc.collect()
    gc.freeze()
    door = first()
    zygote = Zygote(door, ruleset)
    door.send(encode(Warm(fences=granted)))
    zygote.serve()


if __name__ == "__main__":
    main(*sys.argv[1:3])
