"""Text made safe to show: no control, bidirectional, zero-width or otherwise invisible characters come out.

The importer scrubs values as they arrive; every mask scrubs again, because a mask is what reaches a terminal. Only
characters are judged here. What a value means, and how much of it may be seen, is decided in ``masking.masks``.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

# Printable by Unicode category and still without a shape of their own: joiners, fillers, variation selectors.
_INVISIBLE: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)


def scrub(text: str) -> str:
    """Return ``text`` trimmed, with every invisible or control character dropped and odd spaces made plain.

    Idempotent. Characters that are shown keep their form: full-width letters stay full-width.
    """
    if text.isprintable() and (text.isascii() or not _INVISIBLE.search(text)):
        return text.strip()
    kept = [
        " " if char.isspace() else char
        for char in text
        if (char.isspace() or char.isprintable()) and not _INVISIBLE.match(char)
    ]
    return "".join(kept).strip()


def fold(text: str) -> str:
    """Return ``text`` scrubbed and in Unicode's compatibility form: full-width digits become plain ones.

    Idempotent. For values whose shape is read (numbers, names, addresses), not for prose that people will read.
    """
    kept = scrub(text)
    if kept.isascii() or unicodedata.is_normalized("NFKC", kept):
        return kept
    return scrub(unicodedata.normalize("NFKC", kept))
