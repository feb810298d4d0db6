"""The act that makes a batch visible: what it brings is applied, its state flips, everybody concerned is told."""

from __future__ import annotations

from typing import Any

from access.audit.events import Event
from access.store.schema import import_batch
from console.desk.act import Act
from console.desk.agencies.engaged import agency_of, require_engaged
from console.desk.hub import Audience
from console.desk.imports.overtaken import serialise
from console.desk.imports.publish import apply
from console.desk.strategy.debtors import bar_new_cases
from console.desk.strategy.runs import note
from console.desk.work.ended_reveals import end_over
from console.desk.work.judged import log_judged


def publish_batch(act: Act, row: Any, unit_id: str, event: Event, approved_by: str | None = None) -> None:  # noqa: ANN401 - a row mapping
    """Apply a batch and flip its state, in the caller's act.

    Whoever an interest keeps from a debtor is kept from the new case too before it is there; the live strategy gets
    what is new from the clockwork.

    Raises:
        Overtaken: another one published what it holds as new.
        Refused: `agency.not_in_date`: it gives cases to an agency that is not engaged.
    """
    if row["new_cases"]:
        require_engaged(act, [agency_of(act, unit_id)])
    at = serialise(act.uow, row["tenant_id"])
    for one in apply(act.uow, row["id"], row["tenant_id"], row["started_at"]):
        log_judged(act, one.case_id, row["tenant_id"], one)
    end_over(act)
    bar_new_cases(act, row["id"])
    note(act, row, unit_id)
    changes = {"state": "published", "published_at": at}
    if approved_by is not None:
        changes["approved_by"] = approved_by
    act.parts.proofs.update(act.uow, import_batch, row["id"], row["version"], changes, event)
    units = Audience.of(row["started_by"], units=(unit_id,))
    act.push("import", row["id"], units)
    act.push("queue", unit_id, Audience.of(members=(unit_id,)))
