"""One pass over the log's rows: leaf hashes, columns, sequence, dates, and the root at each signed size."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from access.audit.findings import Finding, Kind
from access.audit.rows import LogRow
from access.audit.tree import Frontier
from masking.gm import sm3

_SEQ, _EVENT_ID, _LEAF = 0, 1, 2
_LIMIT: Final = 1000
"""Findings of one kind that are kept; a log rewritten from end to end needs no more to be condemned."""


class _Copied(msgspec.Struct, tag_field="v", tag="vd1"):
    """What of a body stands in columns too, in the columns' order."""

    id: str
    tenant_id: str
    at: int
    action: str
    person_id: str | None = None
    case_id: str | None = None
    subject: str | None = None
    subject_version: int | None = None
    result: str = "ok"


class Passage:
    """Takes the log's rows in sequence and gathers what is wrong with them.

    Args:
        roots: Signed roots by size.
        rewind: Microseconds that an event may be dated before an earlier one.
    """

    def __init__(self, roots: Mapping[int, bytes], rewind: int) -> None:
        self.frontier = Frontier()
        self.findings: list[Finding] = []
        self.events = 0
        self.last = 0
        self._roots = roots
        self._sizes = sorted(roots)
        self._rewind = rewind
        self._newest_at = 0
        self._whole = True
        self._good = 0
        self._differs = False
        self._decode = msgspec.json.Decoder(_Copied).decode
        self._counts: dict[Kind, int] = {}

    def take(self, rows: Sequence[LogRow]) -> None:
        """Check a chunk of rows."""
        # SQLite keeps whatever type was put into a column; what is no bytes string is no body and no hash.
        leaves = [sm3(b"\0" + row[-1]) if type(row[-1]) is bytes else b"" for row in rows]
        self._check_rows(rows, leaves)
        # The tree is built from the hashes that the log kept: a changed body is then found where it stands, and a hash
        # changed with it shows in the root.
        kept = [row[_LEAF] if type(row[_LEAF]) is bytes else b"" for row in rows]
        if rows[0][_SEQ] == self.last + 1 and rows[-1][_SEQ] == self.last + len(rows):
            self._extend(kept)
            self.last += len(rows)
        else:
            self._extend_broken(rows, kept)
        self.events += len(rows)

    def end(self) -> None:
        """Say how many findings were left out, if any."""
        for kind, count in self._counts.items():
            if count > _LIMIT:
                self.findings.append(Finding(kind, None, f"{count - _LIMIT} more"))

    def _check_rows(self, rows: Sequence[LogRow], leaves: Sequence[bytes]) -> None:
        decode = self._decode
        copied = msgspec.structs.astuple
        limit = self._newest_at - self._rewind
        for row, leaf in zip(rows, leaves, strict=True):
            if leaf != row[_LEAF]:
                self._find(Kind.EVENT_CHANGED, row[_SEQ])
            try:
                said = copied(decode(row[-1]))
            except (msgspec.MsgspecError, TypeError, UnicodeDecodeError):
                self._find(Kind.BODY_UNREADABLE, row[_SEQ])
                continue
            if said[0] != row[_EVENT_ID] or said[1:] != row[3:-1]:
                self._find(Kind.COLUMN_CHANGED, row[_SEQ])
            at = said[2]
            if at < limit:
                self._find(Kind.CLOCK_REWIND, row[_SEQ])
            elif at > self._newest_at:
                self._newest_at = at
                limit = self._newest_at - self._rewind

    def _extend(self, leaves: Sequence[bytes]) -> None:
        """Append hashes, stopping to compare at each signed size."""
        at = 0
        while at < len(leaves):
            following = bisect_right(self._sizes, self.frontier.size)
            stop = self._sizes[following] if following < len(self._sizes) else self.frontier.size + len(leaves)
            step = min(stop - self.frontier.size, len(leaves) - at)
            self.frontier.extend(leaves[at : at + step])
            at += step
            if self._whole and self.frontier.size in self._roots:
                self._compare()

    def _compare(self) -> None:
        size = self.frontier.size
        if self.frontier.root() == self._roots[size]:
            self._good = size
        elif not self._differs:
            # Every later root differs too; the first says between which sizes to look.
            self._differs = True
            self._find(Kind.ROOT_DIFFERS, self._good + 1, f"{self._good + 1}..{size}")

    def _extend_broken(self, rows: Sequence[LogRow], leaves: Sequence[bytes]) -> None:
        for row, leaf in zip(rows, leaves, strict=True):
            seq = row[_SEQ]
            if seq != self.last + 1:
                self._find(Kind.EVENTS_MISSING, self.last + 1, f"{self.last + 1}..{seq - 1}")
                # From a gap on, no root can be compared: what is missing is what differs.
                self._whole = False
            self._extend([leaf])
            self.last = seq

    def _find(self, kind: Kind, position: int, detail: str = "") -> None:
        count = self._counts.get(kind, 0) + 1
        self._counts[kind] = count
        if count <= _LIMIT:
            self.findings.append(Finding(kind, position, detail))
