"""What a desk without a desk answers to an auditor who traces."""

from __future__ import annotations

from console.desk.api import log, marks, trace

_LAYERS = (("file", "absent", 1.0), ("runs", "names", 1e-12), ("check", "suspects", 3e-6), ("held", "fits", 1.0))


def traced_page(now: int) -> log.LogPage:
    """Earlier tracings, as the log has them."""
    entries = tuple(
        log.LogEntry(
            seq=1_204_331 - index,
            at=now - index * 3_600_000_000,
            staff_no="C0001",
            person="孙敏",
            role="auditor",
            action="audit:export:trace",
            result=result,
            rule="",
            case_number="",
            fields=(),
            approval="",
            source="10.2.0.19",
            terminal="pts/6",
            session="K7QF2N",
            detail=detail,
        )
        for index, (result, detail) in enumerate(
            (
                ("ok", (("verdict", "copy"), ("count", "1"), ("digest", "ab" * 32))),
                ("ok", (("state", "begun"), ("digest", "ab" * 32))),
                ("ok", (("verdict", "suspect"), ("count", "1"))),
                ("ok", (("verdict", "undetermined"), ("count", "0"))),
                ("refused", ()),
            )
        )
    )
    return log.LogPage(entries=entries, cursor=None, size=1_204_331, checkpoint_size=0, checkpoint_at=None)


class TraceAnswers:
    """Mixed into `FakeDesk`; answers by the calls' names."""

    now: int

    def _TraceScreen(self, request: marks.TraceScreen) -> marks.ScreenTrace:  # noqa: N802
        named = bool(request.readings)
        return marks.ScreenTrace(
            verdict="named" if named else "undetermined",
            reason="" if named else "no_cells",
            p_false=1e-12 if named else 1.0,
            agreement=1.0 if named else 0.0,
            signs=127 if named else 0,
            sessions=1204,
            session_id="0" * 26 + "K7QF2M" if named else "",
            staff_no="A0173" if named else "",
            person="张伟" if named else "",
            opened_at=self.now if named else None,
        )

    def _TraceFragment(self, request: trace.TraceFragment) -> trace.FragmentTrace:  # noqa: N802
        candidate = trace.CandidateView(
            number="VX-000042",
            staff_no="S0021",
            person="欧阳娜娜",
            asked_at=self.now - 86_400_000_000,
            recipient="资产管理部",
            finding="copy",
            p=1e-12,
            held=60,
            agreeing=58,
            places="1-40, 42-59",
            layers=tuple(trace.LayerView(layer=layer, said=said, p=p) for layer, said, p in _LAYERS),
        )
        return trace.FragmentTrace(
            finding="copy",
            candidates=(candidate,),
            rows=61,
            left_out=request.left_out,
            unread=0,
            recognised=60,
            repeated=0,
            scored=60,
            exports=1_204,
            holding=1,
            levelled=("id_number",),
            at=self.now,
            report="{}",
            signature="00",
            key="",
        )
