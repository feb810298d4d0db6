"""A traced fragment's answer as it is shown, signed and packed: who is named, how sure, by which layer, which rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Final

import msgspec

from console.desk.api.trace import CandidateView, LayerView
from watermark.verdict import Candidate, Verdict
from watermark.visible import export_number

FORMAT: Final = "veildesk-trace-1"
_MOST_PLACES: Final = 400


def places(rows: Iterable[int]) -> str:
    """Return row places as ranges: `1-25, 40`; a list that would be too long ends in `…`."""
    parts: list[list[int]] = []
    for row in rows:
        if parts and row == parts[-1][1] + 1:
            parts[-1][1] = row
        else:
            parts.append([row, row])
    shown = ", ".join(f"{start}-{stop}" if stop > start else str(start) for start, stop in parts)
    return shown if len(shown) <= _MOST_PLACES else shown[:_MOST_PLACES].rpartition(",")[0] + ", …"


def candidate_view(one: Candidate, asker: Mapping[str, str], asked_at: int, recipient: str) -> CandidateView:
    """Return a candidate with who asked for the export, from rows that proved themselves."""
    return CandidateView(
        number=export_number(one.serial),
        staff_no=asker.get("staff_no", ""),
        person=asker.get("name", ""),
        asked_at=asked_at,
        recipient=recipient,
        finding=one.finding.value,
        p=one.p,
        held=one.held,
        agreeing=len(one.rows),
        places=places(one.rows),
        layers=tuple(LayerView(layer=each.layer.value, said=each.said.value, p=each.p) for each in one.layers),
    )


def report(
    verdict: Verdict,
    candidates: tuple[CandidateView, ...],
    *,
    desk: str,
    at: int,
    by: str,
    digest: str,
    left_out: int,
    unread: int,
) -> str:
    """Return the answer as one JSON text in a fixed order, to be signed.

    Args:
        verdict: what the tracer found.
        candidates: as they are shown.
        desk: the desk's id.
        at: when, microseconds UTC.
        by: staff number of who asked.
        digest: SM3 of what was traced, hexadecimal; empty for pasted text.
        left_out: rows that were not sent.
        unread: pages that were not read.
    """
    content = {
        "format": FORMAT,
        "desk": desk,
        "at": datetime.fromtimestamp(at / 1e6, UTC).isoformat(timespec="seconds"),
        "traced_by": by,
        "fragment_sm3": digest,
        "finding": verdict.finding.value,
        "candidates": [msgspec.to_builtins(one) for one in candidates],
        "rows": verdict.rows,
        "left_out": left_out,
        "unread": unread,
        "recognised": verdict.recognised,
        "repeated": verdict.repeated,
        "scored": verdict.scored,
        "exports": verdict.exports,
        "holding": verdict.holding,
        "levelled": verdict.levelled,
    }
    return msgspec.json.format(msgspec.json.encode(content), indent=2).decode()
