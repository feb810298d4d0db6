"""The operational log: one file, readable by its owner only, every record scrubbed of personal data (C-6.5b)."""

from __future__ import annotations

import logging
import os
from io import TextIOWrapper
from pathlib import Path
from typing import Final

from masking.scrub import ScrubFilter

_FORMAT: Final = "%(asctime)s %(levelname)s %(name)s %(message)s"


class _PrivateHandler(logging.FileHandler):
    """Creates its file with mode 0600 whatever the umask says."""

    def _open(self) -> TextIOWrapper:
        descriptor = os.open(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        return TextIOWrapper(os.fdopen(descriptor, "ab"), encoding="utf-8", line_buffering=True)


def to_file(path: Path) -> None:
    """Send every record of this process there, scrubbed; an earlier file handler of ours is replaced."""
    root = logging.getLogger()
    for handler in tuple(root.handlers):
        if isinstance(handler, _PrivateHandler):
            root.removeHandler(handler)
            handler.close()
    handler = _PrivateHandler(path)
    handler.setFormatter(logging.Formatter(_FORMAT))
    handler.addFilter(ScrubFilter())
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    logging.getLogger("alembic").setLevel(logging.WARNING)
