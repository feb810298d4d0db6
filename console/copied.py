"""Text that was copied out of a terminal, as a question to the desk: whose screen was it copied from?

What commands and screens share. The text stays here; only its sums and its digest go to the desk.
"""

from __future__ import annotations

import codecs

from console.desk.api.marks import TraceScreen
from masking.gm import sm3
from watermark.copy_mark import MOST, is_marked, packed_readings

_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def question(data: bytes) -> TraceScreen | None:
    """The call that names the session, for a file's bytes; none where there is no copy mark in it."""
    part = data[: 4 * MOST]
    text = part.decode("utf-16" if part.startswith(_WIDE) else "utf-8", "replace")
    if not is_marked(text):
        return None
    return TraceScreen(readings=packed_readings(text), digest=sm3(data).hex(), text=True)
