"""What a search for personal data answers, and how findings that overlap are settled."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from enum import StrEnum
from typing import Final, NamedTuple


class FindingKind(StrEnum):
    """What was found, from the surest to the vaguest."""

    ID_NUMBER = "id_number"
    BANK_CARD = "bank_card"
    MOBILE = "mobile"
    LANDLINE = "landline"
    EMAIL = "email"
    ACCOUNT = "account"
    ADDRESS = "address"
    NAME = "name"


_RANK: Final = {kind: place for place, kind in enumerate(FindingKind)}


class Finding(NamedTuple):
    """One piece of personal data in a text.

    Attributes:
        kind: What it is.
        start: Index of its first character in the text searched.
        end: Index after its last character.
    """

    kind: FindingKind
    start: int
    end: int


def settle(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings in the order of the text, none overlapping: the longer wins, then the surer."""
    starts: list[int] = []
    taken: list[Finding] = []
    for one in sorted(findings, key=lambda item: (item.start - item.end, _RANK[item.kind], item.start)):
        place = bisect_left(starts, one.start)
        clear_before = place == 0 or taken[place - 1].end <= one.start
        if clear_before and (place == len(starts) or starts[place] >= one.end):
            starts.insert(place, one.start)
            taken.insert(place, one)
    return taken
