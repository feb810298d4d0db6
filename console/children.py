"""How a process of ours is started from another: this very code, and nothing of what surrounds whoever starts it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Final

WHERE: Final = "/"
"""The folder in which it starts."""

_ROOT: Final = Path(__file__).resolve().parents[1]
_KEPT: Final = ("PYTHONDONTWRITEBYTECODE",)


def order(module: str, *said: object) -> list[str]:
    """The command line that runs a module of ours; nothing that lies where it starts is taken for part of it (-P)."""
    return [sys.executable, "-P", "-m", module, *map(str, said)]


def surroundings(**more: str) -> dict[str, str]:
    """The whole environment it gets: where this code and what is installed beside it lie, and `more`."""
    packages = [entry for entry in sys.path if entry.endswith("-packages")]
    return {
        "PATH": os.defpath,
        "LANG": "C.UTF-8",
        "PYTHONPATH": os.pathsep.join([str(_ROOT), *packages]),
        **{name: os.environ[name] for name in _KEPT if name in os.environ},
        **more,
    }
