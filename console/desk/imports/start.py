"""Beginning, following and stopping an import: who may, of which source, with what file.

The handler decides and logs; reading and writing happen on a thread of the job's own (`jobs`), act by act.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import msgspec
from sqlalchemy.engine import RowMapping

from access.audit.events import DetailKey
from access.grants import oracle
from access.people.directory import unit_row
from access.policy import Action, Conditions, Resource
from access.store.schema import import_batch, source
from console.desk.act import Act
from console.desk.api.imports import CancelImport, ImportReport, ReadImport, StartImport
from console.desk.imports import dropped, quarantine, running, sources
from console.desk.imports.fields import Kind
from console.desk.imports.jobs import Job
from console.desk.imports.order import Order
from console.desk.imports.reports import report_of_batch
from console.desk.kernel import handles
from console.desk.reveals.granting import granting

_SAFE_PROFILES: Final = frozenset({"demo", "dev"})


@handles(StartImport)
def start_import(act: Act, request: StartImport) -> ImportReport:
    """Begin to load a lender's file, or to show what loading it would do."""
    if request.kind not in set(Kind):
        act.refuse("import.kind_unknown")
    row = sources.take(act, request.source)
    about = sources.resource_of(row, kind="batch")
    about = replace(about, id=None)
    # Both answer to hidden values (design §4): a file that is refused tells as much as a dry run.
    left = oracle.imports_left(granting(act), act.actor.person_id)
    if request.dry_run:
        act.require(Action.IMPORT_BATCH_DRY_RUN, about, Conditions(quota_left=left, frozen=False))
    else:
        act.require(Action.IMPORT_BATCH_STAGE, about)
        if not left:
            act.refuse("quota.spent", clause="C-5.4h")
    _require_way_in(act, request, row)
    if row["state"] == "retired":
        act.refuse("import.source_retired")
    job = Job(act.parts, _order(act, request, row))
    act.log(
        Action.IMPORT_BATCH_DRY_RUN if request.dry_run else Action.IMPORT_BATCH_STAGE,
        tenant_id=row["tenant_id"],
        object_kind="import",
        object_id=job.order.job_id,
        detail=((DetailKey.KIND, request.kind),),
    )
    # Paid for beforehand, so that cancelling is no way around; given back when the file is published.
    oracle.spend(granting(act), [bytes.fromhex(job.order.job_id)], act="import", missed=False)
    act.uow.after_commit(job.start)
    return job.report()


def _require_way_in(act: Act, request: StartImport, row: RowMapping | dict[str, Any]) -> None:
    """In production files come by a registered lender's drop alone; elsewhere a path will do."""
    if act.parts.profile not in _SAFE_PROFILES:
        if not request.drop or request.path:
            act.refuse("import.drop_only", clause="F-3")
        if row["state"] != "registered" or row["public_key"] is None:
            act.refuse("import.source_unsigned", clause="F-3")
    elif bool(request.drop) == bool(request.path):
        act.refuse("import.no_file")
    if request.drop and (act.parts.home is None or row["public_key"] is None):
        act.refuse("import.source_unsigned", clause="F-3")


def _order(act: Act, request: StartImport, row: RowMapping | dict[str, Any]) -> Order:
    if request.drop and act.parts.home is not None:
        named = dropped.name_of(act.parts.home.drop, row, request.drop)
        request = msgspec.structs.replace(request, drop=named)
    unit = unit_row(act.uow, act.proofs, row["unit_id"])
    if unit is None:
        act.refuse("import.no_unit")
    return Order(
        job_id=act.parts.ids.new(),
        request=request,
        kind=Kind(request.kind),
        path=None if request.drop else Path(request.path),
        source_id=row["id"],
        source_name=row["name"],
        tenant_id=row["tenant_id"],
        unit_id=row["unit_id"],
        agency_id=row["unit_id"] if unit["kind"] == "agency" else None,
        registered=row["state"] == "registered",
        public_key=bytes(row["public_key"]) if row["public_key"] is not None else None,
        remembered=sources.remembered(row),
        line=replace(act.line),
        role=act.role,
    )


@handles(ReadImport)
def read_import(act: Act, request: ReadImport) -> ImportReport:
    """Where an import stands."""
    job = running.job_of(request.job_id)
    if job is not None:
        act.require(Action.IMPORT_BATCH_READ, job.resource)
        report = job.report()
        if report.state == "running":
            # How far a bar has come says nothing of a customer; its end is logged.
            act.logged = True
            return report
        if report.state == "failed" and report.batch_id is not None:
            report = _as_kept(act, report, report.batch_id)
    else:
        report = _from_store(act, request.job_id)
    act.log(Action.IMPORT_BATCH_READ, object_kind="import", object_id=report.job_id, rows=report.rows)
    return report


@handles(CancelImport)
def cancel_import(act: Act, request: CancelImport) -> ImportReport:
    """Stop a running import; nothing of it stays."""
    job = running.job_of(request.job_id)
    act.require(Action.IMPORT_BATCH_STAGE, job.resource if job is not None else Resource.absent("batch"))
    if job is None:
        act.refuse("import.not_found")
    act.log(
        Action.IMPORT_BATCH_STAGE,
        object_kind="import",
        object_id=request.job_id,
        detail=((DetailKey.CODE, "cancelled"),),
    )
    act.uow.after_commit(job.cancel)
    return job.report()


def _as_kept(act: Act, report: ImportReport, batch_id: str) -> ImportReport:
    """Of a job that broke while the store did not answer, what the batch's row says by now."""
    found = batch_and_source(act, batch_id)
    if found is None or found[0]["state"] not in {"published", "waiting"}:
        return report
    return msgspec.structs.replace(report_of_batch(act.db, *found), job_id=report.job_id)


def _from_store(act: Act, batch_id: str) -> ImportReport:
    found = batch_and_source(act, batch_id)
    act.require(
        Action.IMPORT_BATCH_READ,
        Resource(kind="batch", id=batch_id, tenant_id=found[0]["tenant_id"], unit_id=found[1]["unit_id"])
        if found
        else Resource.absent("batch"),
    )
    if found is None:
        act.refuse("import.not_found")
    return report_of_batch(act.db, *found, kept_until=quarantine.until(act.parts, batch_id))


def batch_and_source(act: Act, batch_id: str) -> tuple[RowMapping, RowMapping] | None:
    """A batch and its source, if both prove themselves."""
    batch = act.parts.proofs.get(act.uow, import_batch, batch_id)
    if batch is None:
        return None
    origin = act.parts.proofs.get(act.uow, source, batch["source_id"])
    return (batch, origin) if origin is not None else None
