"""Tracing a fragment: decided and logged first, compared on a thread of its own, answered with a signed report.

The fragment's cells are used for this one answer and kept nowhere; the log has the digest of what was traced, the
verdict and the exports that were named.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from access.audit.events import DetailKey
from access.people.directory import held_rows, person_row
from access.policy import Action, Resource
from access.store.schema import export_request
from console.desk.act import Act, Later
from console.desk.api.trace import CandidateView, FragmentTrace, TraceFragment
from console.desk.kernel import handles
from console.desk.parts import Parts
from console.fragments.packing import MOST_PACKED, Unpackable, unpack

if TYPE_CHECKING:
    from watermark.fragment import Fragment
    from watermark.verdict import Verdict

USE: Final = "exports"
"""For what the marks of exports are drawn (`KeyRing.imprint`)."""
KEY_VERSION: Final = 1


@handles(TraceFragment)
def trace_fragment(act: Act, request: TraceFragment) -> Later[Verdict]:
    """Compare a fragment with every export that was made."""
    act.require(Action.AUDIT_EXPORT_TRACE, Resource(kind="log"))
    if len(request.packed) > MOST_PACKED or not 0 <= request.left_out < 1 << 31:
        act.refuse("trace.fragment_unfit")
    try:
        fragment = unpack(request.packed)
    except Unpackable:
        act.refuse("trace.fragment_unfit")
    about = ((DetailKey.DIGEST, fragment.digest.hex()),) if len(fragment.digest) == 32 else ()  # noqa: PLR2004 - SM3
    act.log(
        Action.AUDIT_EXPORT_TRACE,
        object_kind="fragment",
        rows=len(fragment.rows),
        detail=((DetailKey.STATE, "begun"), *about),
    )
    parts = act.parts

    def finish(second: Act, verdict: Verdict) -> FragmentTrace:
        second.require(Action.AUDIT_EXPORT_TRACE, Resource(kind="log"))
        candidates = tuple(_candidates(second, verdict))
        named = [one.number for one in candidates if one.finding != "undetermined"]
        second.log(
            Action.AUDIT_EXPORT_TRACE,
            object_kind="export" if named else "fragment",
            rows=verdict.recognised,
            detail=((DetailKey.VERDICT, verdict.finding.value), (DetailKey.COUNT, str(len(named))), *about),
            **({"object_id": named[0]} if named else {}),
        )
        return _signed(second, verdict, candidates, fragment, request.left_out)

    return Later(lambda: _compared(parts, fragment), finish)


def _compared(parts: Parts, fragment: Fragment) -> Verdict:
    # numpy is loaded by whoever traces and by nobody else.
    from console.desk.trace.registry import ExportRegistry  # noqa: PLC0415
    from watermark.trace import Tracer  # noqa: PLC0415

    with parts.store.engine.connect() as connection:
        registry = ExportRegistry(connection, parts.proofs)
        return Tracer({KEY_VERSION: parts.keys.imprint(USE)}, registry).trace(fragment)


def _candidates(act: Act, verdict: Verdict) -> list[CandidateView]:
    from console.desk.trace.report import candidate_view  # noqa: PLC0415 - as above

    shown = []
    for one in verdict.candidates:
        rows = held_rows(act.uow, act.proofs, export_request, export_request.c.serial == one.serial)
        asker = person_row(act.uow, act.proofs, rows[0]["asker_id"]) if rows else None
        who = {"staff_no": asker["staff_no"], "name": asker["name"]} if asker is not None else {}
        shown.append(candidate_view(one, who, rows[0]["asked_at"] if rows else 0, rows[0]["recipient"] if rows else ""))
    return shown


def _signed(
    act: Act, verdict: Verdict, candidates: tuple[CandidateView, ...], fragment: Fragment, left_out: int
) -> FragmentTrace:
    from console.desk.trace.report import report  # noqa: PLC0415 - as above

    me = person_row(act.uow, act.proofs, act.actor.person_id)
    text = report(
        verdict,
        candidates,
        desk=act.parts.keys.desk_id,
        at=act.now,
        by=me["staff_no"] if me is not None else "",
        digest=fragment.digest.hex(),
        left_out=left_out,
        unread=fragment.unread,
    )
    signer = act.parts.keys.log_signer
    return FragmentTrace(
        finding=verdict.finding.value,
        candidates=candidates,
        rows=verdict.rows,
        left_out=left_out,
        unread=fragment.unread,
        recognised=verdict.recognised,
        repeated=verdict.repeated,
        scored=verdict.scored,
        exports=verdict.exports,
        holding=verdict.holding,
        levelled=verdict.levelled,
        at=act.now,
        report=text,
        signature=signer.sign(text.encode()).hex(),
        key=signer.public_key.to_pem(),
    )
