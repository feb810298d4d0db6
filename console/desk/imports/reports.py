"""An import as it is reported: by a job that runs, or from the batch's row when it is over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from sqlalchemy import Connection, func, select
from sqlalchemy.engine import RowMapping

from access.store.schema import import_reject
from console.desk.api.imports import ImportReport, RowFault
from console.desk.imports.faults import Code, Fault
from console.desk.imports.tally import SHOWN

_STATES: Final = {"staging": "failed", "abandoned": "cancelled"}


def shown(faults: Iterable[Fault]) -> tuple[RowFault, ...]:
    """Faults as they cross to the screen."""
    return tuple(RowFault(row=one.row, column=one.column, code=one.code.value, hint=one.hint) for one in faults)


def faults_of(connection: Connection, batch_id: str, after: int, limit: int) -> tuple[RowFault, ...]:
    """Some faults of a batch, in the order they were found, behind the first `after`."""
    rows = connection.execute(
        select(import_reject)
        .where(import_reject.c.batch_id == batch_id, import_reject.c.number >= after)
        .order_by(import_reject.c.number)
        .limit(limit)
    ).mappings()
    return tuple(RowFault(row=one["row"], column=one["column"], code=one["code"], hint=one["hint"]) for one in rows)


def report_of_batch(
    connection: Connection,
    batch: RowMapping | Mapping[str, Any],
    origin: RowMapping | Mapping[str, Any],
    *,
    kept_until: int = 0,
) -> ImportReport:
    """A batch that is over, or waits. kept_until: of its file in quarantine, microseconds."""
    mine = import_reject.c.batch_id == batch["id"]
    named = connection.execute(select(func.count()).where(mine, import_reject.c.code != Code.FAULTS_MORE)).scalar_one()
    more = connection.execute(select(import_reject.c.hint).where(mine, import_reject.c.code == Code.FAULTS_MORE))
    unnamed = int(more.scalar_one_or_none() or 0)
    return ImportReport(
        job_id=batch["id"],
        batch_id=batch["id"],
        source=origin["name"],
        kind=batch["kind"],
        file_name=batch["file_name"],
        state=_STATES.get(batch["state"], batch["state"]),
        done=batch["file_size"],
        total=batch["file_size"],
        rows=batch["good_rows"] + batch["bad_rows"],
        good_rows=batch["good_rows"],
        bad_rows=batch["bad_rows"],
        new_cases=batch["new_cases"],
        new_accounts=batch["new_accounts"],
        changed_accounts=batch["changed_accounts"],
        faults=faults_of(connection, batch["id"], 0, SHOWN),
        faults_total=int(named) + unnamed,
        faults_unnamed=unnamed,
        longest_pause=batch["longest_pause"],
        kept_until=kept_until,
    )
