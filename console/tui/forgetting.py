"""What was shown and is hidden again is overwritten where the interpreter and the C library let go of it.

Nobody can look into a session's memory but root, and a dump is never written; still, fewer copies are better. Freed
large blocks are overwritten by the C library (mallopt(3), M_PERTURB). Small ones belong to Python's own allocator: once
nothing plain is on the screen any more, as many of each size are taken, zeroed, and given back as the allocator is
likely to hold free.
"""

from __future__ import annotations

import ctypes
import gc
import sys
from typing import Final

_PERTURB: Final = -6
_TRIM: Final = 0
_FILL: Final = 0x5A
_LARGEST: Final = 512
_STEP: Final = 16
_EACH: Final = 192 * 1024  # bytes taken of each size
_EMPTY: Final = sys.getsizeof(b"")


def overwrite_from_now_on() -> None:
    """Have the C library overwrite what is given back to it; where it is another one than GNU's, nothing happens."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_PERTURB, _FILL)


def forget() -> None:
    """Collect garbage, then zero free memory."""
    gc.collect()
    for size in range(3 * _STEP, _LARGEST + 1, _STEP):
        taken = [bytes(size - _EMPTY) for _ in range(_EACH // size)]
        taken.clear()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(_TRIM)
