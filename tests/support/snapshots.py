"""What screens looked like when somebody last looked at them and found them good, kept as text.

`VEILDESK_SNAPSHOTS=write pytest tests/tui/test_states.py tests/tui/test_layout.py` writes them anew.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Final

SNAPSHOTS: Final = Path(__file__).parents[1] / "tui" / "snapshots"
_RUNS: Final = re.compile(r"\d\d:\d\d(?=\]| here\])|(?<=◷ )\d\d:\d\d")
"""Clocks that run while the screen stands: how long a case is open, how long a value may be seen."""
_TALKS: Final = re.compile(r"((?:通话中|talking) +)\d+:\d\d")
"""How long a call has lasted, in the call bar and in the list of live calls."""


def same(text: str, name: str) -> None:
    """The screen is as it is kept under this name."""
    still = (_TALKS.sub(r"\g<1>0:00", _RUNS.sub("00:00", line.rstrip())) for line in text.splitlines())
    lines = "".join(f"{line}\n" for line in still)
    path = SNAPSHOTS / f"{name}.txt"
    if os.environ.get("VEILDESK_SNAPSHOTS") == "write":
        path.parent.mkdir(exist_ok=True)
        path.write_text(lines, encoding="utf-8")
    assert lines == path.read_text(encoding="utf-8")
