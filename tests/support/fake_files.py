"""What a desk without a desk answers about lenders' files, the log and its own health."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from console.desk.api import drops, imports, log, people
from console.desk.api.base import Done
from tests.support.fake_trace import TraceAnswers, traced_page

MINUTE = 60_000_000


def _drop_key(key_id: str, source: str, login: str, *addresses: str, state: str = "active") -> drops.DropKeyView:
    return drops.DropKeyView(
        key_id=key_id,
        source_id="s1",
        source=source,
        login=login,
        fingerprint="SHA256:" + "abcDEF+/" * 5 + "abc",
        addresses=addresses,
        state=state,
        proposed_by="B0001",
        mine=False,
    )


class FileAnswers(TraceAnswers):
    """Mixed into `FakeDesk`; answers by the calls' names."""

    now: int

    def report(self, state: str = "published", **changes: Any) -> imports.ImportReport:
        """An import."""
        made: dict[str, Any] = {
            "job_id": "j1",
            "batch_id": "b1",
            "source": "A 消金",
            "kind": "cases",
            "file_name": "lender_a.csv",
            "state": state,
            "done": 100,
            "total": 100,
            "rows": 1234,
            "good_rows": 1230,
            "bad_rows": 4,
            "new_cases": 1100,
            "new_accounts": 1230,
            "mapping": (("客户姓名", "full_name"), ("手机号码", "mobile"), ("备注2", "-")),
            "faults": (
                imports.RowFault(row=17, column="身份证号", code="cell.digits_gone"),
                imports.RowFault(row=23, column="手机号码", code="phone.length"),
            ),
            "faults_total": 4,
            "seconds": 1.7,
            "longest_pause": 41_000,
        }
        return imports.ImportReport(**made | changes)

    def _ListImports(self, _: imports.ListImports) -> imports.ImportList:  # noqa: N802
        return imports.ImportList(imports=(self.report(), self.report("waiting", job_id="j2", batch_id="b2")))

    def _StartImport(self, request: imports.StartImport) -> imports.ImportReport:  # noqa: N802
        if self.reports is not None:
            return self.reports()
        return self.report("dry" if request.dry_run else "running", done=40)

    def _ReadImport(self, request: imports.ReadImport) -> imports.ImportReport:  # noqa: N802
        if self.reports is not None:
            return self.reports()
        return self.report("waiting" if request.job_id == "j2" else "published", job_id=request.job_id)

    def _CancelImport(self, _: imports.CancelImport) -> imports.ImportReport:  # noqa: N802
        return self.report("cancelled")

    def _ReadFaults(self, _: imports.ReadFaults) -> imports.FaultPage:  # noqa: N802
        return imports.FaultPage(faults=self.report().faults, cursor=None)

    def _ApproveImport(self, request: imports.ApproveImport) -> imports.ImportReport:  # noqa: N802
        return self.report("published" if request.approve else "refused")

    dropped: tuple[imports.DroppedFile, ...] = ()
    reports: Callable[[], imports.ImportReport] | None = None

    drop_keys = (
        _drop_key("d0", "安和消费金融股份有限公司", "anhe", "203.0.113.0/24", "198.51.100.7/32", state="proposed"),
        _drop_key("d1", "A 消金", "a-consumer"),
    )

    def _ListDropKeys(self, _: drops.ListDropKeys) -> drops.DropKeyList:  # noqa: N802
        return drops.DropKeyList(keys=self.drop_keys)

    def _ProposeDropKey(self, _: drops.ProposeDropKey) -> drops.DropKeyView:  # noqa: N802
        return self.drop_keys[0]

    def _AgreeDropKey(self, _: drops.AgreeDropKey) -> drops.DropKeyView:  # noqa: N802
        return self.drop_keys[1]

    def _EndDropKey(self, _: drops.EndDropKey) -> Done:  # noqa: N802
        return Done()

    def _ListSources(self, _: imports.ListSources) -> imports.SourceList:  # noqa: N802
        return imports.SourceList(
            sources=(
                imports.SourceView(
                    source_id="s1", name="A 消金", tenant="A 消金", unit="一组", state="registered", signs=True
                ),
                imports.SourceView(
                    source_id="s2", name="B 银行", tenant="B 银行", unit="一组", state="proposed", signs=False
                ),
            )
        )

    def _ProposeSource(self, request: imports.ProposeSource) -> imports.SourceView:  # noqa: N802
        return imports.SourceView(
            source_id="s3", name=request.name, tenant=request.name, unit="一组", state="proposed", signs=False
        )

    def _RegisterSource(self, request: imports.RegisterSource) -> imports.SourceView:  # noqa: N802
        return imports.SourceView(
            source_id=request.source_id, name="B 银行", tenant="B", unit="一组", state="registered", signs=False
        )

    def _RekeySource(self, request: imports.RekeySource) -> imports.SourceView:  # noqa: N802
        return imports.SourceView(
            source_id=request.source_id, name="A 消金", tenant="A", unit="一组", state="proposed", signs=True
        )

    def _RetireSource(self, request: imports.RetireSource) -> imports.SourceView:  # noqa: N802
        return imports.SourceView(
            source_id=request.source_id, name="A 消金", tenant="A", unit="一组", state="retired", signs=True
        )

    def _ListDropped(self, _: imports.ListDropped) -> imports.DroppedFiles:  # noqa: N802
        return imports.DroppedFiles(files=self.dropped)

    def _ReadLog(self, request: log.ReadLog) -> log.LogPage:  # noqa: N802
        if request.action == "audit:export:trace":
            return traced_page(self.now)
        start = request.before or 1_204_331
        entries = tuple(
            log.LogEntry(
                seq=seq,
                at=self.now - (1_204_331 - seq) * 1_000_000,
                staff_no="A0173",
                person="张伟",
                role="agent",
                action="case:field:reveal" if seq % 2 else "reveal:request:approve",
                result="ok" if seq % 3 else "refused",
                rule="" if seq % 3 else "policy.no_grant",
                case_number="C-2026-0018841",
                fields=("home_address",),
                approval="R-00088213",
                source="10.2.0.17",
                terminal="pts/4",
                session="K7QF2M",
                detail=(),
            )
            for seq in range(start - 1, start - 1 - request.limit, -1)
        )
        return log.LogPage(
            entries=entries,
            cursor=entries[-1].seq,
            size=1_204_331,
            checkpoint_size=1_204_300,
            checkpoint_at=self.now - MINUTE,
        )

    def _VerifyLog(self, _: log.VerifyLog) -> log.VerificationView:  # noqa: N802
        return log.VerificationView(
            ok=True, events=1_204_331, checkpoints=88, waiting=0, root="ab" * 32, seconds=2.5, findings=()
        )

    def _TakeCheckpoint(self, _: log.TakeCheckpoint) -> log.CheckpointView:  # noqa: N802
        return log.CheckpointView(size=1_204_331, root="ab" * 32, at=self.now, note="")

    def _ReadHealth(self, _: people.ReadHealth) -> people.HealthView:  # noqa: N802
        return people.HealthView(
            checks=(
                people.Check(name="store", state="ok", detail="sqlite"),
                people.Check(name="checkpoint", state="warn", detail="26 h"),
                people.Check(name="clock", state="bad", detail=""),
            )
        )
