"""The cycle collector kept from walking the whole desk, over and over, for the sake of rows that hold no cycles.

Every few hundred rows that come in make it look again at everything the desk has ever loaded: a fifth of the desk's
share of an import. While one runs, what is there stays out of its sight; it still looks at what is new, but by tens of
thousands, since rows come by the chunk and most of those it would find are still waiting to be written.
"""

from __future__ import annotations

import contextlib
import gc
import threading
from collections.abc import Iterator
from typing import Final

_lock: Final = threading.Lock()
_resting: list[None] = []
_before: list[tuple[int, int, int]] = []
_YOUNG: Final = 50_000
"""New objects after which it looks: some megabytes at most."""


@contextlib.contextmanager
def resting() -> Iterator[None]:
    """Keep what exists now out of the collector's sight until the last of those who asked for it has left."""
    with _lock:
        if not _resting:
            gc.freeze()
            _before.append(gc.get_threshold())
            gc.set_threshold(max(_YOUNG, _before[0][0]) if _before[0][0] else 0, *_before[0][1:])
        _resting.append(None)
    try:
        yield
    finally:
        with _lock:
            _resting.pop()
            if not _resting:
                gc.set_threshold(*_before.pop())
                gc.unfreeze()
