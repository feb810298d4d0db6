"""Batches that wait are published or refused by the security admin, never by who started them. And past imports."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.engine import RowMapping

from access.audit.events import DetailKey, Verb
from access.policy import Action, Conditions, Resource
from access.store.schema import import_batch, source
from console.desk.act import Act
from console.desk.agencies.engaged import agency_of, in_date
from console.desk.api.imports import ApproveImport, FaultPage, ImportList, ImportReport, ListImports, ReadFaults
from console.desk.hub import Audience
from console.desk.imports import quarantine, running
from console.desk.imports.overtaken import Overtaken, require_not_overtaken
from console.desk.imports.publishing import publish_batch
from console.desk.imports.reports import faults_of, report_of_batch
from console.desk.imports.start import batch_and_source
from console.desk.imports.sweep import sweep_later
from console.desk.kernel import handles

_LISTED: Final = 200
_PAGE: Final = 500


def _resource(
    batch: RowMapping, origin: RowMapping, parties: tuple[str, ...] = (), agency_id: str | None = None
) -> Resource:
    return Resource(
        kind="batch",
        id=batch["id"],
        tenant_id=batch["tenant_id"],
        unit_id=origin["unit_id"],
        agency_id=agency_id,
        requester_id=batch["started_by"],
        party_ids=parties,
        state=batch["state"],
    )


@handles(ApproveImport)
def approve_import(act: Act, request: ApproveImport) -> ImportReport:
    """Publish or refuse a batch that waits."""
    found = batch_and_source(act, request.batch_id)
    parties = (found[0]["started_by"],) if found is not None else ()
    gives = found is not None and request.approve and found[0]["new_cases"] > 0
    agency = agency_of(act, found[1]["unit_id"]) if found is not None and gives else None
    act.require(
        Action.IMPORT_BATCH_APPROVE,
        _resource(*found, parties, agency) if found is not None else Resource.absent("batch"),
        Conditions(engaged=in_date(act, agency)),
    )
    if found is None:
        act.refuse("import.not_found")
    batch, origin = found
    if batch["state"] != "waiting":
        act.refuse("import.not_waiting")
    if request.approve:
        try:
            require_not_overtaken(act.uow, batch["id"], batch["tenant_id"], batch["started_at"])
        except Overtaken:
            act.refuse("import.overtaken")
        publish_batch(act, batch, origin["unit_id"], _event(act, batch, "publish"), act.actor.person_id)
    else:
        act.parts.proofs.update(
            act.uow, import_batch, batch["id"], batch["version"], {"state": "refused"}, _event(act, batch, "refuse")
        )
        act.uow.after_commit(lambda: sweep_later(act.parts.store, batch["id"]))
        act.push("import", batch["id"], Audience.of(batch["started_by"], units=(origin["unit_id"],)))
    changed = act.db.execute(select(import_batch).where(import_batch.c.id == batch["id"])).mappings().one()
    return report_of_batch(act.db, changed, origin)


def _event(act: Act, batch: RowMapping, what: str) -> Any:  # noqa: ANN401 - an event
    return act.event(
        f"import:batch:{what}",
        verb=Verb.STORE if what == "publish" else Verb.DELETE,
        tenant_id=batch["tenant_id"],
        object_kind="batch",
        object_id=batch["id"],
        detail=((DetailKey.NEW, str(batch["new_cases"])), (DetailKey.CHANGED, str(batch["changed_accounts"]))),
    )


@handles(ListImports)
def list_imports(act: Act, request: ListImports) -> ImportList:
    """The newest imports that this person's roles reach."""
    del request
    newest = select(import_batch).order_by(import_batch.c.id.desc()).limit(_LISTED)
    batches = act.parts.proofs.holding(act.uow, import_batch, act.db.execute(newest).mappings().all())
    origins = {
        row["id"]: row
        for row in act.parts.proofs.holding(act.uow, source, act.db.execute(select(source)).mappings().all())
    }
    seen: list[ImportReport] = []
    for batch in batches:
        origin = origins.get(batch["source_id"])
        if origin is None or not act.allowed(Action.IMPORT_BATCH_READ, _resource(batch, origin)).allowed:
            continue
        job = running.job_of(batch["id"])
        live = job is not None and job.state == "running"
        kept = quarantine.until(act.parts, batch["id"])
        seen.append(
            job.report() if job is not None and live else report_of_batch(act.db, batch, origin, kept_until=kept)
        )
    if not seen:
        # Nothing to see is still a decision: who may not read imports at all is told so.
        act.require(Action.IMPORT_BATCH_READ, Resource(kind="batch", unit_id=act.actor.unit_id))
    act.log(Action.IMPORT_BATCH_READ, object_kind="import", rows=len(seen))
    return ImportList(imports=tuple(seen))


@handles(ReadFaults)
def read_faults(act: Act, request: ReadFaults) -> FaultPage:
    """The masked reject report of a batch, page by page."""
    found = batch_and_source(act, request.batch_id)
    act.require(Action.IMPORT_BATCH_READ, _resource(*found) if found is not None else Resource.absent("batch"))
    after = max(request.after, 0)
    faults = faults_of(act.db, request.batch_id, after, _PAGE)
    act.log(Action.IMPORT_BATCH_READ, object_kind="batch", object_id=request.batch_id, rows=len(faults))
    return FaultPage(faults=faults, cursor=after + _PAGE if len(faults) == _PAGE else None)
