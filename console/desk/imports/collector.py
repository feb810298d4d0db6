"""The cycle collector kept from walking the whole desk, over and over, for the sake of rows that hold no cycles.

Every few hundred rows that come in make it look again at everything the desk has ever loaded: a fifth of the desk's
share of an import. While one runs, what is there stays out of its sight; it still looks at what is new.
"""

from __future__ import annotations

import contextlib
import gc
import threading
from collections.abc import Iterator
from typing import Final

_lock: Final = threading.Lock()
_resting: list[None] = []


@contextlib.contextmanager
def resting() -> Iterator[None]:
    """Keep what exists now out of the collector's sight until the last of those who asked for it has left."""
    with _lock:
        if not _resting:
            gc.freeze()
        _resting.append(None)
    try:
        yield
    finally:
        with _lock:
            _resting.pop()
            if not _resting:
                gc.unfreeze()
