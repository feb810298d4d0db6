"""Text that was copied out of a terminal, as a question to the desk: whose screen was it copied from?

What commands and screens share. The text stays here; only its sums and its digest go to the desk.
"""

from __future__ import annotations

import codecs
from typing import IO

from console.desk.api.marks import TraceScreen
from console.fragments.pieces import digest
from watermark.copy_mark import MOST, is_marked, packed_readings

_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def question(file: IO[bytes]) -> TraceScreen | None:
    """The call that names the session, for a file; none where there is no copy mark in it."""
    file.seek(0)
    part = file.read(4 * MOST)
    text = part.decode("utf-16" if part.startswith(_WIDE) else "utf-8", "replace")
    if not is_marked(text):
        return None
    return TraceScreen(readings=packed_readings(text), digest=digest(file).hex(), text=True)
