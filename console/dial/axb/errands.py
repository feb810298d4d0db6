"""What the dialer has a provider do, in a thread of its own, one after another; the stack's thread never waits.

Each outcome is brought back into the stack's thread. A binding that was taken back meanwhile is ended as soon as it
stands. At its end every binding is ended at the provider too, whose own end may be later.
The dialer's end ends nothing there: the next one binds anew, and what it does not bind ends by the provider's clock.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from queue import Full, Queue
from typing import Final

from access.context import Clock
from console.dial.axb.cloud import CloudNumbers
from console.dial.axb.said import Cloud
from console.dial.quiet import ED2

_MOST: Final = 200
"""Errands that wait at once; nobody's binding waits longer than a person would."""


class Errands:
    """Used in the stack's thread. Args: clock: the time."""

    def __init__(self, clock: Clock) -> None:
        self._cloud = CloudNumbers(clock)
        self._to: Cloud | None = None
        self._ends: dict[str, int] = {}
        self._line: Queue[Callable[[], None]] = Queue(_MOST)
        self._thread: threading.Thread | None = None

    @property
    def ready(self) -> bool:
        """Whether a provider is set up."""
        return self._to is not None

    def use(self, to: Cloud) -> None:
        """Speak with this provider; with none where it names none."""
        self._to = to if to.url and to.key_id and to.secret and to.pool else None

    def bind(self, binding_id: str, numbers: tuple[str, str, str], until: int, done: Callable[[str], None]) -> None:
        """Have it bound; `done` hears the code, in the stack's thread, unless `unbind` was first."""
        to = self._to
        if to is None:
            done("unset")
            return
        self._ends[binding_id] = until

        def heard(code: str) -> None:
            if binding_id not in self._ends:
                return
            if code != "ok":
                del self._ends[binding_id]
            done(code)

        def run() -> None:
            code = "no_answer"
            try:
                code = self._cloud.bind(to, binding_id, numbers, until)
            finally:
                ED2.callFromThread(heard, code)

        if not self._soon(run):
            heard("busy")

    def unbind(self, binding_id: str) -> None:
        """End it at the provider, if it was bound there; what the provider does not hear ends by itself."""
        to = self._to
        if self._ends.pop(binding_id, None) is not None and to is not None:
            self._soon(lambda: void(self._cloud.unbind(to, binding_id)))

    def sweep(self, now: int) -> None:
        """End what is over."""
        for binding_id in [name for name, until in self._ends.items() if until <= now]:
            self.unbind(binding_id)

    def _soon(self, run: Callable[[], None]) -> bool:
        try:
            self._line.put_nowait(run)
        except Full:
            return False
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, daemon=True)
            self._thread.start()
        return True

    def _work(self) -> None:
        while True:
            run = self._line.get()
            try:
                run()
            except Exception:  # noqa: BLE001, S112 - whatever one errand met, the next must not suffer for it
                continue


def void(code: str) -> None:
    """Nobody waits for this code."""
    del code
