"""Tracing a leaked fragment to the export that it is a copy of."""

from __future__ import annotations

from console.desk.api.base import Call, Value


class LayerView(Value, frozen=True, kw_only=True):
    """What one kind of mark said.

    layer: `file`, `runs`, `check`, `lines`, `visible`, `properties`, `names`, `header`, `fonts`, `held`. said:
    `names`, `suspects`, `silent`, `absent`, `fits`, `differs`. p: bound on the chance that any innocent copy looks
    as guilty by it; 1 where it is no evidence.
    """

    layer: str
    said: str
    p: float


class CandidateView(Value, frozen=True, kw_only=True):
    """One export as a possible origin.

    number: the export's, `VX-000042`. staff_no, person: who asked for it; empty when the request does not prove
    itself. asked_at: microseconds UTC. finding: `copy`, `suspect`, `undetermined`. p: p(false) over all exports.
    held: how many of the recognised rows it holds. agreeing: how many rows show exactly what it shows, and places:
    which rows of the fragment they are, `1-25, 40`.
    """

    number: str
    staff_no: str
    person: str
    asked_at: int
    recipient: str
    finding: str
    p: float
    held: int
    agreeing: int
    places: str
    layers: tuple[LayerView, ...]


class FragmentTrace(Value, frozen=True, kw_only=True):
    """Whose copy a fragment is, as far as it tells. It names the copy and who asked for it, never who let it out.

    finding: the furthest of any candidate. rows: read; left_out: not read or not sent, there were too many; unread:
    pages that were not read, pictures where nothing reads them or too many; recognised: different rows of exports
    among them; repeated: said again; scored: evidence was taken from. exports: compared, every p is corrected for that
    many. holding: exports that hold all recognised rows. levelled: carriers whose runs all have one length. at:
    microseconds UTC. report: the whole answer as JSON, and signature: SM2 over its bytes by the desk's log key, DER,
    hexadecimal; key: that key, PEM.
    """

    finding: str
    candidates: tuple[CandidateView, ...]
    rows: int
    left_out: int
    unread: int
    recognised: int
    repeated: int
    scored: int
    exports: int
    holding: int
    levelled: tuple[str, ...]
    at: int
    report: str
    signature: str
    key: str


class TraceFragment(Call[FragmentTrace], frozen=True, kw_only=True, tag="trace.fragment"):
    """Ask which export a fragment is a copy of.

    packed: the cells, by `console.fragments.packing`; the file itself stays where it is. left_out: rows that were too
    many to read, or did not fit.
    """

    packed: bytes
    left_out: int = 0
