"""Names and addresses guessed in free text, together with the numbers that are sure.

Best effort, and kept apart from ``find``, which may be relied upon.
"""

from __future__ import annotations

from masking.detect.addresses import find_addresses
from masking.detect.finding import Finding, settle
from masking.detect.numbers import find
from masking.detect.people import find_names


def find_loose(text: str) -> list[Finding]:
    """Return what ``find`` does, and what may be names and addresses besides; none overlapping."""
    return settle([*find(text), *find_names(text), *find_addresses(text)])
